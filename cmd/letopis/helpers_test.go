package main

import (
	"log/slog"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

var discard = slog.New(slog.DiscardHandler)

// eachEvent turns a look at stream, type and revision into a visitor of the log.
func eachEvent(look func(stream, kind string, revision uint64)) func(domain.Recorded) error {
	return func(r domain.Recorded) error {
		look(r.Stream, r.Type, r.Revision)
		return nil
	}
}

// ownDatabase is a fresh database on the test's own server.
func ownDatabase(t *testing.T) string {
	t.Helper()
	return pgtest.Database(t)
}
