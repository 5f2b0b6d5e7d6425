package identity_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

func TestSetUp(t *testing.T) {
	t.Parallel()
	k := &kit{clock: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), staff: &staff{roles: map[domain.EmployeeID][]domain.Role{}}}
	k.Service = identity.New(pgtest.Pool(t), k.staff, func() time.Time { return k.clock }, identity.Settings{})
	var hired atomic.Int32
	hire := func(context.Context) (domain.EmployeeID, error) {
		hired.Add(1)
		id := domain.NewID[domain.Employee]()
		k.staff.set(id, domain.RoleAdministrator)
		return id, nil
	}
	fresh := func() string {
		token, err := k.NewSetUpToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	late := fresh()
	k.clock = k.clock.Add(24 * time.Hour)
	for name, token := range map[string]string{"too late": late, "a guess": "x", "nothing": ""} {
		if err := k.SetUp(t.Context(), token, "admin", password, here, hire); !errors.Is(err, identity.ErrSetUpToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	first, second := fresh(), fresh()
	if err := k.SetUp(t.Context(), first, "admin", "password12345", here, hire); !refusedField(err, "password", "common") {
		t.Errorf("a common password: %v", err)
	}
	refused := errors.New("the register refuses")
	if err := k.SetUp(t.Context(), first, "admin", password, here, func(context.Context) (domain.EmployeeID, error) { return domain.EmployeeID{}, refused }); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
	if hired.Load() != 0 {
		t.Fatalf("%d were hired", hired.Load())
	}
	// The token was given back, and of many who use it and its twin at once one comes through.
	var (
		wait sync.WaitGroup
		done atomic.Int32
	)
	for i := range 6 {
		wait.Go(func() {
			if err := k.SetUp(context.Background(), []string{first, second}[i%2], "admin", password, here, hire); err == nil {
				done.Add(1)
			} else if !errors.Is(err, identity.ErrSetUpToken) {
				t.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
	if done.Load() != 1 || hired.Load() != 1 {
		t.Errorf("%d set up, %d hired", done.Load(), hired.Load())
	}
	k.whoIs(t, func() string {
		session, err := k.SignIn(t.Context(), "admin", password, here)
		if err != nil {
			t.Fatal(err)
		}
		return session.Token
	}())
	if err := k.SetUp(t.Context(), fresh(), "another", password, here, hire); !errors.Is(err, identity.ErrSetUpToken) {
		t.Errorf("with somebody there: %v", err)
	}
}
