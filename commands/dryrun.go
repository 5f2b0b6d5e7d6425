package commands

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// DryRun is a store over another one that keeps what is appended in memory: commands decide as they would, and nothing
// reaches the log. It is safe for concurrent use and grows with what is appended.
type DryRun struct {
	base     Store
	mu       sync.Mutex
	appended map[string][]domain.Recorded
	next     uint64
}

// NewDryRun returns a dry run over the base store.
func NewDryRun(base Store) *DryRun {
	return &DryRun{base: base, appended: map[string][]domain.Recorded{}, next: 1 << 62}
}

// Append implements Store; positions lie beyond every real one.
func (d *DryRun) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	last := int64(-1)
	if err := d.base.ReadStream(ctx, stream, 0, func(r domain.Recorded) error {
		last = int64(r.Revision)
		return nil
	}); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.appended[stream]
	if n := len(kept); n > 0 {
		last = int64(kept[n-1].Revision)
	}
	if last != expected {
		return 0, fmt.Errorf("stream %s is at %d, expected %d: %w", stream, last, expected, domain.ErrConflict)
	}
	for i, e := range events {
		d.next++
		kept = append(kept, domain.Recorded{ID: e.ID, Stream: stream, Revision: uint64(expected + 1 + int64(i)), Position: d.next,
			Type: e.Type, Created: time.Now().UTC(), Data: e.Data, Metadata: e.Metadata})
	}
	d.appended[stream] = kept
	return d.next, nil
}

// ReadStream implements Store.
func (d *DryRun) ReadStream(ctx context.Context, stream string, from uint64, visit func(domain.Recorded) error) error {
	if err := d.base.ReadStream(ctx, stream, from, visit); err != nil {
		return err
	}
	d.mu.Lock()
	kept := d.appended[stream]
	d.mu.Unlock()
	for _, r := range kept {
		if r.Revision >= from {
			if err := visit(r); err != nil {
				return err
			}
		}
	}
	return nil
}
