package readmodels

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// AssignmentFilter asks for a part of the register of assignments.
type AssignmentFilter struct {
	Executor     uuid.UUID `query:"executor" format:"uuid" doc:"Assignee or co-executor"`
	Assignee     uuid.UUID `query:"assignee" format:"uuid" doc:"Assignee"`
	Issuer       uuid.UUID `query:"issuer" format:"uuid" doc:"Issuer"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Counterparty it is about"`
	Parent       uuid.UUID `query:"parent" format:"uuid" doc:"Parts of this assignment"`
	ContextKind  string    `query:"context_kind" maxLength:"40" doc:"Kind of record it came from, together with context_id"`
	ContextID    uuid.UUID `query:"context_id" format:"uuid" doc:"Record it came from"`
	States       []string  `query:"state" maxItems:"8" doc:"States"`
	Priorities   []string  `query:"priority" maxItems:"4" doc:"Priorities"`
	Open         bool      `query:"open" doc:"Neither verified nor cancelled"`
	Overdue      bool      `query:"overdue" doc:"Past the due time and not reported done"`
	DueFrom      time.Time `query:"due_from" doc:"Due at or after"`
	DueUntil     time.Time `query:"due_until" doc:"Due before"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the title"`
	PageRequest
}

// AssignmentItem is an assignment in lists.
type AssignmentItem struct {
	ID               uuid.UUID   `json:"id" format:"uuid" doc:"The assignment"`
	Title            string      `json:"title" doc:"What is to be done"`
	State            string      `json:"state" doc:"Where it stands"`
	Priority         string      `json:"priority" doc:"What comes first"`
	Issuer           uuid.UUID   `json:"issuer_id" format:"uuid" doc:"Who gave it"`
	IssuerName       string      `json:"issuer_name" doc:"Issuer's name"`
	Assignee         uuid.UUID   `json:"assignee_id" format:"uuid" doc:"Who answers for it"`
	AssigneeName     string      `json:"assignee_name" doc:"Assignee's name"`
	CoExecutors      []uuid.UUID `json:"co_executor_ids" doc:"Who helps"`
	Counterparty     *uuid.UUID  `json:"counterparty_id,omitempty" format:"uuid" doc:"Counterparty it is about"`
	CounterpartyName string      `json:"counterparty_name,omitempty" doc:"Its name"`
	IssuedAt         time.Time   `json:"issued_at" doc:"When it was given"`
	DueAt            time.Time   `json:"due_at" doc:"Until when"`
	OriginalDueAt    time.Time   `json:"original_due_at" doc:"Until when at first"`
	DueChanges       int         `json:"due_changes" doc:"How often the due time was changed"`
	AskedDueAt       *time.Time  `json:"asked_due_at,omitempty" doc:"Later due time the assignee asks for"`
	Overdue          bool        `json:"overdue" doc:"Past the due time and not reported done"`
	PlannedMin       int         `json:"planned_min" doc:"Planned working time in minutes"`
	ActualMin        int         `json:"actual_min" doc:"Working time entered so far, in minutes"`
	VarianceBP       *int64      `json:"effort_variance_bp,omitempty" doc:"(actual − planned) / planned in basis points; absent without a plan"`
	ReportedAt       *time.Time  `json:"reported_at,omitempty" doc:"When it was last reported done"`
	VerifyBy         *time.Time  `json:"verify_by,omitempty" doc:"Until when the result should be verified"`
	VerifiedAt       *time.Time  `json:"verified_at,omitempty" doc:"When it was verified"`
	Returns          int         `json:"returns" doc:"How often it was returned for rework"`
	FirstTimeRight   *bool       `json:"first_time_right,omitempty" doc:"Verified without a return; absent until verified"`
	OnTime           *bool       `json:"on_time,omitempty" doc:"Reported by the due time that applied then"`
	OnTimeOriginal   *bool       `json:"on_time_original,omitempty" doc:"Reported by the original due time"`
	LastWords        string      `json:"last_words,omitempty" doc:"Reason or result given with the last step"`
}

