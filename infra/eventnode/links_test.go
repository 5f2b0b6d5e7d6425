package eventnode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// linked waits until the links to everything durable are written.
func linked(t *testing.T, node *Node) {
	t.Helper()
	core := node.core()
	ctx := within(t)
	for {
		head, changed := core.tail.wait()
		if target, done := linksReach(t, core.store); done {
			return
		} else if ctx.Err() != nil {
			t.Fatalf("links of %d are missing at %d", target, head)
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// linksReach tells whether every event that must be linked is; target is the first
// position that is not.
func linksReach(t *testing.T, s *store) (target uint64, done bool) {
	t.Helper()
	value, _, err := s.system(linkCheckpoint)
	if err != nil {
		t.Fatal(err)
	}
	if value != nil {
		target = binary.BigEndian.Uint64(value)
	}
	for from := target + 1; ; {
		events, err := s.allForwards(from, s.durable.Load(), pageEvents)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			// What Pebble shows before it is synced does not count yet.
			last, err := s.lastRecord()
			if err != nil {
				t.Fatal(err)
			}
			return target, last.position == s.durable.Load()
		}
		for i := range events {
			if len(linksTo(&events[i])) > 0 {
				return events[i].position, false
			}
		}
		from = events[len(events)-1].position + 1
	}
}

// checkLinks compares the links in the log with those its events ask for: each
// once, in the order of the log.
func checkLinks(s *store) error {
	want, got := map[string][]string{}, map[string][]string{}
	for from := uint64(0); ; {
		events, err := s.allForwards(from, math.MaxUint64, pageEvents)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break
		}
		for i := range events {
			if events[i].eventType == linkType {
				got[events[i].stream] = append(got[events[i].stream], string(events[i].data))
			}
			for _, l := range linksTo(&events[i]) {
				want[l.stream] = append(want[l.stream], string(l.event.data))
			}
		}
		from = events[len(events)-1].position + 1
	}
	for stream, links := range want {
		if !slices.Equal(got[stream], links) {
			return fmt.Errorf("%s has %d links, the log asks for %d", stream, len(got[stream]), len(links))
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("links in %d streams, the log asks for %d", len(got), len(want))
	}
	return nil
}

func linkConfig(fs vfs.FS) Config {
	cfg := memConfig()
	cfg.FS, cfg.CategoryLinks = fs, true
	return cfg
}

// TestCategoryLinks reads the links through the official client, resolved.
func TestCategoryLinks(t *testing.T) {
	t.Parallel()
	node := openNode(t, linkConfig(vfs.NewMem()))
	c := connect(t, serve(t, node))
	event := func(eventType string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: eventType, Data: []byte(eventType)}
	}
	appendTo(t, c, "order-1-a", esdb.NoStream{}, event("Opened"), event("Paid"))
	appendTo(t, c, "order-2", esdb.NoStream{}, event("Opened"))
	appendTo(t, c, "plain", esdb.NoStream{}, event("Opened"))
	appendTo(t, c, "-nameless", esdb.NoStream{}, event("Odd"))
	appendTo(t, c, "$own-1", esdb.NoStream{}, event("Hidden"))
	appendTo(t, c, "handmade-1", esdb.NoStream{}, esdb.EventData{EventID: uuid.New(), EventType: linkType, Data: []byte("0@plain")})
	linked(t, node)
	for stream, want := range map[string]string{
		"$ce-order":    "0@order-1-a 1@order-1-a 0@order-2",
		"$et-Opened":   "0@order-1-a 0@order-2 0@plain",
		"$et-Paid":     "1@order-1-a",
		"$et-Odd":      "0@-nameless",
		"$ce-plain":    "",
		"$ce-":         "",
		"$ce-$own":     "",
		"$et-Hidden":   "",
		"$ce-handmade": "",
		"$et-$>":       "",
	} {
		events, err := readStream(t, c, stream, esdb.ReadStreamOptions{ResolveLinkTos: true}, 100)
		if want == "" {
			if err == nil {
				t.Errorf("%s exists and has %d events", stream, len(events))
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", stream, err)
		}
		var got []string
		for i, e := range events {
			got = append(got, fmt.Sprintf("%d@%s", e.Event.EventNumber, e.Event.StreamID))
			if e.Link == nil || e.Link.EventNumber != uint64(i) || string(e.Link.Data) != got[i] || string(e.Event.Data) != e.Event.EventType {
				t.Errorf("%s, link %d: %+v", stream, i, e.Link)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s leads to %q, want %q", stream, got, want)
		}
	}
}

// TestCategoryLinksOff is the default.
func TestCategoryLinksOff(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	cfg := memConfig()
	cfg.FS = fs
	node := openNode(t, cfg)
	const events = 1_500 // several pages
	for i := range events {
		if _, err := node.core().writer.submit(t.Context(), &writeRequest{
			stream: fmt.Sprintf("early-%d", i%7), expected: expectAny, events: []proposedEvent{{id: uuid.New(), eventType: "t"}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if last, err := node.core().store.lastRecord(); err != nil || last.eventType == linkType {
		t.Fatalf("the last record is %s/%s, %v", last.stream, last.eventType, err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	// Turned on later, the links begin with the first event.
	node = openNode(t, linkConfig(fs))
	linked(t, node)
	if err := checkLinks(node.core().store); err != nil {
		t.Error(err)
	}
	v, err := node.core().store.view("$ce-early", 0)
	if err != nil || v.last != events-1 {
		t.Errorf("the category ends at %d, %v", v.last, err)
	}
}

// TestCategoryLinksCrash cuts the power while events and their links are written:
// after the next start every event is linked once.
func TestCategoryLinksCrash(t *testing.T) {
	t.Parallel()
	for round := range uint64(20) {
		if err := linksAfterCrash(t, round); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

func linksAfterCrash(t *testing.T, round uint64) error {
	t.Helper()
	rng := rand.New(rand.NewPCG(round, 2))
	fs := vfs.NewCrashableMem()
	node := openNode(t, linkConfig(fs))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	appending := make(chan error, 1)
	cut := make(chan struct{})
	moment := 20 + rng.IntN(200)
	go func() {
		var err error
		for i := 0; ctx.Err() == nil && err == nil; i++ {
			if i == moment {
				close(cut)
			}
			_, err = node.core().writer.submit(ctx, &writeRequest{
				stream: fmt.Sprintf("c%d-%d", i%3, i%5), expected: expectAny,
				events: []proposedEvent{{id: uuid.New(), eventType: fmt.Sprintf("t%d", i%2)}},
			})
		}
		appending <- err
	}()
	<-cut
	remains := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(3) * 50, RNG: rng})
	stop()
	if err := <-appending; err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if err := node.Close(); err != nil {
		return err
	}
	again := openNode(t, linkConfig(remains))
	linked(t, again)
	if err := checkLinks(again.core().store); err != nil {
		return err
	}
	if err := checkLog(again.core().store); err != nil {
		return err
	}
	return again.Close()
}

// TestLinkCheckpoint moves the checkpoint over events that need no links, rarely,
// and writes no event for it.
func TestLinkCheckpoint(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	core := node.core()
	r := &writeRequest{stream: "$quiet", expected: expectAny}
	for range linkSkips + 1 {
		r.events = append(r.events, proposedEvent{id: uuid.New(), eventType: "t"})
	}
	if _, err := core.writer.submit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	head, _ := core.tail.wait()
	l := &linker{core: core, metrics: node.metrics}
	var checkpoints []uint64
	for l.last < head {
		if err := l.page(t.Context(), head); err != nil {
			t.Fatal(err)
		}
		value, found, err := core.store.system(linkCheckpoint)
		if err != nil {
			t.Fatal(err)
		}
		if found && (len(checkpoints) == 0 || binary.BigEndian.Uint64(value) != checkpoints[len(checkpoints)-1]) {
			checkpoints = append(checkpoints, binary.BigEndian.Uint64(value))
		}
	}
	if len(checkpoints) != 1 || checkpoints[0] == 0 {
		t.Errorf("checkpoints at %v, want one", checkpoints)
	}
	if end, _ := core.tail.wait(); end != head {
		t.Error("the checkpoint is an event")
	}
}
