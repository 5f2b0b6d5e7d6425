package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// PrivateConfig says where a private server keeps its data.
type PrivateConfig struct {
	// Dir is the data directory; it is made when missing. Beside it lie "<Dir>.lock" and, for the first moment, "<Dir>.init".
	Dir string
	// BinDir holds initdb and postgres; empty: pg_config, /usr/lib/postgresql/*/bin and PATH are searched.
	BinDir string
	Logger *slog.Logger
	// Unsafe gives up durability for speed. Tests only.
	Unsafe bool
	// Settings are added to the server's command line.
	Settings map[string]string
}

const (
	privateRole     = "letopis"
	privateDatabase = "letopis"
	socketName      = ".s.PGSQL.5432"
	maxSocketPath   = 107 // sun_path has 108 bytes with the closing zero
	stopGrace       = 30 * time.Second
	startLimit      = 60 * time.Second
)

// ErrInUse is returned when another program runs a server on the same directory.
var ErrInUse = errors.New("the data directory is in use by another program")

// Private is a Postgres server that belongs to this process: reachable through a socket in its own directory by this
// user only, without a password, and gone when the process is.
type Private struct {
	config  PrivateConfig
	account account
	bin     binaries
	socket  string // directory of the socket
	lock    *os.File
	process *os.Process
	done    chan struct{}
	exit    error // how the server ended; read after done
	output  *serverLog
}

// StartPrivate starts the server, after making its cluster when there is none, and returns when it takes connections.
// The context bounds the starting only; Stop ends the server.
func StartPrivate(ctx context.Context, config PrivateConfig) (*Private, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, err
	}
	config.Dir = dir
	p := &Private{config: config}
	if p.account, err = serverAccount(); err != nil {
		return nil, err
	}
	if err := p.lockDir(); err != nil {
		return nil, err
	}
	if err := p.prepareAndRun(ctx); err != nil {
		p.release()
		return nil, fmt.Errorf("private PostgreSQL in %s: %w", dir, err)
	}
	return p, nil
}

func (p *Private) prepareAndRun(ctx context.Context) error {
	if err := p.checkWay(ctx); err != nil {
		return err
	}
	made, err := dataVersion(p.config.Dir)
	if err != nil {
		return err
	}
	if p.bin, err = findBinaries(ctx, p.config.BinDir, made); err != nil {
		return err
	}
	if made == 0 {
		if err := p.initCluster(ctx); err != nil {
			return err
		}
	}
	if err := p.makeSocketDir(); err != nil {
		return err
	}
	return p.run(ctx)
}

// lockDir keeps a second program off. The lock goes with the process, however it ends.
func (p *Private) lockDir() error {
	if err := os.MkdirAll(filepath.Dir(p.config.Dir), 0o755); err != nil { //nolint:gosec // a parent such as /var/lib is for everybody
		return err
	}
	f, err := os.OpenFile(p.config.Dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return fmt.Errorf("%w: %s", ErrInUse, p.config.Dir)
	}
	p.lock = f
	return nil
}

func (p *Private) release() {
	if p.socket != "" && p.socket != filepath.Join(p.config.Dir, "run") {
		_ = os.RemoveAll(p.socket)
	}
	_ = p.lock.Close()
}

// checkWay sees to it that the server's user can reach its data. A directory that root made for itself (mktemp -d) is
// closed to user postgres: on Linux the server is then given the right to pass through directories.
func (p *Private) checkWay(ctx context.Context) error {
	if !p.account.drop {
		return nil
	}
	closed, err := p.account.closedTo(p.config.Dir)
	if err != nil || closed == "" {
		return err
	}
	if runtime.GOOS != "linux" {
		return p.noWay(closed, errors.New("not possible on this system"))
	}
	p.account.traverse = true
	if err := p.command(ctx, "/bin/true").Run(); err != nil {
		return p.noWay(closed, err)
	}
	p.config.Logger.Info("the data directory lies under a directory that is closed to the server's user: the server gets the right to pass through",
		"directory", closed, "user", p.account.name)
	return nil
}

