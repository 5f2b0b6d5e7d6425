package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/infra/files"
	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
	"github.com/letopis-crm/letopis/web"
)

// kit is the API on a store in memory and a real Postgres. Its read models are empty until project fills them.
type kit struct {
	t          testing.TB
	url        string
	token      map[domain.Role]string
	who        map[domain.Role]domain.EmployeeID
	pool       *pgxpool.Pool
	store      *countedStore
	executor   *commands.Executor
	identity   *identity.Service
	files      *files.Store
	looked     *accesslog.Log
	projectors []*postgres.Projector
	log        *written
	staff      everybody
	mu         *sync.Mutex // of the staff
}

// countedStore tells where the log ends without copying it.
type countedStore struct {
	*storetest.Store
	head atomic.Uint64
}

func (s *countedStore) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	position, err := s.Store.Append(ctx, stream, expected, events)
	if err == nil {
		s.head.Store(max(s.head.Load(), position))
	}
	return position, err
}

// written is what the server logs, in the form of the real one.
type written struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// everybody has the role that their id stands for, and works in one department.
type everybody map[domain.EmployeeID][]domain.Role

// guarded is everybody, for tests that change roles while the server looks them up.
type guarded struct {
	everybody
	mu *sync.Mutex
}

func (g guarded) Roles(ctx context.Context, id domain.EmployeeID) ([]domain.Role, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.everybody.Roles(ctx, id)
}

func (g guarded) Standing(ctx context.Context, id domain.EmployeeID, now time.Time) (access.Standing, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.everybody.Standing(ctx, id, now)
}

func (g guarded) WithRoles(ctx context.Context, roles []domain.Role) ([]identity.Colleague, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.everybody.WithRoles(ctx, roles)
}

func (e everybody) Roles(_ context.Context, id domain.EmployeeID) ([]domain.Role, error) {
	return e[id], nil
}

func (e everybody) WithRoles(_ context.Context, roles []domain.Role) ([]identity.Colleague, error) {
	var found []identity.Colleague
	for id, have := range e {
		if slices.ContainsFunc(have, func(role domain.Role) bool { return slices.Contains(roles, role) }) {
			found = append(found, identity.Colleague{Employee: id, Roles: have})
		}
	}
	return found, nil
}

func (e everybody) Standing(context.Context, domain.EmployeeID, time.Time) (access.Standing, error) {
	return access.Standing{Team: slices.Collect(maps.Keys(e))}, nil
}

func (e everybody) StandsInFor(context.Context, domain.EmployeeID, domain.EmployeeID, time.Time) (bool, error) {
	return false, nil
}

func (e everybody) WithEmail(context.Context, string) ([]domain.EmployeeID, error) { return nil, nil }

func newKit(tb testing.TB) *kit {
	tb.Helper()
	t := tb
	k := &kit{t: t, token: map[domain.Role]string{}, who: map[domain.Role]domain.EmployeeID{}, pool: pgtest.Pool(t), store: &countedStore{Store: storetest.New()}, log: &written{}}
	for _, p := range projections.All {
		projector := postgres.NewProjector(k.pool, p, postgres.Config{})
		t.Cleanup(projector.Close)
		if _, err := projector.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := projector.CaughtUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.projectors = append(k.projectors, projector)
	}
	staff := everybody{}
	k.staff, k.mu = staff, &sync.Mutex{}
	k.identity = identity.New(k.pool, guarded{staff, k.mu}, time.Now, identity.Settings{})
	for _, role := range domain.Roles {
		id := domain.NewID[domain.Employee]()
		staff[id] = []domain.Role{role}
		if err := k.identity.CreateAccount(t.Context(), id, string(role), "a long password"); err != nil {
			t.Fatal(err)
		}
		token, _, err := k.identity.CreateToken(t.Context(), identity.Principal{Employee: id, Login: string(role)},
			identity.NewToken{Name: "test", Lifetime: time.Hour, Scopes: []string{identity.ScopeRead, identity.ScopeWrite}})
		if err != nil {
			t.Fatal(err)
		}
		k.token[role], k.who[role] = token, id
	}
	logger := slog.New(slog.NewJSONHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if k.files, err = files.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.files.Close() })
	k.executor = commands.NewExecutor(k.store, time.Now, identity.Guard, k.secondPerson).WithGate(identity.Gate).WithFiles(k.files)
	k.looked = accesslog.New(k.pool, time.Now, logger)
	handler, err := httpapi.New(httpapi.Deps{
		Executor: k.executor, Queries: &readmodels.Queries{DB: k.pool}, Hub: postgres.NewHub(k.pool, logger),
		Identity: k.identity, AccessLog: k.looked, Logger: logger, Health: func(context.Context) map[string]error { return nil }, Streams: t.Context(),
		Web: pages(t), Files: k.files, MaxFile: maxFile,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config = httpapi.Server(handler, logger)
	server.Start()
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

// maxFile is larger than any other request may be.
const maxFile = 3 << 20

// secondPerson is the middleware as the program has it.
func (k *kit) secondPerson(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		return k.identity.SecondPerson(ctx, in, next)
	}
}

// pages is a user interface of one page beside the API.
func pages(tb testing.TB) http.Handler {
	tb.Helper()
	handler, err := web.New(fstest.MapFS{"index.html": {Data: []byte("page")}, "assets/app.js": {Data: []byte("start()")}})
	if err != nil {
		tb.Fatal(err)
	}
	return handler
}

// client follows nobody elsewhere: an answer is judged as it is.
var client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send gives a request in a role's name ("" for nobody) and returns status and body.
func (k *kit) send(role domain.Role, method, path, body string) (int, string) {
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
