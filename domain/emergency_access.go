package domain

import (
	"strings"
	"time"
	"unicode/utf8"
)

// EmergencyAccess lets a person read beyond their rights: one client or the whole business, for a reason and a short time.
// Nobody has to allow it beforehand; somebody else looks at it afterwards.
type EmergencyAccess struct {
	Person EmployeeID
	// Client is whose records are opened; zero for the whole business.
	Client   CounterpartyID
	Reason   string
	OpenedAt time.Time
	Until    time.Time
	EndedAt  time.Time
	Reviewer EmployeeID
	Verdict  EmergencyVerdict
	Remark   string
	State    EmergencyState
}

// EmergencyAccessID identifies an emergency access.
type EmergencyAccessID = ID[EmergencyAccess]

// EmergencyState is where an emergency access stands.
type EmergencyState string

// The states; the zero value means that it does not exist.
const (
	EmergencyOpen     EmergencyState = "open"
	EmergencyEnded    EmergencyState = "ended"
	EmergencyExpired  EmergencyState = "expired"
	EmergencyReviewed EmergencyState = "reviewed"
)

// EmergencyTransitions is the workflow: only what is over is reviewed.
var EmergencyTransitions = Transitions[EmergencyState]{
	"":               {EmergencyOpen},
	EmergencyOpen:    {EmergencyEnded, EmergencyExpired},
	EmergencyEnded:   {EmergencyReviewed},
	EmergencyExpired: {EmergencyReviewed},
}

// EmergencyVerdict is what the reviewer found.
type EmergencyVerdict string

// The verdicts.
const (
	EmergencyJustified   EmergencyVerdict = "justified"
	EmergencyUnjustified EmergencyVerdict = "unjustified"
)

// The bounds of an emergency access.
const (
	ShortestEmergency      = 15 * time.Minute
	LongestEmergency       = 8 * time.Hour
	ShortestEmergencyCause = 20
)

// Refusals of emergency accesses.
var (
	ErrEmergencyStep    = Refuse("emergency_access.wrong_state", "the emergency access does not stand where this step is possible")
	ErrEmergencyForeign = Refuse("emergency_access.foreign", "only the person who opened it may end it")
	ErrEmergencyOwn     = Refuse("emergency_access.own", "nobody reviews their own emergency access")
)

// EmergencyAccesses are the streams "emergency_access-<id>".
var EmergencyAccesses = NewCategory("emergency_access",
	Type[EmergencyAccessWasOpened]("emergency_access.opened"),
	Type[EmergencyAccessWasEnded]("emergency_access.ended"),
	Type[EmergencyAccessHasExpired]("emergency_access.expired"),
	Type[EmergencyAccessWasReviewed]("emergency_access.reviewed"),
)

// EmergencyAccessWasOpened says who reads what, until when and why. Without a client it is the whole business.
type EmergencyAccessWasOpened struct {
	Person EmployeeID     `json:"employee_id"`
	Client CounterpartyID `json:"counterparty_id,omitzero"`
	Reason string         `json:"reason" pii:"counterparty"`
	From   time.Time      `json:"from"`
	Until  time.Time      `json:"until"`
}

// EmergencyAccessWasEnded ends it before its time.
type EmergencyAccessWasEnded struct {
	By EmployeeID `json:"by_id"`
	At time.Time  `json:"at"`
}

// EmergencyAccessHasExpired says that its time was over.
type EmergencyAccessHasExpired struct {
	At time.Time `json:"at"`
}

// EmergencyAccessWasReviewed is what somebody else found afterwards.
type EmergencyAccessWasReviewed struct {
	Reviewer EmployeeID       `json:"reviewer_id"`
	Verdict  EmergencyVerdict `json:"verdict"`
	Remark   string           `json:"remark" pii:"counterparty"`
}

