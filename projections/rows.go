package projections

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/letopis-crm/letopis/domain"
)

// Rows is where a batch's rows come from and go to: one transaction of the read-model database.
type Rows interface {
	// Load returns the rows with the given keys as JSON objects, by key. Missing rows are left out.
	Load(t TableInfo, keys []string) (map[string]json.RawMessage, error)
	// Write stores changes of keyed tables (deletes, then upserts) and appends to the others.
	Write(changes []Change) error
	// Exec runs a statement at once.
	Exec(sql string, args ...any) error
}

// TableInfo describes a table: its name, the key column ("" for append-only tables) and all columns by Go field order.
type TableInfo struct {
	Name    string
	Key     string
	Columns []string
}

// Change is what a batch leaves to one table. Upserts and Appends hold row structs with one field per column, in order.
type Change struct {
	Table   TableInfo
	Upserts []any
	Deletes []string
	Appends []any
}

// Table is a keyed table: one row struct R per key. R's json tags are the column names; columns that the database
// generates are left out of R.
type Table[R any] struct{ info TableInfo }

// NewTable declares a keyed table. The key column must be of type uuid or text. Column types in R are those of a Log, but
// not bytes: rows are read back as JSON.
func NewTable[R any](name, key string) Table[R] {
	return Table[R]{TableInfo{Name: name, Key: key, Columns: columnsOf(reflect.TypeFor[R]())}}
}

// Log is an append-only table.
type Log[R any] struct{ info TableInfo }

// NewLog declares an append-only table. Its column types in R are limited to those pgx copies: texts, numbers, bools,
// times, uuids, json.RawMessage, slices of them, and what marshals itself.
func NewLog[R any](name string) Log[R] {
	return Log[R]{TableInfo{Name: name, Columns: columnsOf(reflect.TypeFor[R]())}}
}

func columnsOf(t reflect.Type) []string {
	var columns []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			panic(fmt.Sprintf("projections: %s.%s has no column name", t, field.Name))
		}
		columns = append(columns, name)
	}
	return columns
}

// Batch gathers the changes of a run of events. Rows are loaded once, folded in memory and written once.
type Batch struct {
	store    Rows
	tables   map[string]*tableBatch
	order    []*tableBatch
	expected []string
	touched  map[string]bool
}

type tableBatch struct {
	info    TableInfo
	rows    map[string]any  // *R; nil: known to be absent
	dirty   map[string]bool // written or deleted
	order   []string
	appends []any
}

// NewBatch returns an empty batch over the store.
func NewBatch(store Rows) *Batch {
	return &Batch{store: store, tables: map[string]*tableBatch{}, touched: map[string]bool{}}
}

// expect remembers the aggregates of the batch: most rows are keyed by the aggregate's id, so the first look at a
// table loads all of them in one query.
func (b *Batch) expect(events []domain.Recorded, handlers map[string][]Handler) {
	seen := map[string]bool{}
	for _, r := range events {
		if len(handlers[r.Type]) == 0 {
			continue
		}
		if id, ok := r.AggregateID(); ok && !seen[id.String()] {
			seen[id.String()] = true
			b.expected = append(b.expected, id.String())
		}
	}
}

func (b *Batch) table(info TableInfo) *tableBatch {
	t, ok := b.tables[info.Name]
	if !ok {
		t = &tableBatch{info: info, rows: map[string]any{}, dirty: map[string]bool{}}
		b.tables[info.Name] = t
		b.order = append(b.order, t)
	}
	return t
}

// Find returns the row with the key, or nil. Changes through the pointer are kept only after Row or Put.
func (t Table[R]) Find(b *Batch, key string) *R {
	tb := b.table(t.info)
	if _, known := tb.rows[key]; !known {
		t.load(b, tb, key)
	}
	if row, ok := tb.rows[key].(*R); ok {
		return row
	}
	return nil
}

// Row returns the row with the key to be changed; where there is none, a new row with its key set.
func (t Table[R]) Row(b *Batch, key string) *R {
	row := t.Find(b, key)
	if row == nil {
		row = new(R)
		setKey(reflect.ValueOf(row).Elem().FieldByIndex([]int{slices.Index(t.info.Columns, t.info.Key)}), key)
	}
	return t.put(b, key, row)
}

