package eventnode

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// image is a database directory in memory, to be damaged again and again.
type image map[string][]byte

func takeImage(tb testing.TB, fs vfs.FS, dir string) image {
	tb.Helper()
	names, err := fs.List(dir)
	if err != nil {
		tb.Fatal(err)
	}
	files := image{}
	for _, name := range names {
		if files[name], err = readFile(fs, fs.PathJoin(dir, name)); err != nil {
			tb.Fatal(err)
		}
	}
	return files
}

func (m image) put(tb testing.TB, dir string) vfs.FS {
	tb.Helper()
	fs := vfs.NewMem()
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	for name, data := range m {
		writeFile(tb, fs, fs.PathJoin(dir, name), data)
	}
	return fs
}

func writeFile(tb testing.TB, fs vfs.FS, path string, data []byte) {
	tb.Helper()
	file, err := fs.Create(path, "unspecified")
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := file.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
}

func (m image) flipped(name string, bit int) image {
	out := maps.Clone(m)
	out[name] = slices.Clone(m[name])
	out[name][bit/8] ^= 1 << (bit % 8)
	return out
}

// rotten is a node that was killed: tables of several flushes and a scavenge, and a
// write-ahead log whose events are nowhere else. Of what was not synced, the given
// percentage is there: all after a kill, nothing after a power cut.
func rotten(t *testing.T, unsynced int) (cfg Config, files image, truth answers) {
	t.Helper()
	disk := vfs.NewCrashableMem()
	cfg = memConfig()
	cfg.FS = disk
	node := unhurried(openNode(t, cfg))
	rng := rand.New(rand.NewPCG(1, 4))
	last := map[string]int64{}
	write := func(count int) {
		for range count {
			stream := fmt.Sprintf("s-%d", rng.IntN(8))
			data := make([]byte, 40+rng.IntN(400))
			for i := range data {
				data[i] = byte(rng.Uint32())
			}
			expected, known := last[stream]
			if !known {
				expected = expectNoStream
			}
			last[stream] = expected + 1
			submit(t, node, writeRequest{stream: stream, expected: expected, events: []proposedEvent{{id: uuid.New(), eventType: "t", data: data}}})
		}
	}
	for range 3 {
		write(150)
		if err := node.core().store.db.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	submit(t, node, writeRequest{stream: "$$s-1", expected: expectNoStream, events: []proposedEvent{
		{id: uuid.New(), json: true, eventType: metadataType, data: []byte(`{"$maxCount":5}`)},
	}})
	if _, err := node.Scavenge(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(150)
	files = takeImage(t, disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsynced, RNG: rng}), cfg.Dir)
	truth, err := allAnswers(node.core().store)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, files, truth
}

// answers is all that a database can be asked for: $all, and each stream.
type answers struct {
	all     []record
	streams map[string][]record
}

