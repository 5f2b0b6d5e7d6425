package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// pair is a company with two administrators who approve each other's wishes, and somebody to be given a role.
type pair struct {
	*kit
	staff   everybody
	first   domain.EmployeeID
	second  domain.EmployeeID
	newbie  domain.EmployeeID
	browser *browser // of the first
}

const other = domain.Role("another administrator")

func newPair(t *testing.T) *pair {
	t.Helper()
	k := newKit(t)
	p := &pair{kit: k, staff: k.staff, first: k.who[domain.RoleAdministrator], second: domain.NewID[domain.Employee](), newbie: domain.NewID[domain.Employee]()}
	k.staff[p.second] = []domain.Role{domain.RoleAdministrator}
	if err := k.identity.CreateAccount(t.Context(), p.second, "second", "a long password"); err != nil {
		t.Fatal(err)
	}
	token, _, err := k.identity.CreateToken(t.Context(), identity.Principal{Employee: p.second, Login: "second"},
		identity.NewToken{Name: "test", Lifetime: time.Hour, Scopes: []string{identity.ScopeRead, identity.ScopeWrite}})
	if err != nil {
		t.Fatal(err)
	}
	k.token[other] = token
	for id, name := range map[domain.EmployeeID]string{p.first: "Первый", p.second: "Второй", p.newbie: "Новый"} {
		_, err := commands.Execute(t.Context(), k.executor, domain.Employees, id, commands.HireEmployee{
			Name: domain.EmployeeName{Last: name, First: "Иван"}, Hired: "2026-01-12", Zone: "Europe/Moscow",
		}, commands.NewRequest(domain.SystemActor, domain.SourceImport))
		if err != nil {
			t.Fatal(err)
		}
	}
	p.browser = &browser{k: k}
	p.browser.want(200, "POST", "/v1/session", `{"login":"administrator","password":"a long password"}`)
	return p
}

func (p *pair) ask() string {
	p.t.Helper()
	return p.created(domain.RoleAdministrator, "/v1/approvals", `{"operation":"grant-role","target_id":"`+p.newbie.String()+`","payload":{"role":"administrator"},"reason":"Нужна замена на время отпуска"}`)
}

func (p *pair) created(role domain.Role, path, body string) string {
	p.t.Helper()
	status, answer := p.send(role, "POST", path, body)
	var receipt struct{ ID string }
	if err := json.Unmarshal([]byte(answer), &receipt); err != nil || status != http.StatusCreated {
		p.t.Fatalf("%s: %d %s", path, status, answer)
	}
	return receipt.ID
}

func (p *pair) refused(code string, role domain.Role, path, body string) {
	p.t.Helper()
	if status, answer := p.send(role, "POST", path, body); status < 400 || !strings.Contains(answer, `"`+code+`"`) {
		p.t.Errorf("%s as %s: %d, want %s: %s", path, role, status, code, answer)
	}
}

