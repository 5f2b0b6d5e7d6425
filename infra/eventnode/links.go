package eventnode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

const (
	linkCheckpoint = "links"

	categoryPrefix = "$ce-"
	typePrefix     = "$et-"

	// linkSkips is how many events without links are passed before the checkpoint is
	// written for their sake: a restart would have to look at them again.
	linkSkips = 10_000
)

// proposedLink is a link on its way into the stream of a category or a type.
type proposedLink struct {
	stream string
	event  proposedEvent
}

// systemValue is one of the node's own values, written together with events.
type systemValue struct {
	name  string
	value []byte
}

// appendLinks puts links behind what their streams hold already and sets the values
// of the request with them, so that a crash leaves both or none. It asks for no
// revisions: there is one who links, and the value tells him how far he has come.
func (w *writer) appendLinks(r *writeRequest) (result writeResult) {
	for i := range r.links {
		state, err := w.state(r.links[i].stream)
		if err != nil {
			return writeResult{err: err}
		}
		gone, err := w.gone(state)
		if err != nil {
			return writeResult{err: err}
		}
		if gone {
			continue // somebody wants no such links any more
		}
		if result = w.appendEvents(state, []proposedEvent{r.links[i].event}); result.err != nil {
			return result
		}
	}
	for _, v := range r.system {
		if err := setSystem(w.batch, v.name, v.value, nil); err != nil {
			return writeResult{err: err}
		}
	}
	return result
}

// linker writes the links of one core, from the checkpoint on and without end.
type linker struct {
	core    *core
	metrics *metrics
	last    uint64 // position up to which everything is linked or needs no link
	skipped int    // events without links since the checkpoint was written
}

// startLinks begins to write links and goes on until the core is over.
func (n *Node) startLinks(core *core) error {
	l := &linker{core: core, metrics: n.metrics}
	value, found, err := core.store.system(linkCheckpoint)
	if err != nil {
		return err
	}
	if found {
		if len(value) != 8 {
			return fmt.Errorf("the checkpoint of the links has %d bytes", len(value))
		}
		l.last = binary.BigEndian.Uint64(value)
	}
	core.background.Go(func() {
		if err := l.run(); err != nil && !errors.Is(err, errStopped) && !errors.Is(err, errFailed) {
			n.logUnexpected(err)
			n.cfg.Logger.Error("event node: category links stand still", "position", l.last, "error", err)
		}
	})
	return nil
}

func (l *linker) run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		head, changed := l.core.tail.wait()
		for l.last < head {
			if l.isOver() {
				return nil
			}
			if err := l.page(ctx, head); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-l.core.over:
			return nil
		}
	}
}

func (l *linker) isOver() bool {
	select {
	case <-l.core.over:
		return true
	default:
		return false
	}
}

// page links the events of one page.
func (l *linker) page(ctx context.Context, head uint64) error {
	events, err := l.core.after(l.last, head)
	if err != nil {
		return err
	}
	r := &writeRequest{kind: writeLinks}
	for i := range events {
		links := linksTo(&events[i])
		r.links = append(r.links, links...)
		if len(links) == 0 {
			l.skipped++
		}
	}
	l.last = head // unless more is left; the end of the log may have been scavenged
	if n := len(events); n > 0 {
		l.last = events[n-1].position
	}
	l.metrics.linksPosition.Set(float64(l.last))
	if len(r.links) == 0 && l.skipped < linkSkips {
		return nil
	}
	l.skipped = 0
	r.system = []systemValue{{linkCheckpoint, binary.BigEndian.AppendUint64(nil, l.last)}}
	_, err = l.core.writer.submit(ctx, r)
	return err
}

// linksTo makes the links to an event: one in its category, the part of its stream's
// name before the first "-", and one under its type. The server's own events and
// links themselves have none.
func linksTo(event *record) []proposedLink {
	if strings.HasPrefix(event.stream, "$") || event.eventType == linkType {
		return nil
	}
	data := fmt.Appendf(nil, "%d@%s", event.revision, event.stream)
	link := func(stream string) proposedLink {
		return proposedLink{stream, proposedEvent{id: linkID(stream, event.id), eventType: linkType, data: data}}
	}
	var links []proposedLink
	if category, _, ok := strings.Cut(event.stream, "-"); ok && category != "" {
		links = append(links, link(categoryPrefix+category))
	}
	if event.eventType != "" {
		links = append(links, link(typePrefix+event.eventType))
	}
	return links
}

// linkID is the same whenever the same link is made.
func linkID(stream string, target uuid.UUID) uuid.UUID { return uuid.NewSHA1(target, []byte(stream)) }
