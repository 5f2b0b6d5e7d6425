package domain_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestIncomingMessage(t *testing.T) {
	t.Parallel()
	type S = domain.IncomingMessage
	type E = []domain.Event[S]
	anna, boris, desk := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	client := domain.NewID[domain.Counterparty]()
	ten, late := moscow(t, "2026-11-23 10:00"), moscow(t, "2026-11-23 11:30")
	of := func(e domain.EmployeeID, at time.Time) domain.AcknowledgementClock {
		return domain.AcknowledgementClock{Addressee: e, Employed: true, At: at}
	}
	by := func(e domain.EmployeeID) domain.MessageHandler { return domain.MessageHandler{Who: e} }
	registered := domain.MessageWasRegistered{Channel: domain.MessageByCall, ReceivedAt: ten, TakenBy: desk, FromRaw: "+7 900 000-00-01", Text: "Не работает принтер", Urgency: domain.UrgencyNormal}
	routed := domain.MessageWasRouted{Addressee: anna, ClockStarted: ten, AckBy: moscow(t, "2026-11-23 11:00"), Urgency: domain.UrgencyNormal}
	acknowledged := domain.MessageWasAcknowledged{By: anna, Addressee: anna, At: late, AckBy: routed.AckBy, Late: true, BusinessMinutes: 90}
	overdue := domain.MessageAcknowledgementOverdue{Addressee: anna, AckBy: routed.AckBy}
	became := domain.MessageOutcome{Kind: domain.OutcomeComplaint, Ref: domain.Ref{Kind: "complaint", ID: uuid.New()}}
	resolved := domain.MessageWasResolved{Outcome: "оформлена жалоба", Became: became, BusinessMinutes: 90}
	check(t, []rule[S]{
		{name: "register", when: func(s S) (E, error) {
			plain := registered
			plain.Urgency = ""
			return s.Register(plain)
		}, then: E{registered}},
		{name: "an unknown caller is registered all the same, a nameless one is not", when: func(s S) (E, error) {
			nobody := registered
			nobody.FromRaw = ""
			return s.Register(nobody)
		}, err: invalid},
		{name: "the same mail twice writes nothing", given: E{domain.MessageWasRegistered{Channel: domain.MessageByEmail, RawSHA256: "ab"}}, when: func(s S) (E, error) { return s.Register(domain.MessageWasRegistered{RawSHA256: "ab"}) }},
		{name: "received and routed at once", when: func(s S) (E, error) { return s.Receive(registered, of(anna, ten)) }, then: E{registered, routed}},
		{name: "registered twice", given: E{registered}, when: func(s S) (E, error) { return s.Register(registered) }, err: domain.ErrAlreadyExists},
		{name: "route", given: E{registered}, when: func(s S) (E, error) { return s.Route(of(anna, ten)) }, then: E{routed}},
		{name: "route to somebody who left", given: E{registered}, when: func(s S) (E, error) { return s.Route(domain.AcknowledgementClock{Addressee: anna, At: ten}) }, err: domain.ErrMessageAddressee},
		{name: "routed once, then rerouted", given: E{registered, routed}, when: func(s S) (E, error) { return s.Route(of(boris, ten)) }, err: domain.ErrMessageState},
		{name: "reroute keeps the clock", given: E{registered, routed}, when: func(s S) (E, error) { return s.Reroute(by(desk), of(boris, late), "отпуск") }, then: E{domain.MessageWasRerouted{Addressee: boris, From: anna, Hop: 1, ClockStarted: ten, AckBy: routed.AckBy, Pending: true, Reason: "отпуск"}}},
		{name: "after the overdue the deadline is no longer pending", given: E{registered, routed, overdue}, when: func(s S) (E, error) { return s.Reroute(by(desk), of(boris, late), "отпуск") }, then: E{domain.MessageWasRerouted{Addressee: boris, From: anna, Hop: 1, ClockStarted: ten, AckBy: routed.AckBy, Reason: "отпуск"}}},
		{name: "a stranger does not reroute", given: E{registered, routed}, when: func(s S) (E, error) { return s.Reroute(by(boris), of(boris, late), "x") }, err: domain.ErrMessageForeign},
		{name: "acknowledge", given: E{registered, routed}, when: func(s S) (E, error) { return s.Acknowledge(by(anna), of(anna, late)) }, then: E{acknowledged}},
		{name: "nobody acknowledges before it was routed", given: E{registered, routed}, when: func(s S) (E, error) { return s.Acknowledge(by(anna), of(anna, ten.Add(-time.Minute))) }, err: invalid},
		{name: "or resolves", given: E{registered, routed, acknowledged}, when: func(s S) (E, error) {
			return s.Resolve(by(anna), of(anna, ten.Add(-time.Minute)), "x", became)
		}, err: invalid},
		{name: "only the addressee acknowledges", given: E{registered, routed}, when: func(s S) (E, error) { return s.Acknowledge(by(desk), of(anna, late)) }, err: domain.ErrMessageForeign},
		{name: "or a superior", given: E{registered, routed}, when: func(s S) (E, error) {
			return s.Acknowledge(domain.MessageHandler{Who: boris, Superior: true}, of(anna, late))
		}, then: E{domain.MessageWasAcknowledged{By: boris, Addressee: anna, At: late, AckBy: routed.AckBy, Late: true, BusinessMinutes: 90}}},
		{name: "routed elsewhere meanwhile", given: E{registered, routed}, when: func(s S) (E, error) { return s.Acknowledge(by(anna), of(boris, late)) }, err: domain.ErrMessageStale},
		{name: "to begin is to acknowledge", given: E{registered, routed}, when: func(s S) (E, error) { return s.Begin(by(anna), of(anna, late)) }, then: E{acknowledged, domain.MessageWasTakenUp{anna}}},
		{name: "resolve", given: E{registered, routed, acknowledged}, when: func(s S) (E, error) {
			return s.Resolve(by(anna), of(anna, late), "оформлена жалоба", became)
		}, then: E{resolved}},
		{name: "nothing comes of nothing", given: E{registered, routed, acknowledged}, when: func(s S) (E, error) {
			return s.Resolve(by(anna), of(anna, late), "x", domain.MessageOutcome{Kind: domain.OutcomeComplaint})
		}, err: invalid},
		{name: "unacknowledged is unresolved", given: E{registered, routed}, when: func(s S) (E, error) { return s.Resolve(by(anna), of(anna, late), "x", became) }, err: domain.ErrMessageState},
		{name: "overdue once", given: E{registered, routed, overdue}, when: func(s S) (E, error) { return s.NoteOverdue(late) }},
		{name: "overdue", given: E{registered, routed}, when: func(s S) (E, error) { return s.NoteOverdue(late) }, then: E{overdue}},
		{name: "not overdue yet", given: E{registered, routed}, when: func(s S) (E, error) { return s.NoteOverdue(ten) }},
		{name: "match", given: E{registered}, when: func(s S) (E, error) {
			return s.Match(domain.MessageWasMatched{Counterparty: client, Rule: domain.MatchByHand})
		}, then: E{domain.MessageWasMatched{Counterparty: client, Rule: domain.MatchByHand}}},
		{name: "a policy does not overrule a person", given: E{registered, domain.MessageWasMatched{Counterparty: client}}, when: func(s S) (E, error) {
			return s.MatchOnce(domain.MessageWasMatched{Counterparty: domain.NewID[domain.Counterparty](), Rule: domain.MatchByPhone})
		}},
		{name: "unmatch", given: E{registered, domain.MessageWasMatched{Counterparty: client}}, when: func(s S) (E, error) { return s.Unmatch("однофамилец") }, then: E{domain.MessageWasUnmatched{Counterparty: client, Reason: "однофамилец"}}},
		{name: "urgency moves the deadline on the same clock", given: E{registered, routed}, when: func(s S) (E, error) {
			return s.Classify("печать", domain.IntentQuestion, domain.UrgencyHigh, of(anna, late))
		}, then: E{domain.MessageWasClassified{Topic: "печать", Intent: domain.IntentQuestion, Urgency: domain.UrgencyHigh, AckBy: moscow(t, "2026-11-23 10:15"), Pending: true}}},
		{name: "lost", given: E{registered, routed}, when: func(s S) (E, error) { return s.Lose(by(desk), "не дозвонились") }, then: E{domain.MessageWasLost{"не дозвонились"}}},
		{name: "lost and found", given: E{registered, routed, domain.MessageWasLost{"x"}}, when: func(s S) (E, error) { return s.Reopen(by(desk), "перезвонил") }, then: E{domain.MessageWasReopened{State: domain.MessageRouted, AckBy: routed.AckBy, Pending: true, Reason: "перезвонил"}}},
		{name: "what is resolved is not lost", given: E{registered, routed, acknowledged, resolved}, when: func(s S) (E, error) { return s.Lose(by(desk), "x") }, err: domain.ErrMessageState},
	})
}

