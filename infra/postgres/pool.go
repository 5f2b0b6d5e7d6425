package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open connects to the database of the read models and makes it ready: extensions, the schema letopis, and a probe
// that the server understands Cyrillic. Sessions speak UTC.
func Open(ctx context.Context, connString string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "letopis"
	}
	config.MaxConns = max(config.MaxConns, 16) // every projector keeps one
	config.MaxConnIdleTime = 5 * time.Minute
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func prepare(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Release()
	for _, step := range []func(context.Context, *pgx.Conn) error{checkVersion, createExtensions, checkCyrillic, migrate} {
		if err := step(ctx, conn.Conn()); err != nil {
			return err
		}
	}
	return nil
}

func checkVersion(ctx context.Context, conn *pgx.Conn) error {
	var version int
	if err := conn.QueryRow(ctx, `select current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return err
	}
	if version/10000 < minMajor {
		return fmt.Errorf("the server is PostgreSQL %d: %d or newer is needed", version/10000, minMajor)
	}
	return nil
}

// createExtensions runs under a lock: two sessions creating the same extension at once would collide.
func createExtensions(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := lockFor(ctx, tx, "extensions"); err != nil {
			return err
		}
		for _, name := range []string{"pg_trgm", "btree_gin"} {
			if err := createExtension(ctx, tx, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func createExtension(ctx context.Context, tx pgx.Tx, name string) error {
	var there bool
	err := tx.QueryRow(ctx, `select exists (select from pg_extension where extname = $1)`, name).Scan(&there)
	if err != nil || there {
		return err
	}
	_, err = tx.Exec(ctx, "create extension "+name+" schema public") //sqlvet:built a name from the list above
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code {
	case "42501": // insufficient_privilege
		return fmt.Errorf("extension %s is missing and this role may not create it. As an administrator run in this database: create extension %s; (%w)", name, name, err)
	case "58P01", "0A000": // undefined_file, feature_not_supported
		return fmt.Errorf("extension %s is not installed on the server (Debian: it is part of package postgresql; elsewhere of postgresql-contrib): %w", name, err)
	default:
		return fmt.Errorf("create extension %s: %w", name, err)
	}
}

// checkCyrillic: with a C locale trigrams and case folding are blind to Cyrillic, and every search would silently find
// nothing.
func checkCyrillic(ctx context.Context, conn *pgx.Conn) error {
	var similar float32
	var lower string
	err := conn.QueryRow(ctx, `select similarity('ромашка', 'ромашки'), lower('РОМАШКА')`).Scan(&similar, &lower)
	if err != nil {
		return fmt.Errorf("probe for Cyrillic: %w", err)
	}
	if similar > 0 && lower == "ромашка" {
		return nil
	}
	return errors.New("this database does not understand Cyrillic (its locale is C): search would find nothing. " +
		"Create it anew with: create database letopis template template0 encoding 'UTF8' locale_provider icu icu_locale 'ru' locale 'C.UTF-8'")
}

// lockFor takes a lock by name until the end of the transaction.
func lockFor(ctx context.Context, tx pgx.Tx, what string) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('letopis/' || $1, 0))`, what)
	return err
}
