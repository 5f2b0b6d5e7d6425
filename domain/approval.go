package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Approval is a command that one person asks for and another allows. It binds exactly this command on exactly this record
// by a digest: nothing else can be done with it, and this only once.
type Approval struct {
	// Operation is the command's operation of the API, such as "grant-role"; Kind and Target name the record it is for.
	Operation string
	Kind      RefKind
	Target    uuid.UUID
	// Payload is the command as canonical JSON.
	Payload   string
	Digest    string
	Requester EmployeeID
	// InNameOf is the absent colleague for whom the requester asked.
	InNameOf EmployeeID
	Reason   string
	Expires  time.Time
	Decider  EmployeeID
	Answer   string
	Done     ApprovalReceipt
	// Failure is the code of the refusal that the approved command met.
	Failure string
	State   ApprovalState
}

// ApprovalID identifies an approval.
type ApprovalID = ID[Approval]

// ApprovalReceipt says where the effect of the approved command stands in the log.
type ApprovalReceipt struct {
	Stream   string `json:"stream,omitempty" public:""`
	Revision int64  `json:"revision"`
	Position uint64 `json:"position"`
}

// ApprovalState is where an approval stands.
type ApprovalState string

// The states; the zero value means that the approval does not exist. What is approved is done, or fails, at once;
// it stays approved only where the program was stopped in between.
const (
	ApprovalPending   ApprovalState = "pending"
	ApprovalApproved  ApprovalState = "approved"
	ApprovalDone      ApprovalState = "done"
	ApprovalFailed    ApprovalState = "failed"
	ApprovalRefused   ApprovalState = "refused"
	ApprovalWithdrawn ApprovalState = "withdrawn"
	ApprovalExpired   ApprovalState = "expired"
)

// ApprovalTransitions is the workflow.
var ApprovalTransitions = Transitions[ApprovalState]{
	"":               {ApprovalPending},
	ApprovalPending:  {ApprovalApproved, ApprovalRefused, ApprovalWithdrawn, ApprovalExpired},
	ApprovalApproved: {ApprovalDone, ApprovalFailed},
}

// ApprovalLasts is how long a request waits for a second person.
const ApprovalLasts = 72 * time.Hour

// Refusals of approvals.
var (
	ErrApprovalNeeded    = Refuse("approval.needed", "this takes a second person: ask for an approval")
	ErrApprovalNotNeeded = Refuse("approval.not_needed", "this takes no second person: just do it")
	ErrApprovalStep      = Refuse("approval.wrong_state", "the request was decided, withdrawn or has expired")
	ErrApprovalOwn       = Refuse("approval.own", "nobody decides about what they, or those in whose name they act, have asked for")
	ErrApprovalForeign   = Refuse("approval.foreign", "only the person who asked may withdraw the request")
	ErrApprovalAltered   = Refuse("approval.altered", "this is not what was approved")
)

// Approvals are the streams "approval-<id>".
var Approvals = NewCategory("approval",
	Type[ApprovalWasRequested]("approval.requested"),
	Type[ApprovalWasApproved]("approval.approved"),
	Type[ApprovalWasRefused]("approval.refused"),
	Type[ApprovalWasWithdrawn]("approval.withdrawn"),
	Type[ApprovalHasExpired]("approval.expired"),
	Type[ApprovalWasCarriedOut]("approval.carried_out"),
	Type[ApprovalHasFailed]("approval.failed"),
)

// ApprovalWasRequested is the command that somebody asks a second person to allow.
type ApprovalWasRequested struct {
	Operation string     `json:"operation" public:""`
	Kind      RefKind    `json:"target_kind"`
	Target    uuid.UUID  `json:"target_id"`
	Payload   string     `json:"payload" pii:"employee"`
	Digest    string     `json:"digest" public:""`
	Requester EmployeeID `json:"requester_id"`
	InNameOf  EmployeeID `json:"in_name_of_id,omitzero"`
	Reason    string     `json:"reason" pii:"employee"`
	Expires   time.Time  `json:"expires_at"`
}

// ApprovalWasApproved lets the command be carried out.
type ApprovalWasApproved struct {
	Decider EmployeeID `json:"decider_id"`
	Answer  string     `json:"answer,omitempty" pii:"employee"`
}

// ApprovalWasRefused does not.
type ApprovalWasRefused struct {
	Decider EmployeeID `json:"decider_id"`
	Answer  string     `json:"answer" pii:"employee"`
}

// ApprovalWasWithdrawn takes the request back.
type ApprovalWasWithdrawn struct{}

// ApprovalHasExpired says that nobody decided in time.
type ApprovalHasExpired struct{}

// ApprovalWasCarriedOut says where the effect of the approved command stands.
type ApprovalWasCarriedOut struct {
	Receipt ApprovalReceipt `json:"receipt"`
}

// ApprovalHasFailed says why the approved command could not be carried out.
type ApprovalHasFailed struct {
	Code string `json:"code" public:""`
}

func (e ApprovalWasRequested) Apply(a *Approval) {
	*a = Approval{
		Operation: e.Operation, Kind: e.Kind, Target: e.Target, Payload: e.Payload, Digest: e.Digest, Requester: e.Requester, InNameOf: e.InNameOf,
		Reason: e.Reason, Expires: e.Expires, State: ApprovalPending,
	}
}

