// Letopis keeps what happened with every client as immutable events, and shows it. One binary: the server, the event
// node alone, imports, and the operator's tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	_ "time/tzdata" // time zones on machines that have none

	"github.com/alecthomas/kong"

	"github.com/letopis-crm/letopis/infra/spreadsheet"
)

// version is set by the linker.
var version = "dev"

// cli is the command line. Every flag is also an environment variable, LETOPIS_<FLAG>.
type cli struct {
	LogLevel slog.Level       `default:"info" help:"debug, info, warn or error."`
	Version  kong.VersionFlag `help:"Print the version."`

	Serve   serveCommand   `cmd:"" help:"Run the server: event store, database, API and web application."`
	Node    nodeCommand    `cmd:"" help:"Run the event node alone, and look after it."`
	Import  importCommand  `cmd:"" help:"Import real files: counterparties, commerceml, mail."`
	Rebuild rebuildCommand `cmd:"" help:"Fill a read model anew beside live traffic, and switch to it."`
	Verify  verifyCommand  `cmd:"" help:"Recompute read models and compare them row by row with the live ones; read every kept file."`
	Skip    skipCommand    `cmd:"" help:"Leave an event out of a read model that it stopped; recorded with your name."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the OpenAPI document."`
	Events  eventsCommand  `cmd:"" help:"Print the catalogue of events."`
	Access  accessCommand  `cmd:"" help:"Print who may do and see what."`
	Words   wordsCommand   `cmd:"" help:"Print the words for states, kinds, fields and refusals, which user interfaces show."`
	Demo    demoCommand    `cmd:"" help:"Load a demo company into an empty log."`
	User    userCommand    `cmd:"" help:"Create accounts and set passwords."`
	Bench   benchCommand   `cmd:"" help:"Measure appends, projections, commands and history beside the disk's own speed."`
}

func main() {
	code := run(os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(code)
}

func run(args []string, stdout, stderr io.Writer) int {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("letopis"),
		kong.Description("Chronicle of client relations: every fact an immutable event, every screen a projection."),
		kong.DefaultEnvars("LETOPIS"),
		kong.Vars{"version": version, "data": defaultData(), "mappings": strings.Join(spreadsheet.BuiltinNames(), ", ")},
		kong.UsageOnError(),
		kong.Writers(stdout, stderr),
	)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	parsed, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	logger := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	slog.SetDefault(logger)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&console{out: stdout, err: stderr, log: logger}); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintf(stderr, "letopis: %v\n", err)
		}
		return exitCode(err)
	}
	return 0
}

// errReported ends a command with a failure that it has already explained.
var errReported = errors.New("reported")

// console is where commands speak.
type console struct {
	out, err io.Writer
	log      *slog.Logger
}

func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// defaultData is /var/lib/letopis for root, else the user's data directory.
func defaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/letopis"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "letopis")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "letopis-data"
	}
	return filepath.Join(home, ".local", "share", "letopis")
}
