package commands

import (
	"container/list"
	"context"
	"maps"
	"sync"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// fold is a stream read so far: the state, where the stream stands, and what each command id left there.
// A fold in the cache is never changed: readers copy it first.
type fold[S any] struct {
	state    S
	revision int64
	position uint64
	done     map[uuid.UUID]effect
}

// effect is what one command wrote to the stream.
type effect struct {
	revision int64
	position uint64
	events   int
	digest   string
}

func emptyFold[S any]() *fold[S] { return &fold[S]{revision: -1, done: map[uuid.UUID]effect{}} }

func (f *fold[S]) size() int { return 1 + int(f.revision+1) }

// take folds one event in place; only for folds that nobody else holds.
func (f *fold[S]) take(category *domain.Category[S], r domain.Recorded, meta domain.Metadata) error {
	event, err := category.Decode(r)
	if err != nil {
		return err
	}
	event.Apply(&f.state)
	f.revision, f.position = int64(r.Revision), r.Position
	e := f.done[meta.CommandID]
	f.done[meta.CommandID] = effect{revision: f.revision, position: r.Position, events: e.events + 1, digest: meta.CommandDigest}
	return nil
}

// advanced is the fold after an append of ours.
func (f *fold[S]) advanced(state S, events int, position uint64, command uuid.UUID, digest string) *fold[S] {
	next := &fold[S]{state: state, revision: f.revision + int64(events), position: position, done: maps.Clone(f.done)}
	next.done[command] = effect{revision: next.revision, position: position, events: events, digest: digest}
	return next
}

// repeated answers a command that the stream already bears.
func (f *fold[S]) repeated(command uuid.UUID, digest string) (Receipt, bool, error) {
	e, ok := f.done[command]
	if !ok {
		return Receipt{}, false, nil
	}
	if e.digest != "" && digest != "" && e.digest != digest {
		return Receipt{}, false, ErrCommandReused
	}
	return Receipt{Revision: e.revision, Position: e.position, Events: e.events}, true, nil
}

// known is the cached fold where there is one, else the loaded one; current says whether the log was read for it.
func known[S any](ctx context.Context, x *Executor, category *domain.Category[S], stream string) (f *fold[S], current bool, err error) {
	if cached, ok := x.cache.get(stream); ok {
		return cached.(*fold[S]), false, nil
	}
	f, err = load(ctx, x, category, stream)
	return f, true, err
}

// load folds the stream from the cached revision on. A stale cache entry is harmless: the tail is read, and the
// expected revision of the append catches what came after.
func load[S any](ctx context.Context, x *Executor, category *domain.Category[S], stream string) (*fold[S], error) {
	f := emptyFold[S]()
	if cached, ok := x.cache.get(stream); ok {
		known := cached.(*fold[S])
		f = &fold[S]{state: known.state, revision: known.revision, position: known.position, done: known.done}
	}
	shared := f.revision >= 0
	read := false
	err := x.store.ReadStream(ctx, stream, uint64(f.revision+1), func(r domain.Recorded) error {
		if shared {
			f.done, shared = maps.Clone(f.done), false
		}
		meta, err := r.Meta()
		if err != nil {
			return err
		}
		read = true
		return f.take(category, r, meta)
	})
	if err != nil {
		x.cache.drop(stream)
		return emptyFold[S](), err
	}
	if read {
		x.cache.put(stream, f, f.size())
	}
	return f, nil
}

// stateCache is a least-recently-used cache bounded by the number of events folded into its entries.
type stateCache struct {
	mu      sync.Mutex
	limit   int
	weight  int
	order   *list.List // of *cacheEntry, most recent first
	entries map[string]*list.Element
}

type cacheEntry struct {
	stream string
	fold   any
	weight int
}

func newStateCache(limit int) *stateCache {
	return &stateCache{limit: limit, order: list.New(), entries: map[string]*list.Element{}}
}

func (c *stateCache) get(stream string) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[stream]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cacheEntry).fold, true
}

func (c *stateCache) put(stream string, fold any, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(stream)
	c.entries[stream] = c.order.PushFront(&cacheEntry{stream, fold, weight})
	c.weight += weight
	for c.weight > c.limit && c.order.Len() > 1 {
		c.remove(c.order.Back().Value.(*cacheEntry).stream)
	}
}

func (c *stateCache) drop(stream string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(stream)
}

func (c *stateCache) remove(stream string) {
	if e, ok := c.entries[stream]; ok {
		c.weight -= e.Value.(*cacheEntry).weight
		c.order.Remove(e)
		delete(c.entries, stream)
	}
}