func (e ApprovalWasApproved) Apply(a *Approval) {
	a.State, a.Decider, a.Answer = ApprovalApproved, e.Decider, e.Answer
}

func (e ApprovalWasRefused) Apply(a *Approval) {
	a.State, a.Decider, a.Answer = ApprovalRefused, e.Decider, e.Answer
}
func (ApprovalWasWithdrawn) Apply(a *Approval)    { a.State = ApprovalWithdrawn }
func (ApprovalHasExpired) Apply(a *Approval)      { a.State = ApprovalExpired }
func (e ApprovalWasCarriedOut) Apply(a *Approval) { a.State, a.Done = ApprovalDone, e.Receipt }
func (e ApprovalHasFailed) Apply(a *Approval)     { a.State, a.Failure = ApprovalFailed, e.Code }

// Participants are who asked, in whose name, and who decided.
func (a Approval) Participants() []EmployeeID {
	return []EmployeeID{a.Requester, a.InNameOf, a.Decider}
}

// ApprovalDigest binds an approval to one command on one record.
func ApprovalDigest(operation string, target uuid.UUID, payload string) string {
	sum := sha256.Sum256([]byte(operation + "\x00" + target.String() + "\x00" + payload))
	return hex.EncodeToString(sum[:])
}

// Request asks for a second person.
func (a Approval) Request(e ApprovalWasRequested, now time.Time) ([]Event[Approval], error) {
	if a.State != "" {
		return nil, ErrAlreadyExists
	}
	var v Invalid
	v.Require("reason", e.Reason)
	e.Digest, e.Expires = ApprovalDigest(e.Operation, e.Target, e.Payload), now.Add(ApprovalLasts)
	return approvalEvents(v.Err(), e)
}

// Approve lets the command be carried out. The same person may say so again, to finish what was interrupted. Deciding are
// all persons who decide by this: who is at the keyboard, in whose name, and whom either stands in for.
func (a Approval) Approve(by EmployeeID, deciding []EmployeeID, answer string, now time.Time) ([]Event[Approval], error) {
	if a.State == ApprovalApproved && a.Decider == by {
		return nil, nil
	}
	return approvalEvents(a.decided(ApprovalApproved, deciding, now), ApprovalWasApproved{Decider: by, Answer: strings.TrimSpace(answer)})
}

// Refuse does not let it.
func (a Approval) Refuse(by EmployeeID, deciding []EmployeeID, answer string, now time.Time) ([]Event[Approval], error) {
	var v Invalid
	v.Require("answer", answer)
	return approvalEvents(firstError(v.Err(), a.decided(ApprovalRefused, deciding, now)), ApprovalWasRefused{Decider: by, Answer: strings.TrimSpace(answer)})
}

// Withdraw takes one's own request back.
func (a Approval) Withdraw(by EmployeeID) ([]Event[Approval], error) {
	var foreign error
	if by != a.Requester && by != a.InNameOf {
		foreign = ErrApprovalForeign
	}
	return approvalEvents(a.step(ApprovalWithdrawn, foreign), ApprovalWasWithdrawn{})
}

// Expire ends a request that nobody decided in time.
func (a Approval) Expire(now time.Time) ([]Event[Approval], error) {
	if a.State != ApprovalPending || now.Before(a.Expires) {
		return nil, nil
	}
	return []Event[Approval]{ApprovalHasExpired{}}, nil
}

// Finish notes what became of the approved command: its receipt, or the code of the refusal it met.
func (a Approval) Finish(done ApprovalReceipt, failure string) ([]Event[Approval], error) {
	switch {
	case a.State == ApprovalDone || a.State == ApprovalFailed:
		return nil, nil
	case failure != "":
		return approvalEvents(a.step(ApprovalFailed), ApprovalHasFailed{Code: failure})
	}
	return approvalEvents(a.step(ApprovalDone), ApprovalWasCarriedOut{Receipt: done})
}

// Allows reports whether the approval is for this command on this record.
func (a Approval) Allows(operation string, target uuid.UUID, payload string) bool {
	return a.State == ApprovalApproved && a.Digest == ApprovalDigest(operation, target, payload)
}

func (a Approval) decided(to ApprovalState, deciding []EmployeeID, now time.Time) error {
	own := slices.ContainsFunc(deciding, func(person EmployeeID) bool {
		return !person.IsZero() && (person == a.Requester || person == a.InNameOf)
	})
	switch {
	case a.State != "" && own:
		return ErrApprovalOwn
	case a.State == ApprovalPending && !now.Before(a.Expires):
		return ErrApprovalStep // the scheduler has not come to it yet
	}
	return a.step(to)
}

func (a Approval) step(to ApprovalState, also ...error) error {
	switch {
	case a.State == "":
		return ErrNotFound
	case firstError(also...) != nil:
		return firstError(also...)
	case !ApprovalTransitions.Allows(a.State, to):
		return ErrApprovalStep
	}
	return nil
}

func approvalEvents(err error, e Event[Approval]) ([]Event[Approval], error) {
	if err != nil {
		return nil, err
	}
	return []Event[Approval]{e}, nil
}
