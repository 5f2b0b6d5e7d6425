package eventnode

import (
	"context"
	"sync"
	"time"
)

// care is the work beside the calls of clients: scavenges, backups, verifications. It
// reads the store of one core, so it must be over before that store is closed.
type care struct {
	scavenger *scavenger

	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc
	jobs   sync.WaitGroup
}

func newCare(s *store, now func() time.Time) (*care, error) {
	scavenger, err := newScavenger(s, now)
	if err != nil {
		return nil, err
	}
	c := &care{scavenger: scavenger}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// begin registers a job; its context ends with the caller's or with the core. done
// must be called at its end.
func (c *care) begin(caller context.Context) (ctx context.Context, done func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return nil, nil, errStopped
	}
	c.jobs.Add(1)
	ctx, cancel := context.WithCancel(caller)
	unlink := context.AfterFunc(c.ctx, cancel)
	return ctx, func() { unlink(); cancel(); c.jobs.Done() }, nil
}

// stop ends all jobs and waits for them.
func (c *care) stop() {
	c.mu.Lock()
	c.cancel()
	c.mu.Unlock()
	c.jobs.Wait()
}

// scavengeEvery starts the automatic scavenges of a core.
func (n *Node) scavengeEvery(c *care) {
	if n.cfg.ScavengeEvery < 0 {
		return
	}
	ctx, done, err := c.begin(context.Background())
	if err != nil {
		return
	}
	go func() {
		defer done()
		c.scavenger.keepScavenging(ctx, n.cfg.ScavengeEvery, func(err error) {
			n.cfg.Logger.Error("event node: scavenge", "error", err)
		})
	}()
}
