package readmodels

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// DailyReport is an employee's day's work in six sections. A section without items is present and empty.
type DailyReport struct {
	Employee     uuid.UUID            `json:"employee_id" format:"uuid" doc:"Whose"`
	EmployeeName string               `json:"employee_name" doc:"The person's name"`
	Date         string               `json:"date" format:"date" doc:"The day, in the employee's time zone"`
	Zone         string               `json:"zone" doc:"That time zone"`
	FormedAt     time.Time            `json:"formed_at" doc:"When it was formed"`
	LastLogin    *time.Time           `json:"last_login,omitempty" doc:"What came later is marked as new"`
	Sections     []DailyReportSection `json:"sections" doc:"The six sections in their order"`
	Hash         string               `json:"hash" doc:"SHA-256 of the content, as recorded with the report"`
}

// DailyReportSection is one of the six.
type DailyReportSection struct {
	No      int                `json:"no" doc:"1 to 6"`
	Section string             `json:"section" enum:"messages,questions_to_answer,questions_unanswered,assignments_to_do,assignments_to_check,negotiations_and_schedule" doc:"Which"`
	Title   string             `json:"title" doc:"Its title in the reader's language"`
	Count   int                `json:"count" doc:"Number of items"`
	Items   []DailyReportEntry `json:"items" doc:"Items, the overdue ones first"`
}

// DailyReportEntry is one item. Kind and id are the link.
type DailyReportEntry struct {
	Kind             string     `json:"kind" doc:"Kind of record"`
	ID               uuid.UUID  `json:"id" format:"uuid" doc:"The record"`
	Group            string     `json:"group,omitempty" doc:"Sub-heading. Section 5: a reported done, b overdue, c due soon. Section 6: next_step, no_record, stopped, work_item"`
	Step             int        `json:"step,omitempty" doc:"Number of the next step of a negotiation"`
	Title            string     `json:"title" doc:"What it is about"`
	State            string     `json:"state" doc:"Where it stands"`
	Counterparty     *uuid.UUID `json:"counterparty_id,omitempty" format:"uuid" doc:"Counterparty"`
	CounterpartyName string     `json:"counterparty_name,omitempty" doc:"Its name"`
	Person           *uuid.UUID `json:"person_id,omitempty" format:"uuid" doc:"The colleague on the other side: who asks, who is to answer, who gave or has the assignment"`
	PersonName       string     `json:"person_name,omitempty" doc:"The person's name"`
	Since            time.Time  `json:"since" doc:"Since when it waits"`
	AgeMinutes       int64      `json:"age_min" db:"-" doc:"Minutes of the clock since then"`
	Due              *time.Time `json:"due,omitempty" doc:"Until when"`
	Overdue          bool       `json:"overdue" doc:"Past that time"`
	New              bool       `json:"new" db:"-" doc:"It came after the last sign-in"`
}

// DailyReportFrame is what the report must know besides the read models.
type DailyReportFrame struct {
	Employee domain.EmployeeID
	Now      time.Time
	// Day is today in Zone, the employee's time zone.
	Day  domain.Date
	Zone *time.Location
	// SoonUntil ends the time in which assignments given to others count as due soon: two business days.
	SoonUntil time.Time
	// Horizon is the last day whose next steps and schedule lines are shown.
	Horizon domain.Date
	Lang    wording.Lang
}

// DailyReport forms the report.
func (q *Queries) DailyReport(ctx context.Context, f DailyReportFrame) (DailyReport, error) {
	report := DailyReport{Employee: f.Employee.UUID(), Date: string(f.Day), Zone: f.Zone.String(), FormedAt: f.Now}
	last, err := q.lastShown(ctx, f)
	if err != nil {
		return report, err
	}
	report.LastLogin = last
	names, err := rows[struct{ Name string }](ctx, q.DB, `select name from read.employee where id = $1`, f.Employee.UUID())
	if err != nil {
		return report, err
	}
	for _, n := range names {
		report.EmployeeName = n.Name
	}
	for i, code := range domain.DailySections {
		items, err := dailySections[code](ctx, q, f)
		if err != nil {
			return report, err
		}
		for j := range items {
			items[j].AgeMinutes = int64(f.Now.Sub(items[j].Since) / time.Minute)
			items[j].New = last != nil && items[j].Since.After(*last)
		}
		report.Sections = append(report.Sections, DailyReportSection{
			No: i + 1, Section: string(code), Title: wording.Word("daily_report.section."+string(code), f.Lang), Count: len(items), Items: items,
		})
	}
	report.Hash, err = report.digest()
	return report, err
}

