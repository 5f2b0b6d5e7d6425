package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/readmodels"
)

type headerKey struct{}

// headerOf is a request header, from within an operation.
func headerOf(ctx context.Context, name string) string {
	h, ok := ctx.Value(headerKey{}).(http.Header)
	if !ok {
		return ""
	}
	return h.Get(name)
}

// reader is the language (Accept-Language, Russian unless English is preferred) and the time zone (X-Time-Zone) of who
// asks.
func reader(ctx context.Context) readmodels.Reader {
	r := readmodels.Reader{Lang: wording.Russian, Zone: defaultZone}
	if strings.HasPrefix(strings.ToLower(headerOf(ctx, "Accept-Language")), "en") {
		r.Lang = wording.English
	}
	if zone, err := time.LoadLocation(headerOf(ctx, "X-Time-Zone")); err == nil && headerOf(ctx, "X-Time-Zone") != "" {
		r.Zone = zone
	}
	return r
}

var defaultZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		return time.UTC
	}
	return zone
}()

// maxBody bounds a request's body; files have their own door.
const maxBody = 2 << 20

// bodyLimit is what is read of a request at most. A file that is too large for the store is read on for as much again,
// so that its sender hears why it was refused.
func (a *API) bodyLimit(r *http.Request) int64 {
	if r.Method == http.MethodPost && r.URL.Path == uploadPath {
		return 2 * a.maxFile()
	}
	return maxBody
}

func (a *API) withLimits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), headerKey{}, r.Header)
		ctx = context.WithValue(ctx, queryKey{}, r.URL.Query())
		ctx = context.WithValue(ctx, clientKey{}, identity.Client{Address: a.address(r), UserAgent: r.UserAgent()})
		// The server's own request keeps its body: it looks there whether all was read, and would otherwise take the rest of
		// a body that was refused for the next request on the connection.
		limited := r.WithContext(ctx)
		limited.Body = http.MaxBytesReader(w, r.Body, a.bodyLimit(r))
		next.ServeHTTP(w, limited)
	})
}

func (a *API) withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, value := range everywhere {
			h.Set(name, value)
		}
		if a.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// everywhere are the headers of every answer. Pages put their own policy of content and of keeping in place of these two.
var everywhere = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cache-Control":                "no-store",
}

// withSameOrigin refuses what another site's page makes a browser send.
func (a *API) withSameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, newProblem(http.StatusForbidden, "another site's page may not ask for that"))
	}))
	return protection.Handler(next)
}

// withPrincipal finds out who asks, by session cookie or bearer token. Without either the request goes on as nobody:
// operations refuse nobody themselves.
func (a *API) withPrincipal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := a.authenticate(w, r)
		if err != nil {
			writeProblem(w, a.problem(ctx, err))
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *API) authenticate(w http.ResponseWriter, r *http.Request) (context.Context, error) {
	ctx := r.Context()
	var (
		p   identity.Principal
		err error
	)
	bearer, hasToken := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	cookie, noCookie := r.Cookie(a.cookieName())
	switch {
	case isPublic(r):
		return ctx, nil
	case hasToken:
		p, err = a.Identity.FromToken(ctx, bearer, clientOf(ctx))
	case noCookie == nil:
		p, err = a.Identity.FromSession(ctx, cookie.Value, clientOf(ctx))
	default:
		return ctx, nil
	}
	if err != nil {
		return ctx, err
	}
	if p.Renewed != "" {
		renewed := a.sessionCookie(p.Renewed, p.Expires)
		http.SetCookie(w, &renewed)
	}
	p.ClientIPHash = a.Identity.HashIP(p.Client.Address)
	if absent := r.Header.Get("X-On-Behalf-Of"); absent != "" {
		id, err := domain.ParseID[domain.Employee](absent)
		if err != nil {
			return ctx, newProblem(http.StatusUnprocessableEntity, "X-On-Behalf-Of must be an employee's id")
		}
		if p, err = a.Identity.OnBehalf(ctx, p, id); err != nil {
			return ctx, err
		}
	}
	return identity.WithPrincipal(ctx, p), nil
}

