package eventnode

import (
	"slices"
	"time"

	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
)

// meter counts messages, in all and since it was last looked at.
type meter struct {
	total    int64
	measured int64
	since    time.Time
}

// measure returns what came since the last measurement, and how much that is in a second.
func (m *meter) measure(now time.Time) (count int64, perSecond int32) {
	count = m.total - m.measured
	if elapsed := now.Sub(m.since); elapsed > 0 {
		perSecond = int32(float64(count) / elapsed.Seconds())
	}
	m.measured, m.since = m.total, now
	return count, perSecond
}

// timingsKept is how many of the latest answers the extra statistics speak of.
const timingsKept = 1000

// timings are how long a consumer took to answer, in milliseconds.
type timings struct {
	latest []int64
	next   int
}

func (t *timings) add(took time.Duration) {
	if len(t.latest) < timingsKept {
		t.latest = append(t.latest, took.Milliseconds())
		return
	}
	t.latest[t.next] = took.Milliseconds()
	t.next = (t.next + 1) % timingsKept
}

// measurements lists the figures under the names EventStoreDB gives them.
func (t *timings) measurements() (list []*persistentpb.SubscriptionInfo_Measurement) {
	if t == nil || len(t.latest) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(t.latest))
	var sum int64
	for _, took := range sorted {
		sum += took
	}
	n := len(sorted)
	figure := func(key string, value int64) {
		list = append(list, &persistentpb.SubscriptionInfo_Measurement{Key: key, Value: value})
	}
	share := func(key string, perMille int) { figure(key, sorted[min(n*perMille/1000, n-1)]) }
	figure("Mean", sum/int64(n))
	figure("Median", sorted[n/2])
	figure("Fastest", sorted[0])
	share("Quintile 1", 0)
	share("Quintile 2", 200)
	share("Quintile 3", 400)
	share("Quintile 4", 600)
	share("Quintile 5", 800)
	share("90%", 900)
	share("95%", 950)
	share("99%", 990)
	share("99.5%", 995)
	share("99.9%", 999)
	figure("Highest", sorted[n-1])
	return list
}
