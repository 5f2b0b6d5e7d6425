package readmodels

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ContactReport is all contact information of a counterparty: its own addresses and numbers, and those of its people
// with their roles, consents and validity.
type ContactReport struct {
	ID     uuid.UUID          `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name   string             `json:"name" doc:"Its name"`
	Own    []ContactPoint     `json:"contacts" doc:"Ways to reach the counterparty itself"`
	Mail   []ConsentPeriod    `json:"consents" doc:"Consents of the counterparty itself"`
	People []ContactOfPerson  `json:"people" doc:"Contact persons, those who work there first"`
	Signs  []domain.Signatory `json:"signatories" doc:"Who may sign"`
	Formed time.Time          `json:"formed_at" doc:"When the report was formed"`
	Places []ContactOfBranch  `json:"branches" doc:"Branches with their addresses and numbers"`
}

// ContactPoint is a way to reach somebody, and when it was last of use.
type ContactPoint struct {
	domain.ContactPoint
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"Last time somebody wrote or called from it"`
}

// contactPoints are the ways on a card; a card without a list has had the same ones ever since its registration.
func contactPoints(listed []ContactPoint, now []domain.ContactPoint) []ContactPoint {
	if len(listed) > 0 {
		return listed
	}
	points := make([]ContactPoint, len(now))
	for i, p := range now {
		points[i].ContactPoint = p
	}
	return points
}

// ContactOfPerson is how to reach a contact person, and whether one may.
type ContactOfPerson struct {
	ID            uuid.UUID             `json:"id" format:"uuid" doc:"The person"`
	FullName      string                `json:"full_name" doc:"Name"`
	Position      string                `json:"position,omitempty" doc:"Position"`
	Department    string                `json:"department,omitempty" doc:"Department"`
	Current       bool                  `json:"current" doc:"Works there today"`
	Preferred     string                `json:"preferred_channel,omitempty" doc:"Channel the person prefers"`
	DoNotContact  bool                  `json:"do_not_contact" doc:"Asked not to be contacted"`
	DecisionRoles []domain.DecisionRole `json:"decision_roles" doc:"Roles in decisions"`
	Consents      []ConsentPeriod       `json:"consents" doc:"Consents given and withdrawn"`
	Contacts      []ContactPoint        `json:"contacts" doc:"Ways to reach the person"`
	Reach         domain.ContactDetails `json:"-"`
	Registered    time.Time             `json:"-" db:"registered_at"`
}

// ContactOfBranch is how to reach a branch.
type ContactOfBranch struct {
	ID       uuid.UUID      `json:"id" format:"uuid" doc:"The branch" holds:"client"`
	Name     string         `json:"name" doc:"Its name"`
	Contacts []ContactPoint `json:"contacts" doc:"Ways to reach it"`

	Record     domain.CounterpartyRecord `json:"-"`
	Registered time.Time                 `json:"-" db:"registered_at"`
}

// ContactReportFilter chooses what the report shows.
type ContactReportFilter struct {
	Past bool `query:"past" doc:"Also what is out of date and people who left"`
}

// ContactReport forms the report for a counterparty and all that were merged into it.
func (q *Queries) ContactReport(ctx context.Context, id uuid.UUID, f ContactReportFilter, now time.Time) (ContactReport, error) {
	aliases, err := q.AliasesOf(ctx, id)
	if err != nil {
		return ContactReport{}, err
	}
	type row struct {
		ID          uuid.UUID
		Name        string
		Contacts    []ContactPoint
		Consents    []ConsentPeriod
		Signatories []domain.Signatory
		Record      domain.CounterpartyRecord
		Registered  time.Time `db:"registered_at"`
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	own, err := one[row](ctx, q.DB, `select id, name, registered_at, card -> 'record' as record, `+fromCard("c", "contacts", "consents", "signatories")+` from read.client c where id = $1`, aliases[0])
	if err != nil {
		return ContactReport{}, err
	}
	report := ContactReport{ID: own.ID, Name: own.Name, Own: contactPoints(own.Contacts, own.Record.Points(own.Registered)), Mail: own.Consents, Signs: own.Signatories, Formed: now}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	report.Places, err = rows[ContactOfBranch](ctx, q.DB, `select id, name, registered_at, card -> 'record' as record, `+fromCard("c", "contacts")+` from read.client c where parent_id = any($1) and state <> 'merged' order by norm_name, id limit 500`, aliases)
	if err != nil {
		return report, err
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	report.People, err = rows[ContactOfPerson](ctx, q.DB, `select p.id, p.full_name, p.position, p.department, `+worksThere+` as current, p.do_not_contact, p.registered_at, p.card -> 'reach' as reach, `+fromCard("p", "decision_roles", "consents", "contacts")+`,
			coalesce(p.card #>> '{details,preferred_channel}', '') as preferred
		from read.person p where p.employers && $1::uuid[] order by current desc, p.norm_name, p.id limit 1000`, aliases)
	if err != nil {
		return report, err
	}
	for i, b := range report.Places {
		report.Places[i].Contacts = contactPoints(b.Contacts, b.Record.Points(b.Registered))
	}
	for i, p := range report.People {
		report.People[i].Contacts = contactPoints(p.Contacts, p.Reach.Points(p.Registered))
	}
	if !f.Past {
		report.present()
	}
	return report, q.lastUses(ctx, report.points())
}

// present leaves out what is out of date.
func (r *ContactReport) present() {
	old := func(p ContactPoint) bool { return p.Until != nil }
	r.People = slices.DeleteFunc(r.People, func(p ContactOfPerson) bool { return !p.Current })
	r.Own = slices.DeleteFunc(r.Own, old)
	for i := range r.People {
		r.People[i].Contacts = slices.DeleteFunc(r.People[i].Contacts, old)
	}
	for i := range r.Places {
		r.Places[i].Contacts = slices.DeleteFunc(r.Places[i].Contacts, old)
	}
}

// points are all contact points of the report, to be completed in place.
func (r *ContactReport) points() []*ContactPoint {
	var all []*ContactPoint
	add := func(list []ContactPoint) {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	add(r.Own)
	for i := range r.People {
		add(r.People[i].Contacts)
	}
	for i := range r.Places {
		add(r.Places[i].Contacts)
	}
	return all
}

// lastUses tells of each number and address when it was last written or called from.
func (q *Queries) lastUses(ctx context.Context, points []*ContactPoint) error {
	keys := make([]string, len(points))
	for i, p := range points {
		keys[i] = domain.ReachKey(p.Channel, p.Value)
	}
	type use struct {
		Address string
		LastAt  time.Time
	}
	uses, err := rows[use](ctx, q.DB, `select address, last_at from read.contact_use where address = any($1)`, keys)
	at := make(map[string]time.Time, len(uses))
	for _, u := range uses {
		at[u.Address] = u.LastAt
	}
	for i, p := range points {
		if used, ok := at[keys[i]]; ok {
			p.LastUsed = &used
		}
	}
	return err
}
