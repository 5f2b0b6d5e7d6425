package postgres

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics of the projections. One value is shared by all projectors of a process.
type Metrics struct {
	position *prometheus.GaugeVec
	events   *prometheus.CounterVec
	batches  *prometheus.HistogramVec
	poisoned *prometheus.GaugeVec
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		position: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "letopis_projection_position", Help: "Position of the last event in the read model."}, []string{"projection"}),
		events:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "letopis_projection_events_total", Help: "Events given to the projection."}, []string{"projection"}),
		batches: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "letopis_projection_batch_seconds", Help: "Time to apply one batch.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 10)}, []string{"projection"}),
		poisoned: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "letopis_projection_poisoned", Help: "1: the projection stopped at an event it cannot take."}, []string{"projection"}),
	}
	registry.MustRegister(m.position, m.events, m.batches, m.poisoned)
	return m
}

func (m *Metrics) applied(name string, events int, position int64, took time.Duration) {
	if m == nil {
		return
	}
	m.position.WithLabelValues(name).Set(float64(position))
	m.events.WithLabelValues(name).Add(float64(events))
	m.batches.WithLabelValues(name).Observe(took.Seconds())
}

func (m *Metrics) setPoisoned(name string, poisoned bool) {
	if m == nil {
		return
	}
	value := 0.0
	if poisoned {
		value = 1
	}
	m.poisoned.WithLabelValues(name).Set(value)
}
