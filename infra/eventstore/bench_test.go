package eventstore

import (
	"testing"

	"github.com/letopis-crm/letopis/domain"
)

// BenchmarkReadAll reads the log of a node in memory, over and over; one iteration
// is one event.
func BenchmarkReadAll(b *testing.B) {
	s := dial(b, newServer(b).URL())
	for revision := int64(-1); revision < 50_000; revision += 500 {
		if _, err := s.Append(b.Context(), "bench", revision, events(500)); err != nil {
			b.Fatal(err)
		}
	}
	visited := make(chan struct{}, 1024)
	go func() {
		defer close(visited)
		for {
			if err := s.ReadAll(b.Context(), 0, func(domain.Recorded) error {
				visited <- struct{}{}
				return b.Context().Err()
			}); err != nil {
				return // the benchmark is over
			}
		}
	}()
	for b.Loop() {
		<-visited
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	go func() {
		for range visited { // let the reader see the end of its context
		}
	}()
}

// BenchmarkAppend appends one event at a time to a node in memory: what the client,
// the protocol and the watchdog cost without a disk.
func BenchmarkAppend(b *testing.B) {
	s := dial(b, newServer(b).URL())
	batch := events(1)
	revision := int64(-1)
	for b.Loop() {
		batch[0].ID[0]++
		if _, err := s.Append(b.Context(), "bench", revision, batch); err != nil {
			b.Fatal(err)
		}
		revision++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
