package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// benchCommand measures the parts on this machine. Every figure stands beside a limit measured in the same run: machines
// are shared, only ratios travel.
type benchCommand struct {
	Seconds float64 `default:"3" help:"How long each measurement runs."`
	Events  int     `default:"50000" help:"Events in the log for the catch-up of the projections."`
	PgBin   string  `name:"pg-bin" help:"Directory with initdb and postgres."`
}

func (c *benchCommand) Run(ctx context.Context, out *console) error {
	dir, err := os.MkdirTemp("", "letopis-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()     // a folder left behind in /tmp harms nobody
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the database's own user must reach its folder
		return err
	}
	limit, err := c.syncs(dir)
	if err != nil {
		return err
	}
	out.printf("%s, %d cores\n\n%-44s %12s %10s\n", runtime.Version(), runtime.NumCPU(), "what", "per second", "ratio")
	row := func(what string, rate, of float64) { out.printf("%-44s %12.0f %9.2fx\n", what, rate, rate/of) }
	row("fdatasync of 512 bytes (the limit below)", limit, limit)
	alone, err := openSystem(ctx, plantFlags{Data: filepath.Join(dir, "alone"), PgBin: c.PgBin}, roles{}, out.log)
	if err != nil {
		return err
	}
	err = c.writers(ctx, alone, "append through the client", row, limit)
	alone.close(ctx)
	if err != nil {
		return err
	}
	s, err := openSystem(ctx, plantFlags{Data: filepath.Join(dir, "data"), PgBin: c.PgBin}, allRoles, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := c.rest(ctx, s, row, out); err != nil {
		return err
	}
	return c.writers(ctx, s, "append while read models follow", row, limit)
}

// writers measures appends beside whatever else the process does.
func (c *benchCommand) writers(ctx context.Context, s *system, what string, row func(string, float64, float64), limit float64) error {
	for _, writers := range []int{1, 16, 64} {
		rate, err := c.appends(ctx, s, writers)
		if err != nil {
			return err
		}
		row(fmt.Sprintf("%s, %d writers", what, writers), rate, limit)
	}
	return nil
}

// syncs is the disk's own speed: appends of 512 bytes, each followed by fdatasync.
func (c *benchCommand) syncs(dir string) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "syncs"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	block, n, start := make([]byte, 512), 0, time.Now()
	for time.Since(start).Seconds() < c.Seconds {
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

func (c *benchCommand) appends(ctx context.Context, s *system, writers int) (float64, error) {
	return c.during(writers, func() error {
		stream := "bench-" + uuid.NewString()
		_, err := s.store.Append(ctx, stream, -1, []domain.NewEvent{{ID: uuid.New(), Type: "bench.appended", Data: padding, Metadata: []byte("{}")}})
		return err
	})
}

var padding = fmt.Appendf(nil, `{"text":"%0480d"}`, 0)

// during repeats work in several goroutines for the set time and returns how often it was done per second.
func (c *benchCommand) during(workers int, work func() error) (float64, error) {
	var (
		done  atomic.Int64
		group sync.WaitGroup
		once  sync.Once
		fault error
	)
	start := time.Now()
	for range workers {
		group.Go(func() {
			for time.Since(start).Seconds() < c.Seconds {
				if err := work(); err != nil {
					once.Do(func() { fault = err })
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), fault
}

// percentile of durations; the list is sorted in place.
func percentile(list []time.Duration, p int) time.Duration {
	slices.Sort(list)
	return list[min(len(list)-1, len(list)*p/100)]
}

// planned is a work item for the benchmark's own actor.
func planned(actor domain.EmployeeID, client domain.CounterpartyID) commands.PlanWorkItem {
	return commands.PlanWorkItem{Counterparty: client, Responsible: actor, Due: "2026-12-01", Text: "Позвонить и уточнить срок поставки"}
}
