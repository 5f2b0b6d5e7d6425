package readmodels

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ResponseTimeFilter asks how fast employees react to messages and to colleagues.
type ResponseTimeFilter struct {
	By         string    `query:"by" enum:"employee,department,kind" default:"employee" doc:"What to group by"`
	Kinds      []string  `query:"kind" maxItems:"4" doc:"message, question, proposal, agreement; all when absent"`
	Employee   uuid.UUID `query:"employee" format:"uuid" doc:"Who had to react"`
	Asker      uuid.UUID `query:"asker" format:"uuid" doc:"Who asked, or who took the message"`
	Department uuid.UUID `query:"department" format:"uuid" doc:"A department with all below it"`
	From       time.Time `query:"from" doc:"Asked at or after"`
	Until      time.Time `query:"until" doc:"Asked before"`
	Recompute  bool      `query:"recompute" doc:"Compute anew by the present calendars, too"`
}

// ResponseTimes are the figures of one employee, department or kind. Minutes are working minutes of who had to react.
type ResponseTimes struct {
	Key          string `json:"key" doc:"Id of the employee or of the department, or the kind"`
	Name         string `json:"name,omitempty" doc:"Its name"`
	Asked        int    `json:"asked" doc:"Clocks started"`
	Answered     int    `json:"answered" doc:"Clocks stopped by an answer"`
	Median       *int   `json:"median_min,omitempty" doc:"Median of the answered, as computed on the day"`
	P90          *int   `json:"p90_min,omitempty" doc:"Nine of ten answers came within these minutes, as computed on the day"`
	MedianNow    *int   `json:"median_now_min,omitempty" doc:"Median by the present calendars"`
	P90Now       *int   `json:"p90_now_min,omitempty" doc:"Nine of ten, by the present calendars"`
	Changed      int    `json:"changed,omitempty" doc:"Answers whose minutes differ by the present calendars"`
	Late         int    `json:"late" doc:"Answered after the deadline"`
	Overdue      int    `json:"overdue" doc:"Clocks that ran past the deadline, answered or not"`
	Unanswered   int    `json:"unanswered" doc:"Clocks that still run"`
	WithoutReply int    `json:"without_reply" doc:"Clocks that stopped without an answer: closed, rerouted, lost"`
}

// responseClocks are all clocks of messages and of threads.
const responseClocks = `(select * from read.message_clock union all select * from read.thread_clock) k`

const responseTables = ` from ` + responseClocks + ` left join read.employee e on e.id = k.employee left join read.department d on d.id = e.department_id
	left join read.employee a on a.id = k.asker `

var responseGroups = map[string][2]string{
	"employee":   {"k.employee::text", "coalesce(max(e.name), '')"},
	"department": {"coalesce(e.department_id::text, '')", "coalesce(max(d.name), '')"},
	"kind":       {"k.kind", "''"},
}

// responseMeasures say which clocks a number counts. Median and p90 are taken over the answered.
var responseMeasures = map[string]string{
	"asked":         "true",
	"answered":      "k.minutes is not null",
	"late":          "k.late",
	"overdue":       "(k.overdue or k.late)",
	"unanswered":    "k.stopped_at is null",
	"without_reply": "(k.stopped_at is not null and k.minutes is null)",
}

