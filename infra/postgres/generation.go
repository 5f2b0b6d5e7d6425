package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/projections"
)

// generation is one filled form of a read model: the tables of one schema, and how far they are. A version has one
// generation until it is rebuilt.
type generation struct {
	Name       string
	Version    int
	Number     int `db:"generation"`
	SchemaName string
	Position   int64 // -1: no event yet
	Status     string
	Serving    bool
	Indexed    bool
	Rebuild    bool
}

func (g generation) same(other generation) bool {
	return g.Name == other.Name && g.Version == other.Version && g.Number == other.Number
}

func (g generation) String() string { return g.SchemaName }

// ErrSuperseded is returned for a version of a read model when a newer one serves. Going back is a rebuild.
var ErrSuperseded = errors.New("a newer version of the read model serves")

var projectionName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

func schemaName(name string, version, number int) string {
	if number == 0 {
		return fmt.Sprintf("%s_v%d", name, version)
	}
	return fmt.Sprintf("%s_v%d_g%d", name, version, number)
}

const generationColumns = `name, version, generation, schema_name, position, status, serving, indexed, rebuild`

// generationsOf lists what is not retired, newest first.
func generationsOf(ctx context.Context, db querier, name string) ([]generation, error) {
	rows, err := db.Query(ctx, `select `+generationColumns+` from letopis.projection
		where name = $1 and status <> 'retired' order by version desc, generation desc`, name)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[generation])
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// currentGeneration is the one a projector of this version works on; it is made when there is none.
func currentGeneration(ctx context.Context, pool *pgxpool.Pool, p projections.Projection) (generation, error) {
	var current generation
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := lockFor(ctx, tx, "projection/"+p.Name); err != nil {
			return err
		}
		all, err := generationsOf(ctx, tx, p.Name)
		if err != nil {
			return err
		}
		for _, g := range all {
			if g.Serving && g.Version > p.Version {
				return fmt.Errorf("%w: %s, this program has version %d", ErrSuperseded, g, p.Version)
			}
			if g.Version == p.Version && !g.Rebuild {
				current = g
				return nil
			}
		}
		current, err = createGeneration(ctx, tx, p, false)
		return err
	})
	return current, err
}

// createGeneration makes the next generation's row and tables.
func createGeneration(ctx context.Context, tx pgx.Tx, p projections.Projection, rebuild bool) (generation, error) {
	if !projectionName.MatchString(p.Name) {
		return generation{}, fmt.Errorf("projection name %q cannot name a schema", p.Name)
	}
	g := generation{Name: p.Name, Version: p.Version, Position: -1, Status: "filling", Rebuild: rebuild}
	err := tx.QueryRow(ctx, `select coalesce(max(generation) + 1, 0) from letopis.projection where name = $1 and version = $2`, p.Name, p.Version).Scan(&g.Number)
	if err != nil {
		return g, err
	}
	g.SchemaName = schemaName(p.Name, p.Version, g.Number)
	if err := createTables(ctx, tx, g.SchemaName, p); err != nil {
		return g, err
	}
	_, err = tx.Exec(ctx, `insert into letopis.projection (name, version, generation, schema_name, status, rebuild) values ($1, $2, $3, $4, 'filling', $5)`,
		g.Name, g.Version, g.Number, g.SchemaName, rebuild)
	return g, err
}

func createTables(ctx context.Context, tx pgx.Tx, schema string, p projections.Projection) error {
	before, _ := splitSchema(p.Schema)
	if _, err := tx.Exec(ctx, `create schema `+quote(schema)+`; set local search_path to `+quote(schema)+`, public`); err != nil { //sqlvet:built names of our own schemas and tables, quoted
		return err
	}
	if _, err := tx.Exec(ctx, before); err != nil {
		return fmt.Errorf("schema of projection %s: %w", p.Name, err)
	}
	_, err := tx.Exec(ctx, `set local search_path to default`)
	return err
}

