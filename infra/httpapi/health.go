package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Health answers whether the parts work. Each check has a name and an error, nil when it is well.
type Health func(ctx context.Context) map[string]error

func registerHealth(a *API) {
	a.mux.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }).Methods(http.MethodGet)
	a.mux.HandleFunc("/readyz", a.ready).Methods(http.MethodGet)
	a.mux.Handle("/metrics", promhttp.Handler()).Methods(http.MethodGet)
}

// ready answers 200 when every part works, else 503; the body names the parts.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	status, parts := http.StatusOK, map[string]string{}
	for name, err := range a.Health(r.Context()) {
		parts[name] = "ok"
		if err != nil {
			status, parts[name] = http.StatusServiceUnavailable, err.Error()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(parts) // the caller may have gone
}
