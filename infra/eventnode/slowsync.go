package eventnode

import (
	"log/slog"
	"time"
)

// slowSyncPause is how long a slow disk is not mentioned again.
const slowSyncPause = 10 * time.Second

// slowSyncs warns of syncs that take too long: the first at once, those that follow
// counted in one line per pause. Only the writer's goroutine uses it.
type slowSyncs struct {
	logger    *slog.Logger
	threshold time.Duration
	last      time.Time
	silent    int // slow syncs since then that were not mentioned
}

func (s *slowSyncs) observe(now time.Time, took time.Duration, bytes, events, queue int) {
	if took < s.threshold {
		return
	}
	if !s.last.IsZero() && now.Sub(s.last) < slowSyncPause {
		s.silent++
		return
	}
	s.logger.Warn("event node: slow sync", "took", took, "bytes", bytes, "events", events,
		"queue", queue, "unmentioned", s.silent)
	s.last, s.silent = now, 0
}