func (f ResponseTimeFilter) where() *where {
	w := &where{}
	w.and(len(f.Kinds) > 0, "k.kind = any(?)", f.Kinds)
	w.and(f.Employee != uuid.Nil, "k.employee = ?", f.Employee)
	w.and(f.Asker != uuid.Nil, "k.asker = ?", f.Asker)
	w.and(f.Department != uuid.Nil, "e.department_id in ("+departmentsBelow+")", f.Department)
	w.and(!f.From.IsZero(), "k.started_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "k.started_at < ?", f.Until)
	return w
}

func (f ResponseTimeFilter) group() [2]string {
	if group, ok := responseGroups[f.By]; ok {
		return group
	}
	return responseGroups["employee"]
}

// ResponseTimes is the report on reaction times, the slowest first.
func (q *Queries) ResponseTimes(ctx context.Context, f ResponseTimeFilter) ([]ResponseTimes, error) {
	w, group := f.where(), f.group()
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + group[0] + ` as key, ` + group[1] + ` as name, count(*) as asked,
		count(*) filter (where ` + responseMeasures["answered"] + `) as answered,
		percentile_disc(0.5) within group (order by k.minutes) as median, percentile_disc(0.9) within group (order by k.minutes) as p90,
		count(*) filter (where ` + responseMeasures["late"] + `) as late, count(*) filter (where ` + responseMeasures["overdue"] + `) as overdue,
		count(*) filter (where ` + responseMeasures["unanswered"] + `) as unanswered,
		count(*) filter (where ` + responseMeasures["without_reply"] + `) as without_reply` + responseTables +
		`where ` + w.sql() + ` group by 1 order by median desc nulls last, key limit 2000`
	report, err := rows[ResponseTimes](ctx, q.DB, sql, w.args...)
	if err != nil || !f.Recompute {
		return report, err
	}
	return report, q.recomputeTimes(ctx, f, report)
}

// recomputeTimes sets the report's figures beside those by the present calendars.
func (q *Queries) recomputeTimes(ctx context.Context, f ResponseTimeFilter, report []ResponseTimes) error {
	type answer struct {
		Key       string
		Employee  uuid.UUID
		StartedAt time.Time
		StoppedAt time.Time
		Minutes   int
	}
	w := f.where()
	w.and(true, responseMeasures["answered"])
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + f.group()[0] + ` as key, k.employee, k.started_at, k.stopped_at, k.minutes` + responseTables + `where ` + w.sql()
	answers, err := rows[answer](ctx, q.DB, sql, w.args...)
	if err != nil {
		return err
	}
	people := map[uuid.UUID]bool{}
	for _, a := range answers {
		people[a.Employee] = true
	}
	schedules, err := q.Schedules(ctx, keysOf(people))
	if err != nil {
		return err
	}
	anew, changed := map[string][]int{}, map[string]int{}
	for _, a := range answers {
		minutes := schedules[a.Employee].BusinessMinutes(a.StartedAt, a.StoppedAt)
		anew[a.Key] = append(anew[a.Key], minutes)
		if minutes != a.Minutes {
			changed[a.Key]++
		}
	}
	for i, r := range report {
		report[i].MedianNow, report[i].P90Now, report[i].Changed = percentile(anew[r.Key], 50), percentile(anew[r.Key], 90), changed[r.Key]
	}
	return nil
}

func keysOf(set map[uuid.UUID]bool) []uuid.UUID {
	keys := make([]uuid.UUID, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	return keys
}

// percentile is the value that the given share of the values does not exceed, as percentile_disc computes it.
func percentile(values []int, percent int) *int {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	place := (len(values)*percent + 99) / 100
	return &values[max(place, 1)-1]
}

// ResponseClockFilter names the clocks behind one number of the report.
type ResponseClockFilter struct {
	ResponseTimeFilter
	Key     string `query:"key" maxLength:"100" doc:"The employee, the department or the kind; all when absent"`
	Measure string `query:"measure" enum:"asked,answered,late,overdue,unanswered,without_reply" default:"asked" doc:"The number; median and p90 are taken over the answered"`
	PageRequest
}

// ResponseClock is one person's clock on a message or a thread, with the events that started and stopped it.
type ResponseClock struct {
	ID           string     `json:"id" doc:"The clock"`
	Kind         string     `json:"kind" doc:"message, question, proposal or agreement"`
	Record       uuid.UUID  `json:"record_id" format:"uuid" doc:"The message or the thread"`
	Employee     uuid.UUID  `json:"employee_id" format:"uuid" doc:"Who had to react"`
	EmployeeName string     `json:"employee_name" doc:"The person's name"`
	Asker        *uuid.UUID `json:"asker_id,omitempty" format:"uuid" doc:"Who asked, or who took the message"`
	AskerName    string     `json:"asker_name,omitempty" doc:"The person's name"`
	StartedAt    time.Time  `json:"started_at" doc:"When the clock started"`
	DueAt        *time.Time `json:"due_at,omitempty" doc:"Deadline"`
	SeenAt       *time.Time `json:"seen_at,omitempty" doc:"When it was first read"`
	StoppedAt    *time.Time `json:"stopped_at,omitempty" doc:"When the clock stopped"`
	How          string     `json:"how,omitempty" doc:"What stopped it: answered, accepted, declined, or without an answer: closed, replaced, rerouted, lost, spam, resolved"`
	Minutes      *int       `json:"minutes,omitempty" doc:"Working minutes to the answer, as computed on the day"`
	MinutesNow   int        `json:"minutes_now" db:"-" doc:"Working minutes by the present calendar, up to now where the clock runs"`
	Late         bool       `json:"late" doc:"Answered after the deadline"`
	Overdue      bool       `json:"overdue" doc:"The deadline passed without an answer"`
	StartedEvent uuid.UUID  `json:"started_event_id" format:"uuid" doc:"Event that started the clock"`
	StoppedEvent *uuid.UUID `json:"stopped_event_id,omitempty" format:"uuid" doc:"Event that stopped it"`
	OverdueEvent *uuid.UUID `json:"overdue_event_id,omitempty" format:"uuid" doc:"Event of the deadline's passing"`
}

// ResponseClocks is one page of the clocks behind a number, by start, each with its minutes of the day and those by the
// present calendar.
func (q *Queries) ResponseClocks(ctx context.Context, f ResponseClockFilter, now time.Time) (Page[ResponseClock], error) {
	w := f.where()
	w.and(f.Key != "", f.group()[0]+" = ?", f.Key)
	measure, ok := responseMeasures[f.Measure]
	if !ok && f.Measure != "" {
		var v domain.Invalid
		v.Add("measure", "enum", "is not a number of this report")
		return Page[ResponseClock]{}, v.Err()
	}
	w.and(ok, measure)
	var (
		at time.Time
		id string
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ResponseClock]{}, err
	}
	w.and(paged, "(k.started_at, k.id) > (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select k.id, k.kind, k.record, k.employee, coalesce(e.name, '') as employee_name, k.asker, coalesce(a.name, '') as asker_name,
		k.started_at, k.due_at, k.seen_at, k.stopped_at, k.how, k.minutes, k.late, k.overdue, k.started_event, k.stopped_event, k.overdue_event` +
		responseTables + `where ` + w.sql() + ` order by k.started_at, k.id limit ` + w.arg(f.limit()+1)
	found, err := rows[ResponseClock](ctx, q.DB, sql, w.args...)
	if err != nil {
		return Page[ResponseClock]{}, err
	}
	cut := page(found, f.limit(), func(r ResponseClock) []any { return []any{r.StartedAt, r.ID} })
	people := map[uuid.UUID]bool{}
	for _, c := range cut.Items {
		people[c.Employee] = true
	}
	schedules, err := q.Schedules(ctx, keysOf(people))
	for i, c := range cut.Items {
		until := now
		if c.StoppedAt != nil {
			until = *c.StoppedAt
		}
		cut.Items[i].MinutesNow = schedules[c.Employee].BusinessMinutes(c.StartedAt, until)
	}
	return cut, err
}
