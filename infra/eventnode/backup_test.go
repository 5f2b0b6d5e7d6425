package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
)

// TestBackupUnderLoad backs a node up several times while 16 writers append, restores
// each backup elsewhere and looks for all that was acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, Config{Dir: filepath.Join(dir, "node"), Logger: quiet(), ScavengeEvery: -1, noSystemUsers: true})
	j := newJournal()
	ctx, stop := context.WithCancel(t.Context())
	var appenders sync.WaitGroup
	for i := range 16 {
		stream := fmt.Sprintf("stream-%d", i)
		appenders.Go(func() {
			for ctx.Err() == nil {
				id := uuid.New()
				result, err := node.core().writer.submit(ctx, &writeRequest{
					stream: stream, expected: j.begin(stream, id),
					events: []proposedEvent{{id: id, eventType: "t", data: make([]byte, 3000)}},
				})
				if err != nil {
					return
				}
				j.ack(stream, result.position)
			}
		})
	}
	type promise struct {
		journal *journal
		info    BackupInfo
	}
	var promises []promise
	for n := range 4 {
		j.await(t, (n+1)*300)
		promised := j.copy()
		info, err := node.Backup(t.Context(), filepath.Join(dir, fmt.Sprintf("backup-%d", n)))
		if err != nil {
			t.Fatal(err)
		}
		promises = append(promises, promise{promised, info})
	}
	stop()
	appenders.Wait()
	for n, p := range promises {
		from, to := filepath.Join(dir, fmt.Sprintf("backup-%d", n)), filepath.Join(dir, fmt.Sprintf("restored-%d", n))
		info, err := Restore(t.Context(), from, to)
		if err != nil || !reflect.DeepEqual(info, p.info) {
			t.Fatalf("%+v %v", info, err)
		}
		if report, err := Verify(t.Context(), to); err != nil || !report.OK() || report.LastPosition != info.Position {
			t.Fatalf("%+v %v", report, err)
		}
		restored := openNode(t, Config{Dir: to, Logger: quiet(), ScavengeEvery: -1, noSystemUsers: true})
		if err := p.journal.verify(restored.core().store); err != nil {
			t.Error(err)
		}
		if restored.instance != node.instance {
			t.Error("another instance id")
		}
	}
}

// noLinks is a file system of which the backup lies on another disk.
func noLinks(fs vfs.FS) vfs.FS {
	return errorfs.Wrap(fs, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpLink && strings.HasPrefix(op.Path, "node/") {
			return errors.New("another file system")
		}
		return nil
	}))
}

