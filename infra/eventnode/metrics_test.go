package eventnode

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// measured returns the node's metrics as a registry of its own gives them: the value
// of a counter or gauge, the number of observations of a histogram.
func measured(t *testing.T, node *Node) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(node.Collector())
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += "/" + label.GetValue()
			}
			switch {
			case m.GetHistogram() != nil:
				values[name] = float64(m.GetHistogram().GetSampleCount())
			case m.GetCounter() != nil:
				values[name] = m.GetCounter().GetValue()
			default:
				values[name] = m.GetGauge().GetValue()
			}
		}
	}
	return values
}

// TestMetrics compares what is counted with what was done, through the official client.
func TestMetrics(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	node := openNode(t, cfg)
	c := connect(t, serve(t, node))
	names := ids{"s-1"}
	result := appendTo(t, c, "s-1", esdb.NoStream{}, names.events("abc")...)
	appendTo(t, c, "s-2", esdb.NoStream{}, names.events("d")...)
	for range 2 {
		_, err := c.AppendToStream(within(t), "s-1", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(7)}, names.events("x")...)
		if err == nil {
			t.Fatal("an append with a wrong revision succeeded")
		}
	}
	readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
	if _, err := readStream(t, c, "s-1", esdb.ReadStreamOptions{}, 10); err != nil {
		t.Fatal(err)
	}
	sub, err := c.SubscribeToStream(within(t), "s-1", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	for e := sub.Recv(); e.EventAppeared == nil; e = sub.Recv() {
		if e.SubscriptionDropped != nil {
			t.Fatal(e.SubscriptionDropped.Error)
		}
	}
	got := measured(t, node)
	for name, want := range map[string]float64{
		"letopis_node_appended_events_total":         4,
		"letopis_node_refused_total/wrong_version":   2,
		"letopis_node_reads_total/all":               1,
		"letopis_node_reads_total/stream":            1,
		"letopis_node_subscribers/stream":            1,
		"letopis_node_streams":                       2,
		"letopis_node_tail_events":                   4,
		"letopis_node_window_entries":                4,
		"letopis_node_state_cache_streams":           2,
		"letopis_node_queue":                         0,
		"letopis_node_queue_bytes":                   0,
		"letopis_node_readonly":                      0,
		"letopis_node_segment_verify_failures_total": 0,
		"letopis_node_fsync_seconds":                 2,
		"letopis_node_group_requests":                4,
		"letopis_node_group_events":                  2,
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s = %v, want %v", name, value, want)
		}
	}
	if got["letopis_node_durable_position"] <= float64(result.CommitPosition) {
		t.Errorf("durable position %v, the first append was at %d", got["letopis_node_durable_position"], result.CommitPosition)
	}
	if got["letopis_node_appended_bytes_total"] != got["letopis_node_tail_bytes"] {
		t.Errorf("%v bytes appended, %v in the tail", got["letopis_node_appended_bytes_total"], got["letopis_node_tail_bytes"])
	}
	if got["letopis_node_log_bytes"] == 0 {
		t.Error("the log takes no space")
	}
	if _, ok := got["letopis_node_disk_free_ratio"]; ok {
		t.Error("a disk in memory has no free space to tell of")
	}
}

// TestMetricsOfDisk needs a real file system: free space and the handler's text.
func TestMetricsOfDisk(t *testing.T) {
	t.Parallel()
	node := openNode(t, Config{Dir: t.TempDir(), Logger: quiet()})
	if free := measured(t, node)["letopis_node_disk_free_ratio"]; free <= 0 || free >= 1 {
		t.Errorf("free: %v", free)
	}
	answer := httptest.NewRecorder()
	node.Admin().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, want := range []string{"letopis_node_fsync_seconds_bucket{", "letopis_node_queue 0\n", "go_goroutines ", "process_resident_memory_bytes "} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("no %q in the answer", want)
		}
	}
}

// TestMetricsOfTwoNodes keeps the nodes of one process apart.
func TestMetricsOfTwoNodes(t *testing.T) {
	t.Parallel()
	first, second := openNode(t, memConfig()), openNode(t, memConfig())
	if _, err := first.core().writer.submit(t.Context(), &writeRequest{
		stream: "s", expected: expectAny, events: []proposedEvent{{id: uuid.New(), eventType: "t"}},
	}); err != nil {
		t.Fatal(err)
	}
	if a, b := measured(t, first), measured(t, second); a["letopis_node_tail_events"] != 1 || b["letopis_node_tail_events"] != 0 {
		t.Errorf("tails: %v and %v", a["letopis_node_tail_events"], b["letopis_node_tail_events"])
	}
}

// TestMetricsAfterClose is a scrape that comes late: no numbers of a closed store, no panic.
func TestMetricsAfterClose(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	got := measured(t, node)
	if _, ok := got["letopis_node_log_bytes"]; ok {
		t.Error("a closed store tells its size")
	}
	if _, ok := got["letopis_node_durable_position"]; !ok {
		t.Error("the durable position is gone")
	}
}

// logLines returns the JSON lines that hold the message.
func logLines(t *testing.T, text []byte, message string) (lines []map[string]any) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatal(err)
		}
		if fields["msg"] == message {
			lines = append(lines, fields)
		}
	}
	return lines
}

// TestSlowSyncLogged calls every sync slow: the first is told with its size, the
// others are held back.
func TestSlowSyncLogged(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	cfg := memConfig()
	cfg.FS = vfs.NewMem()
	cfg.SlowSync = 1
	cfg.Logger = slog.New(slog.NewJSONHandler(&text, nil))
	node := openNode(t, cfg)
	for range 3 {
		if _, err := node.core().writer.submit(t.Context(), &writeRequest{stream: "s", expected: expectAny, events: []proposedEvent{
			{id: uuid.New(), eventType: "t", data: make([]byte, 1000)}, {id: uuid.New(), eventType: "t"},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	lines := logLines(t, text.Bytes(), "event node: slow sync")
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1:\n%s", len(lines), text.Bytes())
	}
	line := lines[0]
	if line["level"] != "WARN" || line["events"] != 2.0 || line["bytes"].(float64) < 1000 || line["took"].(float64) <= 0 || line["queue"] != 0.0 {
		t.Errorf("%v", line)
	}
}

// TestSlowSyncRate lets the clock of a slow disk run.
func TestSlowSyncRate(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	slow := slowSyncs{logger: slog.New(slog.NewJSONHandler(&text, nil)), threshold: 250 * time.Millisecond}
	start := time.Unix(1_700_000_000, 0)
	for second := range 25 {
		now := start.Add(time.Duration(second) * time.Second)
		slow.observe(now, 250*time.Millisecond, 1, 1, second)
		slow.observe(now, 249*time.Millisecond, 1, 1, second)
	}
	var queues, unmentioned []float64
	for _, line := range logLines(t, text.Bytes(), "event node: slow sync") {
		queues = append(queues, line["queue"].(float64))
		unmentioned = append(unmentioned, line["unmentioned"].(float64))
	}
	if want := []float64{0, 10, 20}; len(queues) != 3 || queues[1] != want[1] || queues[2] != want[2] {
		t.Errorf("told at the seconds %v, want %v", queues, want)
	}
	if len(unmentioned) == 3 && (unmentioned[0] != 0 || unmentioned[1] != 9 || unmentioned[2] != 9) {
		t.Errorf("left out before each: %v, want 0 9 9", unmentioned)
	}
}