func (p *Private) noWay(closed string, err error) error {
	return fmt.Errorf("user %s cannot pass through %s, and the server could not be given the right to (CAP_DAC_READ_SEARCH: %w). "+
		"Open the directory (chmod o+x %s) or choose another place for the data", p.account.name, closed, err, closed)
}

// command runs a program as the server's user.
func (p *Private) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...) // #nosec G204 -- the operator's own installation
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = processAttributes(p.account, p.deathSignal())
	return cmd
}

func (p *Private) deathSignal() syscall.Signal {
	if p.config.Unsafe {
		return syscall.SIGQUIT
	}
	return syscall.SIGINT
}

// initCluster makes the cluster beside its place and moves it there: a crash leaves no half cluster.
func (p *Private) initCluster(ctx context.Context) error {
	if entries, err := os.ReadDir(p.config.Dir); err == nil && len(entries) > 0 {
		return errors.New("the directory is not empty and holds no PostgreSQL cluster")
	}
	fresh := p.config.Dir + ".init"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := p.account.own(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", privateRole, "-A", "peer", "-E", "UTF8",
		"--locale-provider=icu", "--icu-locale=ru", "--locale=C.UTF-8", "--data-checksums"}
	if p.config.Unsafe {
		args = append(args, "--no-sync")
	}
	out, err := onOneThread(func() ([]byte, error) { return p.command(ctx, p.bin.path("initdb"), args...).CombinedOutput() })
	if err != nil {
		_ = os.RemoveAll(fresh)
		return fmt.Errorf("initdb: %w\n%s", err, bytes.TrimSpace(out))
	}
	if err := p.writeConfig(fresh); err != nil {
		return err
	}
	return os.Rename(fresh, p.config.Dir)
}

// onOneThread keeps the thread that starts a process alive until f returns: the signal at the parent's death is bound
// to the thread.
func onOneThread[T any](f func() (T, error)) (T, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}

// laptopSettings are written once, so an operator's later changes in postgresql.conf stay.
const laptopSettings = `
# Letopis: a laptop or a small server. Raise shared_buffers and max_wal_size on a bigger one.
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%e '
logging_collector = off
`

