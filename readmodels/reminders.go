package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ReminderFilter asks for reminders of one person.
type ReminderFilter struct {
	View     string    `query:"view" enum:"waiting,upcoming,missed,all" default:"waiting" doc:"Fired and not seen; going to fire; fired more than a day ago and not seen; all"`
	Author   bool      `query:"authored" doc:"Those set for others, too"`
	Until    time.Time `query:"until" doc:"Firing before"`
	Subject  uuid.UUID `query:"subject" format:"uuid" doc:"About this record"`
	Channels []string  `query:"channel" maxItems:"3" doc:"Shown there"`
	PageRequest
}

// ReminderItem is a reminder.
type ReminderItem struct {
	ID            uuid.UUID  `json:"id" format:"uuid" doc:"The reminder"`
	Recipient     uuid.UUID  `json:"recipient_id" format:"uuid" doc:"Who is reminded"`
	RecipientName string     `json:"recipient_name" doc:"The person's name"`
	Author        uuid.UUID  `json:"author_id" format:"uuid" doc:"Who set it"`
	Text          string     `json:"text" doc:"Of what"`
	SubjectKind   string     `json:"subject_kind,omitempty" doc:"Kind of record it is about"`
	SubjectID     *uuid.UUID `json:"subject_id,omitempty" format:"uuid" doc:"That record"`
	Zone          string     `json:"zone" doc:"Time zone of its clock"`
	Repeat        string     `json:"repeat" doc:"How often it comes again"`
	Channels      []string   `json:"channels" doc:"Where it shows"`
	Relative      bool       `json:"relative" doc:"It follows the date of its record"`
	OffsetMin     int        `json:"offset_min,omitempty" doc:"Minutes after that date, negative for before"`
	State         string     `json:"state" doc:"Where it stands"`
	NextAt        *time.Time `json:"next_at,omitempty" doc:"When it fires next"`
	Occurrence    int        `json:"occurrence" doc:"How often it has fired"`
	FiredAt       *time.Time `json:"fired_at,omitempty" doc:"When it last fired"`
	Moves         int        `json:"moves" doc:"How often it was moved"`
	Missed        bool       `json:"missed" doc:"Fired more than a day ago and not seen"`
	SortAt        time.Time  `json:"-"`
}

// missedAfter is how long a fired reminder may stay unseen.
const missedAfter = 24 * time.Hour

const reminderColumns = `m.id, m.recipient, coalesce(e.name, '') as recipient_name, m.author, m.text, m.subject_kind, m.subject_id, m.zone, m.repeat, m.channels,
	m.relative, m.offset_min, m.state, m.next_at, m.occurrence, m.fired_at, m.moves`

const reminderOrder = `coalesce(m.next_at, m.fired_at, 'epoch'::timestamptz)`

// Reminders is one page of a person's reminders, by time.
func (q *Queries) Reminders(ctx context.Context, person uuid.UUID, f ReminderFilter, now time.Time) (Page[ReminderItem], error) {
	w := &where{}
	w.and(!f.Author, "m.recipient = ?", person)
	w.and(f.Author, "m.recipient = ? or m.author = ?", person, person)
	w.and(f.View == "waiting" || f.View == "", "m.state = 'fired'")
	w.and(f.View == "upcoming", "m.next_at is not null")
	w.and(f.View == "missed", "m.state = 'fired' and m.fired_at < ?", now.Add(-missedAfter))
	w.and(!f.Until.IsZero(), "m.next_at < ?", f.Until)
	w.and(f.Subject != uuid.Nil, "m.subject_id = ?", f.Subject)
	w.and(len(f.Channels) > 0, "m.channels && ?", f.Channels)
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ReminderItem]{}, err
	}
	w.and(paged, "("+reminderOrder+", m.id) > (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + reminderColumns + `, coalesce(m.state = 'fired' and m.fired_at < ` + w.arg(now.Add(-missedAfter)) + `, false) as missed, ` + reminderOrder + ` as sort_at
		from read.reminder m left join read.employee e on e.id = m.recipient
		where ` + w.sql() + ` order by sort_at, m.id limit ` + w.arg(f.limit()+1)
	found, err := rows[ReminderItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r ReminderItem) []any { return []any{r.SortAt, r.ID} }), err
}

func (q *Queries) remindersOf(ctx context.Context, kind string, id uuid.UUID) ([]ReminderItem, error) {
	sql := `select ` + reminderColumns + ` from read.reminder m left join read.employee e on e.id = m.recipient
		where m.subject_kind = $1 and m.subject_id = $2 order by m.next_at nulls last, m.id`
	return rows[ReminderItem](ctx, q.DB, sql, kind, id)
}

// LinkedReminders are the reminders that follow a record's date and may still fire.
func (q *Queries) LinkedReminders(ctx context.Context, subject domain.Ref) ([]domain.ReminderID, error) {
	found, err := rows[struct{ ID uuid.UUID }](ctx, q.DB, `select id from read.reminder
		where subject_kind = $1 and subject_id = $2 and (relative or next_at is not null) order by id`, string(subject.Kind), subject.ID)
	ids := make([]domain.ReminderID, len(found))
	for i, r := range found {
		ids[i] = domain.ReminderID(r.ID)
	}
	return ids, err
}
