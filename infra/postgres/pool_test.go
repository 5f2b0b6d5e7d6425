package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

func TestOpenTwiceAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	failed := make(chan error)
	for range 4 {
		go func() {
			pool, err := postgres.Open(context.Background(), url)
			if err == nil {
				pool.Close()
			}
			failed <- err
		}()
	}
	for range 4 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefusesADatabaseBlindToCyrillic(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	name := conn.Config().Database + "_blind"
	if _, err := conn.Exec(t.Context(), "create database "+name+" template template0 locale_provider libc locale 'C'"); err != nil { //sqlvet:built our own database name
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := pgx.Connect(context.Background(), strings.Replace(url, conn.Config().Database, "letopis", 1))
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close(context.Background())
		_, _ = admin.Exec(context.Background(), "drop database "+name) //sqlvet:built our own database name
	})
	_, err = postgres.Open(t.Context(), strings.Replace(url, conn.Config().Database, name, 1))
	if err == nil || !strings.Contains(err.Error(), "Cyrillic") {
		t.Errorf("%v", err)
	}
}
