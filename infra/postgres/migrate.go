package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Migrations of the schema letopis: what is not a read model and therefore survives. A new file NNN_name.sql is run
// once, in a transaction, in the order of the numbers; a file that has run is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

func migrate(ctx context.Context, conn *pgx.Conn) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := lockFor(ctx, tx, "migrations"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `create schema if not exists letopis;
			create table if not exists letopis.migration (number int primary key, name text not null, applied_at timestamptz not null default now())`); err != nil {
			return err
		}
		for _, file := range files {
			if err := migrateFile(ctx, tx, file); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
		return nil
	})
}

func migrateFile(ctx context.Context, tx pgx.Tx, file string) error {
	name := strings.TrimSuffix(strings.TrimPrefix(file, "migrations/"), ".sql")
	digits, _, _ := strings.Cut(name, "_")
	number, err := strconv.Atoi(digits)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `insert into letopis.migration (number, name) values ($1, $2) on conflict do nothing`, number, name)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, string(text))
	return err
}
