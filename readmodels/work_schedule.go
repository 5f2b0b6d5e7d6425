package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// WorkScheduleFilter asks for a part of the work schedule.
type WorkScheduleFilter struct {
	From         string    `query:"from" format:"date" doc:"First day"`
	Until        string    `query:"until" format:"date" doc:"Last day"`
	Responsible  uuid.UUID `query:"responsible" format:"uuid" doc:"Who does it"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"For whom"`
	States       []string  `query:"state" maxItems:"4" doc:"States"`
	Overdue      bool      `query:"overdue" doc:"Planned for a day that has passed"`
	Moved        bool      `query:"moved" doc:"Moved at least once"`
	PageRequest
}

// WorkScheduleItem is a line of the work schedule.
type WorkScheduleItem struct {
	ID               uuid.UUID  `json:"id" format:"uuid" doc:"The line"`
	DueOn            string     `json:"due_date" format:"date" doc:"The day"`
	OriginalDue      string     `json:"original_due_date" format:"date" doc:"The day at first"`
	Counterparty     uuid.UUID  `json:"counterparty_id" format:"uuid" doc:"For whom"`
	CounterpartyName string     `json:"counterparty_name" doc:"Its name"`
	Responsible      uuid.UUID  `json:"responsible_id" format:"uuid" doc:"Who does it"`
	ResponsibleName  string     `json:"responsible_name" doc:"The person's name"`
	Author           uuid.UUID  `json:"author_id" format:"uuid" doc:"Who planned it"`
	Text             string     `json:"text" doc:"What is to be done"`
	State            string     `json:"state" doc:"Where it stands"`
	Overdue          bool       `json:"overdue" doc:"Planned for a day that has passed"`
	Moved            int        `json:"moved" doc:"How often it was moved"`
	MoveReason       string     `json:"move_reason,omitempty" doc:"Why it was last moved"`
	Result           string     `json:"result,omitempty" doc:"What came of it, or why not"`
	PlannedAt        time.Time  `json:"planned_at" doc:"When it was planned"`
	ClosedAt         *time.Time `json:"closed_at,omitempty" doc:"When it was closed"`
}

