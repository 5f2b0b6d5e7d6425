package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/projections"
)

// Channel is the notification channel that every batch reports on.
const Channel = "letopis"

// ErrFenced is returned when the checkpoint is not where the writer believes it to be. Nothing was written.
var ErrFenced = errors.New("the read model's checkpoint was moved by somebody else")

// session is one dedicated connection that holds the lease of a generation and writes its tables.
type session struct {
	conn       *pgx.Conn
	db         database // conn, or the transaction that everything happens in for now
	projection projections.Projection
	types      map[string]bool // nil: every type
	gen        generation
	skips      map[uint64]bool
	tables     *tableStatements
}

type database interface {
	querier
	Begin(ctx context.Context) (pgx.Tx, error)
}

// openSession connects and waits for the lease: the session-level advisory lock of the generation. The lock goes with
// the connection, so a dead owner's lease is free at once.
func openSession(ctx context.Context, pool *pgxpool.Pool, p projections.Projection, g generation) (*session, error) {
	conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, db: conn, projection: p, types: p.Types(), gen: g, tables: newTableStatements()}
	if err := s.prepare(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// prepare sets the session up.
//
// Commits do not wait for the disk: rows and checkpoint are lost together, if at all, and come again from the log. Plans
// are made while the tables are empty and kept, so the planner is told what we know: rows are looked up by their key.
// With its own estimates it scans the whole table for every batch.
func (s *session) prepare(ctx context.Context) error {
	for _, sql := range []string{
		`set synchronous_commit = off`, `set enable_seqscan = off`, `set plan_cache_mode = force_generic_plan`,
		`set tcp_keepalives_idle = 10`, `set tcp_keepalives_interval = 5`, `set tcp_keepalives_count = 3`,
		`set search_path to ` + quote(s.gen.SchemaName) + `, public`,
	} {
		if _, err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if _, err := s.conn.Exec(ctx, `select pg_advisory_lock(hashtextextended($1, 0))`, s.leaseName()); err != nil {
		return fmt.Errorf("lease of %s: %w", s.gen, err)
	}
	return s.refresh(ctx)
}

func (s *session) leaseName() string { return "letopis/lease/" + s.gen.SchemaName }

// refresh reads the generation's row again. ErrFenced: it is retired.
func (s *session) refresh(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, `select `+generationColumns+` from letopis.projection where name = $1 and version = $2 and generation = $3 and status <> 'retired'`,
		s.gen.Name, s.gen.Version, s.gen.Number)
	if err != nil {
		return err
	}
	g, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[generation])
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrFenced
	}
	if err != nil {
		return err
	}
	s.gen = g
	s.skips, err = skipped(ctx, s.conn, s.gen.Name)
	return err
}

// close ends the connection and with it the lease.
func (s *session) close() { release(s.conn) }

// release gives locks back before the connection closes: the server notices a closed connection a moment later.
func release(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if !conn.IsClosed() && conn.PgConn().TxStatus() == 'I' {
		_, _ = conn.Exec(ctx, `select pg_advisory_unlock_all()`)
	}
	_ = conn.Close(ctx)
}

// pending are the events that the tables do not hold yet and that are not left out.
func (s *session) pending(events []domain.Recorded) []domain.Recorded {
	first, _ := slices.BinarySearchFunc(events, s.gen.Position, func(e domain.Recorded, position int64) int {
		if int64(e.Position) <= position {
			return -1
		}
		return 1
	})
	events = events[first:]
	if len(s.skips) == 0 {
		return events
	}
	return slices.DeleteFunc(slices.Clone(events), func(e domain.Recorded) bool { return s.skips[e.Position] })
}

// apply writes the effect of the events and moves the checkpoint to upTo. Where an event cannot be taken, all before it
// are written, and a *projections.Poison names it.
func (s *session) apply(ctx context.Context, events []domain.Recorded, upTo int64) error {
	events = s.pending(events)
	if upTo <= s.gen.Position {
		return nil
	}
	return s.narrow(ctx, events, upTo)
}