func setKey(field reflect.Value, key string) {
	if field.Kind() == reflect.String {
		field.SetString(key)
		return
	}
	u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](field.Addr())
	if !ok {
		panic(fmt.Sprintf("projections: %s cannot be a row key", field.Type()))
	}
	if err := u.UnmarshalText([]byte(key)); err != nil {
		panic(err)
	}
}

// Put writes the row under the key.
func (t Table[R]) Put(b *Batch, key string, row R) { t.put(b, key, &row) }

// Change applies f to the row with the key if there is one.
func (t Table[R]) Change(b *Batch, key string, f func(*R)) {
	if row := t.Find(b, key); row != nil {
		f(t.put(b, key, row))
	}
}

// Delete removes the row with the key.
func (t Table[R]) Delete(b *Batch, key string) {
	tb := b.table(t.info)
	tb.mark(key)
	tb.rows[key] = nil
}

func (t Table[R]) put(b *Batch, key string, row *R) *R {
	tb := b.table(t.info)
	tb.mark(key)
	tb.rows[key] = row
	return row
}

func (tb *tableBatch) mark(key string) {
	if !tb.dirty[key] {
		tb.dirty[key] = true
		tb.order = append(tb.order, key)
	}
}

func (t Table[R]) load(b *Batch, tb *tableBatch, key string) {
	keys := []string{key}
	if len(tb.rows) == 0 {
		keys = append(keys, b.expected...)
	}
	loaded, err := b.store.Load(t.info, keys)
	if err != nil {
		panic(&storeError{err})
	}
	for _, k := range keys {
		if _, known := tb.rows[k]; known {
			continue
		}
		raw, found := loaded[k]
		if !found {
			tb.rows[k] = nil
			continue
		}
		row := new(R)
		if err := json.Unmarshal(raw, row); err != nil {
			panic(fmt.Errorf("row %s of %s: %w", k, t.info.Name, err))
		}
		tb.rows[k] = row
	}
}

// Add appends a row.
func (l Log[R]) Add(b *Batch, row R) {
	tb := b.table(l.info)
	tb.appends = append(tb.appends, row)
}

// Touch names a record that this batch changes, such as ("assignment", id): subscribers of changes are told.
func (b *Batch) Touch(entity, id string) { b.touched[entity+"/"+id] = true }

// Touched lists what Touch named, plus the rows of keyed tables, as "entity/id".
func (b *Batch) Touched() []string {
	for _, tb := range b.order {
		for key := range tb.dirty {
			b.touched[tb.info.Name+"/"+key] = true
		}
	}
	all := make([]string, 0, len(b.touched))
	for t := range b.touched {
		all = append(all, t)
	}
	return all
}

// Exec runs a statement that rows cannot express. It is a barrier: pending rows are written first and loaded rows
// forgotten, so use it for rare events only.
func (b *Batch) Exec(sql string, args ...any) {
	if err := b.Flush(); err != nil {
		panic(&storeError{err})
	}
	if err := b.store.Exec(sql, args...); err != nil {
		panic(&storeError{err})
	}
}

// Flush writes all pending changes. The runtime calls it once at the end of the batch.
func (b *Batch) Flush() error {
	changes := make([]Change, 0, len(b.order))
	for _, tb := range b.order {
		c := Change{Table: tb.info, Appends: tb.appends}
		for _, key := range tb.order {
			if row := tb.rows[key]; row != nil && !reflect.ValueOf(row).IsNil() {
				c.Upserts = append(c.Upserts, row)
			} else {
				c.Deletes = append(c.Deletes, key)
			}
			b.touched[tb.info.Name+"/"+key] = true
		}
		if len(c.Upserts)+len(c.Deletes)+len(c.Appends) > 0 {
			changes = append(changes, c)
		}
	}
	b.tables, b.order = map[string]*tableBatch{}, nil
	if len(changes) == 0 {
		return nil
	}
	return b.store.Write(changes)
}
