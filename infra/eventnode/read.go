package eventnode

import (
	"errors"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// A read goes in pages: each takes its own iterator and lets go of it before
// anything is sent, so a slow client never pins old files or memory.
const (
	pageEvents = 512
	pageBytes  = 256 << 10
)

// page collects records until it is full by count or by bytes.
type page struct {
	records []record
	max     int
	bytes   int
}

func newPage(limit uint64) *page {
	size := int(min(limit, pageEvents))
	return &page{records: make([]record, 0, size), max: size}
}

func (p *page) full() bool { return len(p.records) >= p.max || p.bytes >= pageBytes }

func (p *page) add(r record) {
	p.records = append(p.records, r)
	p.bytes += r.encodedSize()
}

// allForwards returns events with from <= position <= bound, oldest first.
func (s *store) allForwards(from, bound, limit uint64) ([]record, error) {
	from, bound = clampEnd(from), clampEnd(bound)
	if from > bound {
		return nil, nil
	}
	p := newPage(limit)
	err := s.scan(logKey(from), logKey(bound+1), func(it *pebble.Iterator) error {
		for ok := it.First(); ok && !p.full(); ok = it.Next() {
			r, err := decodeIterator(it)
			if err != nil {
				return err
			}
			p.add(r)
		}
		return nil
	})
	return p.records, err
}

// allBackwards returns events with position < before and <= bound, newest first.
func (s *store) allBackwards(before, bound, limit uint64) ([]record, error) {
	end := min(clampEnd(before), clampEnd(bound)+1)
	p := newPage(limit)
	err := s.scan([]byte{spaceLog}, logKey(end), func(it *pebble.Iterator) error {
		for ok := it.Last(); ok && !p.full(); ok = it.Prev() {
			r, err := decodeIterator(it)
			if err != nil {
				return err
			}
			p.add(r)
		}
		return nil
	})
	return p.records, err
}

// streamForwards returns visible events of the view from the revision on.
func (s *store) streamForwards(v streamView, from int64, limit uint64) ([]record, error) {
	from = max(from, v.first)
	if from > v.last {
		return nil, nil
	}
	return s.streamPage(v, from, v.last, limit, (*pebble.Iterator).First, (*pebble.Iterator).Next)
}

// streamBackwards returns visible events of the view from the revision down.
func (s *store) streamBackwards(v streamView, from int64, limit uint64) ([]record, error) {
	from = min(from, v.last)
	if from < v.first {
		return nil, nil
	}
	return s.streamPage(v, v.first, from, limit, (*pebble.Iterator).Last, (*pebble.Iterator).Prev)
}

func (s *store) streamPage(
	v streamView, low, high int64, limit uint64, first, next func(*pebble.Iterator) bool,
) ([]record, error) {
	p := newPage(limit)
	err := s.scan(indexKey(v.id, low), indexKey(v.id, high+1), func(index *pebble.Iterator) error {
		// A clone sees what the index saw: a scavenge meanwhile takes nothing away.
		log, err := index.Clone(pebble.CloneOptions{IterOptions: &pebble.IterOptions{
			LowerBound: []byte{spaceLog}, UpperBound: []byte{spaceLog + 1},
		}})
		if err != nil {
			return err
		}
		for ok := first(index); ok && !p.full(); ok = next(index) {
			r, err := s.seekRecord(log, index)
			if err != nil {
				return errors.Join(err, log.Close())
			}
			p.add(r)
		}
		return log.Close()
	})
	return p.records, err
}

// seekRecord reads the record an index entry points to.
func (s *store) seekRecord(log, index *pebble.Iterator) (record, error) {
	position, err := s.seals.number(index.Key(), index.Value())
	if err != nil {
		return record{}, err
	}
	if !log.SeekGE(logKey(position)) || logPosition(log.Key()) != position {
		if err := log.Error(); err != nil {
			return record{}, err
		}
		return record{}, corrupt(position, "missing")
	}
	r, err := decodeIterator(log)
	if err != nil {
		return record{}, err
	}
	return r, r.isRevision(indexRevision(index.Key()))
}

// asRevision turns a revision of the wire into the store's. The largest number
// there means the end.
func asRevision(revision uint64) int64 { return int64(min(revision, math.MaxInt64-1)) }
