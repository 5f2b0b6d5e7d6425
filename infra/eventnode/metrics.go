package eventnode

import (
	"net/http"

	"github.com/cockroachdb/pebble/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Values of metric labels: few, and fixed.
const (
	kindAll        = "all"
	kindStream     = "stream"
	kindPersistent = "persistent"
)

// metrics counts what a node does. It lives as long as the node, over all openings
// of its store. Nothing here is touched once per event: the writer counts groups,
// reads count pages.
type metrics struct {
	fsync          prometheus.Histogram
	groupRequests  prometheus.Histogram
	groupEvents    prometheus.Histogram
	groupBytes     prometheus.Histogram
	appendedEvents prometheus.Counter
	appendedBytes  prometheus.Counter
	refused        *prometheus.CounterVec
	reads          *prometheus.CounterVec
	readEvents     prometheus.Counter
	subscribers    *prometheus.GaugeVec
	corrupt        prometheus.Counter
	stateEntries   prometheus.Gauge
	stateBytes     prometheus.Gauge
	windowEntries  prometheus.Gauge
	linksPosition  prometheus.Gauge
}

func newMetrics() *metrics {
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	return &metrics{
		fsync: histogram("letopis_node_fsync_seconds", "Time to make one group of writes durable.",
			prometheus.ExponentialBuckets(0.0001, 2, 16)),
		groupRequests: histogram("letopis_node_group_requests", "Requests that shared one sync.",
			prometheus.ExponentialBuckets(1, 2, 11)),
		groupEvents: histogram("letopis_node_group_events", "Events that shared one sync.",
			prometheus.ExponentialBuckets(1, 4, 9)),
		groupBytes: histogram("letopis_node_group_bytes", "Bytes of records that shared one sync.",
			prometheus.ExponentialBuckets(256, 4, 9)),
		appendedEvents: counter("letopis_node_appended_events_total", "Events made durable, the node's own among them."),
		appendedBytes:  counter("letopis_node_appended_bytes_total", "Bytes of records made durable."),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "letopis_node_refused_total", Help: "Writes refused, by outcome.",
		}, []string{"outcome"}),
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "letopis_node_reads_total", Help: "Reads begun, subscriptions not counted.",
		}, []string{"kind"}),
		readEvents: counter("letopis_node_read_events_total", "Events read and caught up with; live ones are not counted."),
		subscribers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "letopis_node_subscribers", Help: "Open subscriptions.",
		}, []string{"kind"}),
		corrupt: counter("letopis_node_segment_verify_failures_total",
			"Reads that met a record whose checksum did not hold, or that was missing."),
		stateEntries:  gauge("letopis_node_state_cache_streams", "Streams whose state the writer keeps in memory."),
		stateBytes:    gauge("letopis_node_state_cache_bytes", "Memory of these states, about."),
		windowEntries: gauge("letopis_node_window_entries", "Event ids known for appends that name no exact revision."),
		linksPosition: gauge("letopis_node_links_position", "Position up to which category and type links are written."),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.fsync, m.groupRequests, m.groupEvents, m.groupBytes, m.appendedEvents, m.appendedBytes, m.refused,
		m.reads, m.readEvents, m.subscribers, m.corrupt, m.stateEntries, m.stateBytes, m.windowEntries, m.linksPosition,
	}
}

// subscribed counts a subscription until the returned function is called.
func (m *metrics) subscribed(kind string) (end func()) {
	gauge := m.subscribers.WithLabelValues(kind)
	gauge.Inc()
	return gauge.Dec
}

// label names an outcome in metrics.
func (o outcome) label() string {
	switch o {
	case written:
		return "written"
	case wrongVersion:
		return "wrong_version"
	case streamGone:
		return "stream_deleted"
	}
	return "other"
}

// reading is a value that is looked up when somebody asks for it.
type reading struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(*moment) (value float64, ok bool)
}

// moment is what one look at the node found.
type moment struct {
	node   *Node
	core   *core
	pebble *pebble.Metrics // nil when the store is closed
}

func gaugeOf(name, help string, read func(*moment) (float64, bool)) reading {
	return reading{prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, read}
}

func counterOf(name, help string, read func(*moment) (float64, bool)) reading {
	return reading{prometheus.NewDesc(name, help, nil, nil), prometheus.CounterValue, read}
}

// ofPebble reads something Pebble counts; nothing is told about a closed store.
func ofPebble[T int64 | uint64](read func(*pebble.Metrics) T) func(*moment) (float64, bool) {
	return func(m *moment) (float64, bool) {
		if m.pebble == nil {
			return 0, false
		}
		return float64(read(m.pebble)), true
	}
}

