package identity_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

// staff is a directory whose answers the test sets.
type staff struct {
	sync.Mutex
	roles       map[domain.EmployeeID][]domain.Role
	substitutes map[domain.EmployeeID]domain.EmployeeID
	emails      map[string][]domain.EmployeeID
}

func (s *staff) WithEmail(_ context.Context, email string) ([]domain.EmployeeID, error) {
	s.Lock()
	defer s.Unlock()
	return s.emails[email], nil
}

func (s *staff) set(id domain.EmployeeID, roles ...domain.Role) {
	s.Lock()
	defer s.Unlock()
	s.roles[id] = roles
}

func (s *staff) WithRoles(context.Context, []domain.Role) ([]identity.Colleague, error) {
	return nil, nil
}

func (s *staff) Standing(context.Context, domain.EmployeeID, time.Time) (access.Standing, error) {
	return access.Standing{}, nil
}

func (s *staff) Roles(_ context.Context, id domain.EmployeeID) ([]domain.Role, error) {
	s.Lock()
	defer s.Unlock()
	return s.roles[id], nil
}

func (s *staff) StandsInFor(_ context.Context, actor, absent domain.EmployeeID, _ time.Time) (bool, error) {
	s.Lock()
	defer s.Unlock()
	return s.substitutes[absent] == actor, nil
}

type kit struct {
	*identity.Service
	staff *staff
	db    *pgxpool.Pool
	clock time.Time
	anna  domain.EmployeeID
}

const password = "очень длинный пароль"

// refusedField reports that the error names the field with the code.
func refusedField(err error, field, code string) bool {
	r, ok := domain.IsRefusal(err)
	return ok && slices.ContainsFunc(r.Fields, func(f domain.FieldError) bool { return f.Field == field && f.Code == code })
}

// start is when the tests' clocks begin.
var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

