package domain_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// Every event with an instant, however deep, is the same instant in UTC and whole microseconds; what was given stays as
// it was.
func TestInstantsAreInUTC(t *testing.T) {
	t.Parallel()
	local := time.Date(2026, 3, 2, 12, 0, 0, 123_456_789, time.FixedZone("", 3*60*60))
	want := time.Date(2026, 3, 2, 9, 0, 0, 123_456_000, time.UTC)
	given := struct {
		At     time.Time
		Unset  time.Time
		Maybe  *time.Time
		Record domain.NegotiationRecord
		Clocks []domain.ThreadClock
		ByName map[string]time.Time
		Hidden any
		silent time.Time
	}{
		At: local, Maybe: &local, Record: domain.NegotiationRecord{Commitments: []domain.Commitment{{Due: local}}},
		Clocks: []domain.ThreadClock{{Number: 1, Started: local}}, ByName: map[string]time.Time{"a": local}, silent: local,
	}
	got := domain.InUTC(given)
	for name, at := range map[string]time.Time{"field": got.At, "pointer": *got.Maybe, "slice": got.Record.Commitments[0].Due, "list of structs": got.Clocks[0].Started, "map": got.ByName["a"]} {
		if !at.Equal(want) || at.Location() != time.UTC {
			t.Errorf("%s: %v, want %v", name, at, want)
		}
	}
	if !got.Unset.IsZero() || got.silent.Location() == time.UTC {
		t.Errorf("changed what it must not: %+v", got)
	}
	if local.Location() == time.UTC || given.Record.Commitments[0].Due.Location() == time.UTC || given.Clocks[0].Started.Location() == time.UTC || given.ByName["a"].Location() == time.UTC {
		t.Error("the given value was changed")
	}
	if again := domain.InUTC(got); !reflect.DeepEqual(again, got) {
		t.Errorf("not stable: %+v", again)
	}
	var event domain.Event[domain.Reminder] = domain.ReminderWasSnoozed{Until: local}
	if got := domain.InUTC(event); got != (domain.ReminderWasSnoozed{Until: want}) {
		t.Errorf("%+v", got)
	}
}
