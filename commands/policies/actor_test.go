package policies_test

import (
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// Nobody finds acts in their name that they did not do: what a policy or the scheduler does, the system does. The
// causation leads to the event, and through it to the person.
func TestTheSystemActsForPoliciesAndTheScheduler(t *testing.T) {
	t.Parallel()
	store := storetest.New()
	now := time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)
	x := commands.NewExecutor(store, func() time.Time { return now })
	anna, id := domain.NewID[domain.Employee](), domain.NewID[domain.IncomingMessage]()
	register := commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: "8 900 123-45-67"}
	if _, err := commands.Execute(t.Context(), x, domain.IncomingMessages, id, register, commands.NewRequest(anna, domain.SourceUI)); err != nil {
		t.Fatal(err)
	}
	registered := store.All()[0]
	policy := policies.MatchSenders(book{phone: "+79001234567", client: domain.NewID[domain.Counterparty]()})
	if err := policy.React(t.Context(), x, registered, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	meta, err := store.All()[1].Meta()
	if err != nil || meta.Actor != domain.SystemActor || meta.CausationID != registered.ID || meta.Source != domain.SourcePolicy {
		t.Errorf("matched by %+v, %v", meta, err)
	}
	if r := (policies.Due{ID: "a", At: now}).Request(); r.Actor != domain.SystemActor || r.Source != domain.SourcePolicy {
		t.Errorf("the scheduler asks as %+v", r)
	}
}
