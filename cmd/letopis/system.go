package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/infra/bus"
	"github.com/letopis-crm/letopis/infra/files"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// roles are the parts of a process.
type roles struct{ api, projector, policies, scheduler bool }

// allRoles is a process that does everything.
var allRoles = roles{true, true, true, true}

// system is the product assembled over a plant: executor, projectors, policies, scheduler, queries.
type system struct {
	*plant
	executor *commands.Executor
	queries  *readmodels.Queries
	hub      *postgres.Hub
	identity *identity.Service
	files    *files.Store // of a process that serves the API
	looked   *accesslog.Log
	log      *slog.Logger

	stop context.CancelFunc
	work sync.WaitGroup
	err  chan error
}

// openSystem assembles the product and starts its background parts. A guest of a running process starts none: that
// process projects already.
func openSystem(ctx context.Context, f plantFlags, r roles, logger *slog.Logger) (*system, error) {
	return openSystemWith(ctx, f, r, identity.Settings{}, logger)
}

// openSystemWith is openSystem with the operator's choices about signing in.
func openSystemWith(ctx context.Context, f plantFlags, r roles, signIn identity.Settings, logger *slog.Logger) (*system, error) {
	p, err := openPlant(ctx, f, logger)
	if err != nil {
		return nil, err
	}
	if p.attached {
		r = roles{api: r.api}
	}
	s := &system{plant: p, log: logger, err: make(chan error, 8)}
	s.executor = commands.NewExecutor(p.store, time.Now, countCommands, identity.Guard, s.secondPerson, s.endAccess, s.noteEmergency).WithGate(identity.Gate)
	if r.api {
		if s.files, err = files.Open(f.filesDir()); err != nil {
			p.close(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("the store of files: %w", err)
		}
		s.executor = s.executor.WithFiles(s.files)
	}
	s.queries = &readmodels.Queries{DB: p.db}
	s.identity = identity.New(p.db, directory{s.executor, s.queries}, time.Now, signIn)
	s.looked = accesslog.New(p.db, time.Now, logger)
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if err := s.start(ctx, life, r); err != nil {
		s.close(ctx)
		return nil, err
	}
	return s, nil
}

func (s *system) start(ctx, life context.Context, r roles) error {
	s.hub = postgres.NewHub(s.db, s.log)
	s.background("hub", func() error { return s.hub.Run(life) })
	if r.api {
		s.background("access log", func() error { return s.looked.Run(life) })
	}
	var handlers []bus.Handler
	if r.projector {
		metrics := postgres.NewMetrics(prometheus.DefaultRegisterer)
		for _, p := range projections.All {
			handlers = append(handlers, projectorHandler(postgres.NewProjector(s.db, p, postgres.Config{Logger: s.log, Metrics: metrics}), p.Types()))
		}
	}
	if r.policies {
		if err := s.registerPolicies(ctx); err != nil {
			return err
		}
		for _, p := range s.policies() {
			handlers = append(handlers, s.policyHandler(p))
		}
	}
	if len(handlers) > 0 {
		feed := bus.NewFeed(s.store)
		end, err := s.end(ctx)
		if err != nil {
			return err
		}
		s.background("feed", func() error { return feed.Run(life, end) })
		s.background("router", func() error {
			return bus.Run(life, feed, handlers, bus.Config{Logger: s.log, IdleCheckpoint: idleCheckpoint})
		})
	}
	if r.scheduler {
		ticker := &postgres.Ticker{Pool: s.db, Logger: s.log, Now: time.Now, Run: s.runDue}
		s.background("scheduler", func() error {
			if err := s.serving(life); err != nil {
				return err
			}
			ticker.Serve(life)
			return nil
		})
		sealer := &accesslog.Sealer{DB: s.db, Executor: s.executor, Logger: s.log, Now: time.Now}
		s.background("access seal", func() error {
			sealer.Serve(life)
			return nil
		})
	}
	return nil
}

// endAccess makes what changes an employee's rights work at once, and ends the sessions and tokens of somebody who has left.
// Should that fail, they end with the next use.
func (s *system) endAccess(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		receipt, err := next(ctx, in)
		if in.Category == domain.Employees.Name() {
			s.identity.Forget(domain.EmployeeID(in.ID))
		}
		if _, left := in.Command.(commands.DismissEmployee); !left || err != nil {
			return receipt, err
		}
		if err := s.identity.EndAccess(context.WithoutCancel(ctx), domain.EmployeeID(in.ID)); err != nil {
			s.log.WarnContext(ctx, "a leaver's sessions were not ended", "employee", in.ID, "err", err)
		}
		return receipt, nil
	}
}

