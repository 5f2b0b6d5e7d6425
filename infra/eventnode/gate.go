package eventnode

import "sync"

// gate counts the reads of one opening, so that it can be let go of when the last
// has left. The zero value is open.
type gate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // not nil once the gate is shut; closed when nobody is inside
}

// enter admits a read; leave must follow. A read behind a shut gate ends as one on a
// node that is going down: its client comes back and meets the next opening.
func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty != nil {
		return errNotReady()
	}
	g.inside++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
	}
}

// shut admits nobody any more and waits for those inside.
func (g *gate) shut() {
	g.mu.Lock()
	if g.empty == nil {
		g.empty = make(chan struct{})
		if g.inside == 0 {
			close(g.empty)
		}
	}
	g.mu.Unlock()
	<-g.empty
}
