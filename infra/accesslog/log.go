// Package accesslog writes down who looked at which client, when and why.
//
// The log is a primary record in Postgres, outside the log of events: reading is many times more frequent than writing,
// and changes nothing. Each hour of it is sealed by an event, so that nobody can change it afterwards unseen (see Sealer).
//
// What is guarded (negotiations, correspondence, contact information, exports, emergency accesses) is written before the
// answer leaves, or the answer does not leave. The rest waits in memory for at most a second, and is written when the
// program stops: kill -9 loses at most the last second of it.
package accesslog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// Entry is one reading.
type Entry struct {
	Employee   domain.EmployeeID
	OnBehalfOf domain.EmployeeID
	// Credential is the session or the token; Address where the request came from.
	Credential, Address string
	Way                 access.Way
	Operation           string
	Resource            access.Resource
	// Guarded: written before the answer leaves.
	Guarded bool
	// Kind and Record are the record that was asked for, where it is one.
	Kind   string
	Record uuid.UUID
	// Clients are all who were shown.
	Clients []uuid.UUID
	// Purpose is why, where it was said.
	Purpose string
	Results int
	// Query is the normalised query; its digest is kept.
	Query   string
	Request uuid.UUID
}

// ErrUnavailable refuses an answer that could not be written down.
var ErrUnavailable = domain.Refuse("access_log.unavailable", "it cannot be written down who reads this; try again")

const (
	// keptClients bounds the clients of one entry that are named; the others are counted.
	keptClients = 200
	// oneView is how long a record that is open counts as opened once, however often it is refreshed.
	oneView = 5 * time.Minute
	// flushEvery is how long an entry waits in memory, and half of what kill -9 may lose.
	flushEvery = 500 * time.Millisecond
	// writeWithin bounds how long an answer waits for its entry.
	writeWithin = 5 * time.Second
	// bufferSize bounds what waits in memory. Beyond it entries are written at once: none is dropped.
	bufferSize = 4096
	// knownViews bounds what is remembered of views; forgetting one costs a second entry.
	knownViews = 20000
)

// Log is the log of one process. It is safe for concurrent use.
type Log struct {
	db     *pgxpool.Pool
	now    func() time.Time
	logger *slog.Logger
	size   int

	mu      sync.Mutex
	waiting []row
	views   map[view]time.Time

	flushing sync.Mutex // entries are written in their order

	partsMu sync.Mutex
	parts   time.Time // until when there are parts
}

// view is what counts as one view while it is refreshed.
type view struct {
	employee, onBehalfOf domain.EmployeeID
	operation, purpose   string
	record               uuid.UUID
	kind                 string
}

// New returns the log on an opened database. Run writes what waits.
func New(db *pgxpool.Pool, now func() time.Time, logger *slog.Logger) *Log {
	return &Log{db: db, now: now, logger: logger, size: bufferSize, views: map[view]time.Time{}}
}

// Note takes an entry. What is guarded, or finds no room to wait, is written when it returns; an error means that the
// answer must not leave.
func (l *Log) Note(ctx context.Context, e Entry) error {
	r := l.rowOf(e)
	if !e.Guarded && l.keep(e, r) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	if err := l.write(ctx, []row{r}); err != nil {
		l.logger.ErrorContext(ctx, "a reading could not be written down", "operation", e.Operation, "err", err)
		return ErrUnavailable
	}
	return nil
}

// keep reports whether the entry waits in memory, or need not be written again.
func (l *Log) keep(e Entry, r row) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := view{e.Employee, e.OnBehalfOf, e.Operation, e.Purpose, e.Record, e.Kind}
	plain := e.Way == access.View && e.Record != uuid.Nil
	if last, seen := l.views[key]; plain && seen && r.At.Before(last.Add(oneView)) {
		return true
	}
	if len(l.waiting) >= l.size {
		return false
	}
	l.waiting = append(l.waiting, r)
	if plain {
		l.forget(r.At)
		l.views[key] = r.At
	}
	return true
}

func (l *Log) forget(now time.Time) {
	if len(l.views) < knownViews {
		return
	}
	for key, at := range l.views {
		if !now.Before(at.Add(oneView)) {
			delete(l.views, key)
		}
	}
	if len(l.views) >= knownViews {
		clear(l.views)
	}
}

// Run writes what waits until the context ends, and then the rest.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return l.flushRest(ctx)
		case <-tick.C:
			if err := l.Flush(ctx); err != nil && ctx.Err() == nil {
				l.logger.ErrorContext(ctx, "the access log cannot be written and waits", "err", err)
			}
		}
	}
}

// flushRest writes what waits although the context has ended.
func (l *Log) flushRest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
	defer cancel()
	err := l.Flush(ctx)
	if err != nil {
		l.logger.ErrorContext(ctx, "the rest of the access log was not written", "err", err)
	}
	return err
}

