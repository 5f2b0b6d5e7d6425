package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/infra/files"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// rebuildCommand fills a read model anew beside the live one.
type rebuildCommand struct {
	plantFlags
	Name string `arg:"" help:"Projection, such as clients; all for every one."`
}

func (c *rebuildCommand) Run(ctx context.Context, out *console) error {
	chosen, err := projectionsNamed(c.Name)
	if err != nil {
		return err
	}
	p, err := openPlant(ctx, c.plantFlags, out.log)
	if err != nil {
		return err
	}
	defer p.close(context.WithoutCancel(ctx))
	for _, projection := range chosen {
		if err := postgres.Rebuild(ctx, p.db, projection, p.store, postgres.Config{Logger: out.log}); err != nil {
			return fmt.Errorf("rebuild %s: %w", projection.Name, err)
		}
		out.printf("%s: rebuilt\n", projection.Name)
	}
	return nil
}

// verifyCommand recomputes read models and compares, and reads every kept file.
type verifyCommand struct {
	plantFlags
	Name string `arg:"" optional:"" default:"all" help:"Projection, such as clients; files for the kept files; access-log for the seals on it; all (the default) for everything."`
}

// What verify calls what is no projection.
const (
	onlyFiles = "files"
	accessLog = "access-log"
)

func (c *verifyCommand) Run(ctx context.Context, out *console) error {
	var chosen []projections.Projection
	if c.Name != onlyFiles && c.Name != accessLog {
		var err error
		if chosen, err = projectionsNamed(c.Name); err != nil {
			return err
		}
	}
	p, err := openPlant(ctx, c.plantFlags, out.log)
	if err != nil {
		return err
	}
	defer p.close(context.WithoutCancel(ctx))
	clean := true
	for _, projection := range chosen {
		report, err := postgres.Verify(ctx, p.db, projection, p.store)
		if err != nil {
			return fmt.Errorf("verify %s: %w", projection.Name, err)
		}
		tellReport(out, report)
		clean = clean && report.OK()
	}
	if !clean {
		return errors.New("a read model differs from what its events give; `letopis rebuild` makes it anew")
	}
	if c.Name == onlyFiles || c.Name == "all" {
		if err := c.verifyFiles(ctx, p, out); err != nil {
			return err
		}
	}
	if c.Name == accessLog || c.Name == "all" {
		return verifyAccessLog(ctx, p, out)
	}
	return nil
}

// verifyAccessLog compares the access log with its seals.
func verifyAccessLog(ctx context.Context, p *plant, out *console) error {
	v, err := accesslog.Verify(ctx, p.db, commands.NewExecutor(p.store, time.Now))
	if err != nil {
		return fmt.Errorf("verify %s: %w", accessLog, err)
	}
	if !v.Wrong.IsZero() {
		return fmt.Errorf("%s: the hour from %s differs: %s", accessLog, v.Wrong.Format(time.RFC3339), v.Why)
	}
	out.printf("%s: clean, %d entries in %d sealed hours, %d entries not sealed yet\n", accessLog, v.Entries, v.Hours, v.Unsealed)
	return nil
}

// verifyFiles reads every kept file, and looks for those that the log names.
func (c *verifyCommand) verifyFiles(ctx context.Context, p *plant, out *console) error {
	store, err := files.Open(c.filesDir())
	if err != nil {
		return err
	}
	defer store.Close()
	named, err := (&readmodels.Queries{DB: p.db}).AttachmentDigests(ctx)
	if err != nil {
		return err
	}
	report, err := store.Verify(ctx, named)
	if err != nil {
		return fmt.Errorf("verify files: %w", err)
	}
	if report.OK() {
		out.printf("files: clean, %d files of %d bytes\n", report.Files, report.Bytes)
		return nil
	}
	out.printf("files: %d damaged and %d missing, %d read\n", len(report.Damaged), len(report.Missing), report.Files)
	for _, name := range report.Damaged {
		out.printf("  %s: damaged\n", name)
	}
	for _, digest := range report.Missing {
		out.printf("  %s: missing\n", digest)
	}
	return errors.New("some files are not what the log says; bring them back from a backup")
}

// shownDifferences bounds what is printed of one projection.
const shownDifferences = 20

func tellReport(out *console, r postgres.Report) {
	if r.OK() {
		out.printf("%s: clean, %d rows at position %d\n", r.Projection, r.Rows, r.Position)
		return
	}
	out.printf("%s: %d rows differ of %d at position %d\n", r.Projection, r.Differing, r.Rows, r.Position)
	for i, d := range r.Differences {
		if i == shownDifferences {
			break
		}
		out.printf("  %s %s: %s\n", d.Table, d.Key, d.Kind)
	}
}

// skipCommand leaves out an event that stopped a projection.
type skipCommand struct {
	plantFlags
	Name     string `arg:"" help:"Projection."`
	Position uint64 `arg:"" help:"Position of the event."`
	By       string `required:"" help:"Who decides."`
	Reason   string `required:"" help:"Why."`
}

func (c *skipCommand) Run(ctx context.Context, out *console) error {
	if _, err := projectionsNamed(c.Name); err != nil {
		return err
	}
	p, err := openPlant(ctx, c.plantFlags, out.log)
	if err != nil {
		return err
	}
	defer p.close(context.WithoutCancel(ctx))
	if err := postgres.Skip(ctx, p.db, c.Name, c.Position, c.By, c.Reason); err != nil {
		return err
	}
	out.printf("%s: the event at %d is left out\n", c.Name, c.Position)
	return nil
}

func projectionsNamed(name string) ([]projections.Projection, error) {
	if name == "all" {
		return projections.All, nil
	}
	i := slices.IndexFunc(projections.All, func(p projections.Projection) bool { return p.Name == name })
	if i < 0 {
		known := make([]string, len(projections.All))
		for i, p := range projections.All {
			known[i] = p.Name
		}
		return nil, fmt.Errorf("there is no projection %q; there are %v", name, known)
	}
	return projections.All[i : i+1], nil
}