// granted counts how often the role was given.
func (p *pair) granted() int {
	p.t.Helper()
	count := 0
	err := p.store.ReadStream(p.t.Context(), domain.Employees.Stream(p.newbie), 0, func(r domain.Recorded) error {
		if r.Type == "employee.role_granted" {
			count++
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return count
}

func (p *pair) state(id string) domain.Approval {
	p.t.Helper()
	parsed, err := domain.ParseID[domain.Approval](id)
	if err != nil {
		p.t.Fatal(err)
	}
	loaded, err := commands.Load(p.t.Context(), p.executor, domain.Approvals, parsed)
	if err != nil {
		p.t.Fatal(err)
	}
	return loaded.State
}

func TestGuardedRolesTakeTwo(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	grant := "/v1/employees/" + p.newbie.String() + "/grant-role"
	p.refused("approval.needed", domain.RoleAdministrator, grant, `{"role":"administrator"}`)
	p.refused("approval.not_needed", domain.RoleAdministrator, "/v1/approvals", `{"operation":"grant-role","target_id":"`+p.newbie.String()+`","payload":{"role":"marketer"},"reason":"x"}`)
	p.refused("invalid", domain.RoleAdministrator, "/v1/approvals", `{"operation":"grant-role","target_id":"`+p.newbie.String()+`","payload":{"role":"tsar"},"reason":"x"}`)
	p.refused("invalid", domain.RoleAdministrator, "/v1/approvals", `{"operation":"sign-in","payload":{},"reason":"x"}`)
	p.refused("forbidden", domain.RoleManager, "/v1/approvals", `{"operation":"grant-role","target_id":"`+p.newbie.String()+`","payload":{"role":"administrator"},"reason":"x"}`)
	if status, answer := p.send(domain.RoleAdministrator, "POST", grant, `{"role":"marketer"}`); status != 200 {
		t.Errorf("a usual role: %d %s", status, answer)
	}
	before := p.granted()
	id := p.ask()
	approve := "/v1/approvals/" + id + "/approve"
	p.refused("approval.own", domain.RoleAdministrator, approve, `{}`)
	if status, _, answer := p.browser.send("POST", approve, `{}`); status != 409 || !strings.Contains(answer, "approval.own") {
		t.Errorf("by a session of the same person: %d %s", status, answer)
	}
	p.refused("forbidden", domain.RoleManager, approve, `{}`)         // decides, and could not grant
	p.refused("forbidden", domain.RoleServiceEngineer, approve, `{}`) // does not decide at all
	if p.granted() != before {
		t.Fatal("granted without anybody's approval")
	}
	if status, answer := p.send(other, "POST", approve, `{}`); status != 200 {
		t.Fatalf("approving: %d %s", status, answer)
	}
	done := p.state(id)
	if p.granted() != before+1 || done.State != domain.ApprovalDone || done.Done.Stream != domain.Employees.Stream(p.newbie) {
		t.Errorf("granted %d times, %+v", p.granted()-before, done)
	}
	p.refused("approval.wrong_state", other, approve, `{}`)
	if p.granted() != before+1 {
		t.Error("a replay had an effect")
	}
	p.saysWho()
}

// saysWho: the grant is the requester's own, and leads to the approval.
func (p *pair) saysWho() {
	p.t.Helper()
	var last domain.Metadata
	err := p.store.ReadStream(p.t.Context(), domain.Employees.Stream(p.newbie), 0, func(r domain.Recorded) (err error) {
		last, err = r.Meta()
		return err
	})
	if err != nil || last.Actor != p.first || last.CausationID == uuid.Nil || last.CausationID == last.CommandID || !strings.Contains(last.Reason, last.CausationID.String()) {
		p.t.Errorf("%+v, %v", last, err)
	}
}

func TestTwoApproveAtOnceWithOneEffect(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.ask()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { p.send(other, "POST", "/v1/approvals/"+id+"/approve", `{}`) })
	}
	both.Wait()
	if p.granted() != 1 || p.state(id).State != domain.ApprovalDone {
		t.Errorf("granted %d times, %+v", p.granted(), p.state(id))
	}
}

// What was interrupted after the approval is finished by sending it again.
func TestAnInterruptedApprovalIsFinished(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.ask()
	parsed, err := domain.ParseID[domain.Approval](id)
	if err != nil {
		t.Fatal(err)
	}
	request := commands.NewRequest(p.second, domain.SourcePolicy)
	if _, err := commands.Execute(t.Context(), p.executor, domain.Approvals, parsed, commands.ApproveRequest{}, request); err != nil {
		t.Fatal(err)
	}
	if status, answer := p.send(other, "POST", "/v1/approvals/"+id+"/approve", `{}`); status != 200 || p.granted() != 1 {
		t.Errorf("%d %s, granted %d times", status, answer, p.granted())
	}
}

func TestApproverAndRequesterAreJudgedAsTheyAreNow(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.ask()
	approve := "/v1/approvals/" + id + "/approve"
	p.become(p.second, domain.RoleManager)
	p.refused("forbidden", other, approve, `{}`)
	p.become(p.second, domain.RoleAdministrator)
	p.become(p.first, domain.RoleManager)
	p.refused("forbidden", other, approve, `{}`) // who asked could not do it any more
	if done := p.state(id); done.State != domain.ApprovalFailed || done.Failure != "forbidden" || p.granted() != 0 {
		t.Errorf("%+v", done)
	}
}

func (p *pair) become(id domain.EmployeeID, role domain.Role) {
	p.mu.Lock()
	p.staff[id] = []domain.Role{role}
	p.mu.Unlock()
	p.identity.Forget(id)
}

// Whoever stands in for who asked is the same person as far as four eyes go, in their own name too.
func TestADelegateDoesNotApprove(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.ask()
	today := domain.DateOf(time.Now(), time.UTC)
	away := commands.PlanAbsence{AbsenceWish: commands.AbsenceWish{From: today.AddDays(-2), To: today.AddDays(2), Kind: domain.AbsenceVacation, Substitute: p.second}}
	if _, err := commands.Execute(t.Context(), p.executor, domain.Employees, p.first, away, commands.NewRequest(domain.SystemActor, domain.SourceImport)); err != nil {
		t.Fatal(err)
	}
	p.refused("approval.own", other, "/v1/approvals/"+id+"/approve", `{}`)
	p.refused("approval.own", other, "/v1/approvals/"+id+"/refuse", `{"answer":"нет"}`)
}

// An approval in hand helps with nothing but what was approved.
func TestAnApprovalIsForOneCommand(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	asked := p.state(p.ask())
	asked.State = domain.ApprovalApproved
	who := identity.Principal{Employee: p.first, Roles: []domain.Role{domain.RoleAdministrator}}
	ctx := identity.WithApproved(identity.WithPrincipal(t.Context(), who), asked)
	try := func(id domain.EmployeeID, command commands.GrantRole) error {
		request := commands.NewRequest(p.first, domain.SourceAPI)
		request.Outside = true
		_, err := commands.Execute(ctx, p.executor, domain.Employees, id, command, request)
		return err
	}
	for what, err := range map[string]error{
		"another payload": try(p.newbie, commands.GrantRole{Role: domain.RoleComplianceReviewer}),
		"another record":  try(p.second, commands.GrantRole{Role: domain.RoleAdministrator}),
	} {
		if refusal, ok := domain.IsRefusal(err); !ok || refusal.Code != "approval.altered" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := try(p.newbie, commands.GrantRole{Role: domain.RoleAdministrator}); err != nil {
		t.Errorf("what was approved: %v", err)
	}
}

// While there is nobody else who could approve it, it goes through and says so in the log.
func TestALonelyAdministratorGrants(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.become(p.second, domain.RoleEmployee)
	if status, answer := p.send(domain.RoleAdministrator, "POST", "/v1/employees/"+p.newbie.String()+"/grant-role", `{"role":"administrator"}`); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	var reason string
	err := p.store.ReadStream(t.Context(), domain.Employees.Stream(p.newbie), 0, func(r domain.Recorded) error {
		meta, err := r.Meta()
		reason = meta.Reason
		return err
	})
	if err != nil || !strings.Contains(reason, "Без второго человека") {
		t.Errorf("%q, %v", reason, err)
	}
}

func TestExpiredAndWithdrawnRequestsHaveNoEffect(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := p.ask()
	late := p.executor.WithClock(func() time.Time { return time.Now().Add(domain.ApprovalLasts + time.Minute) })
	parsed, err := domain.ParseID[domain.Approval](id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := commands.Execute(t.Context(), late, domain.Approvals, parsed, commands.ExpireApproval{}, commands.NewRequest(domain.SystemActor, domain.SourcePolicy)); err != nil {
		t.Fatal(err)
	}
	p.refused("approval.wrong_state", other, "/v1/approvals/"+id+"/approve", `{}`)
	second := p.ask()
	p.refused("forbidden", other, "/v1/approvals/"+second+"/withdraw", `{}`)
	if status, answer := p.send(domain.RoleAdministrator, "POST", "/v1/approvals/"+second+"/withdraw", `{}`); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	p.refused("approval.wrong_state", other, "/v1/approvals/"+second+"/approve", `{}`)
	if p.granted() != 0 {
		t.Error("granted")
	}
}