var rottenStreams = []string{"s-0", "s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "s-7", "$$s-1"}

// allAnswers returns the first error; the answers before it count nevertheless.
func allAnswers(s *store) (a answers, failed error) {
	a.streams = map[string][]record{}
	for from := uint64(0); ; from = a.all[len(a.all)-1].position + 1 {
		page, err := s.allForwards(from, math.MaxUint64, pageEvents)
		if err != nil {
			a.all, failed = nil, err
			break
		}
		if len(page) == 0 {
			break
		}
		a.all = append(a.all, page...)
	}
	for _, stream := range rottenStreams {
		v, err := s.view(stream, 0)
		if err == nil {
			a.streams[stream], err = s.streamForwards(v, 0, pageEvents)
		}
		if err != nil {
			delete(a.streams, stream)
			failed = errors.Join(failed, err)
		}
	}
	return a, failed
}

// wrong tells in what the answers given differ from the truth.
func (a answers) wrong(truth answers) string {
	if a.all != nil && !reflect.DeepEqual(a.all, truth.all) {
		return fmt.Sprintf("$all has %d events of %d", len(a.all), len(truth.all))
	}
	for stream, events := range a.streams {
		if !reflect.DeepEqual(events, truth.streams[stream]) {
			return fmt.Sprintf("%s has %d events of %d", stream, len(events), len(truth.streams[stream]))
		}
	}
	return ""
}

// kindOfFile puts the files of a database into classes that rot in their own ways.
func kindOfFile(name string) string {
	switch {
	case strings.HasSuffix(name, ".sst"):
		return "table"
	case strings.HasSuffix(name, ".log"):
		return "write-ahead log"
	case strings.HasPrefix(name, "MANIFEST-"):
		return "manifest"
	case strings.HasPrefix(name, "OPTIONS-"):
		return "options"
	case name == markName:
		return "mark"
	}
	return ""
}

// TestBitRot flips bits all over a database: each flip is noticed and its place is
// named, or it changes no answer. Wrong answers are never given.
func TestBitRot(t *testing.T) {
	t.Parallel()
	cfg, files, truth := rotten(t, 100)
	const seed = 20
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	kinds := map[string][]string{}
	for name, data := range files {
		if kind := kindOfFile(name); kind != "" && len(data) > 0 {
			kinds[kind] = append(kinds[kind], name)
		}
	}
	if len(kinds) != 5 {
		t.Fatalf("kinds of files: %v", kinds)
	}
	noticed, harmless := map[string]int{}, map[string]int{}
	flip := func(kind, name string, bit int) {
		silent, err := afterFlip(t, cfg, files.flipped(name, bit), truth)
		if err != nil {
			t.Errorf("%s, bit %d of %d: %v", name, bit, len(files[name])*8, err)
		}
		if silent {
			harmless[kind]++
		} else {
			noticed[kind]++
		}
	}
	for kind, names := range kinds {
		slices.Sort(names)
		for range 36 {
			name := names[rng.IntN(len(names))]
			flip(kind, name, rng.IntN(used(files[name])*8))
		}
	}
	for _, name := range kinds["table"] { // the footer is small, and no block
		for range 8 {
			size := len(files[name]) * 8
			flip("footer", name, size-1-rng.IntN(61*8))
		}
	}
	for name := range files { // markers have names and no content
		if rest, ok := strings.CutPrefix(name, "marker."); ok {
			renamed := files.flipped(kinds["table"][0], 0)
			renamed[kinds["table"][0]] = files[kinds["table"][0]]
			delete(renamed, name)
			renamed["marker."+rest[:len(rest)-1]+string(rest[len(rest)-1]^1)] = nil
			if _, err := afterFlip(t, cfg, renamed, truth); err != nil {
				t.Errorf("%s renamed: %v", name, err)
			}
		}
	}
	t.Logf("noticed %v, harmless %v", noticed, harmless)
	for _, kind := range []string{"table", "write-ahead log", "manifest", "mark"} {
		if noticed[kind] == 0 {
			t.Errorf("no flip in a %s was noticed", kind)
		}
	}
}

// used is a file's length without the zeros that were allocated ahead.
func used(data []byte) int {
	n := len(data)
	for n > 1 && data[n-1] == 0 {
		n--
	}
	return n
}

// afterFlip says whether a damaged database passes every check. What it answers must
// be true in either case, and a fault must say where it is.
func afterFlip(t *testing.T, cfg Config, files image, truth answers) (silent bool, err error) {
	t.Helper()
	fs := files.put(t, cfg.Dir)
	report, err := verifyDir(context.Background(), fs, cfg)
	if err != nil {
		return false, fmt.Errorf("verify: %w", err)
	}
	for _, fault := range report.Faults {
		if !strings.ContainsAny(fault, "0123456789") && !strings.Contains(fault, cfg.Dir) {
			return false, fmt.Errorf("a fault without a place: %s", fault)
		}
	}
	cfg.FS = fs
	lock, err := pebble.LockDirectory(cfg.Dir, fs)
	if err != nil {
		return false, err
	}
	refused := checkRemains(fs, cfg, lock)
	if refused == nil {
		s, err := openReadOnly(fs, cfg, lock)
		if err != nil {
			return false, fmt.Errorf("checked, but cannot be opened: %w", err)
		}
		got, failed := allAnswers(s)
		if wrong := got.wrong(truth); wrong != "" {
			return false, fmt.Errorf("wrong answers, verify said %q: %s", report.Faults, wrong)
		}
		if failed != nil && report.OK() {
			return false, fmt.Errorf("verify found nothing, a read fails: %w", failed)
		}
		if err := s.db.Close(); err != nil {
			return false, err
		}
	} else if report.OK() {
		return false, fmt.Errorf("verify found nothing, the start is refused: %w", refused)
	}
	return report.OK() && refused == nil, lock.Close()
}

// TestBitRotAfterPowerCut has no mark to compare with: the log alone must tell damage
// from its end, up to its last group of writes.
func TestBitRotAfterPowerCut(t *testing.T) {
	t.Parallel()
	cfg, files, truth := rotten(t, 0)
	rng := rand.New(rand.NewPCG(21, 6))
	for name := range files {
		if kindOfFile(name) != "write-ahead log" {
			continue
		}
		for range 40 {
			bit := rng.IntN((used(files[name]) - 1000) * 8)
			if _, err := afterFlip(t, cfg, files.flipped(name, bit), truth); err != nil {
				t.Errorf("%s, bit %d: %v", name, bit, err)
			}
		}
	}
}

// TestBitRotInValues changes values in the database itself, behind Pebble's own sums:
// every bit of an entry of each kind.
func TestBitRotInValues(t *testing.T) {
	t.Parallel()
	cfg, files, truth := rotten(t, 100)
	for _, key := range [][]byte{
		logKey(truth.all[len(truth.all)/2].position),
		indexKey(1, 7), nameKey("s-3"), nameKey("$$s-1"),
		systemKey("format"), systemKey("instance"), systemKey(scavengeName), systemKey(chapterName(0)),
	} {
		cfg.FS = files.put(t, cfg.Dir)
		node := openNode(t, cfg)
		s := node.core().store
		value, found, err := s.get(key)
		if err != nil || !found {
			t.Fatalf("%s: %v %v", describeKey(key), found, err)
		}
		for bit := 0; bit < len(value)*8; bit += 1 + len(value)/4 {
			damaged := slices.Clone(value)
			damaged[bit/8] ^= 1 << (bit % 8)
			if err := s.db.Set(key, damaged, pebble.NoSync); err != nil {
				t.Fatal(err)
			}
			got, _ := allAnswers(s)
			if wrong := got.wrong(truth); wrong != "" {
				t.Errorf("%s, bit %d: %s", describeKey(key), bit, wrong)
			}
			if bit%8 != 0 {
				continue
			}
			report, err := node.Verify(t.Context())
			if err != nil || report.OK() || !strings.Contains(strings.Join(report.Faults, "\n"), placeOf(key)) {
				t.Errorf("%s, bit %d: %v %v", describeKey(key), bit, report.Faults, err)
			}
		}
		for what, change := range map[string]func() error{
			"removed": func() error { return s.db.Delete(key, pebble.NoSync) },
			"cut":     func() error { return s.db.Set(key, value[:len(value)-1], pebble.NoSync) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			report, err := node.Verify(t.Context())
			optional := key[0] == spaceSystem && what == "removed" && string(key[1:]) != chapterName(0)
			if err != nil || report.OK() && !optional {
				t.Errorf("%s %s: %v %v", describeKey(key), what, report.Faults, err)
			}
		}
	}
}

func placeOf(key []byte) string {
	if key[0] == spaceLog {
		return fmt.Sprintf("at position %d", logPosition(key))
	}
	return describeKey(key)
}