// lastShown is when the employee last saw the report of an earlier day.
func (q *Queries) lastShown(ctx context.Context, f DailyReportFrame) (*time.Time, error) {
	var at *time.Time
	err := q.DB.QueryRow(ctx, `select max(at) from read.daily_report where employee = $1 and shown_to = $1 and day < $2::date`,
		f.Employee.UUID(), string(f.Day)).Scan(&at)
	return at, err
}

// Content is what is recorded of the report: the items of each section, in the order shown.
func (r DailyReport) Content() []domain.DailyReportContent {
	content := make([]domain.DailyReportContent, len(r.Sections))
	for i, s := range r.Sections {
		content[i] = domain.DailyReportContent{Section: domain.DailySection(s.Section), Count: s.Count, Items: make([]domain.Ref, len(s.Items))}
		for j, item := range s.Items {
			content[i].Items[j] = domain.Ref{Kind: domain.RefKind(item.Kind), ID: item.ID}
		}
	}
	return content
}

// digest covers what a reader saw, apart from what only the passing of time changes.
func (r DailyReport) digest() (string, error) {
	type line struct {
		Kind, Group, Title, State, Counterparty, Person string
		ID                                              uuid.UUID
		Step                                            int
		Due                                             *time.Time
		Overdue                                         bool
	}
	sections := make([][]line, len(r.Sections))
	for i, s := range r.Sections {
		for _, e := range s.Items {
			sections[i] = append(sections[i], line{e.Kind, e.Group, e.Title, e.State, e.CounterpartyName, e.PersonName, e.ID, e.Step, e.Due, e.Overdue})
		}
	}
	encoded, err := json.Marshal(map[string]any{"employee": r.Employee, "date": r.Date, "sections": sections})
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), err
}

// dailyLimit bounds a section; whoever has more has lost the day anyway.
const dailyLimit = 500

var dailySections = map[domain.DailySection]func(context.Context, *Queries, DailyReportFrame) ([]DailyReportEntry, error){
	domain.SectionMessages:     messagesToHandle,
	domain.SectionToAnswer:     questionsToAnswer,
	domain.SectionUnanswered:   questionsUnanswered,
	domain.SectionToDo:         assignmentsToDo,
	domain.SectionToCheck:      assignmentsToCheck,
	domain.SectionNegotiations: negotiationsAndSchedule,
}

func messagesToHandle(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `select 'message' as kind, m.id, coalesce(nullif(m.subject, ''), nullif(m.excerpt, ''), m.from_raw) as title, m.state, m.counterparty,
			coalesce(c.name, '') as counterparty_name, m.taken_by as person, coalesce(e.name, '') as person_name, coalesce(m.routed_at, m.received_at) as since, m.due,
			coalesce(m.due < $2, false) as overdue
		from (select *, case when state = 'routed' then acknowledge_by else callback_by end as due from read.incoming_message
			where addressee = $1 and state in ('routed', 'acknowledged', 'in_progress')) m
		left join read.client c on c.id = m.counterparty left join read.employee e on e.id = m.taken_by
		order by overdue desc, m.due nulls last, since, m.id limit $3`, f.Employee.UUID(), f.Now, dailyLimit)
}

