package domain

import (
	"slices"
	"strconv"
	"time"
)

// Commitment is one promise, ours or theirs, together with the exact sentence it was made in.
type Commitment struct {
	ID        CommitmentID    `json:"id,omitzero" format:"uuid" doc:"Absent for a new commitment; a correction keeps the id"`
	By        CommitmentSide  `json:"by" enum:"us,them" doc:"Who promises"`
	Kind      CommitmentKind  `json:"kind" enum:"price,discount,payment_term,delivery,term,scope,penalty,exclusivity,guarantee,other" doc:"What kind of promise"`
	Topic     string          `json:"topic" pii:"counterparty" minLength:"1" maxLength:"200" doc:"What it is about; promises of one kind and topic must not contradict each other"`
	Text      string          `json:"text" pii:"counterparty" minLength:"1" maxLength:"2000" doc:"The promise in our words"`
	Sentence  string          `json:"sentence,omitempty" pii:"counterparty" maxLength:"2000" doc:"The exact sentence it was made in"`
	Value     CommitmentValue `json:"value,omitzero" doc:"What was promised, as a value"`
	Due       time.Time       `json:"due_at,omitzero" doc:"When it is to be kept"`
	Condition string          `json:"condition,omitempty" pii:"counterparty" maxLength:"1000" doc:"On what condition"`
	Owner     EmployeeID      `json:"owner_id,omitzero" format:"uuid" doc:"Our employee who sees to it; by default who records"`
}

// CommitmentID identifies a commitment in the whole product.
type CommitmentID = ID[Commitment]

// CommitmentSide is who promises.
type CommitmentSide string

// The sides.
const (
	ByUs   CommitmentSide = "us"
	ByThem CommitmentSide = "them"
)

// CommitmentKind is what kind of promise it is.
type CommitmentKind string

// The kinds. PaymentTerm and Delivery are terms of their own because rules look at them.
const (
	CommitsPrice       CommitmentKind = "price"
	CommitsDiscount    CommitmentKind = "discount"
	CommitsPaymentTerm CommitmentKind = "payment_term"
	CommitsDelivery    CommitmentKind = "delivery"
	CommitsTerm        CommitmentKind = "term"
	CommitsScope       CommitmentKind = "scope"
	CommitsPenalty     CommitmentKind = "penalty"
	CommitsExclusivity CommitmentKind = "exclusivity"
	CommitsGuarantee   CommitmentKind = "guarantee"
	CommitsOther       CommitmentKind = "other"
)

// CommitmentKinds are all kinds.
var CommitmentKinds = []CommitmentKind{
	CommitsPrice, CommitsDiscount, CommitsPaymentTerm, CommitsDelivery, CommitsTerm,
	CommitsScope, CommitsPenalty, CommitsExclusivity, CommitsGuarantee, CommitsOther,
}

// CommitmentValue is what was promised: at most one of its fields is set.
type CommitmentValue struct {
	Money       *Money `json:"money,omitempty" doc:"An amount"`
	BasisPoints *int64 `json:"basis_points,omitempty" doc:"A share: 1250 is 12.5 %"`
	Days        *int64 `json:"days,omitempty" doc:"A number of days"`
	Date        Date   `json:"date,omitempty" format:"date" doc:"A day"`
	Text        string `json:"text,omitempty" pii:"counterparty" maxLength:"500" doc:"Anything else"`
}

// IsZero reports that no value is given.
func (v CommitmentValue) IsZero() bool { return v.count() == 0 }

func (v CommitmentValue) count() int {
	n := 0
	for _, given := range []bool{v.Money != nil, v.BasisPoints != nil, v.Days != nil, v.Date != "", v.Text != ""} {
		if given {
			n++
		}
	}
	return n
}

// Same reports equal values.
func (v CommitmentValue) Same(other CommitmentValue) bool { return v.String() == other.String() }

// String is the value for details of screening hits: "12.50 %", "30 d", "100.00 RUB".
func (v CommitmentValue) String() string {
	switch {
	case v.Money != nil:
		return v.Money.String()
	case v.BasisPoints != nil:
		return percent(*v.BasisPoints)
	case v.Days != nil:
		return days(*v.Days)
	case v.Date != "":
		return string(v.Date)
	default:
		return v.Text
	}
}

// CommitmentState is what became of a promise.
type CommitmentState string

// The states.
const (
	CommitmentOpen       CommitmentState = "open"
	CommitmentKept       CommitmentState = "kept"
	CommitmentBroken     CommitmentState = "broken"
	CommitmentWaived     CommitmentState = "waived"
	CommitmentSuperseded CommitmentState = "superseded"
	// CommitmentDisputed is one of a stopped negotiation: not to be built upon until it is released.
	CommitmentDisputed CommitmentState = "disputed"
)

// CommitmentTransitions is the workflow. A broken promise may still be kept, too late.
var CommitmentTransitions = Transitions[CommitmentState]{
	"":                 {CommitmentOpen, CommitmentDisputed},
	CommitmentOpen:     {CommitmentKept, CommitmentBroken, CommitmentWaived, CommitmentSuperseded, CommitmentDisputed},
	CommitmentBroken:   {CommitmentKept, CommitmentWaived},
	CommitmentDisputed: {CommitmentOpen, CommitmentWaived, CommitmentSuperseded},
}

// Promise is a commitment with what became of it.
type Promise struct {
	Commitment
	State CommitmentState
}

// Refusals of commitments.
var (
	ErrNoCommitment      = Refuse("commitment.not_found", "the record has no such commitment")
	ErrCommitmentState   = Refuse("commitment.wrong_state", "the commitment does not stand where this step is possible")
	ErrCommitmentForeign = Refuse("commitment.foreign", "only the owner, the owner's head or a participant may do that")
)

