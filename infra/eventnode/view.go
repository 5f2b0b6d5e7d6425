package eventnode

import (
	"math"
	"sort"
)

// streamView is what a reader may see of one stream at one moment.
type streamView struct {
	id          uint64
	first, last int64 // visible revisions; first > last when none is
	bound       uint64
	exists      bool // it has, or had, events
	tombstoned  bool
	softDeleted bool
}

// view bounds a stream by what is durable and by its metadata at the time now.
func (s *store) view(stream string, now int64) (streamView, error) {
	s.removal.RLock()
	defer s.removal.RUnlock()
	// The bound is read inside: what a scavenge has removed by now was decided on
	// what is durable now, so nothing this view needs is gone.
	return s.viewLocked(stream, now)
}

func (s *store) viewLocked(stream string, now int64) (streamView, error) {
	v := streamView{last: -1, bound: s.durable.Load()}
	if target, isMeta := metaTarget(stream); isMeta {
		gone, err := s.tombstoned(target, v.bound)
		if err != nil || gone {
			v.tombstoned = gone
			return v, err
		}
	}
	var err error
	if v.id, err = s.streamID(stream); err != nil || v.id == 0 {
		return v, err
	}
	if v.last, v.tombstoned, err = s.lastRevision(v.id, v.bound); err != nil || v.tombstoned {
		return v, err
	}
	v.exists = v.last >= 0
	meta, err := s.metadata(stream, v.bound)
	if err != nil {
		return v, err
	}
	v.softDeleted = meta.softDeleted()
	v.first = meta.truncateBefore
	if meta.maxCount > 0 {
		v.first = max(v.first, v.last-meta.maxCount+1)
	}
	if meta.maxAge > 0 {
		return v, s.dropExpired(&v, now-int64(meta.maxAge/100))
	}
	return v, nil
}

func (s *store) tombstoned(stream string, bound uint64) (bool, error) {
	id, err := s.streamID(stream)
	if err != nil || id == 0 {
		return false, err
	}
	_, tombstoned, err := s.lastRevision(id, bound)
	return tombstoned, err
}

// metadata returns the stream's metadata. A metadata stream has none of its own:
// only its last event counts.
func (s *store) metadata(stream string, bound uint64) (streamMetadata, error) {
	if _, isMeta := metaTarget(stream); isMeta {
		return streamMetadata{maxCount: 1}, nil
	}
	event, found, err := s.lastMetadata(stream, bound)
	if err != nil || !found {
		return streamMetadata{}, err
	}
	return parseMetadata(event.data), nil
}

// currentMetadata returns the durable event that holds the stream's metadata now, for
// those who take no view.
func (s *store) currentMetadata(stream string) (record, bool, error) {
	s.removal.RLock()
	defer s.removal.RUnlock()
	return s.lastMetadata(stream, s.durable.Load())
}

// lastMetadata returns the event that holds the stream's metadata now.
func (s *store) lastMetadata(stream string, bound uint64) (record, bool, error) {
	id, err := s.streamID(metaStream(stream))
	if err != nil || id == 0 {
		return record{}, false, err
	}
	last, _, err := s.lastRevision(id, bound)
	if err != nil || last < 0 {
		return record{}, false, err
	}
	return s.eventAt(id, last, bound)
}

// dropExpired moves the view's first revision over the events created before
// oldest. Creation times never fall along the log, so it may search by halves.
func (s *store) dropExpired(v *streamView, oldest int64) error {
	var failed error
	n := int(max(0, min(v.last-v.first+1, math.MaxInt32)))
	alive := sort.Search(n, func(i int) bool {
		event, found, err := s.eventAt(v.id, v.first+int64(i), v.bound)
		if err != nil {
			failed = err
		}
		return err != nil || found && event.created >= oldest
	})
	v.first += int64(alive)
	return failed
}