// Flush writes what waits. What cannot be written goes on waiting.
func (l *Log) Flush(ctx context.Context) error {
	l.flushing.Lock()
	defer l.flushing.Unlock()
	l.mu.Lock()
	rows := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	if len(rows) == 0 {
		return nil
	}
	err := l.write(ctx, rows)
	if err != nil {
		l.mu.Lock()
		l.waiting = append(rows, l.waiting...)
		l.mu.Unlock()
	}
	return err
}

// row is an entry as the table has it, in the order of its columns. Its JSON is what is sealed.
type row struct {
	WrittenAt   time.Time   `json:"written_at"`
	ID          uuid.UUID   `json:"id"`
	At          time.Time   `json:"at"`
	Employee    uuid.UUID   `json:"employee_id"`
	OnBehalfOf  *uuid.UUID  `json:"on_behalf_of"`
	Credential  string      `json:"credential"`
	Address     string      `json:"address"`
	Way         string      `json:"way"`
	Operation   string      `json:"operation"`
	Resource    string      `json:"resource"`
	Kind        string      `json:"record_kind"`
	Record      *uuid.UUID  `json:"record_id"`
	Clients     []uuid.UUID `json:"client_ids"`
	ClientCount int         `json:"client_count"`
	Purpose     string      `json:"purpose"`
	Results     int         `json:"results"`
	Query       []byte      `json:"query_digest"`
	Policy      string      `json:"policy"`
	Request     uuid.UUID   `json:"request_id"`
}

var columns = []string{
	"written_at", "id", "at", "employee_id", "on_behalf_of", "credential", "address", "way", "operation", "resource", "record_kind", "record_id", "client_ids",
	"client_count", "purpose", "results", "query_digest", "policy", "request_id",
}

func (r row) values() []any {
	return []any{
		r.WrittenAt, r.ID, r.At, r.Employee, r.OnBehalfOf, r.Credential, r.Address, r.Way, r.Operation, r.Resource, r.Kind, r.Record, r.Clients,
		r.ClientCount, r.Purpose, r.Results, r.Query, r.Policy, r.Request,
	}
}

// rowOf is the entry as it is kept. Its id grows with time.
func (l *Log) rowOf(e Entry) row {
	r := row{
		ID: uuid.Must(uuid.NewV7()), At: l.moment(), Employee: e.Employee.UUID(), OnBehalfOf: orNull(e.OnBehalfOf.UUID()), Credential: e.Credential, Address: e.Address,
		Way: string(e.Way), Operation: e.Operation, Resource: string(e.Resource), Kind: e.Kind, Record: orNull(e.Record), Clients: distinct(e.Clients), Purpose: e.Purpose,
		Results: e.Results, Policy: access.Version(), Request: e.Request,
	}
	r.ClientCount = len(r.Clients)
	r.Clients = r.Clients[:min(len(r.Clients), keptClients)]
	if e.Query != "" {
		sum := sha256.Sum256([]byte(e.Query))
		r.Query = sum[:]
	}
	return r
}

// moment is now, as Postgres keeps it.
func (l *Log) moment() time.Time { return l.now().UTC().Truncate(time.Microsecond) }

func distinct(ids []uuid.UUID) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(ids))
	kept := []uuid.UUID{}
	for _, id := range ids {
		if id != uuid.Nil && !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func (l *Log) write(ctx context.Context, rows []row) error {
	now := l.moment()
	if err := l.makeParts(ctx, now); err != nil {
		return fmt.Errorf("access log: %w", err)
	}
	_, err := l.db.CopyFrom(ctx, pgx.Identifier{"audit", "access_log"}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		rows[i].WrittenAt = now
		return rows[i].values(), nil
	}))
	return err
}

// ahead is how many months there are parts for, this one with them.
const ahead = 3

// makeParts makes the parts of this month and the next ones, unless that has been seen to this month.
func (l *Log) makeParts(ctx context.Context, now time.Time) error {
	l.partsMu.Lock()
	defer l.partsMu.Unlock()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if l.parts.Equal(month) {
		return nil
	}
	err := pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('letopis/access-log-parts', 0))`); err != nil {
			return err
		}
		for i := range ahead {
			from := month.AddDate(0, i, 0)
			//sqlvet:built names and bounds of partitions are made here from months; a definition takes no arguments
			create := fmt.Sprintf(`create table if not exists audit.access_log_%s partition of audit.access_log for values from ('%s') to ('%s')`,
				from.Format("2006_01"), from.Format(time.RFC3339), from.AddDate(0, 1, 0).Format(time.RFC3339))
			if _, err := tx.Exec(ctx, create); err != nil { //sqlvet:built months of the calendar, no text of anybody's
				return err
			}
		}
		return nil
	})
	if err == nil {
		l.parts = month
	}
	return err
}

// Cut keeps the beginning of a text that a client sent, in a form that the database takes.
func Cut(text string, letters int) string {
	runes := slices.DeleteFunc([]rune(text), func(r rune) bool { return r == 0 || r == '\uFFFD' })
	return string(runes[:min(len(runes), letters)])
}