// secondPerson holds back what takes two people.
func (s *system) secondPerson(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		return s.identity.SecondPerson(ctx, in, next)
	}
}

// standsBy is how long an answer about an emergency access waits for the read model that rights are measured by.
const standsBy = 2 * time.Second

// noteEmergency lets an emergency access work, or end, with the person's next request. Should it fail, it does as soon as
// what is believed of the person grows old.
func (s *system) noteEmergency(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		receipt, err := next(ctx, in)
		switch in.Command.(type) {
		case commands.OpenEmergencyAccess, commands.EndEmergencyAccess:
		default:
			return receipt, err
		}
		if err != nil {
			return receipt, err
		}
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), standsBy)
		defer cancel()
		if err := s.hub.WaitFor(waiting, receipt.Position, projections.EmergencyAccesses.Name); err != nil {
			s.log.WarnContext(ctx, "an emergency access works a little later", "emergency_access", in.ID, "err", err)
		}
		s.identity.Forget(in.Request.Actor)
		return receipt, nil
	}
}

// idleCheckpoint is how long a consumer waits before it writes that it has seen events that are none of its business: a
// reader who waits for such an event's position waits so long at most.
const idleCheckpoint = 40 * time.Millisecond

// background runs a part beside the others; its unexpected end is reported on s.err.
func (s *system) background(name string, run func() error) {
	s.work.Go(func() {
		if err := run(); err != nil && !errors.Is(err, context.Canceled) {
			s.err <- fmt.Errorf("%s: %w", name, err)
		}
	})
}

// close stops the background parts, then the plant.
func (s *system) close(ctx context.Context) {
	s.stop()
	s.work.Wait()
	if s.files != nil {
		_ = s.files.Close() // whatever was taken is durable
	}
	s.plant.close(context.WithoutCancel(ctx))
}

func projectorHandler(p *postgres.Projector, types map[string]bool) bus.Handler {
	return bus.Handler{Name: p.Name(), Start: p.Start, Wants: wanted(types), Apply: p.Apply, CaughtUp: p.CaughtUp, Failed: func(ctx context.Context, err error) bus.Verdict {
		if p.Settle(ctx, err) {
			return bus.Restart
		}
		return bus.Retry
	}}
}

// wanted is the choice of a set of event types, nil meaning all.
func wanted(types map[string]bool) func(string) bool {
	if types == nil {
		return nil
	}
	return func(eventType string) bool { return types[eventType] }
}

// end is the position of the last event, nil for an empty log.
func (s *system) end(ctx context.Context) (*uint64, error) {
	position, ok, err := s.store.Head(ctx)
	if err != nil || !ok {
		return nil, err
	}
	return &position, nil
}

func (s *system) registerPolicies(ctx context.Context) error {
	end, err := s.end(ctx)
	if err != nil {
		return err
	}
	head := int64(-1)
	if end != nil {
		head = int64(*end) // #nosec G115 -- positions are offsets in a file
	}
	var names []string
	for _, p := range s.policies() {
		names = append(names, p.Name)
	}
	return postgres.RegisterPolicies(ctx, s.db, head, names...)
}