var afterCatchUp = regexp.MustCompile(`(?m)^-- after catch-up\b.*$`)

// splitSchema separates what is created at once from what waits for the first catch-up.
func splitSchema(ddl string) (before, after string) {
	at := afterCatchUp.FindStringIndex(ddl)
	if at == nil {
		return ddl, ""
	}
	return ddl[:at[0]], ddl[at[1]:]
}

// switchViews points read.<table> to the tables of the generation and takes the views away that it does not have.
func switchViews(ctx context.Context, tx pgx.Tx, g generation) error {
	tables, err := names(ctx, tx, `select relname from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'v', 'm')
		and not relispartition order by relname`, quote(g.SchemaName))
	if err != nil {
		return err
	}
	old, err := names(ctx, tx, `select relname from pg_class where relnamespace = 'read'::regnamespace and relkind = 'v'
		and obj_description(oid, 'pg_class') = $1`, g.Name)
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, table := range tables {
		kept[table] = true
		if err := switchView(ctx, tx, g, table); err != nil {
			return fmt.Errorf("view read.%s: %w", table, err)
		}
	}
	for _, view := range old {
		if kept[view] {
			continue
		}
		if _, err := tx.Exec(ctx, `drop view read.`+quote(view)); err != nil { //sqlvet:built names of our own schemas and tables, quoted
			return err
		}
	}
	return nil
}

func names(ctx context.Context, db querier, sql string, args ...any) ([]string, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// switchView replaces the view where its columns allow it, else makes it anew. The view's comment names its projection:
// two projections may not have tables of the same name.
func switchView(ctx context.Context, tx pgx.Tx, g generation, table string) error {
	var owner string
	err := tx.QueryRow(ctx, `select coalesce(obj_description(to_regclass($1), 'pg_class'), '')`, "read."+quote(table)).Scan(&owner)
	if err != nil {
		return err
	}
	if owner != "" && owner != g.Name {
		return fmt.Errorf("the name is taken by projection %s", owner)
	}
	view := "read." + quote(table)
	definition := "view " + view + " as select * from " + quote(g.SchemaName) + "." + quote(table)
	err = pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
		_, err := inner.Exec(ctx, "create or replace "+definition) //sqlvet:built names of our own schemas and tables, quoted
		return err
	})
	if sqlState(err) == "42P16" { // invalid_table_definition: columns went or changed their type
		_, err = tx.Exec(ctx, "drop view "+view+"; create "+definition) //sqlvet:built names of our own schemas and tables, quoted
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "comment on view "+view+" is '"+g.Name+"'") //sqlvet:built names of our own schemas and tables, quoted
	return err
}

// sweep drops the schemas of retired generations. One that a long query still reads is left for the next time.
func sweep(ctx context.Context, pool *pgxpool.Pool, name string, logger *slog.Logger) {
	schemas, err := names(ctx, pool, `select schema_name from letopis.projection where name = $1 and status = 'retired'
		and to_regnamespace(quote_ident(schema_name)) is not null`, name)
	if err != nil {
		logger.Warn("retired read models are not dropped", "projection", name, "error", err)
		return
	}
	for _, schema := range schemas {
		if err := dropSchema(ctx, pool, schema); err != nil {
			logger.Warn("a retired read model is not dropped yet", "projection", name, "schema", schema, "error", err)
		}
	}
}

func dropSchema(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `set local lock_timeout = '2s'; drop schema if exists `+quote(schema)+` cascade`) //sqlvet:built names of our own schemas and tables, quoted
		return err
	})
}

// skipped are the positions that operators decided to leave out.
func skipped(ctx context.Context, db querier, name string) (map[uint64]bool, error) {
	rows, err := db.Query(ctx, `select position from letopis.projection_skip where name = $1`, name)
	if err != nil {
		return nil, err
	}
	positions, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	skips := make(map[uint64]bool, len(positions))
	for _, p := range positions {
		skips[uint64(p)] = true
	}
	return skips, err
}
