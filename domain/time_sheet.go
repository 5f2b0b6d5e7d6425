package domain

import (
	"cmp"
	"slices"
	"time"
)

// TimeSheet is what one employee worked in one month, whatever it was for. It is a stream of its own, because the rules
// reach across assignments: entries do not overlap and no day has more than 24 hours.
type TimeSheet struct {
	Employee EmployeeID
	Month    string
	// Entries are the valid ones by number; a corrected entry keeps its number with the new content.
	Entries []TimeEntry
	// Last is the highest number given so far.
	Last int
}

// TimeSheetID identifies one employee's month.
type TimeSheetID = ID[TimeSheet]

// TimeSheetOf is the sheet on which an employee's day is entered.
func TimeSheetOf(employee EmployeeID, day Date) TimeSheetID {
	return DerivedID[TimeSheet]("timesheet", employee.String(), day.Month())
}

// Month is the day's month in ISO form, "2026-11".
func (d Date) Month() string { return string(d)[:min(len(d), len("2026-11"))] }

// TimeEntry is working time on one day. From and To are optional; with them the entry takes its place on the clock.
type TimeEntry struct {
	No         int          `json:"no"`
	Date       Date         `json:"date"`
	From       time.Time    `json:"from,omitzero"`
	To         time.Time    `json:"to,omitzero"`
	Minutes    int          `json:"minutes"`
	Assignment AssignmentID `json:"assignment_id,omitzero"`
	Subject    Ref          `json:"subject,omitzero"`
	Comment    string       `json:"comment,omitempty" pii:"employee"`
	// Late means that it was entered more than three days after the day.
	Late bool `json:"late,omitempty"`
}

// LateEntryDays is how many days after the day an entry still counts as timely.
const LateEntryDays = 3

const minutesOfDay = 24 * 60

// Refusals of time sheets.
var (
	ErrTimeOverlap    = Refuse("timesheet.overlap", "the time overlaps another entry of the employee")
	ErrTimeDayFull    = Refuse("timesheet.day_full", "a day has no more than 24 hours")
	ErrTimeForeign    = Refuse("timesheet.foreign", "working time is entered by the employee alone")
	ErrTimeNoEntry    = Refuse("timesheet.no_entry", "the sheet has no such entry")
	ErrTimeOtherMonth = Refuse("timesheet.other_month", "the day belongs to another sheet")
)

// TimeSheets are the streams "timesheet-<id>".
var TimeSheets = NewCategory("timesheet",
	Type[TimeWasEntered]("timesheet.time_entered"),
	Type[TimeEntryWasCorrected]("timesheet.entry_corrected"),
	Type[TimeEntryWasWithdrawn]("timesheet.entry_withdrawn"),
)

// TimeWasEntered adds an entry.
type TimeWasEntered struct {
	Employee EmployeeID `json:"employee_id"`
	Entry    TimeEntry  `json:"entry"`
}

// TimeEntryWasCorrected replaces what the entry of that number said; Was is the corrected content.
type TimeEntryWasCorrected struct {
	Employee EmployeeID `json:"employee_id"`
	Entry    TimeEntry  `json:"entry"`
	Was      TimeEntry  `json:"was"`
	Reason   string     `json:"reason" pii:"employee"`
}

// TimeEntryWasWithdrawn takes an entry back.
type TimeEntryWasWithdrawn struct {
	Employee EmployeeID `json:"employee_id"`
	Was      TimeEntry  `json:"was"`
	Reason   string     `json:"reason" pii:"employee"`
}

func (e TimeWasEntered) Apply(s *TimeSheet) {
	s.Employee, s.Month = e.Employee, e.Entry.Date.Month()
	s.Entries, s.Last = With(s.Entries, e.Entry), e.Entry.No
}
func (e TimeEntryWasCorrected) Apply(s *TimeSheet) {
	s.Entries = With(s.without(e.Entry.No), e.Entry)
}
func (e TimeEntryWasWithdrawn) Apply(s *TimeSheet) { s.Entries = s.without(e.Was.No) }

// Participants is the employee.
func (s TimeSheet) Participants() []EmployeeID { return []EmployeeID{s.Employee} }

// Enter adds working time. zone is the employee's; it decides which instants belong to the day.
func (s TimeSheet) Enter(by EmployeeID, e TimeEntry, zone *time.Location, now time.Time) ([]Event[TimeSheet], error) {
	e.No = s.Last + 1
	e, err := s.checked(by, e, zone, now)
	if err != nil {
		return nil, err
	}
	return []Event[TimeSheet]{TimeWasEntered{Employee: by, Entry: e}}, nil
}

