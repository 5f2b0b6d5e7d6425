package eventnode

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

const benchEventSize = 500

// benchTarget is a node on the real disk behind a unix socket.
func benchTarget(b *testing.B) (*esdb.Client, *Node) {
	b.Helper()
	node := openNode(b, Config{Dir: b.TempDir(), Logger: quiet()})
	return connect(b, serve(b, node)), node
}

func benchEvent() esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: "bench", Data: make([]byte, benchEventSize)}
}

// BenchmarkAppend appends through the official client, each writer to its own
// stream with exact revisions. fdatasync/s is what the disk does bare, one write of
// the same size after the other; x-disk is how many appends come for one of those.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			c, _ := benchTarget(b)
			bare := syncRate(b)
			work := make(chan struct{})
			var running sync.WaitGroup
			var failed atomic.Int64
			for i := range writers {
				running.Go(func() {
					stream := fmt.Sprintf("bench-%d", i)
					expected := esdb.ExpectedRevision(esdb.NoStream{})
					for range work {
						r, err := c.AppendToStream(context.Background(), stream,
							esdb.AppendToStreamOptions{ExpectedRevision: expected}, benchEvent())
						if err != nil {
							failed.Add(1)
							continue
						}
						expected = esdb.Revision(r.NextExpectedVersion)
					}
				})
			}
			start := time.Now()
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			running.Wait()
			rate := float64(b.N) / time.Since(start).Seconds()
			if n := failed.Load(); n > 0 {
				b.Fatalf("%d appends failed", n)
			}
			b.ReportMetric(rate, "events/s")
			b.ReportMetric(bare, "fdatasync/s")
			b.ReportMetric(rate/bare, "x-disk")
		})
	}
}

// syncRate measures the disk under the temporary directory for a moment.
func syncRate(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, benchEventSize+100)
	n, start := 0, time.Now()
	for time.Since(start) < 500*time.Millisecond {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds()
}

// fill appends events past gRPC.
func fill(b *testing.B, node *Node, n int) {
	b.Helper()
	const batch = 500
	for done := 0; done < n; done += batch {
		r := &writeRequest{stream: fmt.Sprintf("fill-%d", done/batch%100), expected: expectAny}
		for range batch {
			r.events = append(r.events, proposedEvent{
				id: uuid.New(), json: true, eventType: "bench", data: make([]byte, benchEventSize),
			})
		}
		if _, err := node.core().writer.submit(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadAll reads $all forwards through the official client; one iteration
// is one event.
func BenchmarkReadAll(b *testing.B) {
	c, node := benchTarget(b)
	const events = 100_000
	fill(b, node, events)
	open := func() *esdb.ReadStream {
		read, err := c.ReadAll(context.Background(), esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
		if err != nil {
			b.Fatal(err)
		}
		return read
	}
	read := open()
	start := time.Now()
	for b.Loop() {
		_, err := read.Recv()
		if isEOF(err) {
			read.Close()
			read = open()
			_, err = read.Recv()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	read.Close()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "events/s")
}

// BenchmarkSubscribeAll catches up with $all behind a filter.
func BenchmarkSubscribeAll(b *testing.B) {
	c, node := benchTarget(b)
	const events = 100_000
	fill(b, node, events)
	open := func() *esdb.Subscription {
		sub, err := c.SubscribeToAll(context.Background(), esdb.SubscribeToAllOptions{
			From: esdb.Start{}, Filter: esdb.ExcludeSystemEventsFilter(), MaxSearchWindow: 256,
		})
		if err != nil {
			b.Fatal(err)
		}
		return sub
	}
	sub := open()
	start := time.Now()
	for b.Loop() {
		for {
			e := sub.Recv()
			if e.SubscriptionDropped != nil {
				b.Fatal(e.SubscriptionDropped.Error)
			}
			if e.CaughtUp != nil {
				_ = sub.Close()
				sub = open()
			}
			if e.EventAppeared != nil {
				break
			}
		}
	}
	_ = sub.Close()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "events/s")
}

// BenchmarkReadStream loads a stream of 20 events, as a command does.
func BenchmarkReadStream(b *testing.B) {
	c, _ := benchTarget(b)
	var events []esdb.EventData
	for range 20 {
		events = append(events, benchEvent())
	}
	appendTo(b, c, "loaded", esdb.NoStream{}, events...)
	start := time.Now()
	for b.Loop() {
		read, err := c.ReadStream(context.Background(), "loaded", esdb.ReadStreamOptions{}, math.MaxInt64)
		if err != nil {
			b.Fatal(err)
		}
		if got, err := drain(read); err != nil || len(got) != 20 {
			b.Fatal(len(got), err)
		}
		read.Close()
	}
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "loads/s")
}
