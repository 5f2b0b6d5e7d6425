package eventnode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// AdminSocketName is the node's socket for its operator, in the data directory.
const AdminSocketName = "node.sock"

// State is what a node says of itself.
type State struct {
	Writable     bool          `json:"writable"`
	Why          string        `json:"why,omitempty"` // it takes no writes
	Since        time.Time     `json:"since"`         // it has been so
	Instance     string        `json:"instance"`
	Position     uint64        `json:"position"` // of the last acknowledged event
	TableBytes   int64         `json:"table_bytes"`
	WALBytes     uint64        `json:"wal_bytes"`
	DiskBytes    uint64        `json:"disk_bytes"` // all of the database's files
	FreeBytes    uint64        `json:"free_bytes"`
	Scavenge     ScavengeState `json:"scavenge"`
	FormatNumber int           `json:"format"`
}

// State describes the node now. It looks at the disk, so it may be asked as often as
// somebody wants to know.
func (n *Node) State() State {
	core := n.core()
	state := State{
		Instance: n.instance.String(), Position: core.store.durable.Load(), FormatNumber: formatVersion,
		Scavenge: n.ScavengeState(),
	}
	if metrics := core.store.pebbleMetrics(); metrics != nil {
		state.TableBytes, state.WALBytes = metrics.Total().TablesSize, metrics.WAL.Size
		state.DiskBytes = metrics.DiskSpaceUsage()
	}
	state.Since, state.Why = n.standing(core)
	state.Writable = state.Why == ""
	if usage, err := n.fs().GetDiskUsage(n.cfg.Dir); err == nil {
		state.FreeBytes = usage.AvailBytes
	}
	return state
}

// standing tells since when a core takes writes, or why it does not.
func (n *Node) standing(core *core) (since time.Time, why string) {
	if err := core.failure.err(); err != nil {
		return core.failure.since, err.Error()
	}
	since, err := n.room.check()
	if core.since.After(since) {
		since = core.since
	}
	if err != nil {
		why = err.Error()
	}
	return since, why
}

// adminFault is how the operator's socket says no. Corrupt tells damaged data from a
// command that could not be carried out.
type adminFault struct {
	Message string `json:"error"`
	Corrupt bool   `json:"corrupt"`
}

// Admin answers the operator: it is for a socket that only this user may connect to.
func (n *Node) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			To string `json:"to"`
		}
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&request); err != nil || !filepath.IsAbs(request.To) {
			answer(w, http.StatusBadRequest, adminFault{Message: `want {"to": "an absolute path"}`})
			return
		}
		info, err := n.Backup(r.Context(), request.To)
		answerOr(w, info, err)
	})
	mux.HandleFunc("POST /scavenge", func(w http.ResponseWriter, r *http.Request) {
		state, err := n.Scavenge(r.Context())
		answerOr(w, state, err)
	})
	mux.HandleFunc("GET /scavenge", func(w http.ResponseWriter, _ *http.Request) { answerOr(w, n.ScavengeState(), nil) })
	mux.HandleFunc("POST /verify", func(w http.ResponseWriter, r *http.Request) {
		report, err := n.Verify(r.Context())
		answerOr(w, report, err)
	})
	mux.Handle("GET /metrics", n.Metrics())
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { answerOr(w, n.State(), nil) })
	return mux
}

func answerOr(w http.ResponseWriter, value any, err error) {
	if err == nil {
		answer(w, http.StatusOK, value)
		return
	}
	code := http.StatusInternalServerError
	if errors.Is(err, errScavenging) || errors.Is(err, errNotEmpty) {
		code = http.StatusConflict
	}
	answer(w, code, adminFault{Message: err.Error(), Corrupt: IsCorrupt(err)})
}

func answer(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(value) // the caller has gone away
}

// ServeAdmin serves Admin on the operator's socket in a data directory. The path of a
// socket may be 107 bytes long at most: below a longer directory the socket lies in a
// temporary one, and a symbolic link stands where it is looked for. The function that
// is returned ends it.
func (n *Node) ServeAdmin(data string) (stop func() error, err error) {
	path, temporary, err := adminSocket(data)
	if err != nil {
		return nil, err
	}
	clean := func() error {
		if temporary == "" {
			return nil
		}
		return errors.Join(os.Remove(filepath.Join(data, AdminSocketName)), os.RemoveAll(temporary))
	}
	listener, err := ListenUnix(path)
	if err != nil {
		return nil, errors.Join(err, clean())
	}
	server := &http.Server{Handler: n.Admin(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	return func() error {
		err := server.Close() // jobs end with their connection
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return errors.Join(err, clean())
	}, nil
}

func adminSocket(data string) (path, temporary string, err error) {
	path = filepath.Join(data, AdminSocketName)
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSymlink {
		if err := os.Remove(path); err != nil { // left behind by a process that died
			return "", "", err
		}
	}
	if len(path) <= maxSocketPath {
		return path, "", nil
	}
	if temporary, err = os.MkdirTemp("", "letopis-node-"); err != nil {
		return "", "", err
	}
	short := filepath.Join(temporary, AdminSocketName)
	if err := os.Symlink(short, path); err != nil {
		return "", "", errors.Join(err, os.Remove(temporary))
	}
	return short, temporary, nil
}

// AdminClient speaks to the node that runs on a data directory.
type AdminClient struct{ http http.Client }

// DialAdmin finds the running node of a data directory; ok is false when none runs.
func DialAdmin(ctx context.Context, data string) (client *AdminClient, ok bool) {
	path := filepath.Join(data, AdminSocketName)
	if target, err := os.Readlink(path); err == nil {
		path = target
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, false
	}
	_ = conn.Close() // it was a question only
	return &AdminClient{http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}}, true
}

// Call asks the node and reads its answer into out.
func (c *AdminClient) Call(ctx context.Context, method, path string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://node"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	if response.StatusCode == http.StatusOK {
		return json.NewDecoder(response.Body).Decode(out)
	}
	var fault adminFault
	if err := json.NewDecoder(response.Body).Decode(&fault); err != nil {
		return errors.New("the node answers " + strconv.Itoa(response.StatusCode))
	}
	if fault.Corrupt {
		return &remoteCorruption{fault.Message}
	}
	return errors.New(fault.Message)
}

// remoteCorruption is damaged data that another process has found.
type remoteCorruption struct{ message string }

func (e *remoteCorruption) Error() string { return e.message }

func (e *remoteCorruption) Is(target error) bool { return target == errCorruptEntry }
