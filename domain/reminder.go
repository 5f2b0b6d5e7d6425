package domain

import (
	"slices"
	"time"
)

// Reminder calls something to a person's mind at a set time: once or again and again. A relative reminder follows the
// date of the record it is linked to.
type Reminder struct {
	Recipient EmployeeID
	Author    EmployeeID
	Text      string
	Subject   Ref
	Zone      string
	Repeat    ReminderRepeat
	Channels  []ReminderChannel
	// Relative says that the time is the linked record's date plus Offset minutes.
	Relative bool
	Offset   int
	// First is where the series began: its clock time in Zone is that of every occurrence.
	First time.Time
	// Next is when the reminder fires; zero when it does not any more.
	Next       time.Time
	Occurrence int
	State      ReminderState
}

// ReminderID identifies a reminder.
type ReminderID = ID[Reminder]

// ReminderState is where a reminder stands.
type ReminderState string

// The states; the zero value means that the reminder does not exist.
const (
	ReminderScheduled    ReminderState = "scheduled"
	ReminderFired        ReminderState = "fired"
	ReminderAcknowledged ReminderState = "acknowledged"
	ReminderSnoozed      ReminderState = "snoozed"
	ReminderDismissed    ReminderState = "dismissed"
	ReminderCancelled    ReminderState = "cancelled"
)

// ReminderTransitions is the workflow. A repeated reminder fires again from Fired and Acknowledged; one whose linked
// date moved is scheduled anew.
var ReminderTransitions = Transitions[ReminderState]{
	"":                   {ReminderScheduled},
	ReminderScheduled:    {ReminderScheduled, ReminderFired, ReminderDismissed, ReminderCancelled},
	ReminderFired:        {ReminderFired, ReminderAcknowledged, ReminderSnoozed, ReminderDismissed, ReminderCancelled, ReminderScheduled},
	ReminderAcknowledged: {ReminderFired, ReminderDismissed, ReminderCancelled, ReminderScheduled},
	ReminderSnoozed:      {ReminderFired, ReminderAcknowledged, ReminderSnoozed, ReminderDismissed, ReminderCancelled, ReminderScheduled},
}

// ReminderRepeat is how often a reminder comes again.
type ReminderRepeat string

// The repeats; they keep the clock time in the reminder's zone.
const (
	RepeatNone    ReminderRepeat = "none"
	RepeatDaily   ReminderRepeat = "daily"
	RepeatWeekly  ReminderRepeat = "weekly"
	RepeatMonthly ReminderRepeat = "monthly"
	RepeatYearly  ReminderRepeat = "yearly"
)

// ReminderChannel is where a reminder shows.
type ReminderChannel string

// The channels.
const (
	RemindInApp  ReminderChannel = "in_app"
	RemindByMail ReminderChannel = "email"
	RemindBySMS  ReminderChannel = "sms"
)

// The bounds of snoozing.
const (
	ShortestSnooze = 5 * time.Minute
	LongestSnooze  = 7 * 24 * time.Hour
)

// Refusals of reminders.
var (
	ErrReminderStep    = Refuse("reminder.wrong_state", "the reminder does not stand where this step is possible")
	ErrReminderForeign = Refuse("reminder.foreign", "only the recipient may do that")
)

// Reminders are the streams "reminder-<id>".
var Reminders = NewCategory("reminder",
	Type[ReminderWasScheduled]("reminder.scheduled"),
	Type[ReminderWasMoved]("reminder.moved"),
	Type[ReminderWasFired]("reminder.fired"),
	Type[ReminderWasAcknowledged]("reminder.acknowledged"),
	Type[ReminderWasSnoozed]("reminder.snoozed"),
	Type[ReminderWasDismissed]("reminder.dismissed"),
	Type[ReminderWasCancelled]("reminder.cancelled"),
)

// ReminderWasScheduled sets the reminder up.
type ReminderWasScheduled struct {
	Recipient EmployeeID        `json:"recipient_id"`
	Author    EmployeeID        `json:"author_id"`
	Text      string            `json:"text" pii:"counterparty"`
	Subject   Ref               `json:"subject,omitzero"`
	FireAt    time.Time         `json:"fire_at"`
	Zone      string            `json:"zone" public:""`
	Relative  bool              `json:"relative,omitempty"`
	Offset    int               `json:"offset_min,omitempty"`
	Repeat    ReminderRepeat    `json:"repeat"`
	Channels  []ReminderChannel `json:"channels"`
}

// MoveCause says why a reminder moved.
type MoveCause string

// The causes.
const (
	MovedByPerson MoveCause = "person"
	MovedWithLink MoveCause = "linked_date"
)

// ReminderWasMoved sets another time.
type ReminderWasMoved struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Cause MoveCause `json:"cause"`
}

// ReminderWasFired is one occurrence, numbered from 1. At is when it was to be, Next when the following one comes.
type ReminderWasFired struct {
	Occurrence int        `json:"occurrence"`
	Recipient  EmployeeID `json:"recipient_id"`
	At         time.Time  `json:"at"`
	Next       time.Time  `json:"next_at,omitzero"`
}

