package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// SealAccessLog puts the digest of an hour of the access log into the chain of seals.
type SealAccessLog struct {
	Hour  time.Time
	Count int
	Root  string
}

func (c SealAccessLog) Decide(s domain.AccessSeal, _ time.Time) ([]domain.Event[domain.AccessSeal], error) {
	return s.Seal(c.Hour, c.Count, c.Root)
}