func (p *Private) writeConfig(dir string) error {
	ident := privateRole + " " + p.account.name + " " + privateRole + "\n"
	if p.account.drop {
		ident += privateRole + " root " + privateRole + "\n"
	}
	conf, err := os.OpenFile(filepath.Join(dir, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(conf, laptopSettings)
	return errors.Join(err, conf.Close(),
		overwrite(filepath.Join(dir, "pg_hba.conf"), "# The socket only, the program's own user only.\nlocal all all peer map="+privateRole+"\n"),
		overwrite(filepath.Join(dir, "pg_ident.conf"), ident))
}

// overwrite keeps the file's owner.
func overwrite(path, text string) error {
	f, err := os.OpenFile(path, os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

func (p *Private) makeSocketDir() error {
	p.socket = filepath.Join(p.config.Dir, "run")
	if len(filepath.Join(p.socket, socketName)) > maxSocketPath {
		short, err := os.MkdirTemp("", "letopis-pg-")
		if err != nil {
			return err
		}
		p.socket = short
		p.config.Logger.Info("the data directory's path is too long for a socket: it lies elsewhere", "socket_directory", short)
	}
	return p.account.own(p.socket)
}

// ConnString is how to connect to the server's database.
func (p *Private) ConnString() string { return p.connString(privateDatabase) }

func (p *Private) connString(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(privateRole), Path: "/" + database,
		RawQuery: url.Values{"host": {p.socket}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// Done is closed when the server has ended, for whatever reason.
func (p *Private) Done() <-chan struct{} { return p.done }

// errStaleLock: the server of an earlier, killed program is still shutting down.
var errStaleLock = errors.New("an earlier server is still running on the directory")

func (p *Private) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := p.runOnce(ctx)
		if err == nil || !errors.Is(err, errStaleLock) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *Private) runOnce(ctx context.Context) error {
	if err := p.spawn(); err != nil {
		return err
	}
	if err := p.awaitReady(ctx); err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		p.end(stopping)
		return err
	}
	return nil
}

func (p *Private) arguments() []string {
	settings := map[string]string{
		"listen_addresses": "", "port": "5432",
		"unix_socket_directories": p.socket, "unix_socket_permissions": "0700",
		"max_connections": "100",
	}
	if p.config.Unsafe {
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			settings[name] = "off"
		}
	}
	maps.Copy(settings, p.config.Settings)
	args := []string{"-D", p.config.Dir}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// spawn starts the server as a direct child; one goroutine holds its thread until the server has ended.
func (p *Private) spawn() error {
	p.done, p.output = make(chan struct{}), &serverLog{logger: p.config.Logger}
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := p.command(context.Background(), p.bin.path("postgres"), p.arguments()...)
		cmd.Stdout, cmd.Stderr = writer, writer
		err := cmd.Start()
		_ = writer.Close()
		if err == nil {
			p.process = cmd.Process
		}
		started <- err
		if err != nil {
			return
		}
		p.output.follow(reader)
		p.exit = cmd.Wait()
		close(p.done)
	}()
	return <-started
}

func (p *Private) awaitReady(ctx context.Context) error {
	for {
		err := p.ensureDatabase(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return p.startFailure()
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w\n%s", err, p.output.tail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p *Private) startFailure() error {
	text := p.output.tail()
	if strings.Contains(text, `"postmaster.pid" already exists`) {
		return errStaleLock
	}
	return fmt.Errorf("the server ended (%w):\n%s", p.exit, text)
}

func (p *Private) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.connString("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, privateDatabase).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+privateDatabase)
	return err
}

// Stop shuts the server down: at once for those who wait for nothing, after 30 s (or the context's end) without
// finishing what runs. It returns when the server has ended.
func (p *Private) Stop(ctx context.Context) error {
	p.end(ctx)
	p.release()
	return nil
}

func (p *Private) end(ctx context.Context) {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, stopGrace}, {syscall.SIGQUIT, 5 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if step.signal == syscall.SIGINT && p.config.Unsafe {
			continue
		}
		_ = p.process.Signal(step.signal)
		timer := time.NewTimer(step.wait)
		select {
		case <-p.done:
			timer.Stop()
			return
		case <-ctx.Done():
			ctx = context.Background() // the next, harder signal gets its own time
		case <-timer.C:
		}
		timer.Stop()
	}
}

// serverLog passes the server's messages on and remembers the last of them for error texts.
type serverLog struct {
	logger *slog.Logger
	mu     sync.Mutex
	last   []string
}

func (l *serverLog) follow(r io.ReadCloser) {
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		l.mu.Lock()
		l.last = append(l.last, line)
		l.last = l.last[max(0, len(l.last)-20):]
		l.mu.Unlock()
		l.logger.Log(context.Background(), levelOf(line), "postgres", "line", line)
	}
	_, _ = io.Copy(io.Discard, r)
}

// ordinary are the codes of refusals and ends of sessions that come with every start and stop of the server.
var ordinary = []string{"57P01", "57P03", "08006"}

// levelOf keeps errors of single statements quiet: who ran the statement is told.
func levelOf(line string) slog.Level {
	switch {
	case slices.ContainsFunc(ordinary, func(code string) bool { return strings.HasPrefix(line, code) }):
		return slog.LevelDebug
	case strings.Contains(line, "PANIC:"), strings.Contains(line, "FATAL:"):
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}

func (l *serverLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(slices.Clone(l.last), "\n")
}