func (e EmergencyAccessWasOpened) Apply(a *EmergencyAccess) {
	*a = EmergencyAccess{Person: e.Person, Client: e.Client, Reason: e.Reason, OpenedAt: e.From, Until: e.Until, State: EmergencyOpen}
}
func (e EmergencyAccessWasEnded) Apply(a *EmergencyAccess) { a.State, a.EndedAt = EmergencyEnded, e.At }
func (e EmergencyAccessHasExpired) Apply(a *EmergencyAccess) {
	a.State, a.EndedAt = EmergencyExpired, e.At
}
func (e EmergencyAccessWasReviewed) Apply(a *EmergencyAccess) {
	a.State, a.Reviewer, a.Verdict, a.Remark = EmergencyReviewed, e.Reviewer, e.Verdict, e.Remark
}

// Subjects is the client whose records were opened, if it is one.
func (a EmergencyAccess) Subjects() []CounterpartyID { return []CounterpartyID{a.Client} }

// Participants are the person and the reviewer.
func (a EmergencyAccess) Participants() []EmployeeID { return []EmployeeID{a.Person, a.Reviewer} }

// Open begins an emergency access.
func (a EmergencyAccess) Open(e EmergencyAccessWasOpened) ([]Event[EmergencyAccess], error) {
	if a.State != "" {
		return nil, ErrAlreadyExists
	}
	var v Invalid
	v.Check(utf8.RuneCountInString(strings.TrimSpace(e.Reason)) >= ShortestEmergencyCause, "reason", "length", "says in at least twenty characters why")
	lasts := e.Until.Sub(e.From)
	v.Check(lasts >= ShortestEmergency && lasts <= LongestEmergency, "minutes", "range", "must be a quarter of an hour to eight hours")
	v.Check(!e.Person.IsZero(), "employee_id", "required", "somebody opens it")
	return emergencyEvents(v.Err(), e)
}

// End ends one's own emergency access.
func (a EmergencyAccess) End(by EmployeeID, now time.Time) ([]Event[EmergencyAccess], error) {
	var foreign error
	if by != a.Person {
		foreign = ErrEmergencyForeign
	}
	return a.stop(by, now, foreign)
}

// Stop ends the emergency access of whoever it is.
func (a EmergencyAccess) Stop(by EmployeeID, now time.Time) ([]Event[EmergencyAccess], error) {
	return a.stop(by, now, nil)
}

func (a EmergencyAccess) stop(by EmployeeID, now time.Time, also error) ([]Event[EmergencyAccess], error) {
	return emergencyEvents(a.step(EmergencyEnded, also), EmergencyAccessWasEnded{By: by, At: now})
}

// Expire ends it when its time has come.
func (a EmergencyAccess) Expire(now time.Time) ([]Event[EmergencyAccess], error) {
	if a.State != EmergencyOpen || now.Before(a.Until) {
		return nil, nil
	}
	return []Event[EmergencyAccess]{EmergencyAccessHasExpired{At: a.Until}}, nil
}

// Review says afterwards whether it was justified. Neither the person nor who acts in their name reviews it.
func (a EmergencyAccess) Review(e EmergencyAccessWasReviewed, reviewing ...EmployeeID) ([]Event[EmergencyAccess], error) {
	var v Invalid
	v.Check(e.Verdict == EmergencyJustified || e.Verdict == EmergencyUnjustified, "verdict", "enum", "is not a known verdict")
	v.Require("remark", e.Remark)
	var own error
	for _, person := range reviewing {
		if person == a.Person {
			own = ErrEmergencyOwn
		}
	}
	return emergencyEvents(a.step(EmergencyReviewed, own, v.Err()), e)
}

func (a EmergencyAccess) step(to EmergencyState, also ...error) error {
	switch {
	case a.State == "":
		return ErrNotFound
	case firstError(also...) != nil:
		return firstError(also...)
	case !EmergencyTransitions.Allows(a.State, to):
		return ErrEmergencyStep
	}
	return nil
}

func emergencyEvents(err error, e Event[EmergencyAccess]) ([]Event[EmergencyAccess], error) {
	if err != nil {
		return nil, err
	}
	return []Event[EmergencyAccess]{e}, nil
}
