package readmodels

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ClientCard is everything on one counterparty's card. A merged one's card is that of its survivor.
type ClientCard struct {
	ID              uuid.UUID                  `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name            string                     `json:"name" doc:"Name in daily use"`
	State           string                     `json:"state" doc:"Where the relationship stands"`
	StateSince      time.Time                  `json:"state_since" doc:"Since when"`
	Record          domain.CounterpartyRecord  `json:"record" doc:"What is known about it"`
	Doubtful        bool                       `json:"requisites_doubtful" db:"requisites_doubtful" doc:"The numbers cannot be right"`
	Roles           []string                   `json:"roles" doc:"What it is to us now"`
	RoleFacts       []RolePeriod               `json:"role_facts" doc:"Roles with the days they began and ended"`
	Responsible     *uuid.UUID                 `json:"responsible_id,omitempty" db:"responsible_id" format:"uuid" doc:"Responsible employee"`
	ResponsibleName string                     `json:"responsible_name,omitempty" doc:"The employee's name"`
	Parent          *uuid.UUID                 `json:"parent_id,omitempty" db:"parent_id" format:"uuid" doc:"Head organisation or holding" holds:"client"`
	ParentName      string                     `json:"parent_name,omitempty" doc:"Its name"`
	KeyAccount      bool                       `json:"key_account" doc:"Key account"`
	Accounts        []domain.BankAccount       `json:"bank_accounts" db:"bank_accounts" doc:"Bank accounts"`
	Signatories     []domain.Signatory         `json:"signatories" doc:"Who may sign"`
	Consents        []ConsentPeriod            `json:"consents" doc:"Consents given and withdrawn"`
	External        []domain.ExternalReference `json:"external_ids" db:"external_ids" doc:"Numbers in other systems"`
	Branches        []ClientName               `json:"branches" db:"-" doc:"Branches and companies below it"`
	People          []PersonItem               `json:"people" db:"-" doc:"Contact persons, those who left last"`
	Merged          []ClientName               `json:"merged" db:"-" doc:"Counterparties that were merged into it"`
	Duplicates      int                        `json:"duplicates" doc:"Unanswered possible duplicates"`
	Groups          []GroupName                `json:"groups" db:"-" doc:"Groups it belongs to"`
	Registered      time.Time                  `json:"registered_at" db:"registered_at" doc:"When it was registered"`
	Changed         time.Time                  `json:"changed_at" db:"changed_at" doc:"When it was changed last"`
	Revision        int64                      `json:"revision" doc:"Send it as If-Match to change what you have seen"`
}

// RolePeriod is a role with the days it began and ended.
type RolePeriod struct {
	Role  domain.CounterpartyRole `json:"role" doc:"The role"`
	Since domain.Date             `json:"since,omitempty" doc:"From this day"`
	Until domain.Date             `json:"until,omitempty" doc:"To this day; absent while it holds"`
}

// ConsentPeriod is a consent given, and when it was withdrawn.
type ConsentPeriod struct {
	domain.Consent
	GivenAt     time.Time  `json:"given_at" doc:"When it was given"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty" doc:"When it was withdrawn; absent while it holds"`
}

// fromCard are lists of a card as columns; one that the card does not have is empty.
func fromCard(table string, lists ...string) string {
	columns := make([]string, len(lists))
	for i, name := range lists {
		columns[i] = "coalesce(" + table + ".card -> '" + name + "', '[]') as " + name
	}
	return strings.Join(columns, ", ")
}

