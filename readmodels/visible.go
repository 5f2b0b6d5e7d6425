package readmodels

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// For gives the queries as one person may see them: in their SQL, each view of schema `read` stands for those of its rows
// that the policy lets the person see. So lists, counts, searches, reports and the names joined to them all keep to it,
// and none can forget to.
func (q *Queries) For(actor access.Actor) *Queries {
	return &Queries{DB: visible{db: q.DB, actor: actor}}
}

// belongs tells of a view which record each row belongs to, or whose row it is.
type belongs struct {
	// resource and employee: rows of one employee each, such as the clocks that measure them.
	resource access.Resource
	employee string
	// id is the column with the record's id; categories are what it can be.
	id         string
	categories []string
	// category is the column with the record's category, where every row can be of another.
	category string
	// ownKeys: the keys of the rows do not begin with the record's id.
	ownKeys bool
}

func partOf(id string, categories ...string) belongs { return belongs{id: id, categories: categories} }

func oneOf(employee string, resource access.Resource) belongs {
	return belongs{employee: employee, resource: resource}
}

// open is for views whose rows tell nothing that some role may not see.
var open = belongs{}

func (b belongs) open() bool { return b.id == "" && b.employee == "" }

var (
	client      = domain.Counterparties.Name()
	person      = domain.ContactPersons.Name()
	negotiation = domain.Negotiations.Name()
	thread      = domain.InternalThreads.Name()
	message     = domain.IncomingMessages.Name()
	pair        = domain.DuplicatePairs.Name()
)

// views are all views there are. Whoever adds one decides here who sees its rows; a view that is missing cannot be read.
var views = map[string]belongs{
	"client": partOf("id", client), "client_alias": open, "client_change": partOf("client_id", client), "person": partOf("id", person),
	"search_entry": partOf("target", client, person), "contact_use": open, "influence_link": partOf("id", domain.InfluenceLinks.Name()),
	"duplicate_pair": partOf("id", pair), "merge_log": partOf("pair_id", pair), "audience_group": partOf("id", domain.AudienceGroups.Name()),
	"negotiation": partOf("id", negotiation), "negotiation_hit": partOf("negotiation", negotiation), "negotiation_stop": partOf("negotiation", negotiation),
	"negotiation_step": partOf("negotiation", negotiation), "commitment": {id: "source_id", categories: []string{negotiation, thread}, ownKeys: true},
	"incoming_message": partOf("id", message), "incoming_message_body": partOf("id", message), "message_hop": partOf("message", message),
	"internal_thread": partOf("id", thread), "thread_party": partOf("thread", thread), "thread_entry": partOf("thread", thread), "thread_dispute": partOf("thread", thread),
	"message_clock": oneOf("employee", access.Performance), "thread_clock": oneOf("employee", access.Performance),
	"assignment": partOf("id", domain.Assignments.Name()), "work_item": partOf("id", domain.WorkItems.Name()), "reminder": partOf("id", domain.Reminders.Name()),
	"attachment": {id: "about_id", category: "about_kind"},
	"time_entry": oneOf("employee", access.Work), "daily_report": oneOf("employee", access.Work),
	"history":  {id: "aggregate", category: "category"},
	"employee": open, "department": open, "employee_absence": open, "working_calendar": open, "due": open,
	"emergency_access": partOf("id", domain.EmergencyAccesses.Name()), "approval": partOf("id", domain.Approvals.Name()),
	"register": {id: "id", category: "category"},
}

// visible is a database in which every view shows what its actor may see.
type visible struct {
	db    DB
	actor access.Actor
}

var viewName = regexp.MustCompile(`\bread\.([a-z_]+)\b(\s+(?:as\s+)?([a-z_]+))?`)

// Query implements DB.
func (v visible) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	sql, args, err := v.narrow(sql, args)
	if err != nil {
		return nil, err
	}
	return v.db.Query(ctx, sql, args...)
}

// QueryRow implements DB.
func (v visible) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	sql, args, err := v.narrow(sql, args)
	if err != nil {
		return failedRow{err}
	}
	return v.db.QueryRow(ctx, sql, args...)
}

// Begin implements what pgx.BeginFunc asks for: what the transaction reads is narrowed, too.
func (v visible) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := v.db.Begin(ctx)
	return visibleTx{Tx: tx, visible: visible{db: tx, actor: v.actor}}, err
}

type visibleTx struct {
	pgx.Tx
	visible visible
}

// Query implements DB.
func (t visibleTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.visible.Query(ctx, sql, args...)
}

// QueryRow implements DB.
func (t visibleTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.visible.QueryRow(ctx, sql, args...)
}

type failedRow struct{ err error }

// Scan implements pgx.Row.
func (r failedRow) Scan(...any) error { return r.err }

// narrow puts the visible rows of each view in its place. Its own arguments follow those of the query.
func (v visible) narrow(sql string, args []any) (string, []any, error) {
	var unknown error
	c := condition{actor: v.actor, action: access.Read, args: slices.Clone(args), places: map[string]string{}}
	narrowed := viewName.ReplaceAllStringFunc(sql, func(found string) string {
		parts := viewName.FindStringSubmatch(found)
		name, rest, alias := parts[1], parts[2], parts[3]
		view, known := views[name]
		if !known {
			unknown = fmt.Errorf("readmodels: nobody has decided who sees the rows of %s", name)
			return found
		}
		where := c.of(view)
		if where == "true" {
			return found
		}
		if alias == "" || slices.Contains(notAliases, alias) {
			rest = " " + name + rest
		}
		return "(select * from read." + name + " seen where " + where + ")" + rest
	})
	return narrowed, c.args, unknown
}