func TestMessageTextFitsIntoAnEvent(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"cyrillic": strings.Repeat("я", 300_000), "markup": strings.Repeat("<", 300_000), "control": strings.Repeat("\x01", 300_000),
		"emoji": strings.Repeat("😀", 300_000), "zero": strings.Repeat("a\x00", 300_000),
	} {
		kept, truncated := domain.CapText(text, domain.MessageTextLimit)
		encoded, err := json.Marshal(kept)
		if err != nil || !truncated || len([]rune(kept)) > domain.MessageTextLimit || len(encoded) > 600_000 || strings.ContainsRune(kept, 0) {
			t.Errorf("%s: %d characters, %d bytes, truncated %v", name, len([]rune(kept)), len(encoded), truncated)
		}
	}
	worst := strings.Repeat("<", 1_000_000)
	mail := domain.MessageWasRegistered{
		Channel: domain.MessageByEmail, ReceivedAt: time.Now(), FromRaw: worst, FromName: worst, Subject: worst, Topic: worst, Text: worst, AdvertSource: worst,
		Mail: &domain.MailHeader{MessageID: worst, InReplyTo: worst, To: slices.Repeat([]string{worst}, 200)}, Attachments: slices.Repeat([]domain.Attachment{{Name: worst, Mime: "x", SHA256: strings.Repeat("a", 64)}}, 200),
	}
	events, err := domain.IncomingMessage{}.Register(mail)
	if err != nil {
		t.Fatal(err)
	}
	if encoded, err := json.Marshal(events[0]); err != nil || len(encoded) > 1<<20-8<<10 {
		t.Errorf("the longest mail makes an event of %d bytes", len(encoded))
	}
	if kept, truncated := domain.CapText("коротко", 100); kept != "коротко" || truncated {
		t.Errorf("%q %v", kept, truncated)
	}
}

