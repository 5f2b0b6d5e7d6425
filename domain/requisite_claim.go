package domain

import "time"

// RequisiteClaim decides to whom a unique key belongs: the INN with KPP of a country, or a row of another system that
// went to a counterparty known already. Each key has a stream of its own, so two that ask at once cannot both get it.
type RequisiteClaim struct {
	Key    string
	Holder CounterpartyID
	At     time.Time
}

// RequisiteClaimID identifies a key.
type RequisiteClaimID = ID[RequisiteClaim]

// RequisiteClaimOf is the id of a key's stream.
func RequisiteClaimOf(key string) RequisiteClaimID {
	return DerivedID[RequisiteClaim]("requisite", key)
}

// ExternalKey is the key of a row in another system.
func ExternalKey(source, id string) string { return "external/" + source + "/" + id }

// RequisiteClaims are the streams "requisite-<id>".
var RequisiteClaims = NewCategory("requisite",
	Type[RequisiteWasClaimed]("requisite.claimed"),
	Type[RequisiteWasReleased]("requisite.released"),
	Type[RequisiteWasTakenOver]("requisite.taken_over"),
)

// RequisiteWasClaimed gives a free key to a counterparty.
type RequisiteWasClaimed struct {
	Key    string         `json:"key" pii:"counterparty"`
	Holder CounterpartyID `json:"counterparty_id"`
	At     time.Time      `json:"at"`
}

// RequisiteWasReleased makes the key free.
type RequisiteWasReleased struct {
	Holder CounterpartyID `json:"counterparty_id"`
}

// RequisiteWasTakenOver gives an orphaned key to another counterparty.
type RequisiteWasTakenOver struct {
	From CounterpartyID `json:"from"`
	To   CounterpartyID `json:"counterparty_id"`
	At   time.Time      `json:"at"`
}

func (e RequisiteWasClaimed) Apply(c *RequisiteClaim) {
	*c = RequisiteClaim(e)
}
func (e RequisiteWasReleased) Apply(c *RequisiteClaim)  { c.Holder = CounterpartyID{} }
func (e RequisiteWasTakenOver) Apply(c *RequisiteClaim) { c.Holder, c.At = e.To, e.At }

// orphanAge is how long a claim counts without a counterparty that has the key.
const orphanAge = time.Minute

// ClaimHolder is what is known about the present holder of a key: into whom it was merged, itself if into nobody, and
// whether the counterparty still has the key.
type ClaimHolder struct {
	Holder, Survivor CounterpartyID
	Bears            bool
}

// Claim secures the key for a counterparty. A claim whose holder does not have the key is an orphan and is taken over,
// unless it is so young that the command which made it may still be on its way.
func (c RequisiteClaim) Claim(key string, by CounterpartyID, known ClaimHolder, now time.Time) ([]Event[RequisiteClaim], error) {
	if known.Holder != c.Holder {
		known = ClaimHolder{Holder: c.Holder, Survivor: c.Holder, Bears: true} // somebody was quicker
	}
	switch {
	case c.Holder.IsZero():
		return []Event[RequisiteClaim]{RequisiteWasClaimed{Key: key, Holder: by, At: now}}, nil
	case c.Holder == by || known.Survivor == by:
		return nil, nil
	case known.Bears || now.Sub(c.At) < orphanAge:
		return nil, requisitesTaken(known.Survivor)
	}
	return []Event[RequisiteClaim]{RequisiteWasTakenOver{From: c.Holder, To: by, At: now}}, nil
}

// Release gives the key back; nothing happens when somebody else has it.
func (c RequisiteClaim) Release(by CounterpartyID) ([]Event[RequisiteClaim], error) {
	if c.Holder != by {
		return nil, nil
	}
	return []Event[RequisiteClaim]{RequisiteWasReleased{by}}, nil
}

// requisitesTaken names the field and who has the number.
func requisitesTaken(holder CounterpartyID) error {
	return &Refusal{Code: ErrCounterpartyKeyTaken.Code, Message: ErrCounterpartyKeyTaken.Message,
		Fields: []FieldError{{Field: "inn", Code: "taken", Message: holder.String()}}}
}

// HolderIn is the counterparty that a refusal ErrCounterpartyKeyTaken names.
func HolderIn(refusal *Refusal) CounterpartyID {
	for _, f := range refusal.Fields {
		if f.Code == "taken" || f.Code == "merged_into" {
			id, _ := ParseID[Counterparty](f.Message)
			return id
		}
	}
	return CounterpartyID{}
}