var here = identity.Client{Address: "192.0.2.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}

func newKit(t *testing.T) *kit {
	t.Helper()
	return newKitWith(t, identity.Settings{})
}

func newKitWith(t *testing.T, settings identity.Settings) *kit {
	t.Helper()
	k := &kit{clock: start, anna: domain.NewID[domain.Employee]()}
	k.staff = &staff{roles: map[domain.EmployeeID][]domain.Role{k.anna: {domain.RoleEmployee}}, substitutes: map[domain.EmployeeID]domain.EmployeeID{},
		emails: map[string][]domain.EmployeeID{}}
	k.db = pgtest.Pool(t)
	k.Service = identity.New(k.db, k.staff, func() time.Time { return k.clock }, settings)
	if err := k.CreateAccount(t.Context(), k.anna, "Anna", password); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for login, secret := range map[string]string{"anna": "не тот пароль!!", "nobody": password} {
		if _, err := k.SignIn(t.Context(), login, secret, here); !errors.Is(err, identity.ErrWrongCredentials) {
			t.Errorf("%s: %v", login, err)
		}
	}
	k.clock = k.clock.Add(time.Second) // the wrong password delays the next
	first, err := k.SignIn(t.Context(), " ANNA ", password, here)
	if err != nil || !first.Previous.IsZero() {
		t.Fatalf("%+v, %v", first, err)
	}
	p, err := k.FromSession(t.Context(), first.Token, here)
	if err != nil || p.Employee != k.anna || !p.Has(domain.RoleEmployee) || p.Source != domain.SourceUI {
		t.Errorf("%+v, %v", p, err)
	}
	second, err := k.SignIn(t.Context(), "anna", password, here)
	if err != nil || !second.Previous.Equal(k.clock) {
		t.Errorf("the previous sign-in was %v, %v", second.Previous, err)
	}
	if err := k.SignOut(t.Context(), first.Token, here); err != nil {
		t.Fatal(err)
	}
	if _, err := k.FromSession(t.Context(), first.Token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("after signing out: %v", err)
	}
	k.clock = k.clock.Add(31 * time.Minute)
	if _, err := k.FromSession(t.Context(), second.Token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("after half an hour of silence: %v", err)
	}
}

func TestASessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	session, err := k.SignIn(t.Context(), "anna", password, here)
	if err != nil {
		t.Fatal(err)
	}
	for range 36 {
		k.clock = k.clock.Add(19 * time.Minute)
		if _, err := k.FromSession(t.Context(), session.Token, here); err != nil {
			t.Fatalf("a session in use ended early: %v", err)
		}
	}
	k.clock = k.clock.Add(40 * time.Minute)
	if _, err := k.FromSession(t.Context(), session.Token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("after twelve hours: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	session, err := k.SignIn(t.Context(), "anna", password, here)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.SetPassword(t.Context(), "anna", "короткий"); !refusedField(err, "password", "length") {
		t.Errorf("a short password: %v", err)
	}
	if err := k.ChangePassword(t.Context(), identity.Principal{Employee: k.anna, Login: "anna"}, "не тот пароль!!", "новый длинный пароль"); err == nil {
		t.Error("changed without the present password")
	}
	k.clock = k.clock.Add(time.Second)
	if err := k.ChangePassword(t.Context(), identity.Principal{Employee: k.anna, Login: "anna"}, password, "новый длинный пароль"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.FromSession(t.Context(), session.Token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("the session outlived the password: %v", err)
	}
	if err := k.CreateAccount(t.Context(), domain.NewID[domain.Employee](), "ANNA", password); !errors.Is(err, identity.ErrLoginTaken) {
		t.Errorf("the same login in capitals: %v", err)
	}
	if err := k.SetPassword(t.Context(), "nobody", password); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an unknown account: %v", err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	owner := identity.Principal{Employee: k.anna, Login: "anna"}
	text, info, err := k.CreateToken(t.Context(), owner, identity.NewToken{Name: "обмен", Lifetime: 24 * time.Hour, Scopes: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.FromToken(t.Context(), text, here)
	if err != nil || p.Employee != k.anna || p.Source != domain.SourceAPI {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := k.FromToken(t.Context(), text+"x", here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("a wrong token: %v", err)
	}
	if list, err := k.Tokens(t.Context(), k.anna); err != nil || len(list) != 1 || list[0].ID != info.ID {
		t.Errorf("%+v, %v", list, err)
	}
	if err := k.RevokeToken(t.Context(), identity.Principal{Employee: domain.NewID[domain.Employee]()}, info.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("revoked by a stranger: %v", err)
	}
	if err := k.RevokeToken(t.Context(), owner, info.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := k.FromToken(t.Context(), text, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("a revoked token: %v", err)
	}
}

// A leaver is out within seconds, and a substitute acts only while the absence lasts.
func TestTheLogDecides(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	session, err := k.SignIn(t.Context(), "anna", password, here)
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.FromSession(t.Context(), session.Token, here)
	if err != nil {
		t.Fatal(err)
	}
	absent := domain.NewID[domain.Employee]()
	if _, err := k.OnBehalf(t.Context(), p, absent); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("stands in for somebody without being asked to: %v", err)
	}
	k.staff.substitutes[absent] = k.anna
	if p, err = k.OnBehalf(t.Context(), p, absent); err != nil || p.OnBehalfOf != absent {
		t.Errorf("%+v, %v", p, err)
	}
	k.staff.Lock()
	delete(k.staff.roles, k.anna)
	k.staff.Unlock()
	k.clock = k.clock.Add(5 * time.Second)
	if _, err := k.FromSession(t.Context(), session.Token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("a leaver is still in: %v", err)
	}
}

// A command from outside needs a principal with the role, and cannot be given in somebody else's name.
func TestGuard(t *testing.T) {
	t.Parallel()
	anna := domain.NewID[domain.Employee]()
	reached := false
	guarded := identity.Guard(func(context.Context, commands.Invocation) (commands.Receipt, error) {
		reached = true
		return commands.Receipt{}, nil
	})
	as := func(roles ...domain.Role) context.Context {
		return identity.WithPrincipal(t.Context(), identity.Principal{Employee: anna, Roles: roles})
	}
	request := commands.Request{Actor: anna, Source: domain.SourceAPI, Outside: true}
	for name, c := range map[string]struct {
		ctx     context.Context
		command string
		request commands.Request
		want    error
	}{
		"nobody":                  {t.Context(), "PlanWorkItem", request, identity.ErrNotSignedIn},
		"an employee":             {as(domain.RoleEmployee), "PlanWorkItem", request, nil},
		"in another's name":       {as(domain.RoleEmployee), "PlanWorkItem", commands.Request{Actor: domain.NewID[domain.Employee](), Source: domain.SourceAPI}, identity.ErrNotSignedIn},
		"an employee hires":       {as(domain.RoleEmployee), "HireEmployee", request, domain.ErrForbidden},
		"an administrator":        {as(domain.RoleAdministrator), "HireEmployee", request, nil},
		"what a command leads to": {as(domain.RoleEmployee), "HireEmployee", commands.Request{Actor: anna, Source: domain.SourceAPI}, nil},
		"a policy needs nobody":   {t.Context(), "HireEmployee", commands.Request{Source: domain.SourcePolicy}, nil},
	} {
		reached = false
		_, err := guarded(c.ctx, commands.Invocation{Name: c.command, Request: c.request})
		if !errors.Is(err, c.want) || reached != (c.want == nil) {
			t.Errorf("%s: %v, reached %v", name, err, reached)
		}
	}
}
