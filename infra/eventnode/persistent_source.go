package eventnode

import "strings"

// scanEvents is how many events a source considers at a time when it wants up to
// limit of them: the group has other things to do as well.
func scanEvents(limit int) int { return min(pageEvents, max(64, 2*limit)) }

// source reads what a group is for, from its beginning on and then as it comes.
type source interface {
	// next returns up to limit further events. It notes how far it has read, and
	// whether that is the end for now.
	next(limit int) (found, error)

	// last is the place of the last event there is; noPlace = none.
	last() (int64, error)
}

// found is what a source came upon. read is the place up to which it has looked,
// skipped how many events it has passed over there.
type found struct {
	events  []record
	read    int64
	skipped int
	atEnd   bool
}

// allSource reads $all through a filter.
type allSource struct {
	core    *core
	matches func(*record) bool
	read    uint64 // position of the last event considered
}

func (s *allSource) next(limit int) (found, error) {
	head, _ := s.core.tail.wait()
	out := found{read: int64(s.read), atEnd: s.read >= head}
	if out.atEnd {
		return out, nil
	}
	page, ok := s.core.tail.after(s.read, scanEvents(limit))
	if !ok {
		var err error
		if page, err = s.core.store.allForwards(s.read+1, head, uint64(scanEvents(limit))); err != nil {
			return out, err
		}
	}
	for i := range page {
		if len(out.events) == limit {
			break
		}
		s.read = page[i].position
		if s.matches(&page[i]) {
			out.events = append(out.events, page[i])
		} else {
			out.skipped++
		}
	}
	if len(page) == 0 {
		s.read = head // the end of the log was scavenged: there is nothing to find
	}
	out.read, out.atEnd = int64(s.read), s.read >= head
	return out, nil
}

func (s *allSource) last() (int64, error) {
	if head, _ := s.core.tail.wait(); head > 0 {
		return int64(head), nil
	}
	return noPlace, nil
}

// streamSource reads one stream. It may be truncated, deleted, tombstoned and
// revived while it is read; what is gone is passed over.
type streamSource struct {
	core     *core
	view     func(stream string) (streamView, error)
	stream   string
	revision int64  // the next one wanted
	seen     uint64 // log position up to which everything of the stream was read
	live     bool   // seen holds: the tail is enough
}

func (s *streamSource) next(limit int) (found, error) {
	if s.live {
		if out, ok := s.fromTail(limit); ok {
			return out, nil
		}
		s.live = false
	}
	v, err := s.view(s.stream)
	if err != nil {
		return found{}, err
	}
	out := found{read: s.revision - 1, atEnd: true}
	if v.exists && !v.softDeleted && !v.tombstoned {
		if out.events, err = s.core.store.streamForwards(v, s.revision, uint64(limit)); err != nil {
			return found{}, err
		}
	}
	if n := len(out.events); n > 0 {
		out.read = out.events[n-1].revision
		out.atEnd = out.read == v.last
		s.revision = out.read + 1
	}
	s.live, s.seen = out.atEnd, v.bound
	return out, nil
}

// fromTail finds the stream's new events without asking the disk. ok is false when
// the tail no longer reaches back far enough.
func (s *streamSource) fromTail(limit int) (out found, ok bool) {
	head, _ := s.core.tail.wait()
	page, ok := s.core.tail.after(s.seen, scanEvents(limit))
	for i := range page {
		if len(out.events) == limit {
			break
		}
		s.seen = page[i].position
		if page[i].stream == s.stream && page[i].revision >= s.revision && page[i].revision != tombstoneRevision {
			out.events = append(out.events, page[i])
			s.revision = page[i].revision + 1
		}
	}
	out.read, out.atEnd = s.revision-1, s.seen >= head
	return out, ok
}

func (s *streamSource) last() (int64, error) {
	v, err := s.view(s.stream)
	return v.last, err
}

// linkTo is the data of a link to what a message carries: its target, or itself.
// A link that leads nowhere is passed on as it is.
func linkTo(m *message) string {
	switch {
	case m.target != nil:
		return placeWords(m.target.revision, false) + "@" + m.target.stream
	case m.isLink && strings.Contains(string(m.event.data), "@"):
		return string(m.event.data)
	}
	return placeWords(m.event.revision, false) + "@" + m.event.stream
}