func filled(t *testing.T, fs vfs.FS) *Node {
	t.Helper()
	cfg := memConfig()
	cfg.FS = fs
	node := openNode(t, cfg)
	for i := range 50 {
		submit(t, node, writeRequest{stream: fmt.Sprintf("s-%d", i%5), expected: expectAny, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
		if i == 30 {
			if err := node.core().store.db.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return node
}

func TestBackupRefuses(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	node := filled(t, fs)
	if err := fs.MkdirAll("full", 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, fs, "full/x", nil)
	if _, err := node.Backup(t.Context(), "full"); !errors.Is(err, errNotEmpty) {
		t.Errorf("into a full directory: %v", err)
	}
	for _, dir := range []string{"node", "node/backup", "."} {
		if _, err := node.Backup(t.Context(), dir); err == nil {
			t.Errorf("a backup in %s", dir)
		}
	}
	if _, err := node.Backup(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Backup(t.Context(), "b"); !errors.Is(err, errNotEmpty) {
		t.Errorf("over a backup: %v", err)
	}
	if _, err := restore(t.Context(), fs, "b", "full"); !errors.Is(err, errNotEmpty) {
		t.Errorf("restore into a full directory: %v", err)
	}
	if _, err := restore(t.Context(), fs, "b/db", "new"); err == nil {
		t.Error("a restore of what has no manifest")
	}
}

// TestBackupAcrossDisks copies where no links are possible and leaves nothing behind.
func TestBackupAcrossDisks(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	node := filled(t, noLinks(fs))
	info, err := node.Backup(t.Context(), "b")
	if err != nil || info.Position != node.core().store.durable.Load() {
		t.Fatalf("%+v %v", info, err)
	}
	if _, report, err := verifyBackup(t.Context(), fs, "b"); err != nil || !report.OK() {
		t.Errorf("%+v %v", report, err)
	}
	if _, err := fs.Stat("node/" + halfBackup); err == nil {
		t.Error("the half way copy is still there")
	}
}

// TestBackupOnFullDisk: the backup's disk is not the node's.
func TestBackupOnFullDisk(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	full := errorfs.Wrap(noLinks(fs), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if strings.HasPrefix(op.Path, "b/") && op.Kind == errorfs.OpFileWrite {
			return errors.New("no space left")
		}
		return nil
	}))
	node := filled(t, full)
	if _, err := node.Backup(t.Context(), "b"); err == nil {
		t.Fatal("a backup on a full disk")
	}
	if _, _, err := verifyBackup(t.Context(), fs, "b"); err == nil {
		t.Error("half a backup passes for one")
	}
	submit(t, node, writeRequest{stream: "s", expected: expectAny, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
}

// TestBackupBitRot flips bits in every file of a backup.
func TestBackupBitRot(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	if _, err := filled(t, fs).Backup(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	names, err := fs.List("b/db")
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"b/" + backupManifest}
	for _, name := range names {
		paths = append(paths, "b/db/"+name)
	}
	for _, path := range paths {
		whole, err := readFile(fs, path)
		if err != nil {
			t.Fatal(err)
		}
		if len(whole) == 0 {
			continue
		}
		for range 20 {
			damaged := slices.Clone(whole)
			bit := rng.IntN(len(whole) * 8)
			damaged[bit/8] ^= 1 << (bit % 8)
			writeFile(t, fs, path, damaged)
			_, report, err := verifyBackup(t.Context(), fs, "b")
			if err != nil || report.OK() || !strings.Contains(report.Faults[0], path) {
				t.Errorf("%s, bit %d: %v %v", path, bit, report.Faults, err)
			}
			if _, err := restore(t.Context(), fs, "b", "r"); !IsCorrupt(err) {
				t.Errorf("%s, bit %d: restored, %v", path, bit, err)
			}
		}
		writeFile(t, fs, path, whole)
		if err := fs.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, report, err := verifyBackup(t.Context(), fs, "b"); err == nil && report.OK() {
			t.Errorf("%s is missing and not missed", path)
		}
		writeFile(t, fs, path, whole)
	}
	if _, err := restore(t.Context(), fs, "b", "r"); err != nil {
		t.Error(err)
	}
}

// TestPowerCutDuringBackup: what is left is a whole backup or none, a whole database
// or none.
func TestPowerCutDuringBackup(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	whole, none := 0, 0
	for cut := 1; ; cut += 7 {
		disk := vfs.NewCrashableMem()
		var clone *vfs.MemFS
		operations := 0
		fs := errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if operations++; operations == cut {
				clone = disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
			}
			return nil
		}))
		node := filled(t, disk)
		end := node.core().store.durable.Load()
		if _, err := node.core().store.backup(t.Context(), node.cfg, fs, "b"); err != nil {
			t.Fatal(err)
		}
		if _, err := restore(t.Context(), fs, "b", "r"); err != nil {
			t.Fatal(err)
		}
		over := clone == nil
		if over { // all is done, so all of it is there
			clone = disk.CrashClone(vfs.CrashCloneCfg{})
		}
		info, report, err := verifyBackup(t.Context(), clone, "b")
		if err == nil && (!report.OK() || info.Position != end) {
			t.Errorf("cut at %d: the backup passes for one: %v", cut, report.Faults)
		}
		if _, missing := clone.Stat("r"); missing != nil && !over {
			none++
			continue
		}
		whole++
		cfg := memConfig()
		cfg.Dir, cfg.FS = "r", clone
		if got := openNode(t, cfg).core().store.durable.Load(); got != end {
			t.Errorf("cut at %d: the restored log ends at %d, the node's at %d", cut, got, end)
		}
		if over {
			break
		}
	}
	t.Logf("%d cuts left a database, %d none", whole, none)
}

// TestFormat1IsTakenOver writes a database back into the form it had, and opens it.
func TestFormat1IsTakenOver(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.FS = vfs.NewMem()
	node := filled(t, cfg.FS)
	before, err := allAnswers(node.core().store)
	if err != nil {
		t.Fatal(err)
	}
	db := node.core().store.db
	err = node.core().store.scan([]byte{spaceIndex}, []byte{spaceSystem + 1}, func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			value := it.Value()[:len(it.Value())-sealSize]
			if string(it.Key()) == string(systemKey("format")) {
				value = []byte{1}
			}
			if err := db.Set(it.Key(), value, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, node.Close(), cfg.FS.Remove("node/"+markName)); err != nil {
		t.Fatal(err)
	}
	if report, err := verifyDir(t.Context(), cfg.FS, node.cfg); err != nil || report.FaultCount != 1 {
		t.Errorf("before it is taken over only the instance has no checksum yet: %v %v", report.Faults, err)
	}
	for range 2 {
		node = openNode(t, cfg)
		after, err := allAnswers(node.core().store)
		if err != nil || before.wrong(after) != "" || after.wrong(before) != "" {
			t.Errorf("%v %s", err, after.wrong(before))
		}
		if report, err := node.Verify(t.Context()); err != nil || !report.OK() {
			t.Errorf("%v %v", report.Faults, err)
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
	node = openNode(t, cfg)
	submit(t, node, writeRequest{stream: "new", expected: expectNoStream, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
	s := node.core().store
	for _, key := range [][]byte{nameKey("new"), indexKey(6, 0)} {
		value, found, err := s.get(key)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		if err := s.db.Set(key, value[:8], nil); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.getNumber(key); !IsCorrupt(err) {
			t.Errorf("%s without a checksum: %v", describeKey(key), err)
		}
	}
}

// TestAdmin asks a node over its operator's socket.
func TestAdmin(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMem()
	node := filled(t, fs)
	server := httptest.NewServer(node.Admin())
	t.Cleanup(server.Close)
	ask := func(method, path, body string, out any) int {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // it is read to its end
		if err := json.NewDecoder(response.Body).Decode(out); err != nil && response.StatusCode == http.StatusOK {
			t.Errorf("%s %s: %v", method, path, err)
		}
		return response.StatusCode
	}
	var state State
	if code := ask("GET", "/state", "", &state); code != 200 || state.Position != node.core().store.durable.Load() || state.Instance != node.instance.String() {
		t.Errorf("state %d: %+v", code, state)
	}
	var scavenge ScavengeState
	if code := ask("POST", "/scavenge", "", &scavenge); code != 200 || scavenge.Streams != 5 {
		t.Errorf("scavenge %d: %+v", code, scavenge)
	}
	if code := ask("GET", "/scavenge", "", &scavenge); code != 200 || scavenge.Running || scavenge.Finished.IsZero() {
		t.Errorf("scavenge %d: %+v", code, scavenge)
	}
	var report Report
	if code := ask("POST", "/verify", "", &report); code != 200 || !report.OK() || report.Records != 50 {
		t.Errorf("verify %d: %+v", code, report)
	}
	var info BackupInfo
	if code := ask("POST", "/backup", `{"to":"/b"}`, &info); code != 200 || info.Position != state.Position {
		t.Errorf("backup %d: %+v", code, info)
	}
	var fault adminFault
	for body, want := range map[string]int{`{"to":"/b"}`: 409, `{"to":"b"}`: 400, `{"to":"/c","x":1}`: 400, ``: 400} {
		if code := ask("POST", "/backup", body, &fault); code != want || fault.Message == "" {
			t.Errorf("backup %s: %d %+v", body, code, fault)
		}
	}
	if code := ask("GET", "/backup", "", &fault); code != 405 {
		t.Errorf("GET /backup: %d", code)
	}
}
