package commands_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// What a client sends by the clock on the wall is written in UTC and whole microseconds, and the cached state is the one
// that the log folds to.
func TestInstantsOfClientsAreWrittenInUTC(t *testing.T) {
	t.Parallel()
	store, anna := storetest.New(), domain.NewID[domain.Employee]()
	x := executor(store)
	wall := noon.Add(3*time.Hour + 123*time.Nanosecond).In(time.FixedZone("", 7*60*60))
	request := commands.NewRequest(anna, domain.SourceAPI)
	request.OccurredAt = noon.Add(-time.Hour).In(wall.Location())
	message, talk := domain.NewID[domain.IncomingMessage](), domain.NewID[domain.Negotiation]()
	_, err := commands.Execute(t.Context(), x, domain.IncomingMessages, message, commands.RegisterMessage{
		Channel: domain.MessageByEmail, FromRaw: "ivan@firm.example", ReceivedAt: request.OccurredAt, CallbackBy: wall, Mail: &domain.MailHeader{Date: wall},
	}, request)
	if err != nil {
		t.Fatal(err)
	}
	held := commands.NegotiationTalk{
		Counterparty: domain.NewID[domain.Counterparty](), Topic: "Поддержка", Channel: domain.ByCall, Ours: []domain.EmployeeID{anna},
		HeldFrom: request.OccurredAt.Add(-time.Hour), HeldTo: request.OccurredAt,
	}
	_, err = commands.Execute(t.Context(), x, domain.Negotiations, talk, commands.RecordNegotiation{Talk: &held, NegotiationRecord: domain.NegotiationRecord{
		Topic: "Поддержка", Stage: domain.StageNeeds, Ours: held.Ours, Theirs: []domain.Negotiator{{Name: "Иванов"}}, Summary: "Обсудили", NoNextSteps: true,
		Commitments: []domain.Commitment{{By: domain.ByUs, Kind: domain.CommitsOther, Topic: "Звонок", Text: "Перезвоним", Due: wall}},
	}}, commands.NewRequest(anna, domain.SourceImport))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range store.All() {
		for _, text := range [][]byte{e.Data, e.Metadata} {
			if bytes.Contains(text, []byte("+07:00")) || bytes.Contains(text, []byte("+03:00")) || bytes.Contains(text, []byte("123Z")) {
				t.Errorf("%s is not in UTC: %s", e.Type, text)
			}
		}
	}
	here, err := commands.Load(t.Context(), x, domain.Negotiations, talk)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := commands.Load(t.Context(), executor(store), domain.Negotiations, talk)
	if due := here.State.Promises[0].Due; err != nil || due != elsewhere.State.Promises[0].Due || !due.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("cached %v, folded %v, %v", due, elsewhere.State.Promises[0].Due, err)
	}
}