func TestSenderIsFoundInWhatIsGiven(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Иван Петров <I.Petrov@Romashka.example>": "i.petrov@romashka.example", "info@romashka.example": "info@romashka.example",
		"8 (900) 000-00-01": "", "Иван": "", "@nick": "",
	} {
		events, err := domain.IncomingMessage{}.Register(domain.MessageWasRegistered{Channel: domain.MessageByCall, ReceivedAt: time.Now(), FromRaw: raw})
		if err != nil {
			t.Fatal(err)
		}
		if got := events[0].(domain.MessageWasRegistered).FromEmail; got != want {
			t.Errorf("%s: %q", raw, got)
		}
	}
}

func TestIncomingMessageWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := []domain.EmployeeID{domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()}
		now := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
		var m domain.IncomingMessage
		overdue := 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			by := domain.MessageHandler{Who: rapid.SampledFrom(people).Draw(t, "by"), Superior: rapid.Bool().Draw(t, "superior")}
			clock := domain.AcknowledgementClock{Addressee: rapid.SampledFrom(people).Draw(t, "to"), Employed: true, At: now}
			before := m
			var events []domain.Event[domain.IncomingMessage]
			switch rapid.IntRange(0, 9).Draw(t, "command") {
			case 0:
				events, _ = m.Register(domain.MessageWasRegistered{Channel: domain.MessageByVisit, ReceivedAt: now, TakenBy: by.Who, FromRaw: "x"})
			case 1:
				events, _ = m.Route(clock)
			case 2:
				events, _ = m.Reroute(by, clock, "x")
			case 3:
				events, _ = m.Acknowledge(by, clock)
			case 4:
				events, _ = m.Begin(by, clock)
			case 5:
				events, _ = m.Resolve(by, clock, "x", domain.MessageOutcome{Kind: domain.OutcomeNone})
			case 6:
				events, _ = m.Lose(by, "x")
			case 7:
				events, _ = m.MarkSpam(by, "x")
			case 8:
				events, _ = m.Reopen(by, "x")
			case 9:
				events, _ = m.NoteOverdue(now)
				overdue += len(events)
			}
			for _, e := range events {
				step := m.State
				e.Apply(&m)
				if !domain.MessageTransitions.Allows(step, m.State) {
					t.Fatalf("illegal step %q -> %q", step, m.State)
				}
			}
			if overdue > 1 {
				t.Fatal("overdue is on record twice")
			}
			if !before.ClockStarted.IsZero() && (!m.ClockStarted.Equal(before.ClockStarted) || m.Hops < before.Hops) {
				t.Fatal("the clock or the hops went back")
			}
		}
	})
}
