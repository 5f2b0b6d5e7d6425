package policies_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// book knows one sender by number and nobody by address.
type book struct {
	phone  string
	client domain.CounterpartyID
}

func (b book) SenderByEmail(context.Context, string) (domain.CounterpartyID, domain.ContactPersonID, error) {
	return domain.CounterpartyID{}, domain.ContactPersonID{}, nil
}

func (b book) SenderByPhone(_ context.Context, e164 string) (domain.CounterpartyID, domain.ContactPersonID, error) {
	if e164 == b.phone {
		return b.client, domain.ContactPersonID{}, nil
	}
	return domain.CounterpartyID{}, domain.ContactPersonID{}, nil
}

// A known number is matched once, also when the event is delivered twice; an unknown one leaves the message as it is.
func TestSendersAreMatched(t *testing.T) {
	t.Parallel()
	store := storetest.New()
	x := commands.NewExecutor(store, func() time.Time { return time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC) })
	known := book{phone: "+79001234567", client: domain.NewID[domain.Counterparty]()}
	policy := policies.MatchSenders(known)
	for from, want := range map[string]domain.CounterpartyID{"8 900 123-45-67": known.client, "8 900 765-43-21": {}, "скрытый номер": {}} {
		id := domain.NewID[domain.IncomingMessage]()
		register := commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: from, Text: "Перезвоните"}
		if _, err := commands.Execute(t.Context(), x, domain.IncomingMessages, id, register, commands.NewRequest(domain.SystemActor, domain.SourceAPI)); err != nil {
			t.Fatal(err)
		}
		all := store.All()
		for range 2 {
			if err := policy.React(t.Context(), x, all[len(all)-1], func(err error) { t.Error(err) }); err != nil {
				t.Fatal(err)
			}
		}
		loaded, err := commands.Load(t.Context(), x, domain.IncomingMessages, id)
		if err != nil || loaded.State.Counterparty != want || loaded.Revision != map[bool]int64{true: 0, false: 1}[want.IsZero()] {
			t.Errorf("%s: %v at revision %d, %v", from, loaded.State.Counterparty, loaded.Revision, err)
		}
	}
}

// A deadline that passes is noted once, however often the scheduler looks.
func TestDeadlinesAreNotedOnce(t *testing.T) {
	t.Parallel()
	store := storetest.New()
	now := time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)
	x := commands.NewExecutor(store, func() time.Time { return now })
	anna := domain.NewID[domain.Employee]()
	give := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := commands.Execute(t.Context(), x, domain.Employees, anna, commands.HireEmployee{Name: domain.EmployeeName{Last: "Котова", First: "Анна"}, Hired: "2025-01-09"}, commands.NewRequest(anna, domain.SourceAPI))
	give(err)
	message, thread := domain.NewID[domain.IncomingMessage](), domain.NewID[domain.InternalThread]()
	_, err = commands.Execute(t.Context(), x, domain.IncomingMessages, message, commands.RegisterMessage{Channel: domain.MessageByVisit, FromRaw: "Иван", Addressee: anna}, commands.NewRequest(domain.SystemActor, domain.SourceAPI))
	give(err)
	_, err = commands.Execute(t.Context(), x, domain.InternalThreads, thread, commands.OpenThread{Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{anna}, Subject: "?", Text: "?"}, commands.NewRequest(domain.SystemActor, domain.SourceAPI))
	give(err)
	before := len(store.All())
	now = now.AddDate(0, 0, 2)
	for _, d := range []policies.Due{{ID: "a", Kind: "message.acknowledgement", Target: message.UUID()}, {ID: "b", Kind: "thread.answer", Target: thread.UUID()}} {
		for range 3 {
			d.At = d.At.Add(time.Second) // another occurrence, so another command
			give(policies.DueKinds[d.Kind](t.Context(), x, d))
		}
		give(policies.DueKinds[d.Kind](t.Context(), x, policies.Due{ID: d.ID, Kind: d.Kind, Target: uuid.New()}))
	}
	if got := len(store.All()) - before; got != 2 {
		t.Errorf("%d events, want 2", got)
	}
}