// WorkSchedule is one page of the schedule, by day. today is the reader's.
func (q *Queries) WorkSchedule(ctx context.Context, f WorkScheduleFilter, today domain.Date) (Page[WorkScheduleItem], error) {
	w, err := q.workScheduleWhere(ctx, f, today)
	if err != nil {
		return Page[WorkScheduleItem]{}, err
	}
	var (
		day string
		id  uuid.UUID
	)
	paged, err := f.after(&day, &id)
	if err == nil && paged && !domain.Date(day).Valid() {
		err = wrongDay("cursor")
	}
	if err != nil {
		return Page[WorkScheduleItem]{}, err
	}
	w.and(paged, "(w.due_on, w.id) > (?::date, ?)", day, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select w.id, w.due_on::text as due_on, w.original_due::text as original_due, w.counterparty, coalesce(c.name, '') as counterparty_name, w.responsible,
		coalesce(r.name, '') as responsible_name, w.author, w.text, w.state, w.state = 'planned' and w.due_on < ` + w.arg(string(today)) + `::date as overdue, w.moved,
		w.move_reason, w.result, w.planned_at, w.closed_at
		from read.work_item w left join read.client c on c.id = w.counterparty left join read.employee r on r.id = w.responsible
		where ` + w.sql() + ` order by w.due_on, w.id limit ` + w.arg(f.limit()+1)
	found, err := rows[WorkScheduleItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r WorkScheduleItem) []any { return []any{r.DueOn, r.ID} }), err
}

// wrongDay refuses a text that should be a day.
func wrongDay(field string) error {
	var v domain.Invalid
	v.Add(field, "date", "must be a day such as 2026-11-23")
	return v.Err()
}

func (q *Queries) workScheduleWhere(ctx context.Context, f WorkScheduleFilter, today domain.Date) (*where, error) {
	for _, day := range []string{f.From, f.Until} {
		if day != "" && !domain.Date(day).Valid() {
			return nil, wrongDay("from")
		}
	}
	w := &where{}
	w.and(f.From != "", "w.due_on >= ?::date", f.From)
	w.and(f.Until != "", "w.due_on <= ?::date", f.Until)
	w.and(f.Responsible != uuid.Nil, "w.responsible = ?", f.Responsible)
	w.and(len(f.States) > 0, "w.state = any(?)", f.States)
	w.and(f.Overdue, "w.state = 'planned' and w.due_on < ?::date", string(today))
	w.and(f.Moved, "w.moved > 0")
	if f.Counterparty == uuid.Nil {
		return w, nil
	}
	aliases, err := q.aliases(ctx, f.Counterparty)
	w.and(true, "w.counterparty = any(?)", aliases)
	return w, err
}

// WorkScheduleReport sums the schedule up.
type WorkScheduleReport struct {
	Days           []WorkScheduleSum `json:"by_day" doc:"By day"`
	Employees      []WorkScheduleSum `json:"by_employee" doc:"By responsible employee"`
	Counterparties []WorkScheduleSum `json:"by_counterparty" doc:"By counterparty" holds:"client in Key"`
}

// WorkScheduleSum counts lines.
type WorkScheduleSum struct {
	Key       string `json:"key" doc:"The day, or the id of the employee or counterparty"`
	Name      string `json:"name,omitempty" doc:"The name"`
	Lines     int    `json:"lines" doc:"Lines"`
	Planned   int    `json:"planned" doc:"Still planned"`
	Done      int    `json:"done" doc:"Done"`
	NotDone   int    `json:"not_done" doc:"Not done"`
	Cancelled int    `json:"cancelled" doc:"Cancelled"`
	Overdue   int    `json:"overdue" doc:"Planned for a day that has passed"`
	Moved     int    `json:"moved" doc:"Sum of all moves"`
}

const workScheduleSums = `count(*) as lines, count(*) filter (where w.state = 'planned') as planned, count(*) filter (where w.state = 'done') as done,
	count(*) filter (where w.state = 'not_done') as not_done, count(*) filter (where w.state = 'cancelled') as cancelled, coalesce(sum(w.moved), 0) as moved`

// WorkScheduleReport sums up the part of the schedule that the filter asks for.
func (q *Queries) WorkScheduleReport(ctx context.Context, f WorkScheduleFilter, today domain.Date) (WorkScheduleReport, error) {
	w, err := q.workScheduleWhere(ctx, f, today)
	if err != nil {
		return WorkScheduleReport{}, err
	}
	sums := workScheduleSums + `, count(*) filter (where w.state = 'planned' and w.due_on < ` + w.arg(string(today)) + `::date) as overdue`
	from := ` from read.work_item w left join read.client c on c.id = w.counterparty left join read.employee r on r.id = w.responsible where ` + w.sql()
	var report WorkScheduleReport
	//sqlvet:built the parts are constants of this package; values travel as arguments
	byDay := `select w.due_on::text as key, '' as name, ` + sums + from + ` group by w.due_on order by w.due_on`
	if report.Days, err = rows[WorkScheduleSum](ctx, q.DB, byDay, w.args...); err != nil {
		return report, err
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	byEmployee := `select w.responsible::text as key, coalesce(max(r.name), '') as name, ` + sums + from + ` group by w.responsible order by name, key`
	if report.Employees, err = rows[WorkScheduleSum](ctx, q.DB, byEmployee, w.args...); err != nil {
		return report, err
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	byClient := `select w.counterparty::text as key, coalesce(max(c.name), '') as name, ` + sums + from + ` group by w.counterparty order by name, key`
	report.Counterparties, err = rows[WorkScheduleSum](ctx, q.DB, byClient, w.args...)
	return report, err
}
