package readmodels_test

import (
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/readmodels"
)

// While an emergency access lasts, and no longer, its person reads what it is for; nothing becomes theirs to change.
func TestEmergencyAccessOpensReadingAlone(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	own := k.client(domain.CounterpartyRecord{LegalName: "Альфа"})
	k.client(domain.CounterpartyRecord{LegalName: "Бета"})
	person := domain.NewID[domain.Employee]()
	k.actor = person
	id := domain.NewID[domain.EmergencyAccess]()
	do(k, domain.EmergencyAccesses, id, commands.OpenEmergencyAccess{Client: own, Reason: "Сервер клиента стоит, нужен договор", Minutes: 60})
	k.project(0)
	seen := func() []string {
		t.Helper()
		standing, err := k.Standing(t.Context(), person, k.clock)
		if err != nil {
			t.Fatal(err)
		}
		actor := access.Actor{Employee: person, Roles: []domain.Role{domain.RoleAdministrator}, Standing: standing}
		for _, action := range []access.Action{access.Change, access.Decide} {
			if actor.Check(access.Clients, action, access.Record{Clients: []domain.CounterpartyID{own}}) {
				t.Errorf("%s became allowed", action)
			}
		}
		page, err := k.For(actor).Clients(t.Context(), readmodels.ClientFilter{})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, item := range page.Items {
			names = append(names, item.Name)
		}
		return names
	}
	if names := seen(); len(names) != 1 || names[0] != "Альфа" {
		t.Errorf("one client: %v", names)
	}
	k.clock = k.clock.Add(time.Hour)
	if names := seen(); len(names) != 0 {
		t.Errorf("after its time, before the scheduler came: %v", names)
	}
	all := domain.NewID[domain.EmergencyAccess]()
	do(k, domain.EmergencyAccesses, all, commands.OpenEmergencyAccess{All: true, Reason: "Проверка по запросу прокуратуры", Minutes: 15})
	k.project(0)
	if names := seen(); len(names) != 2 {
		t.Errorf("everything: %v", names)
	}
	do(k, domain.EmergencyAccesses, all, commands.EndEmergencyAccess{})
	do(k, domain.EmergencyAccesses, id, commands.ExpireEmergencyAccess{})
	k.project(0)
	if names := seen(); len(names) != 0 {
		t.Errorf("after its end: %v", names)
	}
	found, err := k.EmergencyAccesses(t.Context(), person.UUID(), readmodels.EmergencyFilter{View: "unreviewed"}, k.clock)
	if err != nil || len(found.Items) != 2 || found.Items[0].State != "ended" || found.Items[1].State != "expired" || found.Items[1].ClientName != "Альфа" {
		t.Errorf("%+v, %v", found.Items, err)
	}
}
