package eventnode

import (
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// stuckDisk is a disk in memory whose syncs can be held up.
type stuckDisk struct {
	mu      sync.Mutex
	gate    chan struct{} // nil = open
	arrived chan struct{} // closed by the first sync that is held
}

func (d *stuckDisk) fs() vfs.FS { return errorfs.Wrap(vfs.NewMem(), d) }

func (d *stuckDisk) String() string { return "stuck disk" }

func (d *stuckDisk) MaybeError(op errorfs.Op) error {
	if op.Kind != errorfs.OpFileSync && op.Kind != errorfs.OpFileSyncData {
		return nil
	}
	d.mu.Lock()
	gate := d.gate
	if gate != nil && d.arrived != nil {
		close(d.arrived)
		d.arrived = nil
	}
	d.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return nil
}

// hold makes every sync from now on wait until release is called.
func (d *stuckDisk) hold() (release func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	gate := make(chan struct{})
	d.gate, d.arrived = gate, make(chan struct{})
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.gate = nil
		close(gate)
	}
}

// stuck waits until a sync is held.
func (d *stuckDisk) stuck(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	arrived := d.arrived
	d.mu.Unlock()
	if arrived == nil {
		return
	}
	select {
	case <-arrived:
	case <-within(t).Done():
		t.Fatal("no sync came")
	}
}
