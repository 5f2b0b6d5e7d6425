package eventnode

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
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

// rawDisk writes 512 bytes and syncs them, one after the other, into a growing file:
// what the disk does bare.
type rawDisk struct {
	file  *os.File
	syncs int
	spent time.Duration
}

func newRawDisk(b *testing.B) *rawDisk {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return &rawDisk{file: f}
}

func (d *rawDisk) run(b *testing.B, n int) {
	b.Helper()
	block := make([]byte, 512)
	start := time.Now()
	for range n {
		if _, err := d.file.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(d.file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	d.syncs += n
	d.spent += time.Since(start)
}

func (d *rawDisk) rate() float64 { return float64(d.syncs) / d.spent.Seconds() }

// cpuTime is what this process, node and client, has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// besideDisk measures slices of work and of the bare disk in turns, so that what
// else the machine does falls on both. work does n units of so many events each.
func besideDisk(b *testing.B, slice, events int, work func(n int)) {
	b.Helper()
	disk := newRawDisk(b)
	var spent, cpu time.Duration
	for left := b.N; left > 0; {
		n := min(left, slice)
		left -= n
		b.StopTimer()
		disk.run(b, 100)
		b.StartTimer()
		start, used := time.Now(), cpuTime(b)
		work(n)
		spent += time.Since(start)
		cpu += cpuTime(b) - used
	}
	rate := float64(b.N*events) / spent.Seconds()
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(disk.rate(), "fdatasync/s")
	b.ReportMetric(rate/disk.rate(), "x-disk")
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N*events), "cpu-us/event")
}

// inParallel lets workers share n units of work. Each worker does its own in order.
func inParallel(b *testing.B, workers, n int, do func(worker int) error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var running sync.WaitGroup
	for worker := range workers {
		running.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(worker); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
}

// BenchmarkAppend appends through the official client, each writer to its own
// stream with exact revisions. Floors: 1 writer 0.4 x-disk; 64 writers 8,000
// events/s, 12,000 on a quiet machine; 16 writers of 10 events each 30,000.
func BenchmarkAppend(b *testing.B) {
	for _, tt := range []struct{ writers, events, slice int }{
		{1, 1, 100}, {16, 1, 1000}, {64, 1, 2000}, {16, 10, 500},
	} {
		b.Run(fmt.Sprintf("writers=%d/events=%d", tt.writers, tt.events), func(b *testing.B) {
			c, _ := benchTarget(b)
			expected := make([]esdb.ExpectedRevision, tt.writers)
			for i := range expected {
				expected[i] = esdb.NoStream{}
			}
			b.ResetTimer()
			besideDisk(b, tt.slice, tt.events, func(n int) {
				inParallel(b, tt.writers, n, func(writer int) error {
					events := make([]esdb.EventData, tt.events)
					for i := range events {
						events[i] = benchEvent()
					}
					r, err := c.AppendToStream(context.Background(), fmt.Sprintf("bench-%d", writer),
						esdb.AppendToStreamOptions{ExpectedRevision: expected[writer]}, events...)
					if err == nil {
						expected[writer] = esdb.Revision(r.NextExpectedVersion)
					}
					return err
				})
			})
		})
	}
}

// BenchmarkAppendInside leaves out gRPC: what the writer and Pebble cost.
func BenchmarkAppendInside(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			node := openNode(b, Config{Dir: b.TempDir(), Logger: quiet()})
			b.ResetTimer()
			besideDisk(b, 100*writers, 1, func(n int) {
				inParallel(b, writers, n, func(writer int) error {
					_, err := node.core().writer.submit(context.Background(), &writeRequest{
						stream: fmt.Sprintf("bench-%d", writer), expected: expectAny,
						events: []proposedEvent{{id: uuid.New(), eventType: "bench", data: make([]byte, benchEventSize)}},
					})
					return err
				})
			})
		})
	}
}

// BenchmarkDelivery appends one event after the other and waits until a subscriber
// has it. Floor: p50 2 ms.
func BenchmarkDelivery(b *testing.B) {
	c, _ := benchTarget(b)
	sub, err := c.SubscribeToStream(context.Background(), "delivered", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	besideDisk(b, 100, 1, func(n int) {
		for range n {
			start := time.Now()
			appended := make(chan error, 1)
			go func() {
				_, err := c.AppendToStream(context.Background(), "delivered", esdb.AppendToStreamOptions{}, benchEvent())
				appended <- err
			}()
			for e := sub.Recv(); e.EventAppeared == nil; e = sub.Recv() {
				if e.SubscriptionDropped != nil {
					b.Fatal(e.SubscriptionDropped.Error)
				}
			}
			took = append(took, time.Since(start))
			if err := <-appended; err != nil {
				b.Fatal(err)
			}
		}
	})
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
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
// is one event. Floor: 100,000 events/s.
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
	start, used := time.Now(), cpuTime(b)
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
	b.ReportMetric(float64((cpuTime(b)-used).Microseconds())/float64(b.N), "cpu-us/event")
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
