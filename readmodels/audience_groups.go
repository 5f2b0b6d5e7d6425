package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// GroupFilter asks for a part of the list of groups.
type GroupFilter struct {
	Kind   string `query:"kind" enum:"counterparty_group,person_group" doc:"What the groups consist of"`
	Closed bool   `query:"closed" doc:"Also closed ones"`
	PageRequest
}

// GroupItem is a line of the list of groups.
type GroupItem struct {
	ID       uuid.UUID `json:"id" format:"uuid" doc:"The group"`
	Kind     string    `json:"kind" doc:"What it consists of"`
	Name     string    `json:"name" doc:"Its name"`
	Size     int       `json:"size" doc:"Number of members"`
	Closed   bool      `json:"closed" doc:"Closed"`
	Created  time.Time `json:"created_at" db:"created_at" doc:"When it was made"`
	Changed  time.Time `json:"changed_at" db:"changed_at" doc:"When it was changed last"`
	Revision int64     `json:"revision" doc:"Send it as If-Match to change what you have seen"`
}

// Groups is one page of groups to write to, by name.
func (q *Queries) Groups(ctx context.Context, f GroupFilter) (Page[GroupItem], error) {
	w := &where{}
	w.and(f.Kind != "", "kind = ?", f.Kind)
	w.and(!f.Closed, "not closed")
	var name string
	var id uuid.UUID
	paged, err := f.after(&name, &id)
	if err != nil {
		return Page[GroupItem]{}, err
	}
	w.and(paged, "(name, id) > (?, ?)", name, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[GroupItem](ctx, q.DB, `select id, kind, name, cardinality(members) as size, closed, created_at, changed_at, revision
		from read.audience_group where `+w.sql()+` order by name, id limit `+w.arg(f.limit()+1), w.args...)
	return page(found, f.limit(), func(g GroupItem) []any { return []any{g.Name, g.ID} }), err
}

// GroupCard is a group with its members.
type GroupCard struct {
	GroupItem
	Members []GroupMember `json:"members" db:"-" doc:"Its members, by name"`
}

// GroupMember is a counterparty or person of a group.
type GroupMember struct {
	ID   uuid.UUID `json:"id" format:"uuid" doc:"The counterparty or person"`
	Name string    `json:"name" doc:"Its name"`
	// Client is the id of a member that is a counterparty.
	Client *uuid.UUID `json:"-" holds:"client"`
}

// Group is one group with its members. A merged counterparty is shown by its survivor, once.
func (q *Queries) Group(ctx context.Context, id uuid.UUID) (GroupCard, error) {
	item, err := one[GroupItem](ctx, q.DB, `select id, kind, name, cardinality(members) as size, closed, created_at, changed_at, revision from read.audience_group where id = $1`, id)
	if err != nil {
		return GroupCard{}, err
	}
	members := `select distinct c.id, c.name, c.id as client, c.norm_name from read.audience_group g cross join unnest(g.members) m
		left join read.client_alias a on a.alias = m join read.client c on c.id = coalesce(a.survivor, m) where g.id = $1 order by c.norm_name, c.id`
	if item.Kind == "person_group" {
		members = `select p.id, p.full_name as name, p.norm_name from read.audience_group g cross join unnest(g.members) m join read.person p on p.id = m
			where g.id = $1 order by p.norm_name, p.id`
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	list, err := rows[GroupMember](ctx, q.DB, `select id, name from (`+members+`) x`, id)
	return GroupCard{GroupItem: item, Members: list}, err
}
