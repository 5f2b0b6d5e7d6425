package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// kit is the API on a store in memory and a real Postgres with empty read models.
type kit struct {
	t     testing.TB
	url   string
	token map[identity.Role]string
	who   map[identity.Role]domain.EmployeeID
}

// everybody has the role that their id stands for.
type everybody map[domain.EmployeeID][]identity.Role

func (e everybody) Roles(_ context.Context, id domain.EmployeeID) ([]identity.Role, error) {
	return e[id], nil
}

func (e everybody) StandsInFor(context.Context, domain.EmployeeID, domain.EmployeeID, time.Time) (bool, error) {
	return false, nil
}

func (e everybody) WithEmail(context.Context, string) ([]domain.EmployeeID, error) { return nil, nil }

var allRoles = []identity.Role{identity.EmployeeRole, identity.Manager, identity.ComplianceReviewer, identity.Administrator}

func newKit(tb testing.TB) *kit {
	tb.Helper()
	t := tb
	pool := pgtest.Pool(t)
	for _, p := range projections.All {
		projector := postgres.NewProjector(pool, p, postgres.Config{})
		if _, err := projector.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := projector.CaughtUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		projector.Close()
	}
	k := &kit{t: t, token: map[identity.Role]string{}, who: map[identity.Role]domain.EmployeeID{}}
	staff := everybody{}
	service := identity.New(pool, staff, time.Now, identity.Settings{})
	for _, role := range allRoles {
		id := domain.NewID[domain.Employee]()
		staff[id] = []identity.Role{role}
		if err := service.CreateAccount(t.Context(), id, string(role), "a long password"); err != nil {
			t.Fatal(err)
		}
		token, _, err := service.CreateToken(t.Context(), identity.Principal{Employee: id, Login: string(role)},
			identity.NewToken{Name: "test", Lifetime: time.Hour, Scopes: []string{identity.ScopeRead, identity.ScopeWrite}})
		if err != nil {
			t.Fatal(err)
		}
		k.token[role], k.who[role] = token, id
	}
	logger := slog.New(slog.DiscardHandler)
	handler, err := httpapi.New(httpapi.Deps{
		Executor: commands.NewExecutor(storetest.New(), time.Now, identity.Guard), Queries: &readmodels.Queries{DB: pool}, Hub: postgres.NewHub(pool, logger),
		Identity: service, Logger: logger, Health: func(context.Context) map[string]error { return nil }, Streams: t.Context(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

var client = &http.Client{Timeout: 30 * time.Second}

// send gives a request in a role's name ("" for nobody) and returns status and body.
func (k *kit) send(role identity.Role, method, path, body string) (int, string) {
	k.t.Helper()
	r, err := http.NewRequestWithContext(k.t.Context(), method, k.url+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error() // a path that is no path reaches no server
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+k.token[role])
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}
