package readmodels_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/readmodels"
)

// looks writes down that an employee was shown clients, at the kit's time.
func (k *kit) looks(by domain.EmployeeID, times int, clients ...domain.CounterpartyID) {
	k.t.Helper()
	log := accesslog.New(k.DB.(*pgxpool.Pool), func() time.Time { return k.clock }, slog.New(slog.DiscardHandler))
	e := accesslog.Entry{Employee: by, Way: access.List, Operation: "list-counterparties", Resource: access.Clients, Request: uuid.New()}
	for _, c := range clients {
		e.Clients = append(e.Clients, c.UUID())
	}
	for range times {
		if err := log.Note(k.t.Context(), e); err != nil {
			k.t.Fatal(err)
		}
	}
	if err := log.Flush(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) hire(name string, department domain.DepartmentID) domain.EmployeeID {
	k.t.Helper()
	id := domain.NewID[domain.Employee]()
	do(k, domain.Employees, id, commands.HireEmployee{Name: domain.EmployeeName{Last: name, First: "Анна"}, Department: department, Hired: "2020-01-09"})
	return id
}

// office is two departments with an employee and a client each.
type office struct {
	*kit
	anna, boris, head domain.EmployeeID
	hers, his         domain.CounterpartyID
}

func newOffice(t *testing.T) office {
	t.Helper()
	o := office{kit: newKit(t, "employees", "clients", "records", "assignments", "emergency_accesses")}
	var at [2]domain.DepartmentID
	for i, name := range []string{"Продажи", "Закупки"} {
		at[i] = domain.NewID[domain.Department]()
		do(o.kit, domain.Departments, at[i], commands.FoundDepartment{Name: name})
	}
	o.anna, o.head, o.boris = o.hire("Анина", at[0]), o.hire("Главная", at[0]), o.hire("Борисова", at[1])
	o.hers, o.his = o.client(domain.CounterpartyRecord{LegalName: "ООО Ромашка"}), o.client(domain.CounterpartyRecord{LegalName: "ООО Василёк"})
	do(o.kit, domain.Counterparties, o.hers, commands.EntrustCounterparty{Responsible: o.anna})
	do(o.kit, domain.Counterparties, o.his, commands.EntrustCounterparty{Responsible: o.boris})
	o.project(0)
	return o
}

var moscow = readmodels.Reader{Lang: wording.Russian, Zone: time.FixedZone("Europe/Moscow", 3*60*60)}

// Each learns of the readings that their right to the access log reaches.
func TestAccessLogIsScoped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.looks(o.anna, 1, o.hers)
	o.later(time.Minute)
	o.looks(o.boris, 1, o.hers)
	o.later(time.Minute)
	o.looks(o.boris, 1, o.his)
	o.later(time.Minute)
	o.looks(o.anna, 1, o.his)
	standing, err := o.Standing(t.Context(), o.head, o.clock)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		actor access.Actor
		want  []string
	}{
		"an employee: her own":                             {access.Actor{Employee: o.anna, Roles: []domain.Role{domain.RoleEmployee}}, []string{"anna his", "anna hers"}},
		"standing in for her":                              {access.Actor{Employee: o.head, OnBehalfOf: o.anna, Roles: []domain.Role{domain.RoleEmployee}}, []string{"anna his", "anna hers"}},
		"a head: by the department, and about its clients": {access.Actor{Employee: o.head, Roles: []domain.Role{domain.RoleManager}, Standing: standing}, []string{"anna his", "boris hers", "anna hers"}},
		"an auditor: about the clients of the case":        {access.Actor{Employee: o.head, Roles: []domain.Role{domain.RoleAuditor}, Standing: access.Standing{Cases: []domain.CounterpartyID{o.his}}}, []string{"anna his", "boris his"}},
		"an officer: all":                                  {access.Actor{Employee: o.head, Roles: []domain.Role{domain.RoleDataProtectionOfficer}}, []string{"anna his", "boris his", "boris hers", "anna hers"}},
		"nobody: nothing":                                  {access.Actor{Employee: o.head}, nil},
		"two roles: what either reaches":                   {access.Actor{Employee: o.anna, Roles: []domain.Role{domain.RoleEmployee, domain.RoleAuditor}, Standing: access.Standing{Cases: []domain.CounterpartyID{o.his}}}, []string{"anna his", "boris his", "anna hers"}},
	} {
		var got []string
		request := readmodels.PageRequest{Limit: 1}
		for {
			page, err := o.For(c.actor).AccessLog(t.Context(), c.actor, readmodels.AccessFilter{PageRequest: request}, moscow)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Items {
				who := map[uuid.UUID]string{o.anna.UUID(): "anna", o.boris.UUID(): "boris"}[item.Employee]
				got = append(got, who+" "+map[uuid.UUID]string{o.hers.UUID(): "hers", o.his.UUID(): "his"}[item.Clients[0].ID])
			}
			if request.Cursor = page.Next; request.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	administrator := access.Actor{Employee: o.head, Roles: []domain.Role{domain.RoleAdministrator}}
	page, err := o.For(administrator).AccessLog(t.Context(), administrator, readmodels.AccessFilter{Client: o.hers.UUID()}, moscow)
	if err != nil || len(page.Items) != 2 || page.Items[0].Clients[0].Name != "" || page.Items[0].EmployeeName == "" {
		t.Errorf("who may see no clients learns their names: %+v, %v", page.Items, err)
	}
}

// The report counts by day of the reader's zone, and flags what is worth a question.
func TestAccessReport(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	officer := access.Actor{Employee: o.head, Roles: []domain.Role{domain.RoleComplianceReviewer}}
	report := func(f readmodels.AccessReportFilter) map[string]readmodels.AccessDay {
		t.Helper()
		days, err := o.For(officer).AccessReport(t.Context(), officer, f, o.clock, moscow)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]readmodels.AccessDay{}
		for _, d := range days {
			found[map[uuid.UUID]string{o.anna.UUID(): "anna", o.boris.UUID(): "boris"}[d.Employee]+" "+d.Day] = d
		}
		return found
	}
	o.looks(o.anna, 2, o.hers, o.his)
	o.looks(o.boris, 501, o.his)
	o.later(14*time.Hour + 30*time.Minute) // half past midnight in Moscow
	o.looks(o.anna, 21, o.hers)
	got := report(readmodels.AccessReportFilter{Days: 7})
	for key, want := range map[string]readmodels.AccessDay{
		"anna 2026-03-10":  {Reads: 2, Clients: 2, Others: 1, Flags: []string{}},
		"boris 2026-03-10": {Reads: 501, Clients: 1, Flags: []string{"many_reads"}},
		"anna 2026-03-11":  {Reads: 21, Clients: 1, OutOfHours: 21, Flags: []string{"out_of_hours"}},
	} {
		d := got[key]
		if d.Reads != want.Reads || d.Clients != want.Clients || d.Others != want.Others || d.OutOfHours != want.OutOfHours || d.AfterLeaving != 0 || !slices.Equal(d.Flags, want.Flags) {
			t.Errorf("%s: %+v, want %+v", key, d, want)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d days, want 3", len(got))
	}
	if got := report(readmodels.AccessReportFilter{Days: 1}); len(got) != 1 || got["anna 2026-03-11"].Reads != 21 {
		t.Errorf("today: %+v", got)
	}
	if got := report(readmodels.AccessReportFilter{Days: 7, Flagged: true, Employee: o.anna.UUID()}); len(got) != 1 {
		t.Errorf("flagged of one employee: %+v", got)
	}
	do(o.kit, domain.Employees, o.boris, commands.DismissEmployee{On: "2026-03-11"})
	o.project(0)
	o.later(24 * time.Hour)
	o.looks(o.boris, 1, o.his)
	if d := report(readmodels.AccessReportFilter{Days: 1})["boris 2026-03-12"]; d.AfterLeaving != 1 || !slices.Contains(d.Flags, "after_leaving") {
		t.Errorf("after leaving: %+v", d)
	}
}
