package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
)

// AccessFilter asks for a part of the access log.
type AccessFilter struct {
	Client   uuid.UUID `query:"client" format:"uuid" doc:"Who looked at this client"`
	Employee uuid.UUID `query:"employee" format:"uuid" doc:"What this employee looked at, or another in their name"`
	Resource string    `query:"resource" enum:"clients,contact_details,segments,negotiations,interactions,correspondence,work,performance,reports,exports,directory,accounts,access_log,emergency,approvals" doc:"What was looked at"`
	Action   string    `query:"action" enum:"view,list,search,report,export" doc:"How it was looked at"`
	From     time.Time `query:"from" doc:"At or after"`
	Until    time.Time `query:"until" doc:"Before"`
	PageRequest
}

// AccessItem is one reading.
type AccessItem struct {
	ID             uuid.UUID      `json:"id" format:"uuid" doc:"The entry"`
	At             time.Time      `json:"at" doc:"When"`
	Employee       uuid.UUID      `json:"employee_id" db:"employee_id" format:"uuid" doc:"Who"`
	EmployeeName   string         `json:"employee_name" doc:"The person's name"`
	OnBehalfOf     *uuid.UUID     `json:"on_behalf_of,omitempty" db:"on_behalf_of" format:"uuid" doc:"Whom the person stood in for"`
	OnBehalfOfName string         `json:"on_behalf_of_name,omitempty" doc:"Their name"`
	Headline       string         `json:"headline" db:"-" doc:"What was done, in one sentence"`
	Way            string         `json:"action" doc:"How it was looked at: view, list, search, report, export"`
	Resource       string         `json:"resource" doc:"What was looked at"`
	Operation      string         `json:"operation" doc:"The operation, by its id in this document"`
	RecordKind     string         `json:"record_kind,omitempty" doc:"Kind of the record, where it was one"`
	Record         *uuid.UUID     `json:"record_id,omitempty" db:"record_id" format:"uuid" doc:"That record"`
	Clients        []AccessClient `json:"clients" doc:"The first ten of the clients who were shown"`
	ClientCount    int            `json:"client_count" doc:"How many clients were shown"`
	Results        int            `json:"results" doc:"How many rows were shown"`
	Purpose        string         `json:"purpose,omitempty" doc:"Why, where it was said"`
	Address        string         `json:"address,omitempty" doc:"Where from"`
	Credential     string         `json:"credential,omitempty" doc:"The session or the token"`
	Policy         string         `json:"policy" doc:"Version of the rights that were in force"`
	Request        uuid.UUID      `json:"request_id" db:"request_id" format:"uuid" doc:"The request"`
}

// AccessClient is a client who was shown. One whom the reader of the log may not see has no name.
type AccessClient struct {
	ID   uuid.UUID `json:"id" format:"uuid" doc:"The client" holds:"client"`
	Name string    `json:"name,omitempty" doc:"Its name"`
}

const accessColumns = `l.id, l.at, l.employee_id, coalesce(e.name, '') as employee_name, l.on_behalf_of, coalesce(o.name, '') as on_behalf_of_name, l.way, l.resource, l.operation,
	l.record_kind, l.record_id, l.client_count, l.results, l.purpose, l.address, l.credential, l.policy, l.request_id,
	coalesce((select jsonb_agg(jsonb_build_object('id', u.id, 'name', coalesce(c.name, '')) order by u.n)
		from unnest(l.client_ids[1:10]) with ordinality u(id, n) left join read.client c on c.id = u.id), '[]') as clients`

const accessTables = ` from audit.access_log l left join read.employee e on e.id = l.employee_id left join read.employee o on o.id = l.on_behalf_of where `

// AccessLog is one page of who looked at what, the latest first, as far as the actor may know.
func (q *Queries) AccessLog(ctx context.Context, actor access.Actor, f AccessFilter, reader Reader) (Page[AccessItem], error) {
	w := &where{}
	w.mayKnow(actor)
	if f.Client != uuid.Nil {
		aliases, err := q.aliases(ctx, f.Client)
		if err != nil {
			return Page[AccessItem]{}, err
		}
		w.and(true, "l.client_ids && ?::uuid[]", aliases)
	}
	w.and(f.Employee != uuid.Nil, "l.employee_id = ? or l.on_behalf_of = ?", f.Employee, f.Employee)
	w.and(f.Resource != "", "l.resource = ?", f.Resource)
	w.and(f.Action != "", "l.way = ?", f.Action)
	w.and(!f.From.IsZero(), "l.at >= ?", f.From)
	w.and(!f.Until.IsZero(), "l.at < ?", f.Until)
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[AccessItem]{}, err
	}
	w.and(paged, "(l.at, l.id) < (?, ?)", at, id)
	limit := w.arg(f.limit() + 1)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[AccessItem](ctx, q.DB, `select `+accessColumns+accessTables+w.sql()+` order by l.at desc, l.id desc limit `+limit, w.args...)
	if err != nil {
		return Page[AccessItem]{}, err
	}
	for i, item := range found {
		found[i].Headline = wording.Looked(item.Way, item.Resource, reader.Lang)
	}
	return page(found, f.limit(), func(i AccessItem) []any { return []any{i.At, i.ID} }), nil
}

