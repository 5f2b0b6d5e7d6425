// Package httpapi is the HTTP API of Letopis: gorilla/mux routes, huma operations, problems, server-sent changes and
// health.
//
// A command struct is its endpoint: its tags are validation and OpenAPI at once. A query function is its endpoint: its
// filter struct gives the parameters, its result the schema. What cuts across — sign-in, authorization, waiting for a
// position, problems — is done here once.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/gorilla/mux"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/readmodels"
)

// Deps is what the API stands on. All are required, except where the API is only described (see Describe).
type Deps struct {
	Executor *commands.Executor
	Queries  *readmodels.Queries
	Hub      *postgres.Hub
	Identity *identity.Service
	Files    Files
	// AccessLog is where it is written down who was given what.
	AccessLog *accesslog.Log
	Logger    *slog.Logger
	Health    Health
	// Web serves the user interface under "/"; nil for the API alone.
	Web http.Handler
	// Streams ends when the server stops, and with it the streams that would never end by themselves.
	Streams context.Context
	// Secure marks cookies for HTTPS only.
	Secure bool
	// FirstEmployee puts the first administrator into the register; nil where nobody can be set up.
	FirstEmployee func(ctx context.Context, login, name string) (domain.EmployeeID, error)
	// Proxies are trusted to say whom they speak for (X-Forwarded-For).
	Proxies []netip.Prefix
	// MaxFile is how many bytes an uploaded file may have; DefaultMaxFile when 0.
	MaxFile int64
}

// API is the set of operations and what they share.
type API struct {
	Deps
	huma huma.API
	mux  *mux.Router
	// operations are the ids of all operations.
	operations []string
	// looks are the operations whose answers are written down, by their ids.
	looks map[string]look
	// stored are the commands as they are given later, by operation id.
	stored map[string]storedCommand
}

// apiVersion is the version of the HTTP API, not of the program.
const apiVersion = "1.0.0"

// New registers all operations and returns the handler of the whole server.
func New(d Deps) (http.Handler, error) {
	a := build(d)
	if err := identity.CheckOperations(a.operations); err != nil {
		return nil, err
	}
	return a.handler(), nil
}

// Describe returns the OpenAPI document without a running system.
func Describe() *huma.OpenAPI { return build(Deps{}).huma.OpenAPI() }

// The library's own settings are global: they are made once, before anybody uses it.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = newProblem
	huma.ValidateStrictCasing = true
}

// Server is the server that the handler is meant for: with limits for slow readers, slow writers and large headers.
func Server(handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 120 * time.Second,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// maxHeader makes 32 KB: net/http grants 4 KB on top of what it is told.
const maxHeader = 28 << 10

func build(d Deps) *API {
	// No redirect to a tidier path: what is not an address is not one.
	router := mux.NewRouter().SkipClean(true)
	config := huma.DefaultConfig("Letopis", apiVersion)
	config.CreateHooks = nil
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.RejectUnknownQueryParameters = true
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.Info.Description = "Letopis keeps what happened with every client as immutable events. " +
		"Commands answer with a receipt and X-Position; send it as X-After with a query to read your own write."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: identity.CookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	config.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	a := &API{Deps: d, mux: router, looks: map[string]look{}, stored: map[string]storedCommand{}}
	a.huma = humamux.New(router, config)
	a.huma.UseMiddleware(a.admit)
	for _, register := range []func(*API){
		registerSession, registerSessions, registerSecondFactor, registerAccounts, registerTokens, registerRecords, registerHistory, registerChanges, registerAccessLog,
		registerWorkItems,
		registerAssignments, registerNegotiations, registerReminders, registerDailyReport,
		registerCounterparties,
		registerEmployees, registerMessages, registerThreads, registerAttachments, registerExports,
		registerEmergencyAccesses, registerApprovals,
	} {
		register(a)
	}
	registerProvider(a)
	a.operations = a.names()
	registerHealth(a)
	promiseRefusals(a.huma.OpenAPI())
	tellRights(a.huma.OpenAPI())
	shareParts(a.huma.OpenAPI())
	a.registerRest()
	return a
}

func (a *API) handler() http.Handler {
	var h http.Handler = a.mux
	h = a.withPrincipal(h)
	h = a.withSameOrigin(h)
	h = a.withLimits(h)
	h = a.withHeaders(h)
	h = a.withRecovery(h)
	return a.withLog(h)
}

// names lists the operations and commands, for the policy's completeness check.
func (a *API) names() []string {
	var names []string
	for _, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				names = append(names, op.OperationID)
			}
		}
	}
	return names
}

// principal is who asks; every operation but signing in requires one.
func principal(ctx context.Context) identity.Principal {
	p, _ := identity.FromContext(ctx)
	return p
}

// queries are the read models as far as who asks may see them.
func (a *API) queries(ctx context.Context) *readmodels.Queries {
	return a.Queries.For(principal(ctx).Actor())
}

// reads names the projections a query's answer comes from: X-After waits for them.
func reads(projections ...string) []string { return projections }

// AsOf is the optional bound of a query in recorded time. Embed it in filters.
type AsOf struct {
	At time.Time `query:"as_of" doc:"Answer with what had been recorded by this instant"`
}