const assignmentColumns = `a.id, a.title, a.state, a.priority, a.issuer, coalesce(i.name, '') as issuer_name, a.assignee, coalesce(e.name, '') as assignee_name,
	a.co_executors, a.counterparty, coalesce(c.name, '') as counterparty_name, a.issued_at, a.due_at, a.original_due_at, a.due_changes, a.asked_due_at,
	a.planned_min, a.actual_min, case when a.planned_min > 0 then (a.actual_min - a.planned_min)::bigint * 10000 / a.planned_min end as variance_bp,
	a.reported_at, a.verify_by, a.verified_at, a.returns, case when a.state = 'verified' then a.returns = 0 end as first_time_right,
	a.on_time, a.on_time_original, a.last_words`

const assignmentTables = ` from read.assignment a left join read.employee i on i.id = a.issuer left join read.employee e on e.id = a.assignee
	left join read.client c on c.id = a.counterparty `

// assignmentToDo are the states in which the executors have work to do.
const assignmentToDo = `a.state in ('issued', 'accepted', 'in_progress', 'returned_for_rework')`

func (q *Queries) assignmentWhere(ctx context.Context, f AssignmentFilter, now time.Time) (*where, error) {
	w := &where{}
	w.and(f.Executor != uuid.Nil, "a.assignee = ? or a.co_executors @> array[?]::uuid[]", f.Executor, f.Executor)
	w.and(f.Assignee != uuid.Nil, "a.assignee = ?", f.Assignee)
	w.and(f.Issuer != uuid.Nil, "a.issuer = ?", f.Issuer)
	w.and(f.Parent != uuid.Nil, "a.parent = ?", f.Parent)
	w.and(f.ContextID != uuid.Nil, "a.context @> jsonb_build_array(jsonb_build_object('kind', ?::text, 'id', ?::text))", f.ContextKind, f.ContextID.String())
	w.and(len(f.States) > 0, "a.state = any(?)", f.States)
	w.and(len(f.Priorities) > 0, "a.priority = any(?)", f.Priorities)
	w.and(f.Open, "a.closed_at is null")
	w.and(f.Overdue, assignmentToDo+" and a.due_at < ?", now)
	w.and(!f.DueFrom.IsZero(), "a.due_at >= ?", f.DueFrom)
	w.and(!f.DueUntil.IsZero(), "a.due_at < ?", f.DueUntil)
	w.and(f.Text != "", "a.title ilike '%' || ? || '%'", escapeLike(f.Text))
	if f.Counterparty == uuid.Nil {
		return w, nil
	}
	aliases, err := q.aliases(ctx, f.Counterparty)
	w.and(true, "a.counterparty = any(?)", aliases)
	return w, err
}

// Assignments is one page of the register, by due time.
func (q *Queries) Assignments(ctx context.Context, f AssignmentFilter, now time.Time) (Page[AssignmentItem], error) {
	w, err := q.assignmentWhere(ctx, f, now)
	if err != nil {
		return Page[AssignmentItem]{}, err
	}
	var (
		due time.Time
		id  uuid.UUID
	)
	paged, err := f.after(&due, &id)
	if err != nil {
		return Page[AssignmentItem]{}, err
	}
	w.and(paged, "(a.due_at, a.id) > (?, ?)", due, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + assignmentColumns + `, ` + assignmentToDo + ` and a.due_at < ` + w.arg(now) + ` as overdue` + assignmentTables +
		`where ` + w.sql() + ` order by a.due_at, a.id limit ` + w.arg(f.limit()+1)
	found, err := rows[AssignmentItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r AssignmentItem) []any { return []any{r.DueAt, r.ID} }), err
}

// AssignmentBoard is the register as columns, one per state.
type AssignmentBoard struct {
	Columns []AssignmentColumn `json:"columns" doc:"One per state, in the order of the workflow"`
}

