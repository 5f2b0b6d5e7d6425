package readmodels

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// HistoryFilter asks for a part of a client's history.
type HistoryFilter struct {
	Types      []string  `query:"type" maxItems:"50" doc:"Event types, such as negotiation.stopped"`
	Categories []string  `query:"kind" maxItems:"50" doc:"Kinds of record, such as negotiation"`
	Person     uuid.UUID `query:"person" format:"uuid" doc:"An employee or contact person concerned"`
	From       time.Time `query:"from" doc:"Happened at or after"`
	Until      time.Time `query:"until" doc:"Happened before"`
	Text       string    `query:"text" maxLength:"200" doc:"Words said, in any form"`
	AsOf       time.Time `query:"as_of" doc:"Only what had been recorded by this instant"`
	PageRequest
}

// HistoryItem is one event of a client's history.
type HistoryItem struct {
	EventID    uuid.UUID   `json:"event_id" format:"uuid" doc:"The event"`
	Position   int64       `json:"position" doc:"Its place in the order of all events"`
	Type       string      `json:"type" doc:"Its type"`
	Kind       string      `json:"kind" doc:"The kind of record it belongs to" holds:"kind"`
	Record     uuid.UUID   `json:"record_id" format:"uuid" doc:"The record it belongs to"`
	Revision   int64       `json:"revision" doc:"Its number within the record"`
	OccurredAt time.Time   `json:"occurred_at" doc:"When it happened"`
	RecordedAt time.Time   `json:"recorded_at" doc:"When it was recorded"`
	Late       bool        `json:"late" doc:"Recorded more than a day after it happened"`
	Actor      uuid.UUID   `json:"actor_id" format:"uuid" doc:"Who did it"`
	ActorName  string      `json:"actor_name" doc:"The person's name"`
	OnBehalfOf *uuid.UUID  `json:"on_behalf_of,omitempty" format:"uuid" doc:"Whom the actor stood in for"`
	Source     string      `json:"source" doc:"By which door: ui, api, import, policy, telephony"`
	Reason     string      `json:"reason,omitempty" doc:"Why, where it was said"`
	Headline   string      `json:"headline" doc:"The event in one sentence"`
	Quote      string      `json:"quote,omitempty" doc:"What was said or written"`
	Subjects   []uuid.UUID `json:"subject_ids,omitempty" doc:"The client under which it was recorded"`
}

type historyRow struct {
	Subject    uuid.UUID
	Position   int64
	OccurredAt time.Time
	RecordedAt time.Time
	EventID    uuid.UUID
	Type       string
	Category   string
	Aggregate  uuid.UUID
	Revision   int64
	Actor      uuid.UUID
	OnBehalfOf *uuid.UUID
	Source     string
	Reason     string
	People     []uuid.UUID
	Args       json.RawMessage
	Quote      string
}

const historyColumns = `subject, position, occurred_at, recorded_at, event_id, type, category, aggregate, revision, actor, on_behalf_of, source, reason, people, args, quote`

// lateEntry is how long after the fact an entry counts as late.
const lateEntry = 24 * time.Hour

// wordsExpression must be the expression of the index history_words, to the letter.
const wordsExpression = `to_tsvector('russian', quote || ' ' || words)`

// History is one page of everything that happened with a client, the newest first. A merged client's history holds that
// of all its aliases. The headlines are in the reader's language and zone.
func (q *Queries) History(ctx context.Context, client uuid.UUID, f HistoryFilter, reader Reader) (Page[HistoryItem], error) {
	subjects, err := q.aliases(ctx, client)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	w := &where{}
	if len(subjects) == 1 {
		w.and(true, "subject = ?", subjects[0])
	} else {
		w.and(true, "subject = any(?)", subjects)
	}
	return q.historyPage(ctx, w, f, "occurred_at", reader, len(subjects) > 1)
}

