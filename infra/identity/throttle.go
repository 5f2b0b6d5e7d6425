package identity

import (
	"context"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// ErrTooManyAttempts refuses guessing; see Throttled.
var ErrTooManyAttempts = domain.Refuse("too_many_attempts", "too many failed attempts; wait before the next one")

// Throttled is ErrTooManyAttempts with the time to wait.
type Throttled struct{ After time.Duration }

func (t *Throttled) Error() string { return ErrTooManyAttempts.Error() }

// Unwrap makes it the refusal.
func (t *Throttled) Unwrap() error { return ErrTooManyAttempts }

// limit is how often something may be guessed. Failures are counted from the first one on for as long as the window, and
// delay says how long the next attempt must wait after so many.
type limit struct {
	kind   string
	key    []byte
	window time.Duration
	delay  func(failures int) time.Duration
	// forgives: a success wipes the failures out.
	forgives bool
}

const (
	lockAfter      = 10
	lockFor        = 15 * time.Minute
	longestDelay   = time.Minute
	perAddress     = 50
	addressBlock   = 15 * time.Minute
	atOnce         = 5
	abandonedAfter = time.Minute
)

// accountDelay is 1, 2, 4… 60 seconds, then a lock for a while. Not for ever: a stranger must not be able to keep
// somebody out for good.
func accountDelay(failures int) time.Duration {
	switch {
	case failures >= lockAfter:
		return lockFor
	case failures > 6:
		return longestDelay
	}
	return min(time.Second<<(failures-1), longestDelay)
}

func addressDelay(failures int) time.Duration {
	if failures >= perAddress {
		return addressBlock
	}
	return 0
}

// The kinds of guesses.
const (
	ofPassword    = "password"
	ofCode        = "code"
	ofFromAddress = "address"
)

// ofAccount limits guesses at an account, existing or not: the answer must not tell which.
func ofAccount(kind, login string) limit {
	return limit{kind: kind, key: digest(normal(login)), window: time.Hour, delay: accountDelay, forgives: true}
}

// limits are those of a guess at an account from somewhere. A success does not wipe out the address's failures, or one
// account of one's own would open the way to all others.
func limits(kind, login string, from Client) []limit {
	all := []limit{ofAccount(kind, login)}
	if from.Address != "" {
		all = append(all, limit{kind: ofFromAddress, key: digest(network(from.Address)), window: addressBlock, delay: addressDelay})
	}
	return all
}

// network is what one client can choose its address from: of IPv6 everybody has a /64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// guess lets somebody try, unless too much was tried already. locked reports that this failure has locked the account.
//
// Attempts in progress are counted before they begin, so that many at once do not get around the delays; and an attempt
// is counted to its end whether or not its client waits for it.
func (s *Service) guess(ctx context.Context, limits []limit, try func() (bool, error)) (right, locked bool, err error) {
	for i, l := range limits {
		if err := s.enter(ctx, l); err != nil {
			s.leave(ctx, limits[:i])
			return false, false, err
		}
	}
	right, err = try()
	if err != nil {
		s.leave(ctx, limits)
		return false, false, err
	}
	for _, l := range limits {
		failures, err := s.settle(ctx, l, right)
		if err != nil {
			return false, false, err
		}
		locked = locked || !right && l.kind != ofFromAddress && failures == lockAfter
	}
	return right, locked, nil
}

// tally is a row of identity.throttle.
type tally struct {
	failures, pending           int
	since, lastAt, blockedUntil time.Time
}

func (s *Service) enter(ctx context.Context, l limit) error {
	return s.count(ctx, l, func(t *tally, now time.Time) error {
		if now.Before(t.blockedUntil) {
			return &Throttled{After: t.blockedUntil.Sub(now)}
		}
		if now.Sub(t.lastAt) > abandonedAfter {
			t.pending = 0
		}
		if t.pending >= atOnce && l.kind != ofFromAddress {
			return &Throttled{After: time.Second}
		}
		t.pending++
		t.lastAt = now
		return nil
	})
}

// leave takes back attempts that came to no answer. What fails here is made good by abandonedAfter.
func (s *Service) leave(ctx context.Context, limits []limit) {
	for _, l := range limits {
		_ = s.count(context.WithoutCancel(ctx), l, func(t *tally, _ time.Time) error {
			t.pending = max(t.pending-1, 0)
			return nil
		})
	}
}

func (s *Service) settle(ctx context.Context, l limit, right bool) (failures int, err error) {
	err = s.count(context.WithoutCancel(ctx), l, func(t *tally, now time.Time) error {
		t.pending = max(t.pending-1, 0)
		switch {
		case right && l.forgives:
			t.failures, t.blockedUntil = 0, now
		case !right:
			if t.failures == 0 || now.Sub(t.since) > l.window {
				t.failures, t.since = 0, now
			}
			t.failures++
			t.blockedUntil = now.Add(l.delay(t.failures))
		}
		failures = t.failures
		return nil
	})
	return failures, err
}

func (s *Service) count(ctx context.Context, l limit, change func(*tally, time.Time) error) error {
	now := s.now().UTC()
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into identity.throttle (kind, key, since, last_at, blocked_until) values ($1, $2, $3, $3, $3) on conflict do nothing`, l.kind, l.key, now); err != nil {
			return err
		}
		var t tally
		if err := tx.QueryRow(ctx, `select failures, pending, since, last_at, blocked_until from identity.throttle where kind = $1 and key = $2 for update`,
			l.kind, l.key).Scan(&t.failures, &t.pending, &t.since, &t.lastAt, &t.blockedUntil); err != nil {
			return err
		}
		if err := change(&t, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update identity.throttle set failures = $3, pending = $4, since = $5, last_at = $6, blocked_until = $7 where kind = $1 and key = $2`,
			l.kind, l.key, t.failures, t.pending, t.since, t.lastAt, t.blockedUntil)
		return err
	})
}

// Unlock forgets the failed guesses at an account.
func (s *Service) Unlock(ctx context.Context, login string) error {
	account, err := s.AccountNamed(ctx, login)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from identity.throttle where key = $1 and kind in ($2, $3)`, digest(account.Login), ofPassword, ofCode); err != nil {
			return err
		}
		return s.record(ctx, tx, by(ctx, didUnlock, account.Login, account.Employee.UUID()))
	})
}