// Settle says what became of a commitment: kept, broken or waived, and how that is known.
func (n Negotiation) Settle(by, ownersHead EmployeeID, id CommitmentID, outcome CommitmentState, words string) ([]Event[Negotiation], error) {
	p, err := n.settled(by, ownersHead, id, outcome)
	switch {
	case err != nil:
		return nil, err
	case p.State == outcome:
		return nil, nil
	case said("comment", words) != nil:
		return nil, said("comment", words)
	}
	switch outcome {
	case CommitmentKept:
		return []Event[Negotiation]{CommitmentWasKept{Commitment: id, By: by, Comment: words}}, nil
	case CommitmentBroken:
		return []Event[Negotiation]{CommitmentWasBroken{Commitment: id, By: by, Comment: words}}, nil
	case CommitmentWaived:
		return []Event[Negotiation]{CommitmentWasWaived{Commitment: id, By: by, Comment: words}}, nil
	default:
		return nil, ErrCommitmentState
	}
}

// Supersede says that a later commitment took this one's place.
func (n Negotiation) Supersede(by, ownersHead EmployeeID, id, successor CommitmentID, words string) ([]Event[Negotiation], error) {
	p, err := n.settled(by, ownersHead, id, CommitmentSuperseded)
	var v Invalid
	v.Check(!successor.IsZero() && successor != id, "successor_id", "required", "another commitment takes its place")
	v.Require("comment", words)
	switch {
	case err != nil:
		return nil, err
	case p.State == CommitmentSuperseded:
		return nil, nil
	}
	return negotiationEvents(v.Err(), CommitmentWasSuperseded{Commitment: id, Successor: successor, By: by, Comment: words})
}

// HandOver makes another employee the owner of a commitment.
func (n Negotiation) HandOver(by, ownersHead EmployeeID, id CommitmentID, to EmployeeID, reason string) ([]Event[Negotiation], error) {
	p, ok := n.promise(id)
	var v Invalid
	v.Check(!to.IsZero(), "owner_id", "required", "a commitment has an owner")
	v.Require("reason", reason)
	switch {
	case !ok:
		return nil, ErrNoCommitment
	case !n.caresFor(p, by, ownersHead):
		return nil, ErrCommitmentForeign
	case p.Owner == to:
		return nil, nil
	}
	return negotiationEvents(v.Err(), CommitmentWasHandedOver{Commitment: id, From: p.Owner, To: to, Reason: reason})
}

// OwnerOf is who of us sees to a commitment.
func (n Negotiation) OwnerOf(id CommitmentID) EmployeeID {
	p, _ := n.promise(id)
	return p.Owner
}

func (n Negotiation) settled(by, ownersHead EmployeeID, id CommitmentID, to CommitmentState) (Promise, error) {
	p, ok := n.promise(id)
	switch {
	case !ok:
		return p, ErrNoCommitment
	case !n.caresFor(p, by, ownersHead):
		return p, ErrCommitmentForeign
	case p.State != to && !CommitmentTransitions.Allows(p.State, to):
		return p, ErrCommitmentState
	}
	return p, nil
}

func (n Negotiation) caresFor(p Promise, by, ownersHead EmployeeID) bool {
	return !by.IsZero() && (by == p.Owner || by == ownersHead || n.TookPart(by))
}

func (n Negotiation) promise(id CommitmentID) (Promise, bool) {
	i := slices.IndexFunc(n.Promises, func(p Promise) bool { return p.ID == id })
	if i < 0 {
		return Promise{}, false
	}
	return n.Promises[i], true
}

// check says what is wrong with the i-th commitment of a record.
func (c Commitment) check(v *Invalid, i int) {
	field := func(name string) string { return at("commitments", i, name) }
	v.Check(!c.ID.IsZero(), field("id"), "required", "a commitment has an id")
	v.Check(c.By == ByUs || c.By == ByThem, field("by"), "unknown", "must be us or them")
	v.Check(slices.Contains(CommitmentKinds, c.Kind), field("kind"), "unknown", "is not a known kind")
	v.Require(field("topic"), c.Topic)
	v.Require(field("text"), c.Text)
	v.Check(!c.Owner.IsZero(), field("owner_id"), "required", "a commitment has an owner")
	v.Check(c.Value.count() <= 1, field("value"), "several", "at most one value is promised")
	switch c.Kind {
	case CommitsPrice:
		v.Check(c.Value.Money != nil && c.Value.Money.Valid() && c.Value.Money.Minor >= 0, field("value.money"), "required", "a price is an amount")
	case CommitsDiscount:
		bp := c.Value.BasisPoints
		v.Check(bp != nil && *bp >= 0 && *bp <= 10_000, field("value.basis_points"), "required", "a discount is a share between 0 and 10000")
	case CommitsPaymentTerm:
		v.Check(c.Value.Days != nil && *c.Value.Days >= 0, field("value.days"), "required", "a payment term is a number of days")
	case CommitsDelivery:
		v.Check(c.Value.Days != nil || c.Value.Date.Valid(), field("value.date"), "required", "a delivery is promised for a day or in days")
	default:
		v.Check(c.Value.Date == "" || c.Value.Date.Valid(), field("value.date"), "date", "must be a day such as 2026-11-23")
	}
}

// at is the path of a field of a list's element: "commitments[0].topic".
func at(list string, i int, field string) string {
	return list + "[" + strconv.Itoa(i) + "]." + field
}

func percent(basisPoints int64) string {
	return strconv.FormatInt(basisPoints/100, 10) + "." + strconv.FormatInt(basisPoints%100/10, 10) + strconv.FormatInt(basisPoints%10, 10) + " %"
}

func days(n int64) string { return strconv.FormatInt(n, 10) + " d" }