// ReminderWasAcknowledged says that the recipient has seen the occurrence. Next is when it comes again.
type ReminderWasAcknowledged struct {
	Occurrence int       `json:"occurrence"`
	Next       time.Time `json:"next_at,omitzero"`
}

// ReminderWasSnoozed puts it off.
type ReminderWasSnoozed struct {
	Occurrence int       `json:"occurrence"`
	Until      time.Time `json:"until"`
}

// ReminderWasDismissed ends it, with all repeats.
type ReminderWasDismissed struct {
	Occurrence int `json:"occurrence,omitempty"`
}

// CancelCause says why a reminder was cancelled.
type CancelCause string

// The causes.
const (
	CancelledByPerson CancelCause = "person"
	CancelledWithLink CancelCause = "link_closed"
)

// ReminderWasCancelled ends it before its time.
type ReminderWasCancelled struct {
	Cause CancelCause `json:"cause"`
}

func (e ReminderWasScheduled) Apply(r *Reminder) {
	*r = Reminder{
		Recipient: e.Recipient, Author: e.Author, Text: e.Text, Subject: e.Subject, Zone: e.Zone, Repeat: e.Repeat,
		Channels: slices.Clone(e.Channels), Relative: e.Relative, Offset: e.Offset,
		First: e.FireAt, Next: e.FireAt, State: ReminderScheduled,
	}
}

func (e ReminderWasMoved) Apply(r *Reminder) {
	r.First, r.Next, r.State = e.To, e.To, ReminderScheduled
	if e.Cause == MovedByPerson {
		r.Relative = false
	}
}

func (e ReminderWasFired) Apply(r *Reminder) {
	r.State, r.Occurrence, r.Next = ReminderFired, e.Occurrence, e.Next
}
func (e ReminderWasAcknowledged) Apply(r *Reminder) { r.State, r.Next = ReminderAcknowledged, e.Next }
func (e ReminderWasSnoozed) Apply(r *Reminder)      { r.State, r.Next = ReminderSnoozed, e.Until }
func (e ReminderWasDismissed) Apply(r *Reminder)    { r.State, r.Next = ReminderDismissed, time.Time{} }
func (e ReminderWasCancelled) Apply(r *Reminder)    { r.State, r.Next = ReminderCancelled, time.Time{} }

// Participants are the recipient and the author.
func (r Reminder) Participants() []EmployeeID { return []EmployeeID{r.Recipient, r.Author} }

// Ended reports that the reminder will not fire again.
func (r Reminder) Ended() bool { return r.Next.IsZero() }

// Schedule sets up a reminder.
func (r Reminder) Schedule(e ReminderWasScheduled, now time.Time) ([]Event[Reminder], error) {
	if r.State != "" {
		return nil, ErrAlreadyExists
	}
	if e.Repeat == "" {
		e.Repeat = RepeatNone
	}
	if len(e.Channels) == 0 {
		e.Channels = []ReminderChannel{RemindInApp}
	}
	var v Invalid
	_, err := ZoneNamed(e.Zone)
	v.Check(err == nil, "zone", "unknown", "must be an IANA time zone such as Europe/Moscow")
	v.Check(!e.Recipient.IsZero(), "recipient_id", "required", "a reminder has a recipient")
	v.Require("text", e.Text)
	v.Check(!e.FireAt.Before(now), "fire_at", "in_past", "must not lie in the past")
	v.Check(!e.Relative || e.Subject.Valid(), "subject", "required", "a relative reminder is linked to a record with a date")
	v.Check(!e.Relative || e.Repeat == RepeatNone, "repeat", "relative", "a relative reminder fires once")
	v.Check(slices.Contains([]ReminderRepeat{RepeatNone, RepeatDaily, RepeatWeekly, RepeatMonthly, RepeatYearly}, e.Repeat), "repeat", "unknown", "is not a known repeat")
	for _, c := range e.Channels {
		v.Check(slices.Contains([]ReminderChannel{RemindInApp, RemindByMail, RemindBySMS}, c), "channels", "unknown", "is not a known channel")
	}
	return reminderEvents(v.Err(), e)
}

// Move sets another time by hand; a relative reminder thereby leaves its link's date.
func (r Reminder) Move(by EmployeeID, to, now time.Time) ([]Event[Reminder], error) {
	var v Invalid
	v.Check(to.After(now), "fire_at", "in_past", "must lie in the future")
	err := r.step(ReminderScheduled, r.owns(by), v.Err())
	if err == nil && r.Next.Equal(to) {
		return nil, nil
	}
	return reminderEvents(err, ReminderWasMoved{From: r.Next, To: to, Cause: MovedByPerson})
}

// Follow moves a relative reminder when its linked date moved. One that has fired fires again at a new time ahead, and
// stays silent for one that has passed; one that has not fires at once then.
func (r Reminder) Follow(linked, now time.Time) ([]Event[Reminder], error) {
	to := linked.Add(time.Duration(r.Offset) * time.Minute)
	if !r.Relative || !ReminderTransitions.Allows(r.State, ReminderScheduled) || r.First.Equal(to) {
		return nil, nil
	}
	if r.Occurrence > 0 && !to.After(now) {
		return nil, nil
	}
	return []Event[Reminder]{ReminderWasMoved{From: r.First, To: to, Cause: MovedWithLink}}, nil
}