// AssignmentColumn is a state with its first assignments.
type AssignmentColumn struct {
	State string           `json:"state" doc:"The state"`
	Count int              `json:"count" doc:"All assignments in it"`
	Items []AssignmentItem `json:"items" doc:"The first ones by due time"`
}

var boardStates = []domain.AssignmentState{
	domain.AssignmentIssued, domain.AssignmentAccepted, domain.AssignmentInProgress, domain.AssignmentReported,
	domain.AssignmentReturned, domain.AssignmentDeclined,
}

// AssignmentBoard gives the open assignments by state; a limit applies to each column.
func (q *Queries) AssignmentBoard(ctx context.Context, f AssignmentFilter, now time.Time) (AssignmentBoard, error) {
	f.Open = true
	w, err := q.assignmentWhere(ctx, f, now)
	if err != nil {
		return AssignmentBoard{}, err
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select * from (select ` + assignmentColumns + `, ` + assignmentToDo + ` and a.due_at < ` + w.arg(now) + ` as overdue,
		row_number() over (partition by a.state order by a.due_at, a.id) as place, count(*) over (partition by a.state) as in_state` + assignmentTables +
		`where ` + w.sql() + `) ranked where place <= ` + w.arg(f.limit()) + ` order by place`
	type ranked struct {
		AssignmentItem
		InState int
		Place   int
	}
	found, err := rows[ranked](ctx, q.DB, sql, w.args...)
	board := AssignmentBoard{Columns: make([]AssignmentColumn, len(boardStates))}
	for i, s := range boardStates {
		column := AssignmentColumn{State: string(s), Items: []AssignmentItem{}}
		for _, r := range found {
			if r.State == column.State {
				column.Count, column.Items = r.InState, append(column.Items, r.AssignmentItem)
			}
		}
		board.Columns[i] = column
	}
	return board, err
}

// AssignmentDetail is one assignment with its time entries and parts.
type AssignmentDetail struct {
	AssignmentItem
	Description    string           `json:"description,omitempty" doc:"Details"`
	ExpectedResult string           `json:"expected_result" doc:"How one sees that it is done"`
	Result         string           `json:"result,omitempty" doc:"What came of it"`
	Parent         *uuid.UUID       `json:"parent_id,omitempty" format:"uuid" doc:"Assignment of which it is a part"`
	Context        json.RawMessage  `json:"context" doc:"What it came from or belongs to"`
	AskedReason    string           `json:"asked_reason,omitempty" doc:"Why the assignee asks for time"`
	VerifiedBy     *uuid.UUID       `json:"verified_by_id,omitempty" format:"uuid" doc:"Who verified it"`
	Time           []TimeEntry      `json:"time_entries" db:"-" doc:"Working time, by day"`
	Parts          []AssignmentItem `json:"parts" db:"-" doc:"Assignments that are parts of it"`
}

// Assignment is one assignment; domain.ErrNotFound where there is none.
func (q *Queries) Assignment(ctx context.Context, id uuid.UUID, now time.Time) (AssignmentDetail, error) {
	sql := `select ` + assignmentColumns + `, ` + assignmentToDo + ` and a.due_at < $2 as overdue, a.description, a.expected_result, a.result, a.parent,
		a.context, a.asked_reason, a.verified_by` + assignmentTables + `where a.id = $1`
	detail, err := one[AssignmentDetail](ctx, q.DB, sql, id, now)
	if err != nil {
		return detail, err
	}
	if detail.Time, err = q.timeEntries(ctx, "t.assignment = $1", id); err != nil {
		return detail, err
	}
	parts, err := q.Assignments(ctx, AssignmentFilter{Parent: id, PageRequest: PageRequest{Limit: 500}}, now)
	detail.Parts = parts.Items
	return detail, err
}

// TimeEntry is an entry of a time sheet.
type TimeEntry struct {
	Sheet           uuid.UUID       `json:"sheet_id" format:"uuid" doc:"The time sheet"`
	No              int             `json:"no" doc:"Number within the sheet"`
	Employee        uuid.UUID       `json:"employee_id" format:"uuid" doc:"Who worked"`
	EmployeeName    string          `json:"employee_name" doc:"The person's name"`
	Day             string          `json:"date" format:"date" doc:"The day"`
	FromAt          *time.Time      `json:"from,omitempty" doc:"Begin"`
	ToAt            *time.Time      `json:"to,omitempty" doc:"End"`
	Minutes         int             `json:"minutes" doc:"Working time"`
	Assignment      *uuid.UUID      `json:"assignment_id,omitempty" format:"uuid" doc:"Assignment it was for"`
	AssignmentTitle string          `json:"assignment_title,omitempty" doc:"Its title"`
	SubjectKind     string          `json:"subject_kind,omitempty" doc:"Kind of another record it was for"`
	SubjectID       *uuid.UUID      `json:"subject_id,omitempty" format:"uuid" doc:"That record"`
	Comment         string          `json:"comment,omitempty" doc:"What was done"`
	Late            bool            `json:"late" doc:"Entered more than three days after the day"`
	Withdrawn       bool            `json:"withdrawn" doc:"Taken back"`
	EnteredAt       time.Time       `json:"entered_at" doc:"When it was entered"`
	EventID         uuid.UUID       `json:"event_id" format:"uuid" doc:"The event that entered it"`
	Corrections     json.RawMessage `json:"corrections" doc:"What it said before, with reason and event"`
}

func (q *Queries) timeEntries(ctx context.Context, condition string, args ...any) ([]TimeEntry, error) {
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select t.sheet, t.no, t.employee, coalesce(e.name, '') as employee_name, t.day::text as day, t.from_at, t.to_at, t.minutes, t.assignment,
		coalesce(a.title, '') as assignment_title, t.subject_kind, t.subject_id, t.comment, t.late, t.withdrawn, t.entered_at, t.event_id, t.corrections
		from read.time_entry t left join read.employee e on e.id = t.employee left join read.assignment a on a.id = t.assignment
		where ` + condition + ` order by t.day, t.from_at nulls last, t.no`
	return rows[TimeEntry](ctx, q.DB, sql, args...)
}

// TimeSheet is one employee's month.
type TimeSheet struct {
	ID       uuid.UUID   `json:"id" format:"uuid" doc:"The sheet"`
	Employee uuid.UUID   `json:"employee_id" format:"uuid" doc:"Whose"`
	Month    string      `json:"month" doc:"Such as 2026-11"`
	Minutes  int         `json:"minutes" doc:"Sum of the month"`
	Late     int         `json:"late_entries" doc:"Entries made more than three days after the day"`
	Days     []DaySum    `json:"days" doc:"Sums of the days that have entries"`
	Entries  []TimeEntry `json:"entries" doc:"All entries, withdrawn ones too"`
}

// DaySum is the working time of a day.
type DaySum struct {
	Day     string `json:"date" format:"date" doc:"The day"`
	Minutes int    `json:"minutes" doc:"Sum"`
}

// TimeSheet gives an employee's month, such as "2026-11".
func (q *Queries) TimeSheet(ctx context.Context, employee uuid.UUID, month string) (TimeSheet, error) {
	first := domain.Date(month + "-01")
	if !first.Valid() {
		var v domain.Invalid
		v.Add("query.month", "month", "must be a month such as 2026-11")
		return TimeSheet{}, v.Err()
	}
	sheet := TimeSheet{ID: domain.TimeSheetOf(domain.EmployeeID(employee), first).UUID(), Employee: employee, Month: month, Days: []DaySum{}}
	var err error
	sheet.Entries, err = q.timeEntries(ctx, "t.employee = $1 and t.day >= $2::date and t.day < ($2::date + interval '1 month')", employee, string(first))
	for _, e := range sheet.Entries {
		if e.Withdrawn {
			continue
		}
		sheet.Minutes += e.Minutes
		if e.Late {
			sheet.Late++
		}
		if n := len(sheet.Days); n == 0 || sheet.Days[n-1].Day != e.Day {
			sheet.Days = append(sheet.Days, DaySum{Day: e.Day})
		}
		sheet.Days[len(sheet.Days)-1].Minutes += e.Minutes
	}
	return sheet, err
}

// AssignmentReportFilter bounds the report on assignments.
type AssignmentReportFilter struct {
	From       time.Time `query:"from" doc:"Issued at or after"`
	Until      time.Time `query:"until" doc:"Issued before"`
	Department uuid.UUID `query:"department" format:"uuid" doc:"Assignees of this department"`
}

// AssignmentReport tells for each assignee how assignments were done.
type AssignmentReport struct {
	Rows []AssignmentReportRow `json:"rows" doc:"One per assignee"`
}

// AssignmentReportRow is one assignee's assignments. Shares are computed by the reader from the counts.
type AssignmentReportRow struct {
	Employee         uuid.UUID `json:"employee_id" format:"uuid" doc:"Assignee"`
	EmployeeName     string    `json:"employee_name" doc:"The person's name"`
	Issued           int       `json:"issued" doc:"All assignments"`
	Open             int       `json:"open" doc:"Neither verified nor cancelled"`
	Overdue          int       `json:"overdue" doc:"Past the due time and not reported done"`
	Awaiting         int       `json:"awaiting_verification" doc:"Reported done, not verified"`
	Verified         int       `json:"verified" doc:"Verified"`
	FirstTimeRight   int       `json:"first_time_right" doc:"Of these verified without a return"`
	OnTime           int       `json:"on_time" doc:"Of these reported by the due time that applied then"`
	OnTimeOriginal   int       `json:"on_time_original" doc:"Of these reported by the original due time"`
	PlannedMin       int64     `json:"planned_min" doc:"Planned minutes of the verified ones that have a plan"`
	ActualMin        int64     `json:"actual_min" doc:"Minutes spent on these"`
	VarianceBP       *int64    `json:"effort_variance_bp,omitempty" doc:"(actual − planned) / planned in basis points"`
	FirstTimeRightBP *int64    `json:"first_time_right_bp,omitempty" doc:"Share of first time right in basis points"`
	OnTimeBP         *int64    `json:"on_time_bp,omitempty" doc:"Share on time in basis points"`
}

// AssignmentReport computes the report.
func (q *Queries) AssignmentReport(ctx context.Context, f AssignmentReportFilter, now time.Time) (AssignmentReport, error) {
	w := &where{}
	w.and(!f.From.IsZero(), "a.issued_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "a.issued_at < ?", f.Until)
	w.and(f.Department != uuid.Nil, "e.department_id = ?", f.Department)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select *, case when planned_min > 0 then (actual_min - planned_min) * 10000 / planned_min end as variance_bp,
		case when verified > 0 then first_time_right * 10000 / verified end as first_time_right_bp,
		case when verified > 0 then on_time * 10000 / verified end as on_time_bp
	from (select a.assignee as employee, coalesce(max(e.name), '') as employee_name, count(*) as issued,
		count(*) filter (where a.closed_at is null) as open,
		count(*) filter (where ` + assignmentToDo + ` and a.due_at < ` + w.arg(now) + `) as overdue,
		count(*) filter (where a.state = 'reported_done') as awaiting,
		count(*) filter (where a.state = 'verified') as verified,
		count(*) filter (where a.state = 'verified' and a.returns = 0) as first_time_right,
		count(*) filter (where a.state = 'verified' and a.on_time) as on_time,
		count(*) filter (where a.state = 'verified' and a.on_time_original) as on_time_original,
		coalesce(sum(a.planned_min) filter (where a.state = 'verified' and a.planned_min > 0), 0) as planned_min,
		coalesce(sum(a.actual_min) filter (where a.state = 'verified' and a.planned_min > 0), 0) as actual_min
	from read.assignment a left join read.employee e on e.id = a.assignee where ` + w.sql() + ` group by a.assignee) sums order by employee_name, employee`
	found, err := rows[AssignmentReportRow](ctx, q.DB, sql, w.args...)
	return AssignmentReport{Rows: found}, err
}
