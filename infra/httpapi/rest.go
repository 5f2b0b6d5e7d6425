package httpapi

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

// registerRest says who answers where no operation does: under /v1 a problem, elsewhere the user interface.
func (a *API) registerRest() {
	// The router forgets about a wrong method as soon as a later route matches half: the two are told apart here.
	a.mux.NotFoundHandler = http.HandlerFunc(a.nothing)
	a.mux.MethodNotAllowedHandler = a.mux.NotFoundHandler
	if a.Web != nil {
		a.mux.PathPrefix("/").MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return !isAPI(r) }).Handler(a.Web)
	}
}

func isAPI(r *http.Request) bool { return r.URL.Path == "/v1" || strings.HasPrefix(r.URL.Path, "/v1/") }

func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	methods := a.methods(r)
	if len(methods) == 0 {
		writeProblem(w, newProblem(http.StatusNotFound, "there is nothing at this address"))
		return
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	writeProblem(w, newProblem(http.StatusMethodNotAllowed, r.Method+" is not possible here"))
}

// methods are those that the request's address has operations for.
func (a *API) methods(r *http.Request) []string {
	var found []string
	other := r.Clone(r.Context())
	for _, other.Method = range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		var match mux.RouteMatch
		if a.mux.Match(other, &match) && match.MatchErr == nil {
			found = append(found, other.Method)
		}
	}
	return found
}
