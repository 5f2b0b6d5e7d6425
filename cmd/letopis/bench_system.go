package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/demo"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// rest measures what stands on the store: reading, projections, commands over HTTP, history.
func (c *benchCommand) rest(ctx context.Context, s *system, row func(string, float64, float64), out *console) error {
	clock := &demo.Clock{}
	start := time.Now()
	if err := demo.Load(ctx, commands.NewExecutor(s.store, clock.Now), clock, time.Now(), c.Events, 1); err != nil {
		return err
	}
	out.printf("\nloaded a company's life in %s\n", time.Since(start).Round(time.Millisecond))
	read, events, err := readAll(ctx, s)
	if err != nil {
		return err
	}
	row(fmt.Sprintf("read of $all, %d events (the limit below)", events), read, read)
	for _, p := range projections.All {
		start := time.Now()
		if err := postgres.Rebuild(ctx, s.db, p, s.store, postgres.Config{Logger: s.log}); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		row("catch-up of projection "+p.Name, float64(events)/time.Since(start).Seconds(), read)
	}
	if err := c.overHTTP(ctx, s, row, out); err != nil {
		return err
	}
	return c.history(ctx, s, row, out)
}

func readAll(ctx context.Context, s *system) (perSecond float64, n int, err error) {
	start := time.Now()
	err = s.store.ReadAll(ctx, 0, func(domain.Recorded) error {
		n++
		return nil
	})
	return float64(n) / time.Since(start).Seconds(), n, err
}

// overHTTP serves the API on a loopback port and gives commands to it, beside requests that do nothing.
func (c *benchCommand) overHTTP(ctx context.Context, s *system, row func(string, float64, float64), out *console) error {
	actor, err := s.newUser(ctx, person{Login: "bench", Name: "Измеритель Скорости", Roles: []domain.Role{domain.RoleAdministrator}}, newPassword())
	if err != nil {
		return err
	}
	token, _, err := s.identity.CreateToken(ctx, identity.Principal{Employee: actor, Login: "bench"},
		identity.NewToken{Name: "bench", Lifetime: time.Hour, Scopes: []string{identity.ScopeRead, identity.ScopeWrite}})
	if err != nil {
		return err
	}
	handler, err := httpapi.New(httpapi.Deps{Executor: s.executor, Queries: s.queries, Hub: s.hub, Identity: s.identity, AccessLog: s.looked, Logger: s.log, Health: s.health, Streams: ctx})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	send := func(method, path string, body any) error {
		return request(ctx, client, "http://"+listener.Addr().String()+path, method, token, body)
	}
	out.printf("\n")
	limit, err := c.during(16, func() error { return send(http.MethodGet, "/livez", nil) })
	if err != nil {
		return err
	}
	row("empty HTTP requests, 16 clients (the limit below)", limit, limit)
	var counterparty uuid.UUID
	if err := s.db.QueryRow(ctx, `select id from read.client where state = 'active' limit 1`).Scan(&counterparty); err != nil {
		return err
	}
	for _, clients := range []int{1, 16} {
		rate, err := c.during(clients, func() error {
			return send(http.MethodPost, "/v1/work-items", planned(actor, domain.CounterpartyID(counterparty)))
		})
		if err != nil {
			return err
		}
		row(fmt.Sprintf("command over HTTP, %d clients", clients), rate, limit)
	}
	return nil
}

func request(ctx context.Context, client *http.Client, url, method, token string, body any) error {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, answer.Status, text)
	}
	return err
}

// history measures first pages of the history of the clients that have one.
func (c *benchCommand) history(ctx context.Context, s *system, row func(string, float64, float64), out *console) error {
	var clients []uuid.UUID
	found, err := s.db.Query(ctx, `select subject from read.history where subject <> $1 group by subject order by count(*) desc limit 100`, uuid.Nil)
	if err != nil {
		return err
	}
	for found.Next() {
		var id uuid.UUID
		if err := found.Scan(&id); err != nil {
			return err
		}
		clients = append(clients, id)
	}
	if err := found.Err(); err != nil || len(clients) == 0 {
		return err
	}
	var took []time.Duration
	i := 0
	rate, err := c.during(1, func() error {
		begin := time.Now()
		_, err := s.queries.History(ctx, clients[i%len(clients)], readmodels.HistoryFilter{}, readmodels.Reader{Lang: wording.Russian, Zone: time.UTC})
		took = append(took, time.Since(begin))
		i++
		return err
	})
	if err != nil {
		return err
	}
	limit, err := c.during(1, func() error {
		_, err := s.db.Exec(ctx, `select`)
		return err
	})
	if err != nil {
		return err
	}
	out.printf("\n")
	row("empty queries to the database (the limit below)", limit, limit)
	row("page of a client's history", rate, limit)
	out.printf("page of a client's history: p50 %s, p95 %s\n", percentile(took, 50), percentile(took, 95))
	return nil
}