func questionsToAnswer(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `select 'thread' as kind, t.id, coalesce(nullif(t.subject, ''), t.text) as title, p.state, t.counterparty,
			coalesce(c.name, '') as counterparty_name, p.author as person, coalesce(e.name, '') as person_name, p.started_at as since, p.reply_by as due,
			coalesce(p.reply_by < $2, false) as overdue
		from read.thread_party p join read.internal_thread t on t.id = p.thread
		left join read.client c on c.id = t.counterparty left join read.employee e on e.id = p.author
		where p.employee = $1 and p.waiting order by overdue desc, p.reply_by nulls last, since, t.id limit $3`, f.Employee.UUID(), f.Now, dailyLimit)
}

// questionsUnanswered has one item for each addressee who still owes an answer.
func questionsUnanswered(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `select 'thread' as kind, t.id, coalesce(nullif(t.subject, ''), t.text) as title, p.state, t.counterparty,
			coalesce(c.name, '') as counterparty_name, p.employee as person, coalesce(e.name, '') as person_name, p.started_at as since, p.reply_by as due,
			coalesce(p.reply_by < $2, false) as overdue
		from read.thread_party p join read.internal_thread t on t.id = p.thread
		left join read.client c on c.id = t.counterparty left join read.employee e on e.id = p.employee
		where p.author = $1 and p.waiting order by overdue desc, p.reply_by nulls last, since, p.id limit $3`, f.Employee.UUID(), f.Now, dailyLimit)
}

func assignmentsToDo(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `select 'assignment' as kind, a.id, a.title, a.state, a.counterparty, coalesce(c.name, '') as counterparty_name,
			a.issuer as person, coalesce(e.name, '') as person_name, a.issued_at as since, a.due_at as due, a.due_at < $2 as overdue
		from read.assignment a left join read.client c on c.id = a.counterparty left join read.employee e on e.id = a.issuer
		where (a.assignee = $1 or a.co_executors @> array[$1]::uuid[]) and a.state in ('issued', 'accepted', 'in_progress', 'returned_for_rework')
		order by overdue desc, a.due_at, a.id limit $3`, f.Employee.UUID(), f.Now, dailyLimit)
}

// assignmentsToCheck: what the employee gave to others. (a) reported done, (b) overdue and open, (c) due in two business
// days. Of those reported done the ones come first whose verification is late.
func assignmentsToCheck(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `select * from (
			select 'assignment' as kind, a.id, case when a.state = 'reported_done' then 'a' when a.due_at < $2 then 'b' else 'c' end as "group", a.title, a.state, a.counterparty,
				coalesce(c.name, '') as counterparty_name, a.assignee as person, coalesce(e.name, '') as person_name,
				case when a.state = 'reported_done' then a.reported_at else a.issued_at end as since,
				case when a.state = 'reported_done' then a.verify_by else a.due_at end as due,
				coalesce(case when a.state = 'reported_done' then a.verify_by else a.due_at end < $2, false) as overdue
			from read.assignment a left join read.client c on c.id = a.counterparty left join read.employee e on e.id = a.assignee
			where a.issuer = $1 and (a.state = 'reported_done'
				or a.state in ('issued', 'accepted', 'declined', 'in_progress', 'returned_for_rework') and a.due_at <= $3)
		) checks order by "group", overdue desc, due, id limit $4`, f.Employee.UUID(), f.Now, f.SoonUntil, dailyLimit)
}

