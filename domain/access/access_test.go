package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

func actor(roles ...domain.Role) access.Actor {
	return access.Actor{Employee: domain.NewID[domain.Employee](), Roles: roles}
}

// An administrator of the system reads nothing of the business, unless an emergency access is open; it never lets change.
func TestAdministratorsReadNoBusiness(t *testing.T) {
	t.Parallel()
	business := []access.Resource{access.Clients, access.ContactDetails, access.Segments, access.Negotiations, access.Interactions, access.Correspondence, access.Work, access.Reports, access.Exports, access.Performance}
	a := actor(domain.RoleAdministrator)
	for _, resource := range business {
		for _, action := range access.Actions {
			if s := a.Scope(resource, action); s != access.None {
				t.Errorf("%s %s: %s", action, resource, s)
			}
		}
	}
	a.Opened = access.All
	if !a.Check(access.Negotiations, access.Read, access.Record{}) || a.Check(access.Negotiations, access.Change, access.Record{}) || a.Scope(access.Accounts, access.Decide) != access.None {
		t.Errorf("an emergency opens %s, %s", a.Scope(access.Negotiations, access.Read), a.Scope(access.Negotiations, access.Change))
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	me, colleague, stranger := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	mine, other := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	named := func(who ...domain.EmployeeID) access.Record {
		return access.Record{Participants: who, Clients: []domain.CounterpartyID{other}}
	}
	entrusted := func(who domain.EmployeeID) access.Record {
		return access.Record{Participants: []domain.EmployeeID{stranger}, Answering: []domain.EmployeeID{who}, Clients: []domain.CounterpartyID{other}}
	}
	for name, c := range map[string]struct {
		role     domain.Role
		resource access.Resource
		record   access.Record
		want     bool
	}{
		"one's own negotiation":                   {domain.RoleEmployee, access.Negotiations, named(me), true},
		"a negotiation with one's client":         {domain.RoleEmployee, access.Negotiations, entrusted(me), true},
		"a colleague's negotiation":               {domain.RoleEmployee, access.Negotiations, named(colleague), false},
		"a colleague's negotiation, for the head": {domain.RoleManager, access.Negotiations, named(colleague), true},
		"a stranger's negotiation, for the head":  {domain.RoleManager, access.Negotiations, named(stranger), false},
		"a message that nobody answers for":       {domain.RoleEmployee, access.Interactions, access.Record{}, true},
		"correspondence of the team":              {domain.RoleManager, access.Correspondence, named(colleague), false},
		"correspondence about one's client":       {domain.RoleEmployee, access.Correspondence, entrusted(me), false},
		"correspondence, for the reviewer":        {domain.RoleComplianceReviewer, access.Correspondence, named(stranger), false},
		"a negotiation of a case":                 {domain.RoleAuditor, access.Negotiations, access.Record{Participants: []domain.EmployeeID{stranger}, Clients: []domain.CounterpartyID{mine}}, true},
		"a negotiation of no case":                {domain.RoleAuditor, access.Negotiations, named(stranger), false},
		"any client, for the marketer":            {domain.RoleMarketer, access.Clients, named(stranger), true},
		"a telephone number, for the marketer":    {domain.RoleMarketer, access.ContactDetails, named(me), false},
		"nobody's record, without a role":         {"", access.Clients, access.Record{}, false},
	} {
		a := access.Actor{Employee: me, Roles: []domain.Role{c.role}, Standing: access.Standing{Team: []domain.EmployeeID{me, colleague}, Cases: []domain.CounterpartyID{mine}}}
		if got := a.Check(c.resource, access.Read, c.record); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	absent := access.Actor{Employee: stranger, OnBehalfOf: me, Roles: []domain.Role{domain.RoleEmployee}}
	if !absent.Check(access.Negotiations, access.Change, named(me)) {
		t.Error("a substitute cannot act on the records of the absent")
	}
}

// Every kind of record belongs to a resource, every role has its row, and every resource is given to somebody.
func TestTheTableIsComplete(t *testing.T) {
	t.Parallel()
	for _, record := range domain.AllRecords() {
		if _, known := access.Of(record.Name()); !known {
			t.Errorf("%s belongs to no resource: nobody could see it", record.Name())
		}
	}
	for _, role := range domain.Roles {
		if actor(role).Scope(access.Own, access.Read) == access.None {
			t.Errorf("%s has no row", role)
		}
	}
	for _, resource := range access.Resources {
		if !slices.ContainsFunc(domain.Roles, func(r domain.Role) bool { return actor(r).Scope(resource, access.Read) != access.None }) {
			t.Errorf("nobody may read %s", resource)
		}
	}
	var document strings.Builder
	if err := access.Document(&document); err != nil || !strings.Contains(document.String(), "| **negotiations** | R mine<br>C mine |") {
		t.Errorf("%v, %s", err, document.String())
	}
	if len(access.Version()) != 32 {
		t.Errorf("the version is %q", access.Version())
	}
}
