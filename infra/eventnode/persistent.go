package eventnode

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// groupsStream holds the configurations of all groups: its last event counts.
const (
	groupsStream = "$persistentSubscriptionConfig"
	groupsType   = "$PersistentConfig"
)

// keptVersions is how many checkpoints, or lists of groups, stay readable.
const keptVersions = 2

// subscriptions are the persistent subscriptions of one core: their groups, each
// with a goroutine of its own. They begin with the core and end with it.
type subscriptions struct {
	node *Node
	core *core

	mu     sync.Mutex // held while groups come and go
	groups map[groupID]*runner
	over   bool
}

func newSubscriptions(n *Node, c *core) (*subscriptions, error) {
	s := &subscriptions{node: n, core: c}
	return s, s.startAll()
}

// startAll starts the groups of the configuration.
func (s *subscriptions) startAll() error {
	s.groups = map[groupID]*runner{}
	configs, err := s.load()
	if err != nil {
		return fmt.Errorf("persistent subscriptions: %w", err)
	}
	for _, config := range configs {
		if err := s.start(config); err != nil {
			return fmt.Errorf("persistent subscription %s: %w", config.id(), err)
		}
	}
	return nil
}

func (s *subscriptions) load() (configs []groupConfig, err error) {
	data, err := s.core.store.lastData(groupsStream)
	if err != nil || data == nil {
		return nil, err
	}
	return configs, json.Unmarshal(data, &configs)
}

// save makes the configuration durable as it will be with the given group, or
// without it.
func (s *subscriptions) save(ctx context.Context, id groupID, config *groupConfig) error {
	var configs []groupConfig
	for _, other := range s.groups {
		if other.id != id {
			configs = append(configs, other.config)
		}
	}
	if config != nil {
		configs = append(configs, *config)
	}
	slices.SortFunc(configs, func(a, b groupConfig) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Group, b.Group))
	})
	data, err := json.Marshal(configs)
	if err != nil {
		return err
	}
	return s.core.writeVersion(ctx, groupsStream, groupsType, data)
}

// stop ends all groups and waits for their goroutines; the core's over is closed.
// A core that could not begin has none.
func (s *subscriptions) stop() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for _, group := range s.groups {
		<-group.ended
	}
}

func (s *subscriptions) find(id groupID) (*runner, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, errNotReady()
	}
	if group := s.groups[id]; group != nil {
		return group, nil
	}
	return nil, errGroupMissing(id)
}

// list returns the groups of a stream, or all of them, in order of their names.
func (s *subscriptions) list(stream string) (groups []*runner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, group := range s.groups {
		if stream == "" || id.stream == stream {
			groups = append(groups, group)
		}
	}
	slices.SortFunc(groups, func(a, b *runner) int {
		return cmp.Or(cmp.Compare(a.id.stream, b.id.stream), cmp.Compare(a.id.group, b.id.group))
	})
	return groups
}

func (s *subscriptions) create(ctx context.Context, config groupConfig, from start) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := config.id()
	switch {
	case s.over:
		return errNotReady()
	case s.groups[id] != nil:
		return errGroupExists(id)
	}
	if err := s.begin(&config, from); err != nil {
		return err
	}
	return s.run(ctx, config)
}

// update gives a group new settings. Its consumers have to connect again.
func (s *subscriptions) update(ctx context.Context, config groupConfig, from start) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := config.id()
	old := s.groups[id]
	switch {
	case s.over:
		return errNotReady()
	case old == nil:
		return errGroupMissing(id)
	}
	if err := s.begin(&config, from); err != nil {
		return err
	}
	config.Filter = old.config.Filter
	if config.StartFrom == old.config.StartFrom {
		// The end was somewhere else when the group was made: what has come since
		// and has no checkpoint yet is not to be lost by a change of settings.
		config.Begin = old.config.Begin
	}
	old.stop(func() error { return errGroupDropped(id) })
	if err := s.run(ctx, config); err != nil {
		return errors.Join(err, s.start(old.config)) // as it was
	}
	return nil
}

