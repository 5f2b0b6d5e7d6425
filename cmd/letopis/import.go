package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/infra/importing"
)

// importCommand takes real files in.
type importCommand struct {
	plantFlags
	Kind   string   `arg:"" enum:"counterparties,commerceml,mail" help:"What the files hold: counterparties (CSV, XLSX, also gzipped), commerceml (XML of 1C), mail (.eml, mbox, folders, .tar.gz)."`
	Files  []string `arg:"" name:"file" type:"existingfile|existingdir" help:"Files or, for mail, folders."`
	Map    string   `help:"Mapping of the list's columns: a file, or the name of one that comes with the program (${mappings}). By default the one whose columns fit." placeholder:"FILE"`
	DryRun bool     `help:"Decide everything, write nothing."`
	Again  bool     `help:"Take files that were taken before; rows that did not change still change nothing."`
	Report string   `help:"Write the problems of all rows to this CSV file." placeholder:"FILE"`
	As     string   `help:"Login of the employee in whose name to import; the system when absent." placeholder:"LOGIN"`
}

// shownProblems bounds what is printed; the report file has all.
const shownProblems = 20

func (c *importCommand) Run(ctx context.Context, out *console) error {
	source, err := c.source()
	if err != nil {
		return err
	}
	s, err := openSystem(ctx, c.plantFlags, roles{projector: true, policies: true}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := s.settleWithin(ctx, time.Minute); err != nil {
		return err
	}
	actor, err := s.actor(ctx, c.As)
	if err != nil {
		return err
	}
	x := s.executor
	if c.DryRun {
		x = commands.NewExecutor(commands.NewDryRun(s.store), time.Now)
	}
	report, err := c.take(ctx, x, source, importing.Env{Actor: actor, Senders: s.queries}, out)
	if report != nil {
		c.tell(report, out)
		if writeErr := c.writeReport(report); writeErr != nil {
			err = errors.Join(err, writeErr)
		}
	}
	if err != nil {
		return fmt.Errorf("%w (everything reported above is kept; run the same command again to go on)", err)
	}
	if c.DryRun {
		out.printf("dry run: nothing was written\n")
		return nil
	}
	return s.settleWithin(ctx, 10*time.Minute)
}

func (c *importCommand) source() (importing.Source, error) {
	switch c.Kind {
	case "counterparties":
		return importing.Lists(c.Files, c.Map)
	case "commerceml":
		return importing.CommerceML(c.Files)
	default:
		return importing.Mail(c.Files)
	}
}

// take runs the import under a progress bar.
func (c *importCommand) take(ctx context.Context, x *commands.Executor, source importing.Source, env importing.Env, out *console) (*importing.Report, error) {
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(out.err), progressbar.OptionSetDescription(c.Kind),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionThrottle(200*time.Millisecond),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(terminal(out)))
	report, err := importing.Take(ctx, x, source, env, importing.Options{Again: c.Again, Done: func(importing.Item) {
		done, total := source.Progress()
		if total > 0 {
			bar.Describe(fmt.Sprintf("%s %3d%%", c.Kind, done*100/total))
		}
		_ = bar.Add(1) // a bar that cannot be drawn stops nothing
	}})
	_ = bar.Finish()
	return report, err
}

// terminal reports whether somebody watches: a log file gets no bar.
func terminal(out *console) bool {
	f, ok := out.err.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (c *importCommand) tell(report *importing.Report, out *console) {
	for i, p := range report.Problems {
		if i == shownProblems {
			out.printf("… and %d more; --report FILE writes all\n", len(report.Problems)-i)
			break
		}
		out.printf("%s\n", p)
	}
	out.printf("%s\n", report)
}

func (c *importCommand) writeReport(report *importing.Report) error {
	if c.Report == "" {
		return nil
	}
	f, err := os.Create(c.Report)
	if err != nil {
		return err
	}
	return errors.Join(importing.WriteReport(f, report), f.Close())
}