var readings = []reading{
	gaugeOf("letopis_node_queue", "Requests waiting for the writer.", func(m *moment) (float64, bool) {
		return float64(len(m.core.writer.queue)), true
	}),
	gaugeOf("letopis_node_queue_bytes", "Bytes of requests waiting for the writer or in its hands.", func(m *moment) (float64, bool) {
		return float64(m.core.writer.room.inUse()), true
	}),
	gaugeOf("letopis_node_durable_position", "Position of the last durable event.", func(m *moment) (float64, bool) {
		return float64(m.core.store.durable.Load()), true
	}),
	gaugeOf("letopis_node_streams", "Streams ever written to.", func(m *moment) (float64, bool) {
		return float64(m.core.writer.streams.Load()), true
	}),
	gaugeOf("letopis_node_tail_events", "Newest events kept in memory.", func(m *moment) (float64, bool) {
		events, _ := m.core.tail.size()
		return float64(events), true
	}),
	gaugeOf("letopis_node_tail_bytes", "Bytes of the newest events kept in memory.", func(m *moment) (float64, bool) {
		_, bytes := m.core.tail.size()
		return float64(bytes), true
	}),
	gaugeOf("letopis_node_disk_free_ratio", "Free part of the disk under the log, 0 to 1.", func(m *moment) (float64, bool) {
		return m.node.diskFree()
	}),
	gaugeOf("letopis_node_readonly", "1: the node takes no writes.", func(m *moment) (float64, bool) {
		if m.node.readOnly() {
			return 1, true
		}
		return 0, true
	}),
	gaugeOf("letopis_node_log_bytes", "Disk space of the log, its indexes and its write-ahead log.",
		ofPebble((*pebble.Metrics).DiskSpaceUsage)),
	gaugeOf("letopis_node_wal_bytes", "Disk space of the write-ahead log.",
		ofPebble(func(m *pebble.Metrics) uint64 { return m.WAL.PhysicalSize })),
	gaugeOf("letopis_node_memtable_bytes", "Memory of what is not yet in tables.",
		ofPebble(func(m *pebble.Metrics) uint64 { return m.MemTable.Size })),
	gaugeOf("letopis_node_block_cache_bytes", "Memory of cached blocks.",
		ofPebble(func(m *pebble.Metrics) int64 { return m.BlockCache.Size })),
	counterOf("letopis_node_block_cache_hits_total", "Blocks found in the cache.",
		ofPebble(func(m *pebble.Metrics) int64 { return m.BlockCache.Hits })),
	counterOf("letopis_node_block_cache_misses_total", "Blocks read from disk.",
		ofPebble(func(m *pebble.Metrics) int64 { return m.BlockCache.Misses })),
	counterOf("letopis_node_compactions_total", "Compactions since the store was opened.",
		ofPebble(func(m *pebble.Metrics) int64 { return m.Compact.Count })),
	gaugeOf("letopis_node_compaction_debt_bytes", "Bytes still to be compacted.",
		ofPebble(func(m *pebble.Metrics) uint64 { return m.Compact.EstimatedDebt })),
	gaugeOf("letopis_node_read_amplification", "Tables a read may have to look into.",
		ofPebble(func(m *pebble.Metrics) int64 { return int64(m.ReadAmp()) })),
}

// collector presents a node to Prometheus.
type collector struct{ node *Node }

func (c collector) Describe(descs chan<- *prometheus.Desc) {
	for _, part := range c.node.metrics.all() {
		part.Describe(descs)
	}
	for _, r := range readings {
		descs <- r.desc
	}
}

func (c collector) Collect(metrics chan<- prometheus.Metric) {
	for _, part := range c.node.metrics.all() {
		part.Collect(metrics)
	}
	core := c.node.core()
	now := &moment{node: c.node, core: core, pebble: core.store.pebbleMetrics()}
	for _, r := range readings {
		if value, ok := r.read(now); ok {
			metrics <- prometheus.MustNewConstMetric(r.desc, r.kind, value)
		}
	}
}

// Collector presents the node to a registry of the program around it. Two nodes of
// one process need a registry each, or prometheus.WrapRegistererWith.
func (n *Node) Collector() prometheus.Collector { return collector{n} }

// Metrics answers with the node's metrics and those of the process, in the
// Prometheus text format.
func (n *Node) Metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(n.Collector(), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// diskFree is the part of the disk that is free; ok is false on a file system that
// cannot tell.
func (n *Node) diskFree() (ratio float64, ok bool) {
	usage, err := n.cfg.FS.GetDiskUsage(n.cfg.Dir)
	if err != nil || usage.TotalBytes == 0 {
		return 0, false
	}
	return float64(usage.AvailBytes) / float64(usage.TotalBytes), true
}

// readOnly tells whether the node takes no writes.
func (n *Node) readOnly() bool {
	_, why := n.standing(n.core())
	return why != ""
}
