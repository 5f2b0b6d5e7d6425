package bus_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/bus"
)

func someEvents() []domain.Recorded {
	return []domain.Recorded{
		{ID: uuid.New(), Stream: "complaint-1", Revision: 3, Position: 1 << 60, Type: "complaint.opened", Created: time.Now().UTC().Round(0), Data: []byte(`{"a":"б"}`), Metadata: []byte(`{}`)},
		{Stream: "", Data: []byte{}, Metadata: []byte{}},
		{Stream: "x", Data: make([]byte, 300), Metadata: []byte("m")},
	}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	events := someEvents()
	got, err := bus.DecodeFrame(bus.EncodeFrame(events))
	if err != nil || !reflect.DeepEqual(got, events) {
		t.Errorf("%v\n%+v\n%+v", err, got, events)
	}
	if got, err := bus.DecodeFrame(bus.EncodeFrame(nil)); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := bus.DecodeFrame(nil); !errors.Is(err, bus.ErrFrame) {
		t.Errorf("%v", err)
	}
	frame := bus.EncodeFrame(events)
	for cut := 2; cut < len(frame); cut++ {
		if part, err := bus.DecodeFrame(frame[:cut]); err == nil && len(part) >= len(events) {
			t.Errorf("cut at %d: %d events", cut, len(part))
		}
	}
}

func FuzzDecodeFrame(f *testing.F) {
	f.Add(bus.EncodeFrame(someEvents()))
	f.Add([]byte{1})
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, frame []byte) {
		events, err := bus.DecodeFrame(frame)
		if err != nil {
			return
		}
		again, err := bus.DecodeFrame(bus.EncodeFrame(events))
		if err != nil || !reflect.DeepEqual(again, events) {
			t.Errorf("%v\n%+v\n%+v", err, again, events)
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	events := make([]domain.Recorded, 500)
	for i := range events {
		events[i] = domain.Recorded{ID: uuid.New(), Stream: "complaint-" + uuid.NewString(), Type: "complaint.opened", Data: make([]byte, 200), Metadata: make([]byte, 500)}
	}
	for b.Loop() {
		if _, err := bus.DecodeFrame(bus.EncodeFrame(events)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "events/s")
}
