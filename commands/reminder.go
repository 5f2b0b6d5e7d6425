package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// ScheduleReminder sets up a reminder, at a time or relative to the date of the record it is linked to.
type ScheduleReminder struct {
	By
	Recipient domain.EmployeeID        `json:"recipient_id,omitzero" format:"uuid" doc:"Who is reminded; yourself by default"`
	Text      string                   `json:"text" minLength:"1" maxLength:"2000" doc:"Of what"`
	Subject   domain.Ref               `json:"subject,omitzero" doc:"Record it is about"`
	FireAt    time.Time                `json:"fire_at,omitzero" doc:"When; absent for a relative reminder"`
	Offset    *int                     `json:"offset_min,omitempty" minimum:"-525600" maximum:"525600" doc:"Relative: minutes after the linked record's date, negative for before"`
	Zone      string                   `json:"zone,omitempty" maxLength:"60" doc:"IANA time zone whose clock repeats follow; the recipient's by default"`
	Repeat    domain.ReminderRepeat    `json:"repeat,omitempty" enum:"none,daily,weekly,monthly,yearly" doc:"How often it comes again; once by default"`
	Channels  []domain.ReminderChannel `json:"channels,omitempty" maxItems:"3" enum:"in_app,email,sms" doc:"Where it shows; in the application by default"`
}

// Prepare fills in the recipient's zone, and the linked date of a relative reminder.
func (c *ScheduleReminder) Prepare(ctx context.Context, f *Facts) error {
	if c.Recipient.IsZero() {
		c.Recipient = c.Who()
	}
	schedule, err := f.Schedule(ctx, c.Recipient)
	if err != nil {
		return err
	}
	c.Zone = cmp.Or(c.Zone, schedule.Location().String())
	if c.Offset == nil {
		return nil
	}
	linked, err := LinkedDate(ctx, f, c.Subject, schedule)
	c.FireAt = linked.Add(time.Duration(*c.Offset) * time.Minute)
	return err
}

func (c ScheduleReminder) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	e := domain.ReminderWasScheduled{
		Recipient: c.Recipient, Author: c.Who(), Text: c.Text, Subject: c.Subject, FireAt: c.FireAt, Zone: c.Zone,
		Repeat: c.Repeat, Channels: c.Channels, Relative: c.Offset != nil,
	}
	if c.Offset != nil {
		e.Offset = *c.Offset
	}
	return s.Schedule(e, now)
}

// RemindAtOnce sets up a reminder that fires with the scheduler's next tick. Policies give it.
type RemindAtOnce struct {
	Recipient domain.EmployeeID
	Text      string
	Subject   domain.Ref
	zone      string
}

// Prepare implements Preparer.
func (c *RemindAtOnce) Prepare(ctx context.Context, f *Facts) error {
	schedule, err := f.Schedule(ctx, c.Recipient)
	c.zone = schedule.Location().String()
	return err
}

func (c RemindAtOnce) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Schedule(domain.ReminderWasScheduled{
		Recipient: c.Recipient, Author: domain.SystemActor, Text: c.Text, Subject: c.Subject, FireAt: now, Zone: c.zone,
	}, now)
}

// ErrNoLinkedDate refuses a relative reminder about a record without a date ahead.
var ErrNoLinkedDate = domain.Refuse("reminder.no_linked_date", "the linked record has no open date to remind of")

// linkedDates gives the date of an open record, the zero time for a closed one.
var linkedDates = map[domain.RefKind]func(ctx context.Context, f *Facts, ref domain.Ref, s domain.Schedule) (time.Time, error){
	domain.RefKind(domain.Assignments.Name()): func(ctx context.Context, f *Facts, ref domain.Ref, _ domain.Schedule) (time.Time, error) {
		a, err := Fact(ctx, f, domain.Assignments, domain.AssignmentID(ref.ID))
		if !a.Open() {
			return time.Time{}, err
		}
		return a.Due, err
	},
	domain.RefKind(domain.WorkItems.Name()): func(ctx context.Context, f *Facts, ref domain.Ref, s domain.Schedule) (time.Time, error) {
		w, err := Fact(ctx, f, domain.WorkItems, domain.WorkItemID(ref.ID))
		if w.State != domain.WorkItemPlanned {
			return time.Time{}, err
		}
		return MorningOf(s, w.Due), err
	},
	domain.RefKind(domain.Negotiations.Name()): func(ctx context.Context, f *Facts, ref domain.Ref, _ domain.Schedule) (time.Time, error) {
		n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(ref.ID))
		if n.State != domain.NegotiationPlanned {
			return time.Time{}, err
		}
		return n.PlannedFrom, err
	},
}