func (q *Queries) historyPage(ctx context.Context, w *where, f HistoryFilter, order string, reader Reader, severalSubjects bool) (Page[HistoryItem], error) {
	w.and(len(f.Types) > 0, "type = any(?)", f.Types)
	w.and(len(f.Categories) > 0, "category = any(?)", f.Categories)
	w.and(f.Person != uuid.Nil, "? = any(people)", f.Person)
	w.and(!f.From.IsZero(), "occurred_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "occurred_at < ?", f.Until)
	w.and(!f.AsOf.IsZero(), "recorded_at <= ?", f.AsOf)
	w.and(f.Text != "", wordsExpression+" @@ websearch_to_tsquery('russian', ?)", f.Text)
	var (
		at       time.Time
		position int64
	)
	paged, err := f.after(&at, &position)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	w.and(paged, "(occurred_at, position) < (?, ?)", at, position)
	limit := w.arg(f.limit() + 1)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + historyColumns + ` from read.history where ` + w.sql() + ` order by occurred_at desc, position desc limit ` + limit
	if severalSubjects {
		// One event may concern several aliases of the same client: it is shown once.
		//sqlvet:built the parts are constants of this package; values travel as arguments
		sql = `select distinct on (occurred_at, position) ` + historyColumns + ` from read.history where ` + w.sql() +
			` order by occurred_at desc, position desc limit ` + limit
	}
	found, err := q.historyRows(ctx, f.Text != "", sql, w.args)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	cut := page(found, f.limit(), func(r historyRow) []any { return []any{r.OccurredAt, r.Position} })
	items, err := q.sentences(ctx, cut.Items, reader)
	return Page[HistoryItem]{Items: items, Next: cut.Next}, err
}

// historyRows runs the query; a search for words needs a plan for its own words: the generic one walks the whole client.
func (q *Queries) historyRows(ctx context.Context, words bool, sql string, args []any) ([]historyRow, error) {
	if !words {
		return rows[historyRow](ctx, q.DB, sql, args...)
	}
	var found []historyRow
	err := pgx.BeginFunc(ctx, q.DB, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local plan_cache_mode = force_custom_plan`); err != nil {
			return err
		}
		var err error
		found, err = rows[historyRow](ctx, tx, sql, args...)
		return err
	})
	return found, err
}

// EventFilter asks for events of the whole log.
type EventFilter struct {
	IDs      []string  `query:"id" maxItems:"500" doc:"Event ids, such as those behind a number of a report"`
	Types    []string  `query:"type" maxItems:"50" doc:"Event types"`
	Category []string  `query:"kind" maxItems:"50" doc:"Kinds of record"`
	Actor    uuid.UUID `query:"actor" format:"uuid" doc:"Who did it"`
	Record   uuid.UUID `query:"record" format:"uuid" doc:"One record"`
	From     time.Time `query:"from" doc:"Recorded at or after"`
	Until    time.Time `query:"until" doc:"Recorded before"`
	PageRequest
}

// Events lists events of all kinds, the newest first.
func (q *Queries) Events(ctx context.Context, f EventFilter, reader Reader) (Page[HistoryItem], error) {
	w := &where{}
	ids, err := eventIDs(f.IDs)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	w.and(len(ids) > 0, "event_id = any(?)", ids)
	w.and(len(f.Types) > 0, "type = any(?)", f.Types)
	w.and(len(f.Category) > 0, "category = any(?)", f.Category)
	w.and(f.Actor != uuid.Nil, "actor = ?", f.Actor)
	w.and(f.Record != uuid.Nil, "aggregate = ?", f.Record)
	w.and(!f.From.IsZero(), "recorded_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "recorded_at < ?", f.Until)
	var position int64
	paged, err := f.after(&position)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	w.and(paged, "position < ?", position)
	limit := w.arg(f.limit() + 1)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[historyRow](ctx, q.DB, `select distinct on (position) `+historyColumns+` from read.history where `+w.sql()+` order by position desc limit `+limit, w.args...)
	if err != nil {
		return Page[HistoryItem]{}, err
	}
	cut := page(found, f.limit(), func(r historyRow) []any { return []any{r.Position} })
	items, err := q.sentences(ctx, cut.Items, reader)
	return Page[HistoryItem]{Items: items, Next: cut.Next}, err
}

// eventIDs reads the ids of a filter; each that is none is named.
func eventIDs(texts []string) ([]uuid.UUID, error) {
	var v domain.Invalid
	ids := make([]uuid.UUID, 0, len(texts))
	for i, text := range texts {
		id, err := uuid.Parse(text)
		v.Check(err == nil, "query.id["+strconv.Itoa(i)+"]", "uuid", "is not an id")
		ids = append(ids, id)
	}
	return ids, v.Err()
}

// Reader is how the reader wants texts: in which language and time zone.
type Reader struct {
	Lang wording.Lang
	Zone *time.Location
}

// sentences renders the rows' headlines, with all names looked up at once.
func (q *Queries) sentences(ctx context.Context, found []historyRow, reader Reader) ([]HistoryItem, error) {
	wanted := map[string][]string{}
	args := make([]map[string]any, len(found))
	for i, r := range found {
		wanted["employee"] = append(wanted["employee"], r.Actor.String())
		if err := json.Unmarshal(r.Args, &args[i]); err != nil {
			return nil, err
		}
		if h, ok := wording.Of(r.Type); ok {
			for kind, ids := range h.Names(args[i]) {
				wanted[kind] = append(wanted[kind], ids...)
			}
		}
	}
	names, err := q.Names(ctx, wanted, reader.Lang)
	if err != nil {
		return nil, err
	}
	items := make([]HistoryItem, len(found))
	for i, r := range found {
		items[i] = HistoryItem{
			EventID: r.EventID, Position: r.Position, Type: r.Type, Kind: r.Category, Record: r.Aggregate, Revision: r.Revision,
			OccurredAt: r.OccurredAt, RecordedAt: r.RecordedAt, Late: r.RecordedAt.Sub(r.OccurredAt) > lateEntry,
			Actor: r.Actor, ActorName: names("employee", r.Actor.String()), OnBehalfOf: r.OnBehalfOf, Source: r.Source, Reason: r.Reason,
			Headline: r.Type, Quote: r.Quote,
		}
		if r.Subject != uuid.Nil {
			items[i].Subjects = []uuid.UUID{r.Subject}
		}
		if h, ok := wording.Of(r.Type); ok {
			items[i].Headline = h.Render(reader.Lang, args[i], reader.Zone, names)
		}
	}
	return items, q.maskHistory(ctx, items)
}

// nameTables say where the names of ids are, by kind.
var nameTables = map[string]string{
	"employee":     `select id::text, name from read.employee where id = any($1)`,
	"counterparty": `select id::text, name from read.client where id = any($1)`,
	"person":       `select id::text, full_name from read.person where id = any($1)`,
}

// Names looks up the display names of ids by kind (employee, counterparty, person); an id without a name is shown by its first characters.
func (q *Queries) Names(ctx context.Context, wanted map[string][]string, lang wording.Lang) (func(kind, id string) string, error) {
	known := map[string]string{"employee/" + domain.SystemActor.String(): wording.Word("actor.system", lang)}
	for kind, ids := range wanted {
		uuids := make([]uuid.UUID, 0, len(ids))
		for _, id := range ids {
			if u, err := uuid.Parse(id); err == nil {
				uuids = append(uuids, u)
			}
		}
		found, err := q.DB.Query(ctx, nameTables[kind], uuids)
		if err != nil {
			return nil, err
		}
		var id, name string
		if _, err := pgx.ForEachRow(found, []any{&id, &name}, func() error {
			known[kind+"/"+id] = name
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return func(kind, id string) string {
		if name, ok := known[kind+"/"+id]; ok && name != "" {
			return name
		}
		return "№ " + id[:min(8, len(id))]
	}, nil
}