// Fire is one occurrence, if its time has come. Occurrences missed meanwhile are not made up for.
func (r Reminder) Fire(now time.Time) ([]Event[Reminder], error) {
	if r.Next.IsZero() || now.Before(r.Next) {
		return nil, nil
	}
	return []Event[Reminder]{ReminderWasFired{Occurrence: r.Occurrence + 1, Recipient: r.Recipient, At: r.Next, Next: r.following(now)}}, nil
}

// Acknowledge says that the recipient has seen it; a repeated reminder comes again.
func (r Reminder) Acknowledge(by EmployeeID, now time.Time) ([]Event[Reminder], error) {
	if r.State == ReminderAcknowledged {
		return nil, nil
	}
	next := r.Next
	if r.State == ReminderSnoozed {
		next = r.following(now) // what it was put off to is no longer needed
	}
	return reminderEvents(r.step(ReminderAcknowledged, r.received(by)), ReminderWasAcknowledged{Occurrence: r.Occurrence, Next: next})
}

// Snooze puts an occurrence off, by five minutes to a week.
func (r Reminder) Snooze(by EmployeeID, until, now time.Time) ([]Event[Reminder], error) {
	var v Invalid
	wait := until.Sub(now)
	v.Check(wait >= ShortestSnooze && wait <= LongestSnooze, "until", "range", "must lie five minutes to a week ahead")
	return reminderEvents(r.step(ReminderSnoozed, r.received(by), v.Err()), ReminderWasSnoozed{Occurrence: r.Occurrence, Until: until})
}

// Dismiss ends the reminder with all its repeats.
func (r Reminder) Dismiss(by EmployeeID) ([]Event[Reminder], error) {
	if r.State == ReminderDismissed {
		return nil, nil
	}
	return reminderEvents(r.step(ReminderDismissed, r.received(by)), ReminderWasDismissed{Occurrence: r.Occurrence})
}

// Cancel takes it back; its author may, too.
func (r Reminder) Cancel(by EmployeeID) ([]Event[Reminder], error) {
	if r.State == ReminderCancelled {
		return nil, nil
	}
	return reminderEvents(r.step(ReminderCancelled, r.owns(by)), ReminderWasCancelled{CancelledByPerson})
}

// LinkClosed cancels what still would fire, because the linked record was closed.
func (r Reminder) LinkClosed() ([]Event[Reminder], error) {
	if r.Ended() {
		return nil, nil
	}
	return []Event[Reminder]{ReminderWasCancelled{CancelledWithLink}}, nil
}

func (r Reminder) step(to ReminderState, also ...error) error {
	switch {
	case r.State == "":
		return ErrNotFound
	case firstError(also...) != nil:
		return firstError(also...)
	case !ReminderTransitions.Allows(r.State, to):
		return ErrReminderStep
	}
	return nil
}

func (r Reminder) received(by EmployeeID) error {
	if by != r.Recipient {
		return ErrReminderForeign
	}
	return nil
}

func (r Reminder) owns(by EmployeeID) error {
	if by != r.Recipient && by != r.Author {
		return ErrReminderForeign
	}
	return nil
}

// following is the first occurrence of the series after t; zero without a repeat.
func (r Reminder) following(t time.Time) time.Time {
	zone, err := ZoneNamed(r.Zone)
	if err != nil || r.Repeat == RepeatNone || r.Repeat == "" {
		return time.Time{}
	}
	first := r.First.In(zone)
	for n := r.elapsed(first, t.In(zone)); ; n++ {
		if at := nth(first, r.Repeat, n); at.After(t) {
			return at.UTC()
		}
	}
}

// elapsed is a number of occurrences that surely lie before t.
func (r Reminder) elapsed(first, t time.Time) int {
	switch days := int(t.Sub(first).Hours() / 24); {
	case days <= 1:
		return 1
	case r.Repeat == RepeatWeekly:
		return max(1, days/7-1)
	case r.Repeat == RepeatMonthly:
		return max(1, days/31-1)
	case r.Repeat == RepeatYearly:
		return max(1, days/366-1)
	default:
		return days - 1
	}
}

// nth is the n-th repetition at the same clock time; a day that the month does not have is its last one.
func nth(first time.Time, repeat ReminderRepeat, n int) time.Time {
	year, month, day := first.Date()
	switch repeat {
	case RepeatDaily:
		day += n
	case RepeatWeekly:
		day += 7 * n
	case RepeatYearly:
		year += n
		day = min(day, lastDay(year, month))
	default:
		month += time.Month(n)
		day = min(day, lastDay(year, month))
	}
	return time.Date(year, month, day, first.Hour(), first.Minute(), first.Second(), 0, first.Location())
}

func lastDay(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func reminderEvents(err error, e Event[Reminder]) ([]Event[Reminder], error) {
	if err != nil {
		return nil, err
	}
	return []Event[Reminder]{e}, nil
}