// run makes the configuration durable and starts the group.
func (s *subscriptions) run(ctx context.Context, config groupConfig) error {
	if err := s.save(ctx, config.id(), &config); err != nil {
		return err
	}
	return s.start(config)
}

func (s *subscriptions) start(config groupConfig) error {
	group, err := startRunner(s.node, s.core, config)
	if err == nil {
		s.groups[config.id()] = group
	}
	return err
}

// remove ends a group and what is kept of it. Its streams go first: if the node
// stops in between, the group is still there and begins anew; the other way round
// a later group of the same name would take up a foreign checkpoint.
func (s *subscriptions) remove(ctx context.Context, id groupID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := s.groups[id]
	switch {
	case s.over:
		return errNotReady()
	case group == nil:
		return errGroupMissing(id)
	}
	group.stop(func() error { return errGroupMissing(id) })
	err := s.forget(ctx, id)
	if err != nil {
		return errors.Join(err, s.start(group.config)) // as it was
	}
	delete(s.groups, id)
	return nil
}

func (s *subscriptions) forget(ctx context.Context, id groupID) error {
	for _, stream := range []string{id.checkpointStream(), id.parkedStream()} {
		request := &writeRequest{kind: writeDelete, stream: stream, expected: expectAny}
		// The outcome is of no interest: what was never written need not be deleted.
		if _, err := s.core.writer.submit(ctx, request); err != nil {
			return err
		}
	}
	return s.save(ctx, id, nil)
}

// restart drops all consumers and begins again from what is on disk.
func (s *subscriptions) restart() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return errNotReady()
	}
	for id, group := range s.groups {
		group.stop(func() error { return errGroupDropped(id) })
	}
	return s.startAll()
}

// begin checks a configuration and settles its first place.
func (s *subscriptions) begin(config *groupConfig, from start) error {
	id := config.id()
	if fault := config.Settings.fault(); fault != "" {
		return errGroupFailed(id, fault)
	}
	config.StartFrom = from.words(id.all())
	src, err := newSource(s.node, s.core, config, 0)
	if err != nil {
		return err
	}
	last, err := src.last()
	if err != nil {
		return err
	}
	if id.all() && from.place > last && from.place > 0 {
		return errGroupFailed(id, "The position to start from is beyond the end of $all.")
	}
	config.Begin = from.place
	if from.end {
		config.Begin = last + 1
	}
	return nil
}

// lastData returns the data of a stream's last visible event; nil = there is none.
func (s *store) lastData(stream string) ([]byte, error) {
	v, err := s.view(stream, 0)
	if err != nil || v.tombstoned || !v.exists || v.first > v.last {
		return nil, err
	}
	event, found, err := s.eventAt(v.id, v.last, v.bound)
	if err == nil && !found {
		// Going on as if there never was one would begin a group, or all of them, anew.
		err = corrupt(v.bound, "the last event of "+stream+" is missing")
	}
	return event.data, err
}

// writeVersion appends to a stream of which only the last events count, and sees
// to it that the others may be scavenged.
func (c *core) writeVersion(ctx context.Context, stream, eventType string, data []byte) error {
	meta, _, err := c.store.currentMetadata(stream)
	if err != nil {
		return err
	}
	if parseMetadata(meta.data).maxCount != keptVersions {
		bound := fmt.Appendf(nil, `{"%s":%d}`, keyMaxCount, keptVersions)
		if err := c.appendOwn(ctx, metaStream(stream), jsonEvent(metadataType, bound)); err != nil {
			return err
		}
	}
	return c.appendOwn(ctx, stream, jsonEvent(eventType, data))
}

func jsonEvent(eventType string, data []byte) proposedEvent {
	return proposedEvent{id: uuid.New(), json: true, eventType: eventType, data: data}
}

// appendOwn writes events of the node's own.
func (c *core) appendOwn(ctx context.Context, stream string, events ...proposedEvent) error {
	request := &writeRequest{kind: writeEvents, stream: stream, expected: expectAny, events: events}
	result, err := c.writer.submit(ctx, request)
	if err == nil && result.outcome == streamGone {
		err = errStreamDeleted(stream)
	}
	return err
}