// narrow halves a run of events that fails for a lasting reason until the one that is to blame stands alone.
func (s *session) narrow(ctx context.Context, events []domain.Recorded, upTo int64) error {
	err := s.transact(ctx, events, upTo)
	if tablesGone(err) && errors.Is(s.refresh(ctx), ErrFenced) {
		// Another generation serves and this one's tables were dropped under our hands: no event is to blame.
		return fmt.Errorf("%s: %w", s.gen, ErrFenced)
	}
	if err == nil || ctx.Err() != nil || !lasting(err, s.conn) || len(events) == 0 {
		return err
	}
	var poison *projections.Poison
	blamed := errors.As(err, &poison)
	if len(events) == 1 {
		if !blamed {
			poison = &projections.Poison{Projection: s.projection.Name, Event: events[0], Cause: err}
		}
		return poison
	}
	cut := len(events) / 2
	if blamed {
		cut = slices.IndexFunc(events, func(e domain.Recorded) bool { return e.Position == poison.Event.Position })
		if cut <= 0 {
			return poison
		}
	}
	if err := s.narrow(ctx, events[:cut], int64(events[cut-1].Position)); err != nil {
		return err
	}
	if blamed {
		return poison
	}
	return s.narrow(ctx, events[cut:], upTo)
}

// transact is one batch: rows, checkpoint and notification in one transaction.
func (s *session) transact(ctx context.Context, events []domain.Recorded, upTo int64) error {
	if !s.concerned(events) {
		return s.moveCheckpoint(ctx, s.db, len(events), upTo, nil)
	}
	tx, err := s.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	before := s.gen.Position
	batch := projections.NewBatch(&rowStore{ctx: ctx, tx: tx, tables: s.tables})
	if err := s.projection.Apply(batch, events); err != nil {
		return err
	}
	if err := batch.Flush(); err != nil {
		return err
	}
	if err := s.moveCheckpoint(ctx, tx, len(events), upTo, batch.Touched()); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		s.gen.Position = before
		return err
	}
	return nil
}

func (s *session) concerned(events []domain.Recorded) bool {
	if s.types == nil {
		return len(events) > 0
	}
	return slices.ContainsFunc(events, func(e domain.Recorded) bool { return s.types[e.Type] })
}

// fence moves the checkpoint only from where it is believed to be, and tells the world in the same breath. What is not
// serving tells nobody: readers do not see it.
const fence = `with moved as (
	update letopis.projection set position = $5, events = events + $6, updated_at = now(),
		status = case when serving then 'active' else 'filling' end, error = null, error_position = null, error_event = null
	where name = $1 and version = $2 and generation = $3 and position = $4 and status <> 'retired'
	returning serving)
select case when serving then pg_notify('` + Channel + `', $7)::text end from moved`

func (s *session) moveCheckpoint(ctx context.Context, db querier, events int, upTo int64, touched []string) error {
	var told *string
	err := db.QueryRow(ctx, fence, s.gen.Name, s.gen.Version, s.gen.Number, s.gen.Position, upTo, events,
		notification(s.gen.Name, upTo, touched)).Scan(&told)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s at %d: %w", s.gen, s.gen.Position, ErrFenced)
	}
	if err == nil {
		s.gen.Position = upTo
	}
	return err
}

// notice is the payload of a notification.
type notice struct {
	Projection string   `json:"p"`
	Position   int64    `json:"pos"`
	Keys       []string `json:"keys,omitempty"`
}

// maxNotice is below Postgres's limit of 7999 bytes, with room for the frame around the keys.
const maxNotice = 7500

// notification names the changed records; too many of them become "entity/*".
func notification(name string, position int64, keys []string) string {
	slices.Sort(keys)
	if size(keys) > maxNotice {
		for i, key := range keys {
			entity, _, _ := strings.Cut(key, "/")
			keys[i] = entity + "/*"
		}
		keys = slices.Compact(keys)
	}
	if size(keys) > maxNotice {
		keys = []string{"*"}
	}
	payload, err := json.Marshal(notice{name, position, keys})
	if err != nil || len(payload) > 7999 { // keys that JSON has to escape
		payload, _ = json.Marshal(notice{name, position, []string{"*"}})
	}
	return string(payload)
}

func size(keys []string) int {
	sum := 0
	for _, key := range keys {
		sum += len(key) + 3
	}
	return sum
}

