package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/projections"
)

// rowStore is projections.Rows on one transaction of a session whose search path starts with the projection's schema.
type rowStore struct {
	ctx    context.Context //nolint:containedctx // lives as long as one transaction
	tx     pgx.Tx
	tables *tableStatements
}

var _ projections.Rows = (*rowStore)(nil)

// tableStatements are the statements of the tables of one schema. Their texts stay the same, so the session's prepared
// statements are used again by every batch.
type tableStatements struct{ byTable map[string]*statements }

type statements struct {
	load, upsert, remove string
	layout               rowLayout
}

func newTableStatements() *tableStatements {
	return &tableStatements{byTable: map[string]*statements{}}
}

func (s *rowStore) statements(t projections.TableInfo) (*statements, error) {
	if known, ok := s.tables.byTable[t.Name]; ok {
		return known, nil
	}
	columns, err := tableColumns(s.ctx, s.tx, t)
	if err != nil {
		return nil, err
	}
	made, err := statementsOf(t, columns)
	if err != nil {
		return nil, err
	}
	if err := registerRowType(s.ctx, s.tx, t.Name, columns); err != nil {
		return nil, err
	}
	s.tables.byTable[t.Name] = made
	return made, nil
}

// statementsOf: rows arrive as one array of the table's own row type, because Postgres reads that three times faster
// than JSON.
func statementsOf(t projections.TableInfo, found []tableColumn) (*statements, error) {
	at := slices.IndexFunc(found, func(c tableColumn) bool { return c.Name == t.Key })
	if at < 0 {
		return nil, fmt.Errorf("table %s has no key column %s", t.Name, t.Key)
	}
	table, key, keyType := quote(t.Name), quote(t.Key), found[at].Type
	columns := make([]string, len(t.Columns))
	var sets []string
	for i, c := range t.Columns {
		columns[i] = quote(c)
		if c != t.Key {
			sets = append(sets, quote(c)+" = excluded."+quote(c))
		}
	}
	action := "nothing"
	if len(sets) > 0 {
		action = "update set " + strings.Join(sets, ", ")
	}
	list := strings.Join(columns, ", ")
	return &statements{
		load: fmt.Sprintf("select t.%s::text, to_json(t)::text from %s t where t.%s = any($1::text[]::%s[])", key, table, key, keyType),
		upsert: fmt.Sprintf("insert into %s (%s) select %s from unnest($1::%s[]) on conflict (%s) do %s",
			table, list, list, table, key, action),
		remove: fmt.Sprintf("delete from %s where %s = any($1::text[]::%s[])", table, key, keyType),
		layout: layoutOf(t, found),
	}, nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// Load implements projections.Rows.
func (s *rowStore) Load(t projections.TableInfo, keys []string) (map[string]json.RawMessage, error) {
	st, err := s.statements(t)
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.Query(s.ctx, st.load, keys)
	if err != nil {
		return nil, fmt.Errorf("load from %s: %w", t.Name, err)
	}
	defer rows.Close()
	loaded := make(map[string]json.RawMessage, len(keys))
	for rows.Next() {
		raw := rows.RawValues() // two texts; scanning would check the JSON once more
		loaded[string(raw[0])] = append(json.RawMessage(nil), raw[1]...)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load from %s: %w", t.Name, err)
	}
	return loaded, nil
}

// Write implements projections.Rows: what is keyed goes in one round trip, what is appended by COPY. Deletes come
// first, so that a row may take over what was unique to another.
func (s *rowStore) Write(changes []projections.Change) error {
	batch := &pgx.Batch{}
	for _, c := range changes {
		if err := s.queue(batch, c); err != nil {
			return fmt.Errorf("table %s: %w", c.Table.Name, err)
		}
	}
	if batch.Len() > 0 {
		if err := s.tx.SendBatch(s.ctx, batch).Close(); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := s.appendRows(c); err != nil {
			return fmt.Errorf("table %s: %w", c.Table.Name, err)
		}
	}
	return nil
}

func (s *rowStore) queue(batch *pgx.Batch, c projections.Change) error {
	if len(c.Upserts)+len(c.Deletes) == 0 {
		return nil
	}
	st, err := s.statements(c.Table)
	if err != nil {
		return err
	}
	named := func(results pgx.BatchResults) error {
		if _, err := results.Exec(); err != nil {
			return fmt.Errorf("table %s: %w", c.Table.Name, err)
		}
		return nil
	}
	if len(c.Deletes) > 0 {
		batch.Queue(st.remove, c.Deletes).Fn = named
	}
	if len(c.Upserts) > 0 {
		rows, err := st.layout.records(c.Upserts)
		if err != nil {
			return err
		}
		batch.Queue(st.upsert, rows).Fn = named
	}
	return nil
}

func (s *rowStore) appendRows(c projections.Change) error {
	if len(c.Appends) == 0 {
		return nil
	}
	_, err := s.tx.CopyFrom(s.ctx, pgx.Identifier{c.Table.Name}, c.Table.Columns,
		pgx.CopyFromSlice(len(c.Appends), func(i int) ([]any, error) { return rowValues(c.Appends[i]) }))
	return err
}

// Exec implements projections.Rows.
func (s *rowStore) Exec(sql string, args ...any) error {
	_, err := s.tx.Exec(s.ctx, sql, args...)
	return err
}