// isPublic: a stale cookie must not keep anybody from signing in again or from seeing the public pages.
func isPublic(r *http.Request) bool {
	switch r.Method + " " + r.URL.Path {
	case "POST /v1/session", "POST /v1/setup", "GET /v1/sign-in-ways", "GET /v1/oidc/start", "GET /v1/oidc/callback":
		return true
	}
	return !strings.HasPrefix(r.URL.Path, "/v1/")
}

type (
	clientKey  struct{}
	queryKey   struct{}
	requestKey struct{}
)

// queryOf is the query of the request, in which the order of parameters means nothing.
func queryOf(ctx context.Context) url.Values {
	query, _ := ctx.Value(queryKey{}).(url.Values)
	return query
}

// requestOf is the id of the request, by which its line of the log and its entry of the access log are found together.
func requestOf(ctx context.Context) uuid.UUID {
	id, _ := ctx.Value(requestKey{}).(uuid.UUID)
	return id
}

// clientOf is where the request comes from.
func clientOf(ctx context.Context) identity.Client {
	from, _ := ctx.Value(clientKey{}).(identity.Client)
	return from
}

// address is the client's own. What a proxy says is believed as far as the operator trusts it: the last address in
// X-Forwarded-For that no trusted proxy has.
func (a *API) address(r *http.Request) string {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip := remote.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && a.trusts(ip); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = before.Unmap()
	}
	return ip.WithZone("").String()
}

func (a *API) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(a.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// admit refuses before anything of the request is read: who may not ask is not told how to.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	if err := a.mayAsk(ctx.Context(), op); err != nil {
		_, w := humamux.Unwrap(ctx)
		writeProblem(w, a.problem(ctx.Context(), err))
		return
	}
	next(ctx)
}

func (a *API) mayAsk(ctx context.Context, op *huma.Operation) error {
	if open := op.Security != nil && len(op.Security) == 0; !open {
		if err := a.Identity.Authorize(ctx, op.OperationID); err != nil {
			return err
		}
	}
	if p, ok := identity.FromContext(ctx); ok {
		return identity.Admit(p, op.OperationID, op.Method == http.MethodGet)
	}
	return nil
}

func writeProblem(w http.ResponseWriter, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		p = &Problem{Status: http.StatusServiceUnavailable, Title: "Service Unavailable", Code: "unavailable", Detail: "try again"}
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller may have gone
}

func (a *API) withRecovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if fault := recover(); fault != nil {
				if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(fault)
				}
				a.Logger.ErrorContext(r.Context(), "panic in a request", "path", r.URL.Path, "fault", fault, "stack", string(debug.Stack()))
				writeProblem(w, &Problem{Status: http.StatusInternalServerError, Title: "Internal Server Error", Code: "internal", Detail: "a fault of the program; it has been logged"})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

var (
	requestsTotal = promauto.NewCounterVec(prometheus.CounterOpts{Name: "letopis_http_requests_total", Help: "HTTP requests"},
		[]string{"route", "method", "code"})
	requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{Name: "letopis_http_request_seconds", Help: "Time to answer",
		Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}, []string{"route", "method"})
)

// withLog writes one line per request and counts it. Paths hold ids, so the route's template is the label.
func (a *API) withLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id := time.Now(), uuid.New()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		w.Header().Set("X-Request-Id", id.String())
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
		route := a.route(r)
		took := time.Since(start)
		method := methodOf(r)
		requestsTotal.WithLabelValues(route, method, strconv.Itoa(seen.status)).Inc()
		requestSeconds.WithLabelValues(route, method).Observe(took.Seconds())
		level := slog.LevelDebug
		if seen.status >= 500 {
			level = slog.LevelWarn
		}
		a.Logger.Log(r.Context(), level, "request", "id", id, "method", r.Method, "route", route, "status", seen.status, "ms", took.Milliseconds())
	})
}

// methodOf is the method as a label: whoever invents methods must not fill the memory with counters.
func methodOf(r *http.Request) string {
	if slices.Contains(methods, r.Method) {
		return r.Method
	}
	return "other"
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

func (a *API) route(r *http.Request) string {
	var match mux.RouteMatch
	if !a.mux.Match(r, &match) || match.Route == nil {
		return "none"
	}
	template, err := match.Route.GetPathTemplate()
	if err != nil {
		return "none"
	}
	return template
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection: streams flush and set deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush implements http.Flusher for streams.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
