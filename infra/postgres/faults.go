package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/letopis-crm/letopis/projections"
)

func sqlState(err error) string {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return answer.Code
	}
	return ""
}

// tablesGone reports that a table, its schema or the type of its rows is not there.
func tablesGone(err error) bool {
	switch state := sqlState(err); state {
	case "42P01", "3F000":
		return true
	case "XX000": // what a prepared statement meets whose table was dropped
		return strings.Contains(err.Error(), "cache lookup failed")
	}
	return false
}

// lasting reports a failure that would come again: the event or the projection's code is wrong, not the server's
// circumstances. conn is the connection it happened on.
func lasting(err error, conn *pgx.Conn) bool {
	if _, ok := errors.AsType[*projections.Poison](err); ok {
		return true
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		// The server was not asked: a value could not be encoded. A broken connection is closed by pgx.
		return !conn.IsClosed() && !errors.Is(err, ErrFenced)
	}
	switch answer.Code {
	case "42501": // insufficient_privilege: an administrator's matter
		return false
	case "57014": // query_canceled, also for a value that could not be encoded in the middle of a COPY
		return strings.HasPrefix(answer.Message, "COPY from stdin failed")
	}
	switch answer.Code[:2] {
	case "0A", "21", "22", "23", "42", "44", "54", "P0":
		return true
	default:
		return false
	}
}