// notAliases are the words that follow a table without a name of its own.
var notAliases = []string{"where", "order", "group", "limit", "left", "join", "cross", "on", "using", "union", "inner", "having", "right", "full", "for"}

// Where compiles the right to act on records of any category to a condition of SQL on a row `seen` of read.register. Its
// arguments are appended to args, and named in it by their places. It agrees with Actor.Check on what the register knows.
func Where(actor access.Actor, action access.Action, args []any) (string, []any) {
	c := condition{actor: actor, action: action, args: args, places: map[string]string{}}
	return c.of(views["register"]), c.args
}

// condition is one being built: the arguments, and where those of the actor stand among them.
type condition struct {
	actor  access.Actor
	action access.Action
	args   []any
	places map[string]string
}

// of is the condition on a row, which is known as `seen` where a name is needed.
func (c *condition) of(view belongs) string {
	switch {
	case view.employee != "":
		return c.ofEmployee(view.employee, c.actor.Scope(view.resource, c.action))
	case view.category != "":
		return c.ofAny("seen."+view.category, "seen."+view.id)
	case view.open():
		return "true"
	}
	scopes := c.actor.Categories(c.action)
	return c.ofRecord("seen."+view.id, scopes[view.categories[0]], view.categories)
}

func (c *condition) ofEmployee(column string, s access.Scope) string {
	switch {
	case s&access.All != 0:
		return "true"
	case s&access.Department != 0:
		return "seen." + column + " = any(" + c.colleagues() + ")"
	}
	// What measures a person is never hidden from them.
	return "seen." + column + " = any(" + c.persons() + ")"
}

func (c *condition) ofRecord(column string, s access.Scope, categories []string) string {
	bound := c.actor.Bound()
	switch {
	case s&bound&access.All != 0:
		return "true"
	case s == access.None || bound == access.None:
		return "false"
	}
	return "exists (select from read.register r where r.id = " + column + " and r.category in " + list(categories) + " and (" + c.covers(s) + ") and (" + c.covers(bound) + "))"
}

// ofAny is for rows that belong to records of any category. What lies beside another record is measured by that one.
func (c *condition) ofAny(category, id string) string {
	direct := c.ofKinds(category, id)
	return "(" + direct + " or " + category + " in " + list(access.Beside()) + " and exists (select from read.register h join read.register held on held.id = h.holder" +
		" where h.id = " + id + " and " + c.ofKinds("held.category", "held.id") + "))"
}

// ofKinds groups the categories by how far they are seen.
func (c *condition) ofKinds(category, id string) string {
	seen := c.actor.Categories(c.action)
	groups := map[access.Scope][]string{}
	for _, kind := range slices.Sorted(maps.Keys(seen)) {
		scope := seen[kind]
		if scope&access.All != 0 {
			scope = access.All
		}
		groups[scope] = append(groups[scope], kind)
	}
	var parts []string
	for _, scope := range slices.Sorted(maps.Keys(groups)) {
		part := category + " in " + list(groups[scope])
		if scope&c.actor.Bound() != access.All {
			part += " and " + c.ofRecord(id, scope, groups[scope])
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "false"
	}
	return "((" + strings.Join(parts, ") or (") + "))"
}

// answering are the clients of the record whom somebody answers for, with who.
const answering = "exists (select from read.register c where c.category = 'counterparty' and c.id = any(r.clients) and c.people "

// covers is Actor.Check in SQL, on a row r of read.register.
func (c *condition) covers(s access.Scope) string {
	if s&access.All != 0 {
		return "true"
	}
	var ways []string
	if s&(access.Participant|access.Mine|access.Department|access.Assigned) != 0 {
		ways = append(ways, "r.people && "+c.persons())
	}
	if s&(access.Mine|access.Department) != 0 {
		ways = append(ways, "r.people = '{}' and not "+answering+"<> '{}')")
	}
	if s&access.Mine != 0 {
		ways = append(ways, answering+"&& "+c.persons()+")")
	}
	if s&access.Department != 0 {
		ways = append(ways, "r.people && "+c.colleagues(), answering+"&& "+c.colleagues()+")")
	}
	if s&access.Assigned != 0 {
		ways = append(ways, "r.clients && "+c.place("cases", ids(c.actor.Cases)))
	}
	return strings.Join(ways, " or ")
}

func (c *condition) persons() string    { return c.place("persons", ids(c.actor.Persons())) }
func (c *condition) colleagues() string { return c.place("colleagues", ids(c.actor.Colleagues())) }

func (c *condition) place(name string, value []uuid.UUID) string {
	if c.places[name] == "" {
		c.args = append(c.args, value)
		c.places[name] = "$" + strconv.Itoa(len(c.args)) + "::uuid[]"
	}
	return c.places[name]
}

func ids[T any](list []domain.ID[T]) []uuid.UUID {
	all := make([]uuid.UUID, len(list))
	for i, id := range list {
		all[i] = id.UUID()
	}
	return all
}

// list is a list of categories, which are our own words.
func list(categories []string) string { return "('" + strings.Join(categories, "', '") + "')" }
