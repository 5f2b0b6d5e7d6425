package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/projections"
)

// Report is the outcome of a verification.
type Report struct {
	Projection string
	Version    int
	Position   uint64 // both sides were compared exactly here
	Rows       int64  // recomputed
	// Differing counts all differing rows; Differences names the first of them.
	Differing   int64
	Differences []Difference
}

// Difference is one row that is not as the events say.
type Difference struct {
	Table string
	// Key is the row's primary key; for tables without one the row itself.
	Key  string
	Kind DifferenceKind
}

// DifferenceKind says how a row differs.
type DifferenceKind string

// The kinds of difference, seen from the live read model.
const (
	RowMissing    DifferenceKind = "missing"
	RowUnexpected DifferenceKind = "unexpected"
	RowDiffers    DifferenceKind = "differs"
)

// OK reports that the read model is what the events say.
func (r Report) OK() bool { return r.Differing == 0 }

// maxDifferences is how many a report names.
const maxDifferences = 1000

// ErrNotServing is returned where there is nothing to verify: this version of the read model has not caught up yet.
var ErrNotServing = errors.New("this version of the read model does not serve")

// Verify computes the read model anew into tables of its own, up to exactly the position of a snapshot of the live one,
// and compares all rows. The live read model goes on meanwhile. The tables of its own are gone at the end.
func Verify(ctx context.Context, pool *pgxpool.Pool, p projections.Projection, source EventSource) (Report, error) {
	report := Report{Projection: p.Name, Version: p.Version}
	unlock, err := alone(ctx, pool, "rebuild/"+p.Name)
	if err != nil {
		return report, err
	}
	defer unlock()
	live, err := servingOf(ctx, pool, p)
	if err != nil {
		return report, err
	}
	scratch, err := makeScratch(ctx, pool, p)
	if err != nil {
		return report, err
	}
	defer removeScratch(context.WithoutCancel(ctx), pool, scratch)
	s, err := openSession(ctx, pool, p, scratch)
	if err != nil {
		return report, err
	}
	defer s.close()
	if err := s.readTo(ctx, source, live.Position); err != nil {
		return report, err
	}
	if err := s.finishSchema(ctx); err != nil {
		return report, err
	}
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(snapshot pgx.Tx) error {
		live, err := servingOf(ctx, snapshot, p)
		if err != nil {
			return err
		}
		if err := s.readTo(ctx, source, live.Position); err != nil {
			return err
		}
		report.Position = uint64(max(live.Position, 0))
		return report.compare(ctx, side{snapshot, live.SchemaName}, side{s.conn, scratch.SchemaName})
	})
	return report, err
}

func servingOf(ctx context.Context, db querier, p projections.Projection) (generation, error) {
	all, err := generationsOf(ctx, db, p.Name)
	if err != nil {
		return generation{}, err
	}
	for _, g := range all {
		if g.Serving && g.Version == p.Version {
			return g, nil
		}
	}
	return generation{}, fmt.Errorf("%s version %d: %w", p.Name, p.Version, ErrNotServing)
}

func makeScratch(ctx context.Context, pool *pgxpool.Pool, p projections.Projection) (generation, error) {
	var g generation
	if err := abandonRebuilds(ctx, pool, p.Name); err != nil {
		return g, err
	}
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := lockFor(ctx, tx, "projection/"+p.Name); err != nil {
			return err
		}
		var err error
		g, err = createGeneration(ctx, tx, p, true)
		return err
	})
	return g, err
}

// removeScratch leaves no trace; where even that fails, the next rebuild or verification removes it.
func removeScratch(ctx context.Context, pool *pgxpool.Pool, g generation) {
	err := dropSchema(ctx, pool, g.SchemaName)
	if err == nil {
		_, err = pool.Exec(ctx, `delete from letopis.projection where name = $1 and version = $2 and generation = $3 and rebuild`, g.Name, g.Version, g.Number)
	}
	if err != nil {
		slog.WarnContext(ctx, "the tables of a verification are left until the next one", "schema", g.SchemaName, "error", err)
	}
}

// side is one of the two schemas under comparison.
type side struct {
	db     querier
	schema string
}

func (r *Report) compare(ctx context.Context, live, fresh side) error {
	tables, err := names(ctx, fresh.db, `select relname from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`, quote(fresh.schema))
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := r.compareTable(ctx, live, fresh, table); err != nil {
			return fmt.Errorf("compare %s: %w", table, err)
		}
	}
	return nil
}