// Correct replaces the content of an entry.
func (s TimeSheet) Correct(by EmployeeID, e TimeEntry, reason string, zone *time.Location, now time.Time) ([]Event[TimeSheet], error) {
	was, err := s.entry(by, e.No, reason)
	if err != nil {
		return nil, err
	}
	e, err = s.checked(by, e, zone, now)
	if err != nil {
		return nil, err
	}
	e.Late = was.Late || e.Late && e.Date != was.Date // a correction does not make a timely entry late
	if e == was {
		return nil, nil
	}
	return []Event[TimeSheet]{TimeEntryWasCorrected{Employee: by, Entry: e, Was: was, Reason: reason}}, nil
}

// Withdraw takes an entry back.
func (s TimeSheet) Withdraw(by EmployeeID, no int, reason string) ([]Event[TimeSheet], error) {
	was, err := s.entry(by, no, reason)
	if err != nil {
		return nil, err
	}
	return []Event[TimeSheet]{TimeEntryWasWithdrawn{Employee: by, Was: was, Reason: reason}}, nil
}

// MinutesOn is the sum of a day.
func (s TimeSheet) MinutesOn(day Date) int {
	sum := 0
	for _, e := range s.Entries {
		if e.Date == day {
			sum += e.Minutes
		}
	}
	return sum
}

func (s TimeSheet) entry(by EmployeeID, no int, reason string) (TimeEntry, error) {
	i := slices.IndexFunc(s.Entries, func(e TimeEntry) bool { return e.No == no })
	switch {
	case i < 0:
		return TimeEntry{}, ErrTimeNoEntry
	case by != s.Employee:
		return TimeEntry{}, ErrTimeForeign
	}
	return s.Entries[i], said("reason", reason)
}

func (s TimeSheet) without(no int) []TimeEntry {
	return Without(s.Entries, func(e TimeEntry) bool { return e.No == no })
}

// checked gives the entry its minutes and its late flag, or says what is wrong with it.
func (s TimeSheet) checked(by EmployeeID, e TimeEntry, zone *time.Location, now time.Time) (TimeEntry, error) {
	e = InUTC(e) // entries are compared as they are written
	span := int(e.To.Sub(e.From) / time.Minute)
	clocked := !e.From.IsZero() && !e.To.IsZero()
	e.Minutes = cmp.Or(e.Minutes, span)
	if err := e.wellFormed(span, clocked, zone, now); err != nil {
		return e, err
	}
	others := TimeSheet{Entries: s.without(e.No)}
	switch {
	case by.IsZero() || s.Last > 0 && by != s.Employee:
		return e, ErrTimeForeign
	case s.Month != "" && e.Date.Month() != s.Month:
		return e, ErrTimeOtherMonth
	case clocked && slices.ContainsFunc(others.Entries, e.overlaps):
		return e, ErrTimeOverlap
	case others.MinutesOn(e.Date)+e.Minutes > minutesOfDay:
		return e, ErrTimeDayFull
	}
	e.Late = now.After(e.Date.AddDays(LateEntryDays + 1).Start(zone))
	return e, nil
}

func (e TimeEntry) wellFormed(span int, clocked bool, zone *time.Location, now time.Time) error {
	var v Invalid
	v.Check(e.Date.Valid(), "date", "date", "must be a day such as 2026-11-23")
	v.Check(DateOf(now, zone) >= e.Date, "date", "in_future", "time is entered after it was worked")
	v.Check(clocked || e.From.IsZero() && e.To.IsZero(), "from", "incomplete", "a time span has both ends")
	v.Check(e.Minutes > 0 && e.Minutes <= minutesOfDay, "minutes", "range", "must be between 1 and 1440")
	v.Check(!clocked || e.Minutes <= span, "minutes", "longer_than_span", "must fit between from and to")
	if clocked && e.Date.Valid() {
		inside := !e.From.Before(e.Date.Start(zone)) && !e.To.After(e.Date.AddDays(1).Start(zone))
		v.Check(inside, "from", "other_day", "must lie within the day; enter work over midnight as two entries")
		v.Check(!e.To.After(now), "to", "in_future", "time is entered after it was worked")
	}
	return v.Err()
}

// overlaps compares places on the clock; entries without one have none.
func (e TimeEntry) overlaps(other TimeEntry) bool {
	return !other.From.IsZero() && e.From.Before(other.To) && other.From.Before(e.To)
}
