package httpapi

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// A route that the document does not tell of is one that nobody has thought about.
func TestRoutesAreDescribed(t *testing.T) {
	t.Parallel()
	a := build(Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context()})
	known := []string{"GET /livez", "GET /readyz", "GET /metrics"}
	for path, item := range a.huma.OpenAPI().Paths {
		for method, there := range map[string]bool{"GET": item.Get != nil, "POST": item.Post != nil, "PUT": item.Put != nil, "PATCH": item.Patch != nil, "DELETE": item.Delete != nil} {
			if there {
				known = append(known, method+" "+path)
			}
		}
	}
	err := a.mux.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return fmt.Errorf("%s takes any method: %w", path, err)
		}
		for _, method := range methods {
			if !slices.Contains(known, method+" "+path) && !strings.HasPrefix(path, "/v1/openapi") {
				t.Errorf("%s %s is not described", method, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
