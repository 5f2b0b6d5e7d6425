package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/infra/postgres"
)

func testLogger(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// closedDir is what `mktemp -d` gives: open to its owner only.
func closedDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "letopis-") //nolint:usetesting // t.TempDir is open to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func startPrivate(t *testing.T, dir string) *postgres.Private {
	t.Helper()
	p, err := postgres.StartPrivate(t.Context(), postgres.PrivateConfig{Dir: dir, Logger: testLogger(t), BinDir: os.Getenv("LETOPIS_PG_BIN")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	return p
}

func TestPrivateServerKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(closedDir(t), "data", "postgres")

	p := startPrivate(t, dir)
	pool, err := postgres.Open(t.Context(), p.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `create table kept as select 'Ромашка' as name`); err != nil {
		t.Fatal(err)
	}
	pool.Close()

	_, err = postgres.StartPrivate(t.Context(), postgres.PrivateConfig{Dir: dir})
	if !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("a second server on the directory: %v", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-p.Done()

	p = startPrivate(t, dir)
	conn, err := pgx.Connect(t.Context(), p.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var name, checksums, fsync string
	err = conn.QueryRow(t.Context(), `select name, current_setting('data_checksums'), current_setting('fsync') from kept where name ilike 'ромашка'`).Scan(&name, &checksums, &fsync)
	if err != nil || name != "Ромашка" || checksums != "on" || fsync != "on" {
		t.Errorf("%q %q %q %v", name, checksums, fsync, err)
	}
}

func TestPrivateServerIsClosedToOthers(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir := filepath.Join(closedDir(t), "pg")
	p := startPrivate(t, dir)
	if err := exec.Command("chmod", "-R", "a+rwX", filepath.Dir(dir)).Run(); err != nil { // leave only the server's own check
		t.Fatal(err)
	}
	out, err := exec.Command("setpriv", "--reuid=nobody", "--clear-groups", "psql", p.ConnString(), "-c", "select 1").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Peer authentication failed") {
		t.Errorf("user nobody came in: %v %s", err, out)
	}
}

func TestPrivateServerInALongPath(t *testing.T) {
	t.Parallel()
	p := startPrivate(t, filepath.Join(closedDir(t), strings.Repeat("long", 30), "pg"))
	conn, err := pgx.Connect(t.Context(), p.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
}

func TestPrivateServerOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(closedDir(t), "pg")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := postgres.StartPrivate(t.Context(), postgres.PrivateConfig{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "made by PostgreSQL 9") {
		t.Errorf("%v", err)
	}
}

func TestPrivateServerWithoutPrograms(t *testing.T) {
	t.Parallel()
	_, err := postgres.StartPrivate(t.Context(), postgres.PrivateConfig{Dir: filepath.Join(closedDir(t), "pg"), BinDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "initdb") {
		t.Errorf("%v", err)
	}
}

func TestDirectoryWithSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(closedDir(t), "pg")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(mine, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.StartPrivate(t.Context(), postgres.PrivateConfig{Dir: dir}); err == nil {
		t.Error("started")
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// A program that is killed leaves no server, and the next one starts at once on what it left.
func TestServerOfAKilledProgram(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("LETOPIS_TEST_SERVE"); dir != "" {
		p, err := postgres.StartPrivate(context.Background(), postgres.PrivateConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.WriteString("serving\n")
		<-p.Done()
		return
	}
	dir := filepath.Join(closedDir(t), "pg")
	program := exec.Command(os.Args[0], "-test.run=^TestServerOfAKilledProgram$")
	program.Env = append(os.Environ(), "LETOPIS_TEST_SERVE="+dir)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	_ = program.Process.Kill()
	_ = program.Wait()

	began := time.Now()
	startPrivate(t, dir)
	t.Logf("took over the directory of a killed program in %v", time.Since(began))
}
