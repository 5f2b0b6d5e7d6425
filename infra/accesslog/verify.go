package accesslog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Verified is what came of comparing the log with its seals.
type Verified struct {
	// Hours and Entries are those that agree with their seals.
	Hours, Entries int
	// Unsealed are entries of the hours since the last seal.
	Unsealed int
	// Wrong is the first hour that differs; zero when all agree. Why tells how.
	Wrong time.Time
	Why   string
}

// Verify recomputes every sealed hour.
func Verify(ctx context.Context, db *pgxpool.Pool, x *commands.Executor) (Verified, error) {
	seals, err := sealsOf(ctx, x)
	if err != nil {
		return Verified{}, err
	}
	var (
		v    Verified
		past string
		end  time.Time
	)
	for _, seal := range seals {
		stray, err := hoursWithin(ctx, db, end, seal.Hour)
		if err != nil {
			return v, err
		}
		if len(stray) > 0 {
			v.Wrong, v.Why = stray[0], "it has entries and no seal"
			return v, nil
		}
		count, root, err := digest(ctx, db, seal.Hour)
		switch {
		case err != nil:
			return v, err
		case seal.Previous != past:
			v.Wrong, v.Why = seal.Hour, "its seal does not follow the one before it"
			return v, nil
		case count != seal.Count:
			v.Wrong, v.Why = seal.Hour, fmt.Sprintf("it has %d entries, %d were sealed", count, seal.Count)
			return v, nil
		case root != seal.Root:
			v.Wrong, v.Why = seal.Hour, "its entries are not those that were sealed"
			return v, nil
		}
		v.Hours++
		v.Entries += count
		past, end = seal.Root, seal.Hour.Add(time.Hour)
	}
	return v, db.QueryRow(ctx, `select count(*) from audit.access_log where written_at >= $1`, end).Scan(&v.Unsealed)
}

// sealsOf reads the chain.
func sealsOf(ctx context.Context, x *commands.Executor) ([]domain.AccessLogWasSealed, error) {
	_, steps, err := commands.Trail(ctx, x, domain.AccessSeals.Name(), domain.TheAccessSeal.UUID(), time.Time{})
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seals := make([]domain.AccessLogWasSealed, len(steps))
	for i, step := range steps {
		event, err := domain.AccessSeals.Decode(step.Event)
		if err != nil {
			return nil, err
		}
		seals[i] = event.(domain.AccessLogWasSealed)
	}
	return seals, nil
}
