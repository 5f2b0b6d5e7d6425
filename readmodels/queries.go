// Package readmodels is the reading side: typed queries over the views that the projections fill, one file per screen
// or report. Queries never write.
package readmodels

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// DB is what queries need of a pool, a connection or a transaction.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Queries reads the views of schema `read`: all rows, for the system itself, or what a person may see (For).
type Queries struct{ DB DB }

// Page is one page of a list. Next is the cursor of the following page, empty on the last.
type Page[T any] struct {
	Items []T    `json:"items" doc:"The rows of this page"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last one"`
}

// PageRequest is the part of a list's query that asks for one page. Embed it in filters.
type PageRequest struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows per page"`
	Cursor string `query:"cursor" maxLength:"500" doc:"Cursor of the page, from the previous answer"`
}

// limit is the page size, never beyond the maximum.
func (p PageRequest) limit() int {
	if p.Limit <= 0 {
		return 50
	}
	return min(p.Limit, 500)
}

// Turn asks for the page at the cursor, as large as pages get: for who reads a whole list.
func (p *PageRequest) Turn(cursor string) { p.Limit, p.Cursor = 500, cursor }

// after decodes the cursor into keys; false for the first page. A broken cursor is refused.
func (p PageRequest) after(keys ...any) (bool, error) {
	if p.Cursor == "" {
		return false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		err = json.Unmarshal(raw, &keys)
	}
	if err != nil {
		var v domain.Invalid
		v.Add("cursor", "cursor", "is not a cursor of this list")
		return false, v.Err()
	}
	return true, nil
}

// cursor encodes the keys of a page's last row.
func cursor(keys ...any) string {
	raw, err := json.Marshal(keys)
	if err != nil {
		panic(err) // keys are texts, numbers and times
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// page cuts rows, of which one more than the limit was asked for, into a page.
func page[T any](rows []T, limit int, keys func(T) []any) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	return Page[T]{Items: rows, Next: cursor(keys(rows[limit-1])...)}
}

// rows collects a query's rows by field name (`db` tags).
func rows[T any](ctx context.Context, db DB, sql string, args ...any) ([]T, error) {
	found, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(found, pgx.RowToStructByNameLax[T])
	if list == nil {
		list = []T{}
	}
	return list, err
}

// one reads one row; domain.ErrNotFound where there is none.
func one[T any](ctx context.Context, db DB, sql string, args ...any) (T, error) {
	found, err := rows[T](ctx, db, sql, args...)
	if err != nil || len(found) == 0 {
		var none T
		if err == nil {
			err = domain.ErrNotFound
		}
		return none, err
	}
	return found[0], nil
}

// where builds a condition out of optional parts: each part has one "?" that becomes the next placeholder.
type where struct {
	parts []string
	args  []any
}

// and adds the condition when it applies.
func (w *where) and(applies bool, condition string, args ...any) {
	if !applies {
		return
	}
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.parts = append(w.parts, condition)
}

// arg adds an argument and returns its placeholder.
func (w *where) arg(a any) string {
	w.args = append(w.args, a)
	return "$" + strconv.Itoa(len(w.args))
}

// sql is the condition, "true" when it has no parts.
func (w *where) sql() string {
	if len(w.parts) == 0 {
		return "true"
	}
	return "(" + strings.Join(w.parts, ") and (") + ")"
}

// orZero gives the time or nil for the zero time, as SQL null.
func orZero(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
