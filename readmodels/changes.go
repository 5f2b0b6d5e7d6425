package readmodels

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Known leaves of the keys of changed rows, such as "assignment/<id>", those that the person may know of. Rows that are no
// records of their own are told of without their keys, as "commitment/*".
func (q *Queries) Known(ctx context.Context, keys []string) ([]string, error) {
	sees, err := q.sees(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := []string{}
	for _, key := range keys {
		if key = q.knownKey(key, sees); key != "" && !slices.Contains(known, key) {
			known = append(known, key)
		}
	}
	return known, nil
}

func (q *Queries) knownKey(key string, sees map[uuid.UUID]bool) string {
	table, rest, _ := strings.Cut(key, "/")
	view, isTable := views[table]
	id, isRecord := recordIn(key)
	switch {
	case key == "*":
		return key
	case rest == "*", isTable && (view.open() || view.employee != "" || view.ownKeys):
		return table + "/*"
	case isRecord && sees[id]:
		return key
	}
	return ""
}

// sees tells which of the records in the keys the person may see.
func (q *Queries) sees(ctx context.Context, keys []string) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	for _, key := range keys {
		if id, ok := recordIn(key); ok {
			ids = append(ids, id)
		}
	}
	found, err := rows[struct{ ID uuid.UUID }](ctx, q.DB, `select id from read.register where id = any($1)`, ids)
	if err != nil {
		return nil, err
	}
	sees := map[uuid.UUID]bool{}
	for _, r := range found {
		sees[r.ID] = true
	}
	return sees, nil
}

// recordIn is the id in a key such as "assignment/<id>" or "time_entry/<id>-1".
func recordIn(key string) (uuid.UUID, bool) {
	_, rest, _ := strings.Cut(key, "/")
	if len(rest) < 36 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(rest[:36])
	return id, err == nil
}