// mayKnow admits the entries that the actor's right to the access log reaches: one's own, those about clients of one's
// own people and by them, those about clients one has to do with, or all.
func (w *where) mayKnow(actor access.Actor) {
	const (
		by     = `l.employee_id = any(?) or l.on_behalf_of = any(?)`
		theirs = ` or exists (select from read.client c where c.id = any(l.client_ids) and c.responsible_id = any(?))`
	)
	s := actor.Scope(access.AccessLog, access.Read)
	if s&access.All != 0 {
		return
	}
	if s == access.None {
		w.and(true, "false")
		return
	}
	persons, colleagues := ids(actor.Persons()), ids(actor.Colleagues())
	condition, args := by, []any{persons, persons}
	if s&access.Mine != 0 {
		condition, args = condition+theirs, append(args, persons)
	}
	if s&access.Department != 0 {
		condition, args = condition+" or "+by+theirs, append(args, colleagues, colleagues, colleagues)
	}
	if s&access.Assigned != 0 {
		condition, args = condition+" or l.client_ids && ?::uuid[]", append(args, ids(actor.Cases))
	}
	w.and(true, condition, args...)
}

// What is worth a question. The numbers are a first guess at what nobody does in a day's honest work.
const (
	manyReads      = 500
	manyClients    = 200
	manyOutOfHours = 20
	manyOthers     = 50
	// An evening begins and a night ends at these hours of the reader's zone.
	eveningFrom = 20
	nightUntil  = 7
)

// AccessReportFilter asks for the report on access.
type AccessReportFilter struct {
	Days     int       `query:"days" minimum:"1" maximum:"92" default:"7" doc:"The last so many days, today with them"`
	Employee uuid.UUID `query:"employee" format:"uuid" doc:"Only this employee"`
	Flagged  bool      `query:"flagged" doc:"Only what is worth a question"`
}

// AccessDay is what one employee looked at in one day, and what of it is worth a question. The access log itself does not
// count.
type AccessDay struct {
	Employee     uuid.UUID `json:"employee_id" db:"employee_id" format:"uuid" doc:"Who"`
	EmployeeName string    `json:"employee_name" doc:"The person's name"`
	Day          string    `json:"date" db:"day" format:"date" doc:"The day, in the reader's zone"`
	Reads        int       `json:"reads" doc:"Readings; more than 500 are flagged many_reads"`
	Clients      int       `json:"clients" doc:"Different clients; more than 200 are flagged many_clients"`
	OutOfHours   int       `json:"out_of_hours" doc:"Readings from 20:00 to 07:00 in the reader's zone; more than 20 are flagged out_of_hours"`
	Others       int       `json:"other_departments" db:"others" doc:"Different clients who are entrusted to another department, as far as the reader may see them; more than 50 are flagged other_departments"`
	AfterLeaving int       `json:"after_leaving" doc:"Readings after the person had left; any is flagged after_leaving"`
	Flags        []string  `json:"flags" db:"-" enum:"many_reads,many_clients,out_of_hours,other_departments,after_leaving" doc:"What is worth a question"`
}

func (d AccessDay) flags() []string {
	flags := []string{}
	for _, f := range []struct {
		name  string
		worth bool
	}{
		{"many_reads", d.Reads > manyReads}, {"many_clients", d.Clients > manyClients}, {"out_of_hours", d.OutOfHours > manyOutOfHours},
		{"other_departments", d.Others > manyOthers}, {"after_leaving", d.AfterLeaving > 0},
	} {
		if f.worth {
			flags = append(flags, f.name)
		}
	}
	return flags
}

// AccessReport tells of each employee and day how much was looked at, the latest day first.
func (q *Queries) AccessReport(ctx context.Context, actor access.Actor, f AccessReportFilter, now time.Time, reader Reader) ([]AccessDay, error) {
	w := &where{}
	zone := w.arg(reader.Zone.String())
	evening, night := w.arg(eveningFrom), w.arg(nightUntil)
	w.mayKnow(actor)
	w.and(true, "l.resource <> ?", string(access.AccessLog))
	w.and(f.Employee != uuid.Nil, "l.employee_id = ?", f.Employee)
	local := now.In(reader.Zone)
	w.and(true, "l.at >= ?", time.Date(local.Year(), local.Month(), local.Day()-max(f.Days, 1)+1, 0, 0, 0, 0, reader.Zone))
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[AccessDay](ctx, q.DB, `with looked as (
			select l.employee_id, l.client_ids, to_char(l.at at time zone `+zone+`, 'YYYY-MM-DD') as day, extract(hour from l.at at time zone `+zone+`) as hour
			from audit.access_log l where `+w.sql()+`),
		shown as (
			select k.employee_id, k.day, count(distinct u.id) as clients, count(distinct u.id) filter (where r.department_id <> e.department_id) as others
			from looked k cross join unnest(k.client_ids) u(id) left join read.client c on c.id = u.id
			left join read.employee r on r.id = c.responsible_id left join read.employee e on e.id = k.employee_id group by k.employee_id, k.day)
		select k.employee_id, k.day, coalesce(min(e.name), '') as employee_name, count(*) as reads,
			count(*) filter (where k.hour >= `+evening+`::int or k.hour < `+night+`::int) as out_of_hours,
			count(*) filter (where not e.active and k.day > e.left_on) as after_leaving,
			coalesce(min(s.clients), 0) as clients, coalesce(min(s.others), 0) as others
		from looked k left join read.employee e on e.id = k.employee_id left join shown s on s.employee_id = k.employee_id and s.day = k.day
		group by k.employee_id, k.day order by k.day desc, employee_name, k.employee_id`, w.args...)
	if err != nil {
		return nil, err
	}
	days := []AccessDay{}
	for _, d := range found {
		if d.Flags = d.flags(); len(d.Flags) > 0 || !f.Flagged {
			days = append(days, d)
		}
	}
	return days, nil
}
