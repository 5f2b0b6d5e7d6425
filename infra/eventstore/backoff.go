package eventstore

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	backoffFirst = 50 * time.Millisecond
	backoffMax   = 2 * time.Second
)

// backoff spaces attempts out: each pause is drawn from a range that doubles, so
// that many callers do not come back at once. The zero value is ready.
type backoff struct{ span time.Duration }

func (b *backoff) reset() { b.span = 0 }

// wait pauses; it returns the context's error when that ends first.
func (b *backoff) wait(ctx context.Context) error {
	b.span = min(max(2*b.span, backoffFirst), backoffMax)
	timer := time.NewTimer(b.span/2 + rand.N(b.span/2)) //nolint:gosec // jitter, not a secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