func (r *Report) compareTable(ctx context.Context, live, fresh side, table string) error {
	digest, err := digestOf(ctx, fresh, table)
	if err != nil {
		return err
	}
	a, err := openDigests(ctx, live, table, digest)
	if err != nil {
		return err
	}
	defer a.rows.Close()
	b, err := openDigests(ctx, fresh, table, digest)
	if err != nil {
		return err
	}
	defer b.rows.Close()
	found := r.merge(table, a, b)
	if err := errors.Join(a.err(), b.err()); err != nil {
		return err
	}
	for i := range found {
		if !digest.keyed && len(r.Differences) < maxDifferences {
			s := live
			if found[i].Kind != RowUnexpected {
				s = fresh
			}
			found[i].Key = digest.rowText(ctx, s, table, found[i].Key)
		}
		if len(r.Differences) < maxDifferences {
			r.Differences = append(r.Differences, found[i])
		}
	}
	return nil
}

// merge walks both sorted sides at once.
func (r *Report) merge(table string, live, fresh *digests) []Difference {
	var found []Difference
	differs := func(key string, kind DifferenceKind) {
		if r.Differing++; len(found) < maxDifferences {
			found = append(found, Difference{Table: table, Key: key, Kind: kind})
		}
	}
	live.next()
	for fresh.next(); live.ok || fresh.ok; {
		switch {
		case !fresh.ok || live.ok && live.key < fresh.key:
			differs(live.key, RowUnexpected)
			live.next()
		case !live.ok || fresh.key < live.key:
			differs(fresh.key, RowMissing)
			r.Rows++
			fresh.next()
		default:
			if live.value != fresh.value {
				differs(fresh.key, RowDiffers)
			}
			r.Rows++
			live.next()
			fresh.next()
		}
	}
	return found
}

// digest is how the rows of a table are compared: by primary key, or as a multiset where there is none. What the
// database numbers by itself is left out.
type digest struct {
	keyed   bool
	key     string // SQL
	columns string // SQL list
}

func digestOf(ctx context.Context, s side, table string) (digest, error) {
	rows, err := s.db.Query(ctx, `select a.attname, coalesce(a.attnum = any(i.indkey), false)
		from pg_attribute a
		left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
		left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
		where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
		and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like 'nextval(%' order by a.attnum`, quote(s.schema)+"."+quote(table))
	if err != nil {
		return digest{}, err
	}
	var columns, keys []string
	var name string
	var inKey bool
	_, err = pgx.ForEachRow(rows, []any{&name, &inKey}, func() error {
		columns = append(columns, quote(name))
		if inKey {
			keys = append(keys, quote(name)+"::text")
		}
		return nil
	})
	d := digest{keyed: len(keys) > 0, columns: strings.Join(columns, ", ")}
	switch len(keys) {
	case 0:
		d.key = "md5(row(" + d.columns + ")::text)"
	case 1:
		d.key = keys[0]
	default:
		d.key = "array[" + strings.Join(keys, ", ") + "]::text"
	}
	return d, err
}

// digests are sorted pairs of key and digest; for a table without key, of digest and count.
type digests struct {
	rows       pgx.Rows
	key, value string
	ok         bool
	scan       error
}

func openDigests(ctx context.Context, s side, table string, d digest) (*digests, error) {
	from := " from " + quote(s.schema) + "." + quote(table)
	//sqlvet:built names come from the catalogue and are quoted
	sql := "select (" + d.key + `) collate "C", md5(row(` + d.columns + ")::text)" + from + " order by 1"
	if !d.keyed {
		//sqlvet:built names come from the catalogue and are quoted
		sql = "select (" + d.key + `) collate "C", count(*)::text` + from + " group by 1 order by 1"
	}
	rows, err := s.db.Query(ctx, sql)
	return &digests{rows: rows}, err
}

func (d *digests) next() {
	if d.ok = d.rows.Next(); d.ok {
		d.scan = d.rows.Scan(&d.key, &d.value)
		d.ok = d.scan == nil
	}
}

func (d *digests) err() error { return errors.Join(d.scan, d.rows.Err()) }

func (d digest) rowText(ctx context.Context, s side, table, hash string) string {
	var text string
	err := s.db.QueryRow(ctx, "select row("+d.columns+")::text from "+quote(s.schema)+"."+quote(table)+" where "+d.key+" = $1 limit 1", hash).Scan(&text) //sqlvet:built names from the catalogue, quoted
	if err != nil {
		return hash
	}
	return text
}
