package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// registerProvider registers the two addresses by which a browser goes to the identity provider and comes back. They
// answer by sending the browser elsewhere.
func registerProvider(a *API) {
	a.page("/v1/oidc/start", "start-oidc", "Go to the identity provider to sign in", a.toProvider)
	a.page("/v1/oidc/callback", "finish-oidc", "Come back from the identity provider, signed in or refused", a.fromProvider,
		"state", "code", "error", "error_description", "iss", "session_state")
}

// page registers an address that a browser opens and is sent on from.
func (a *API) page(path, id, summary string, handle http.HandlerFunc, query ...string) {
	op := &huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Tags: []string{"session"}, Security: []map[string][]string{},
		Responses: map[string]*huma.Response{strconv.Itoa(http.StatusSeeOther): {Description: "Sent on"}}}
	for _, name := range query {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	a.huma.OpenAPI().AddOperation(op)
	a.mux.HandleFunc(path, handle).Methods(http.MethodGet)
}

// stateCookie binds the sign-in to the browser that began it. It comes back with a top-level navigation, so it is Lax.
func (a *API) stateCookie(state string, age time.Duration) *http.Cookie {
	name := "letopis_oidc"
	if a.Secure {
		name = "__Host-letopis-oidc"
	}
	//nolint:gosec // Secure is a setting, as for the session
	return &http.Cookie{Name: name, Value: state, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds())}
}

func (a *API) toProvider(w http.ResponseWriter, r *http.Request) {
	address, state, err := a.Identity.BeginExternal(r.Context())
	if err != nil {
		a.backFromProvider(w, r, err)
		return
	}
	http.SetCookie(w, a.stateCookie(state, 10*time.Minute))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (a *API) fromProvider(w http.ResponseWriter, r *http.Request) {
	ctx, query := r.Context(), r.URL.Query()
	back := identity.Callback{State: query.Get("state"), Code: query.Get("code"), Error: query.Get("error")}
	if kept, err := r.Cookie(a.stateCookie("", 0).Name); err == nil {
		back.Kept = kept.Value
	}
	http.SetCookie(w, a.stateCookie("", -time.Second))
	session, err := a.Identity.FinishExternal(ctx, back, clientOf(ctx))
	if err == nil {
		err = a.takeSession(ctx, w, session)
	}
	a.backFromProvider(w, r, err)
}

func (a *API) takeSession(ctx context.Context, w http.ResponseWriter, session identity.SignedIn) error {
	out, err := a.signedIn(ctx, session)
	if err != nil {
		return err
	}
	http.SetCookie(w, &out.SetCookie)
	return nil
}

// backFromProvider sends the browser to the user interface, which tells a refusal by its code.
func (a *API) backFromProvider(w http.ResponseWriter, r *http.Request, err error) {
	if err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	code := "unavailable"
	if refusal, ok := domain.IsRefusal(err); ok {
		code = refusal.Code
	} else if !errors.Is(err, context.Canceled) {
		a.Logger.ErrorContext(r.Context(), "sign-in at the identity provider failed", "err", err)
	}
	http.Redirect(w, r, "/?refused="+code, http.StatusSeeOther)
}