// policyHandler feeds one policy: it waits until the read models that the policy asks have reached the event, reacts,
// and moves the checkpoint.
func (s *system) policyHandler(p policies.Policy) bus.Handler {
	reactor, types := postgres.NewReactor(s.db, p.Name), p.Types()
	return bus.Handler{Name: "policy-" + p.Name, Start: reactor.Start, Wants: wanted(types), Apply: func(ctx context.Context, events []domain.Recorded, upTo uint64) error {
		reacted := 0
		for _, e := range events {
			if err := s.hub.WaitFor(ctx, e.Position, p.After...); err != nil {
				return err
			}
			var refusals []*domain.Refusal
			if err := p.React(ctx, s.executor, e, func(err error) {
				if r, ok := domain.IsRefusal(err); ok {
					refusals = append(refusals, r)
				}
			}); err != nil {
				return fmt.Errorf("policy %s at position %d: %w", p.Name, e.Position, err)
			}
			for _, r := range refusals {
				if err := reactor.Refused(ctx, e, r); err != nil {
					return err
				}
			}
			reacted++
		}
		return reactor.Done(ctx, upTo, reacted)
	}, Failed: func(ctx context.Context, err error) bus.Verdict {
		s.log.WarnContext(ctx, "a policy failed and begins again from its checkpoint", "policy", p.Name, "err", err)
		return bus.Restart
	}}
}

// runDue gives the command of a due item.
func (s *system) runDue(ctx context.Context, item postgres.DueItem) postgres.DueOutcome {
	run, ok := policies.DueKinds[item.Kind]
	if !ok {
		return postgres.DueOutcome{Outcome: "failed", Message: "no command for kind " + item.Kind}
	}
	err := run(ctx, s.executor, policies.Due{ID: item.ID, Kind: item.Kind, Target: item.Target, At: item.At})
	switch _, refused := domain.IsRefusal(err); {
	case refused:
		return postgres.DueOutcome{Outcome: "refused", Message: err.Error()}
	case err != nil:
		return postgres.DueOutcome{Outcome: "failed", Message: err.Error()}
	}
	return postgres.DueOutcome{Outcome: "done"}
}

// settle waits until all read models serve and have reached the end of the log as it is now.
func (s *system) settle(ctx context.Context) error {
	if err := s.serving(ctx); err != nil {
		return err
	}
	head, ok, err := s.store.Head(ctx)
	if err != nil || !ok {
		return err
	}
	names := make([]string, len(projections.All))
	for i, p := range projections.All {
		names[i] = p.Name
	}
	return s.hub.WaitFor(ctx, head, names...)
}

// serving waits until every read model can be read: on a fresh database their views come with the first catch-up.
func (s *system) serving(ctx context.Context) error {
	for {
		states, err := s.hub.Positions(ctx)
		if err != nil {
			return err
		}
		waiting := ""
		for _, p := range projections.All {
			if !slices.ContainsFunc(states, func(st postgres.Status) bool { return st.Name == p.Name && st.Serving }) {
				waiting = p.Name
			}
		}
		if waiting == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("read model %s does not serve yet: %w", waiting, ctx.Err())
		case err := <-s.err:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

var (
	commandTotal = promauto.NewCounterVec(prometheus.CounterOpts{Name: "letopis_command_total", Help: "Commands by outcome"}, []string{"type", "result"})
	commandTime  = promauto.NewHistogramVec(prometheus.HistogramOpts{Name: "letopis_command_seconds", Help: "Time to decide and append",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14)}, []string{"type"})
)

// countCommands counts every command once, by type and outcome.
func countCommands(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		start := time.Now()
		receipt, err := next(ctx, in)
		result := "ok"
		switch refusal, refused := domain.IsRefusal(err); {
		case refused && refusal.Code == domain.CodeInvalid:
			result = "invalid"
		case refused && refusal.Code == "forbidden":
			result = "forbidden"
		case refused:
			result = "refused"
		case err != nil:
			result = "error"
		case receipt.Events == 0:
			result = "nothing"
		}
		commandTotal.WithLabelValues(in.Name, result).Inc()
		commandTime.WithLabelValues(in.Name).Observe(time.Since(start).Seconds())
		return receipt, err
	}
}
