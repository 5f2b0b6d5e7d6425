package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// exitCorrupt is the exit code for damaged data; every other failure is 1.
const exitCorrupt = 2

// nodeBackup copies the node's log while it runs, or while it does not.
type nodeBackup struct {
	Data string `default:"${data}" help:"Data directory; events lie in its folder events." placeholder:"DIR"`
	To   string `required:"" help:"Directory of the backup, empty or missing." placeholder:"DIR"`
}

func (c *nodeBackup) Run(ctx context.Context, out *console) error {
	to, err := filepath.Abs(c.To)
	if err != nil {
		return err
	}
	var info eventnode.BackupInfo
	if client, running := eventnode.DialAdmin(ctx, c.Data); running {
		err = client.Call(ctx, http.MethodPost, "/backup", map[string]string{"to": to}, &info)
	} else {
		err = withNode(c.Data, out.log, func(node *eventnode.Node) (err error) {
			info, err = node.Backup(ctx, to)
			return err
		})
	}
	if err != nil {
		return err
	}
	out.printf("backup of %d files, %d bytes, up to position %d\n", len(info.Files), info.Bytes, info.Position)
	return nil
}

// nodeRestore makes the events of an empty data directory out of a backup.
type nodeRestore struct {
	From string `required:"" help:"Directory of the backup." placeholder:"DIR"`
	Data string `default:"${data}" help:"Data directory; its folder events must be empty or missing." placeholder:"DIR"`
}

func (c *nodeRestore) Run(ctx context.Context, out *console) error {
	info, err := eventnode.Restore(ctx, c.From, eventsDir(c.Data))
	if err != nil {
		return err
	}
	out.printf("restored %d files, %d bytes, up to position %d\n", len(info.Files), info.Bytes, info.Position)
	return nil
}

// nodeVerify reads all there is and names what is wrong.
type nodeVerify struct {
	Data   string `default:"${data}" help:"Data directory; events lie in its folder events." placeholder:"DIR"`
	Backup string `help:"Read a backup instead." placeholder:"DIR"`
}

func (c *nodeVerify) Run(ctx context.Context, out *console) error {
	var report eventnode.Report
	var err error
	if c.Backup != "" {
		_, report, err = eventnode.VerifyBackup(ctx, c.Backup)
	} else if client, running := eventnode.DialAdmin(ctx, c.Data); running {
		err = client.Call(ctx, http.MethodPost, "/verify", nil, &report)
	} else {
		report, err = eventnode.Verify(ctx, eventsDir(c.Data))
	}
	if err != nil {
		return err
	}
	for _, fault := range report.Faults {
		out.printf("%s\n", fault)
	}
	if !report.OK() {
		return fmt.Errorf("%w: %d faults", errCorruptData, report.FaultCount)
	}
	if c.Backup != "" {
		out.printf("clean: %d files, up to position %d\n", report.Files, report.LastPosition)
		return nil
	}
	out.printf("clean: %d events of %d bytes in %d streams, %d files, up to position %d; %d bytes were scavenged\n",
		report.Records, report.RecordBytes, report.Streams, report.Files, report.LastPosition, report.Scavenged)
	return nil
}

var errCorruptData = errors.New("the data is damaged")

// nodeScavenge gives back the space of events that no stream shows any more.
type nodeScavenge struct {
	Data string `default:"${data}" help:"Data directory; events lie in its folder events." placeholder:"DIR"`
}

func (c *nodeScavenge) Run(ctx context.Context, out *console) error {
	var state eventnode.ScavengeState
	var err error
	if client, running := eventnode.DialAdmin(ctx, c.Data); running {
		err = client.Call(ctx, http.MethodPost, "/scavenge", nil, &state)
	} else {
		err = withNode(c.Data, out.log, func(node *eventnode.Node) (err error) {
			state, err = node.Scavenge(ctx)
			return err
		})
	}
	if err != nil {
		return err
	}
	out.printf("removed %d events of %d bytes, %d streams looked at\n", state.Events, state.Bytes, state.Streams)
	return nil
}

func eventsDir(data string) string { return filepath.Join(data, "events") }

// withNode opens the events of a data directory that no process has open.
func withNode(data string, logger *slog.Logger, work func(*eventnode.Node) error) error {
	// A wrong path must not become a new and empty log.
	if _, err := os.Stat(eventsDir(data)); err != nil {
		return err
	}
	node, err := eventnode.Open(eventnode.Config{Dir: eventsDir(data), Logger: logger, ScavengeEvery: -1})
	if err != nil {
		return err
	}
	return errors.Join(work(node), node.Close())
}

// exitCode of a command that failed.
func exitCode(err error) int {
	if errors.Is(err, errCorruptData) || eventnode.IsCorrupt(err) {
		return exitCorrupt
	}
	return 1
}