// negotiationsAndSchedule: next steps due, negotiations that were held, or whose planned time has passed, and are not
// recorded, stopped ones to correct, and lines of the work schedule that are due or were missed.
func negotiationsAndSchedule(ctx context.Context, q *Queries, f DailyReportFrame) ([]DailyReportEntry, error) {
	return rows[DailyReportEntry](ctx, q.DB, `with actions as (
			select 'negotiation' as kind, s.negotiation as id, 'next_step' as "group", s.no as step, s.what as title, 'open' as state, s.counterparty, null::uuid as person,
				s.since, ((s.due_on + 1)::timestamp at time zone $4) as due
			from read.negotiation_step s where s.who = $1 and s.done_at is null and s.due_on <= $3::date
			union all
			select 'negotiation', n.id, 'no_record', 0, n.topic, n.state, n.counterparty, null, coalesce(n.held_to, n.at_time), n.record_by
			from read.negotiation n where n.author = $1 and n.state = 'held'
			union all
			select 'negotiation', n.id, 'no_record', 0, n.topic, n.state, n.counterparty, null, n.planned_to, n.planned_to
			from read.negotiation n where n.author = $1 and n.state = 'planned' and n.planned_to <= $2
			union all
			select 'negotiation', n.id, 'stopped', 0, n.topic, n.review, n.counterparty, n.reviewer, n.stopped_at, n.correct_by
			from read.negotiation n where n.author = $1 and n.blocked and n.review = 'stopped'
			union all
			select 'work_item', w.id, 'work_item', 0, w.text, w.state, w.counterparty, null, w.planned_at, ((w.due_on + 1)::timestamp at time zone $4)
			from read.work_item w where w.responsible = $1 and w.state = 'planned' and w.due_on <= $3::date
		)
		select a.*, coalesce(c.name, '') as counterparty_name, coalesce(e.name, '') as person_name, coalesce(a.due <= $2, false) as overdue
		from actions a left join read.client c on c.id = a.counterparty left join read.employee e on e.id = a.person
		order by overdue desc, a.due nulls last, a.since, a.id, a.step limit $5`, f.Employee.UUID(), f.Now, string(f.Horizon), f.Zone.String(), dailyLimit)
}

// DailyReportFilter asks for a part of the archive of daily reports.
type DailyReportFilter struct {
	From  string `query:"from" format:"date" doc:"First day"`
	Until string `query:"until" format:"date" doc:"Last day"`
	PageRequest
}

// DailyReportIssue is one report as it was shown.
type DailyReportIssue struct {
	EventID     uuid.UUID       `json:"event_id" format:"uuid" doc:"The event that recorded it"`
	Position    int64           `json:"position" doc:"Its place in the order of all events"`
	Employee    uuid.UUID       `json:"employee_id" format:"uuid" doc:"Whose"`
	ShownTo     uuid.UUID       `json:"shown_to_id" format:"uuid" doc:"Who saw it"`
	ShownToName string          `json:"shown_to_name" doc:"The person's name"`
	Day         string          `json:"date" format:"date" doc:"The day"`
	Occasion    string          `json:"occasion" doc:"first_sign_in, on_demand or by_other"`
	At          time.Time       `json:"at" doc:"When"`
	LastLogin   *time.Time      `json:"last_login,omitempty" doc:"What came later was marked as new"`
	Items       int             `json:"items" doc:"Number of items"`
	Sections    json.RawMessage `json:"sections" doc:"The items of each section, in the order shown"`
	Hash        string          `json:"hash" doc:"SHA-256 of the content"`
}

// DailyReportArchive is one page of what was shown of an employee's reports, the latest first.
func (q *Queries) DailyReportArchive(ctx context.Context, employee uuid.UUID, f DailyReportFilter) (Page[DailyReportIssue], error) {
	for _, day := range []string{f.From, f.Until} {
		if day != "" && !domain.Date(day).Valid() {
			return Page[DailyReportIssue]{}, wrongDay("from")
		}
	}
	w := &where{}
	w.and(true, "d.employee = ?", employee)
	w.and(f.From != "", "d.day >= ?::date", f.From)
	w.and(f.Until != "", "d.day <= ?::date", f.Until)
	var position int64
	paged, err := f.after(&position)
	if err != nil {
		return Page[DailyReportIssue]{}, err
	}
	w.and(paged, "d.position < ?", position)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select d.event_id, d.position, d.employee, d.shown_to, coalesce(e.name, '') as shown_to_name, d.day::text as day, d.occasion, d.at, d.last_login, d.items,
		d.sections, d.hash from read.daily_report d left join read.employee e on e.id = d.shown_to
		where ` + w.sql() + ` order by d.position desc limit ` + w.arg(f.limit()+1)
	found, err := rows[DailyReportIssue](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r DailyReportIssue) []any { return []any{r.Position} }), err
}
