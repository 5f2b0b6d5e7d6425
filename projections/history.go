package projections

import (
	_ "embed"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// HistoryRow is one event in the history of one counterparty. Events about nobody have one row with the zero subject,
// so the table is also the list of all events.
type HistoryRow struct {
	Subject    uuid.UUID       `json:"subject"`
	Position   int64           `json:"position"`
	OccurredAt time.Time       `json:"occurred_at"`
	RecordedAt time.Time       `json:"recorded_at"`
	EventID    uuid.UUID       `json:"event_id"`
	Type       string          `json:"type"`
	Category   string          `json:"category"`
	Aggregate  uuid.UUID       `json:"aggregate"`
	Revision   int64           `json:"revision"`
	Actor      uuid.UUID       `json:"actor"`
	OnBehalfOf *uuid.UUID      `json:"on_behalf_of"`
	Source     string          `json:"source"`
	Reason     string          `json:"reason"`
	People     []uuid.UUID     `json:"people"`
	Args       json.RawMessage `json:"args"`
	Quote      string          `json:"quote"`
	// Words are the headline's texts that the quote does not hold; they are searched together with it.
	Words string `json:"words"`
}

var history = NewLog[HistoryRow]("history")

//go:embed history.sql
var historySQL string

// History is the full history of every counterparty: one projection over every event type there is and will be, because
// the subjects are fixed in the event's metadata. The row keeps what the headline needs, not the whole event.
var History = Projection{Name: "history", Version: 1, Schema: historySQL, Every: recordHistory}

// quoteLimit bounds the words kept beside a headline; the whole text is one click away in the log.
const quoteLimit = 600

func recordHistory(b *Batch, e Recorded) error {
	aggregate, ok := e.AggregateID()
	if !ok {
		return nil
	}
	args, quote, words := sentence(e.Recorded)
	row := HistoryRow{
		Position: int64(e.Position), OccurredAt: e.Meta.OccurredAt, RecordedAt: e.Meta.RecordedAt, EventID: e.ID, Type: e.Type,
		Category: e.Category(), Aggregate: aggregate, Revision: int64(e.Revision), Actor: e.Meta.Actor.UUID(),
		Source: string(e.Meta.Source), Reason: e.Meta.Reason, People: people(e), Args: args, Quote: quote, Words: words,
	}
	if !e.Meta.OnBehalfOf.IsZero() {
		absent := e.Meta.OnBehalfOf.UUID()
		row.OnBehalfOf = &absent
	}
	if row.RecordedAt.IsZero() {
		row.RecordedAt, row.OccurredAt = e.Created, e.Created
	}
	if len(e.Meta.Subjects) == 0 {
		history.Add(b, row)
	}
	for _, subject := range e.Meta.Subjects {
		row.Subject = subject.UUID()
		history.Add(b, row)
		b.Touch("history", subject.String())
	}
	return nil
}

// sentence keeps the headline's values and the words that were said; an unknown type has neither.
func sentence(r domain.Recorded) (args json.RawMessage, quote, words string) {
	h, ok := wording.Of(r.Type)
	if !ok {
		return json.RawMessage("{}"), "", ""
	}
	values, quote := h.Args(r.Data)
	quote = clip(quote, quoteLimit)
	var more []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		text, ok := values[key].(string)
		if !ok {
			continue
		}
		text = clip(text, quoteLimit)
		values[key] = text
		if isProse(text) && !strings.Contains(quote, text) {
			more = append(more, text)
		}
	}
	args, err := json.Marshal(values)
	if err != nil || values == nil {
		args = []byte("{}")
	}
	return args, quote, strings.Join(more, " ")
}

// isProse tells words that somebody may look for from ids, codes, days and instants.
func isProse(text string) bool {
	return text != "" && strings.ContainsFunc(text, func(r rune) bool { return unicode.IsUpper(r) || r == ' ' || r > unicode.MaxLatin1 }) &&
		!instant.MatchString(text)
}

var instant = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T`)

// people are the employees concerned and, for events about a contact person, that person.
func people(e Recorded) []uuid.UUID {
	all := []uuid.UUID{}
	add := func(id uuid.UUID) {
		if id != uuid.Nil && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	add(e.Meta.Actor.UUID())
	add(e.Meta.OnBehalfOf.UUID())
	for _, p := range e.Meta.Participants {
		add(p.UUID())
	}
	if id, ok := e.AggregateID(); ok && e.Category() == domain.ContactPersons.Name() {
		add(id)
	}
	return all
}

// clip cuts a text to at most n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
