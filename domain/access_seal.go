package domain

import "time"

// AccessSeal is the chain of seals on the access log, which lies outside the log of events: each seal names what the log
// said of one hour, and the seal before it. There is one chain, so that none can be left out of it.
type AccessSeal struct {
	// Hour is the beginning of the last hour that was sealed.
	Hour time.Time
	// Root is its digest.
	Root string
}

// AccessSealID identifies the chain.
type AccessSealID = ID[AccessSeal]

// TheAccessSeal is the only chain.
var TheAccessSeal = DerivedID[AccessSeal]("access-seal")

// AccessSeals is the stream "access_seal-<id>".
var AccessSeals = NewCategory("access_seal",
	Type[AccessLogWasSealed]("access_log.sealed"),
)

// AccessLogWasSealed says how many entries the access log has for an hour, and their digest. Hours without entries have no
// seal.
type AccessLogWasSealed struct {
	Hour     time.Time `json:"hour"`
	Count    int       `json:"count"`
	Root     string    `json:"root" public:""`
	Previous string    `json:"previous,omitempty" public:""`
}

func (e AccessLogWasSealed) Apply(s *AccessSeal) { s.Hour, s.Root = e.Hour, e.Root }

// Seal adds an hour to the chain, unless it is there: hours come in their order.
func (s AccessSeal) Seal(hour time.Time, count int, root string) ([]Event[AccessSeal], error) {
	var v Invalid
	v.Check(hour.Equal(hour.Truncate(time.Hour)), "hour", "date", "is not the beginning of an hour")
	v.Check(count > 0, "count", "required", "an hour without entries has no seal")
	v.Check(len(root) == 64, "root", "required", "is not a digest")
	switch {
	case v.Err() != nil:
		return nil, v.Err()
	case !hour.After(s.Hour):
		return nil, nil
	}
	return []Event[AccessSeal]{AccessLogWasSealed{Hour: hour, Count: count, Root: root, Previous: s.Root}}, nil
}