// poisoned records that the projection stopped, for everybody to see.
func (s *session) poisoned(ctx context.Context, poison *projections.Poison) error {
	_, err := s.conn.Exec(ctx, `update letopis.projection set status = 'poisoned', error = $4, error_position = $5, error_event = $6, updated_at = now()
		where name = $1 and version = $2 and generation = $3 and status <> 'retired'`,
		s.gen.Name, s.gen.Version, s.gen.Number, clean(poison.Error()), int64(poison.Event.Position),
		poison.Event.Type+" "+poison.Event.Stream+"/"+fmt.Sprint(poison.Event.Revision))
	return err
}

// finishSchema runs the part of the schema that waited for the first catch-up.
func (s *session) finishSchema(ctx context.Context) error {
	if s.gen.Indexed {
		return nil
	}
	_, after := splitSchema(s.projection.Schema)
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, after); err != nil {
			return fmt.Errorf("schema of projection %s after catch-up: %w", s.projection.Name, err)
		}
		_, err := tx.Exec(ctx, `update letopis.projection set indexed = true where name = $1 and version = $2 and generation = $3`,
			s.gen.Name, s.gen.Version, s.gen.Number)
		return err
	})
	if err != nil {
		return err
	}
	s.gen.Indexed = true
	return s.analyze(ctx)
}

// analyze gives the planner figures before the first reader comes; a freshly filled table has none.
func (s *session) analyze(ctx context.Context) error {
	tables, err := names(ctx, s.conn, `select relname from pg_class where relnamespace = $1::regnamespace and relkind = 'r'`, quote(s.gen.SchemaName))
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := s.conn.Exec(ctx, "analyze "+quote(table)); err != nil { //sqlvet:built a table's name, quoted
			return err
		}
	}
	return nil
}

// serve lets the readers see this generation instead of the one before, in one transaction. While the old one's row is
// locked its projector cannot move on; catchUp is called with its position and must bring this generation there, or
// return false to try another time. forced: go back to an older version, too.
func (s *session) serve(ctx context.Context, forced bool, catchUp func(position int64) (bool, error)) (bool, error) {
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if err := lockFor(ctx, tx, "projection/"+s.gen.Name); err != nil {
		return false, err
	}
	live, found, err := servingForUpdate(ctx, tx, s.gen.Name)
	if err != nil {
		return false, err
	}
	if found && live.Version > s.gen.Version && !forced {
		return false, ErrSuperseded
	}
	if found && live.Position > s.gen.Position {
		if ok, err := s.within(tx, func() (bool, error) { return catchUp(live.Position) }); err != nil || !ok {
			return false, err
		}
	}
	if err := s.replace(ctx, tx); err != nil {
		return false, err
	}
	if err := tx.Commit(ctx); err != nil {
		return false, err
	}
	s.gen.Serving, s.gen.Rebuild, s.gen.Status = true, false, "active"
	return true, nil
}

// within runs f with all batches inside the transaction; when it is rolled back, the session must refresh.
func (s *session) within(tx pgx.Tx, f func() (bool, error)) (bool, error) {
	s.db = tx
	defer func() { s.db = s.conn }()
	return f()
}

func servingForUpdate(ctx context.Context, tx pgx.Tx, name string) (generation, bool, error) {
	rows, err := tx.Query(ctx, `select `+generationColumns+` from letopis.projection where name = $1 and serving and status <> 'retired' for update`, name)
	if err != nil {
		return generation{}, false, err
	}
	g, err := pgx.CollectOneRow(rows, pgx.RowToStructByName[generation])
	if errors.Is(err, pgx.ErrNoRows) {
		return g, false, nil
	}
	return g, err == nil, err
}

func (s *session) replace(ctx context.Context, tx pgx.Tx) error {
	if err := switchViews(ctx, tx, s.gen); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update letopis.projection set status = 'retired', serving = false, updated_at = now()
		where name = $1 and (version, generation) <> ($2, $3) and status <> 'retired' and (serving or version <= $2)`,
		s.gen.Name, s.gen.Version, s.gen.Number)
	if err != nil {
		return err
	}
	var position int64
	err = tx.QueryRow(ctx, `update letopis.projection set status = 'active', serving = true, rebuild = false, updated_at = now()
		where name = $1 and version = $2 and generation = $3 and status <> 'retired' returning position`,
		s.gen.Name, s.gen.Version, s.gen.Number).Scan(&position)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrFenced
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `select pg_notify('`+Channel+`', $1)`, notification(s.gen.Name, position, []string{"*"}))
	return err
}