// LinkedDate is the date of a record that relative reminders follow.
func LinkedDate(ctx context.Context, f *Facts, ref domain.Ref, recipient domain.Schedule) (time.Time, error) {
	dateOf, ok := linkedDates[ref.Kind]
	if !ok {
		return time.Time{}, ErrNoLinkedDate
	}
	at, err := dateOf(ctx, f, ref, recipient)
	if err == nil && at.IsZero() {
		err = ErrNoLinkedDate
	}
	return at, err
}

// MorningOf is when a day begins for reminders: its first working moment, 9:00 on a day without work.
func MorningOf(s domain.Schedule, day domain.Date) time.Time {
	midnight := day.Start(s.Location())
	if !s.IsWorkingDay(day) {
		return midnight.Add(9 * time.Hour)
	}
	return s.After(midnight, time.Nanosecond).Truncate(time.Minute)
}

// MoveReminder sets another time.
type MoveReminder struct {
	By
	FireAt time.Time `json:"fire_at" doc:"When"`
}

func (c MoveReminder) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Move(c.Who(), c.FireAt, now)
}

// AcknowledgeReminder says that the recipient has seen it.
type AcknowledgeReminder struct{ By }

func (c AcknowledgeReminder) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Acknowledge(c.Who(), now)
}

// SnoozeReminder puts it off, by five minutes to a week.
type SnoozeReminder struct {
	By
	Until time.Time `json:"until" doc:"When it fires again"`
}

func (c SnoozeReminder) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Snooze(c.Who(), c.Until, now)
}

// DismissReminder ends it with all its repeats.
type DismissReminder struct{ By }

func (c DismissReminder) Decide(s domain.Reminder, _ time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Dismiss(c.Who())
}

// CancelReminder takes it back.
type CancelReminder struct{ By }

func (c CancelReminder) Decide(s domain.Reminder, _ time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Cancel(c.Who())
}

// FireReminder is one occurrence. The scheduler gives it.
type FireReminder struct{}

func (FireReminder) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	return s.Fire(now)
}

// FollowLinkedDate moves a relative reminder to where its linked record's date is now, or cancels it when the record is
// closed. A policy gives it.
type FollowLinkedDate struct {
	linked time.Time
	closed bool
}

// Prepare looks at the linked record as it stands now, so that late and repeated runs come to the same end.
func (c *FollowLinkedDate) Prepare(ctx context.Context, f *Facts) error {
	r, err := Fact(ctx, f, domain.Reminders, domain.ReminderID(f.ID))
	if err != nil {
		return err
	}
	schedule, err := f.Schedule(ctx, r.Recipient)
	if err != nil {
		return err
	}
	c.linked, err = LinkedDate(ctx, f, r.Subject, schedule)
	if !errors.Is(err, ErrNoLinkedDate) {
		return err
	}
	c.closed, err = linkClosed(ctx, f, r)
	return err
}

// linkClosed says whether a reminder loses its sense with its record's date. A negotiation that was held has no date
// ahead any more, and is not closed for reminders of another time.
func linkClosed(ctx context.Context, f *Facts, r domain.Reminder) (bool, error) {
	if r.Relative || r.Subject.Kind != domain.RefKind(domain.Negotiations.Name()) {
		return true, nil
	}
	n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(r.Subject.ID))
	return n.State == domain.NegotiationCancelled, err
}

func (c FollowLinkedDate) Decide(s domain.Reminder, now time.Time) ([]domain.Event[domain.Reminder], error) {
	if c.closed {
		return s.LinkClosed()
	}
	return s.Follow(c.linked, now)
}