// ClientName names a counterparty.
type ClientName struct {
	ID    uuid.UUID `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name  string    `json:"name" doc:"Its name"`
	INN   string    `json:"inn,omitempty" doc:"Its taxpayer number"`
	KPP   string    `json:"kpp,omitempty" doc:"Its registration reason code"`
	State string    `json:"state" doc:"Where the relationship stands"`
}

// GroupName names a group.
type GroupName struct {
	ID   uuid.UUID `json:"id" format:"uuid" doc:"The group"`
	Name string    `json:"name" doc:"Its name"`
}

// PersonItem is a line of the register of contact persons.
type PersonItem struct {
	ID            uuid.UUID             `json:"id" format:"uuid" doc:"The person"`
	FullName      string                `json:"full_name" doc:"Family name, given name, patronymic"`
	Client        *uuid.UUID            `json:"client_id,omitempty" db:"client_id" format:"uuid" doc:"Present employer"`
	ClientName    string                `json:"client_name,omitempty" doc:"Its name"`
	Position      string                `json:"position,omitempty" doc:"Position"`
	Department    string                `json:"department,omitempty" doc:"Department"`
	Current       bool                  `json:"current" doc:"Works there today"`
	Reach         domain.ContactDetails `json:"contacts" doc:"Ways to reach the person"`
	DoNotContact  bool                  `json:"do_not_contact" doc:"Asked not to be contacted"`
	DecisionRoles []domain.DecisionRole `json:"decision_roles" doc:"Roles in decisions"`
	Preferred     string                `json:"preferred_channel,omitempty" doc:"Channel the person prefers"`
	SortName      string                `json:"-" db:"norm_name"`
}

const personItemColumns = `p.id, p.full_name, p.norm_name, p.client_id, coalesce(k.name, '') as client_name, p.position, p.department, p.card -> 'reach' as reach,
	p.do_not_contact, coalesce(p.card -> 'decision_roles', '[]') as decision_roles, coalesce(p.card #>> '{details,preferred_channel}', '') as preferred`

// ClientCard is one counterparty's card.
func (q *Queries) ClientCard(ctx context.Context, id uuid.UUID) (ClientCard, error) {
	aliases, err := q.AliasesOf(ctx, id)
	if err != nil {
		return ClientCard{}, err
	}
	survivor := aliases[0]
	//sqlvet:built the parts are constants of this package; values travel as arguments
	card, err := one[ClientCard](ctx, q.DB, `select c.id, c.name, c.state, c.state_since, c.card -> 'record' as record, c.requisites_doubtful, c.roles, `+fromCard("c", "role_facts", "bank_accounts", "signatories", "consents", "external_ids")+`, c.responsible_id,
			coalesce(e.name, '') as responsible_name, c.parent_id, coalesce(h.name, '') as parent_name, c.key_account, c.registered_at, c.changed_at, c.revision,
			(select count(*) from read.duplicate_pair d where d.state in ('candidate', 'merge_proposed') and (d.left_id = c.id or d.right_id = c.id)) as duplicates
		from read.client c left join read.employee e on e.id = c.responsible_id left join read.client h on h.id = c.parent_id where c.id = $1`, survivor)
	if err != nil {
		return card, err
	}
	if card.Branches, err = rows[ClientName](ctx, q.DB, `select id, name, inn, kpp, state from read.client where parent_id = any($1) order by norm_name, id limit 500`, aliases); err != nil {
		return card, err
	}
	if card.Merged, err = rows[ClientName](ctx, q.DB, `select id, name, inn, kpp, state from read.client where id = any($1) and id <> $2 order by norm_name, id`, aliases, survivor); err != nil {
		return card, err
	}
	if card.Groups, err = rows[GroupName](ctx, q.DB, `select id, name from read.audience_group where members && $1 and not closed order by name, id`, aliases); err != nil {
		return card, err
	}
	if card.People, err = q.peopleOf(ctx, aliases); err != nil {
		return card, err
	}
	return card, q.maskClient(ctx, &card)
}

// peopleOf are the persons who work or worked there, those who do first.
func (q *Queries) peopleOf(ctx context.Context, aliases []uuid.UUID) ([]PersonItem, error) {
	found, err := rows[PersonItem](ctx, q.DB, `select `+personItemColumns+`, `+worksThere+` as current
		from read.person p left join read.client k on k.id = p.client_id where p.employers && $1::uuid[] order by current desc, p.norm_name, p.id limit 1000`, aliases)
	if err != nil {
		return found, err
	}
	return found, q.maskPersons(ctx, found)
}

// worksThere: an employment at one of the names has no end.
const worksThere = `exists (select 1 from jsonb_array_elements(p.card -> 'employments') j where (j ->> 'counterparty_id')::uuid = any($1::uuid[]) and coalesce(j ->> 'to', '') = '')`

// PersonFilter asks for a part of the register of contact persons.
type PersonFilter struct {
	Text   string    `query:"q" maxLength:"200" doc:"Name"`
	Client uuid.UUID `query:"client" format:"uuid" doc:"Works or worked at this counterparty"`
	PageRequest
}

// Persons is one page of the register of contact persons, by name.
func (q *Queries) Persons(ctx context.Context, f PersonFilter) (Page[PersonItem], error) {
	w := &where{}
	current := "p.client_id is not null"
	if f.Client != uuid.Nil {
		aliases, err := q.AliasesOf(ctx, f.Client)
		if err != nil {
			return Page[PersonItem]{}, err
		}
		w.and(true, "p.employers && ?::uuid[]", aliases)
		current = worksThere
	}
	var name string
	var id uuid.UUID
	paged, err := f.after(&name, &id)
	if err != nil {
		return Page[PersonItem]{}, err
	}
	// Signs alone are no name: nobody is called so.
	text := domain.NormalName(f.Text)
	w.and(text != "", "p.norm_name like '%' || ? || '%'", escapeLike(text))
	w.and(text == "" && strings.TrimSpace(f.Text) != "", "false")
	w.and(paged, "(p.norm_name, p.id) > (?, ?)", name, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[PersonItem](ctx, q.DB, `select `+personItemColumns+`, `+current+` as current from read.person p left join read.client k on k.id = p.client_id
		where `+w.sql()+` order by p.norm_name, p.id limit `+w.arg(f.limit()+1), w.args...)
	if err != nil {
		return Page[PersonItem]{}, err
	}
	return page(found, f.limit(), func(p PersonItem) []any { return []any{p.SortName, p.ID} }), q.maskPersons(ctx, found)
}

// PersonCard is everything about one contact person.
type PersonCard struct {
	ID            uuid.UUID             `json:"id" format:"uuid" doc:"The person"`
	FullName      string                `json:"full_name" doc:"Family name, given name, patronymic"`
	Details       domain.PersonDetails  `json:"details" doc:"What is known about the person"`
	Employments   []EmploymentItem      `json:"employments" doc:"Employers, past and present"`
	Contacts      []ContactPoint        `json:"contacts" doc:"Ways to reach the person, also those that are out of date"`
	DoNotContact  bool                  `json:"do_not_contact" doc:"Asked not to be contacted"`
	Consents      []ConsentPeriod       `json:"consents" doc:"Consents given and withdrawn"`
	DecisionRoles []domain.DecisionRole `json:"decision_roles" doc:"Roles in decisions"`
	Registered    time.Time             `json:"registered_at" db:"registered_at" doc:"When the person was registered"`
	Changed       time.Time             `json:"changed_at" db:"changed_at" doc:"When the card was changed last"`
	Revision      int64                 `json:"revision" doc:"Send it as If-Match to change what you have seen"`
	Reach         domain.ContactDetails `json:"-"`
}

// EmploymentItem is a time at a counterparty.
type EmploymentItem struct {
	domain.Employment
	Name string `json:"counterparty_name" doc:"Name of the employer"`
}

// PersonCard is one contact person's card.
func (q *Queries) PersonCard(ctx context.Context, id uuid.UUID) (PersonCard, error) {
	//sqlvet:built the parts are constants of this package; values travel as arguments
	card, err := one[PersonCard](ctx, q.DB, `select id, full_name, card -> 'details' as details, card -> 'reach' as reach, `+fromCard("p", "employments", "contacts", "consents", "decision_roles")+`, do_not_contact, registered_at, changed_at, revision
		from read.person p where id = $1`, id)
	if err != nil {
		return card, err
	}
	ids := make([]uuid.UUID, len(card.Employments))
	for i, e := range card.Employments {
		ids[i] = e.Counterparty.UUID()
	}
	card.Contacts = contactPoints(card.Contacts, card.Reach.Points(card.Registered))
	if err := q.maskPerson(ctx, &card); err != nil {
		return card, err
	}
	employers, err := rows[ClientName](ctx, q.DB, `select id, name, inn, kpp, state from read.client where id = any($1)`, ids)
	for i, e := range card.Employments {
		for _, c := range employers {
			if c.ID == e.Counterparty.UUID() {
				card.Employments[i].Name = c.Name
			}
		}
	}
	return card, err
}
