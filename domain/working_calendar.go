package domain

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// WorkingCalendar is a plan of working time that employees share: weekly hours, holidays, moved and shortened days.
// Hours carry the day they take effect, so yesterday's clocks keep yesterday's hours.
type WorkingCalendar struct {
	Name     string
	Holidays CalendarHolidays
	Weeks    []WeekInForce // by From
	Days     map[Date]CalendarDay
	State    WorkingCalendarState
}

// WorkingCalendarID identifies a working calendar; the zero id is the built-in Russian one.
type WorkingCalendarID = ID[WorkingCalendar]

// WeekInForce are weekly hours from a day on; the empty day is the beginning of time.
type WeekInForce struct {
	From  Date      `json:"from,omitempty" format:"date" doc:"First day; absent: since ever"`
	Hours WeekHours `json:"hours" doc:"Working spans of each weekday"`
}

// CalendarHolidays names the public holidays that a calendar begins with.
type CalendarHolidays string

// The public holidays that are built in.
const (
	HolidaysOfRussia CalendarHolidays = "ru"
	NoHolidays       CalendarHolidays = "none"
)

// WorkingCalendarState is where a calendar stands.
type WorkingCalendarState string

// The states; the zero value means that the calendar does not exist.
const (
	WorkingCalendarInUse   WorkingCalendarState = "in_use"
	WorkingCalendarRetired WorkingCalendarState = "retired"
)

// WorkingCalendarTransitions is the workflow. A retired calendar stays valid for whoever still has it.
var WorkingCalendarTransitions = Transitions[WorkingCalendarState]{
	"":                   {WorkingCalendarInUse},
	WorkingCalendarInUse: {WorkingCalendarInUse, WorkingCalendarRetired},
}

// ErrWorkingCalendarRetired refuses changes of a calendar that is out of use.
var ErrWorkingCalendarRetired = Refuse("working_calendar.retired", "the calendar is out of use")

// WorkingCalendars are the streams "working_calendar-<id>".
var WorkingCalendars = NewCategory("working_calendar",
	Type[WorkingCalendarWasDefined]("working_calendar.defined"),
	Type[WorkingCalendarWasRenamed]("working_calendar.renamed"),
	Type[WorkingCalendarWeekWasSet]("working_calendar.week_set"),
	Type[WorkingCalendarDaysWereSet]("working_calendar.days_set"),
	Type[WorkingCalendarDaysWereCleared]("working_calendar.days_cleared"),
	Type[WorkingCalendarWasRetired]("working_calendar.retired"),
)

// WorkingCalendarWasDefined begins a calendar.
type WorkingCalendarWasDefined struct {
	Name     string           `json:"name" public:""`
	Holidays CalendarHolidays `json:"holidays"`
	Hours    WeekHours        `json:"hours"`
}

// WorkingCalendarWasRenamed changes the name.
type WorkingCalendarWasRenamed struct {
	Name string `json:"name" public:""`
}

// WorkingCalendarWeekWasSet gives the weekly hours from a day on.
type WorkingCalendarWeekWasSet struct {
	WeekInForce
	Reason string `json:"reason,omitempty" public:""`
}

// WorkingCalendarDaysWereSet says what is unusual about some days: holidays, moved and shortened days.
type WorkingCalendarDaysWereSet struct {
	Days   []CalendarDay `json:"days"`
	Reason string        `json:"reason,omitempty" public:""`
}

// WorkingCalendarDaysWereCleared makes days usual again.
type WorkingCalendarDaysWereCleared struct {
	Days   []Date `json:"days"`
	Reason string `json:"reason,omitempty" public:""`
}

// WorkingCalendarWasRetired takes the calendar out of use.
type WorkingCalendarWasRetired struct {
	Reason string `json:"reason,omitempty" public:""`
}

func (e WorkingCalendarWasDefined) Apply(c *WorkingCalendar) {
	*c = WorkingCalendar{Name: e.Name, Holidays: e.Holidays, Weeks: []WeekInForce{{Hours: e.Hours}}, State: WorkingCalendarInUse}
}
func (e WorkingCalendarWasRenamed) Apply(c *WorkingCalendar) { c.Name = e.Name }
func (e WorkingCalendarWeekWasSet) Apply(c *WorkingCalendar) {
	c.Weeks = With(Without(c.Weeks, func(w WeekInForce) bool { return w.From == e.From }), e.WeekInForce)
	slices.SortFunc(c.Weeks, func(a, b WeekInForce) int { return cmp.Compare(a.From, b.From) })
}
func (e WorkingCalendarDaysWereSet) Apply(c *WorkingCalendar) {
	days := make(map[Date]CalendarDay, len(c.Days)+len(e.Days))
	maps.Copy(days, c.Days)
	for _, d := range e.Days {
		days[d.Date] = d
	}
	c.Days = days
}
func (e WorkingCalendarDaysWereCleared) Apply(c *WorkingCalendar) {
	c.Days = maps.Clone(c.Days)
	for _, d := range e.Days {
		delete(c.Days, d)
	}
}
func (e WorkingCalendarWasRetired) Apply(c *WorkingCalendar) { c.State = WorkingCalendarRetired }

// Define begins a calendar.
func (c WorkingCalendar) Define(d WorkingCalendarWasDefined) ([]Event[WorkingCalendar], error) {
	if c.State != "" {
		return nil, ErrAlreadyExists
	}
	var v Invalid
	d.Name = strings.TrimSpace(d.Name)
	v.Require("name", d.Name)
	v.Check(d.Holidays == HolidaysOfRussia || d.Holidays == NoHolidays, "holidays", "enum", "is ru or none")
	checkWeek(&v, d.Hours)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[WorkingCalendar]{d}, nil
}

// Rename changes the name.
func (c WorkingCalendar) Rename(name string) ([]Event[WorkingCalendar], error) {
	var v Invalid
	name = strings.TrimSpace(name)
	v.Require("name", name)
	return c.change(v.Err(), c.Name != name, WorkingCalendarWasRenamed{Name: name})
}

// SetWeek gives the weekly hours from a day on; the day may lie in the past, which corrects what was planned wrongly.
func (c WorkingCalendar) SetWeek(w WeekInForce, reason string) ([]Event[WorkingCalendar], error) {
	var v Invalid
	v.Check(w.From.Valid(), "from", "date", "must be a day such as 2026-11-23")
	checkWeek(&v, w.Hours)
	known := slices.ContainsFunc(c.Weeks, func(k WeekInForce) bool { return reflect.DeepEqual(k, w) })
	return c.change(v.Err(), !known, WorkingCalendarWeekWasSet{WeekInForce: w, Reason: reason})
}

// SetDays says what is unusual about some days.
func (c WorkingCalendar) SetDays(days []CalendarDay, reason string) ([]Event[WorkingCalendar], error) {
	var v Invalid
	v.Check(len(days) > 0, "days", "required", "name at least one day")
	for i, d := range days {
		checkCalendarDay(&v, "days["+strconv.Itoa(i)+"]", d)
	}
	changed := slices.ContainsFunc(days, func(d CalendarDay) bool { return !reflect.DeepEqual(c.Days[d.Date], d) })
	return c.change(v.Err(), changed, WorkingCalendarDaysWereSet{Days: days, Reason: reason})
}

// ClearDays makes days usual again; days that were not set are left out.
func (c WorkingCalendar) ClearDays(days []Date, reason string) ([]Event[WorkingCalendar], error) {
	known := Without(days, func(d Date) bool { _, set := c.Days[d]; return !set })
	return c.change(nil, len(known) > 0, WorkingCalendarDaysWereCleared{Days: known, Reason: reason})
}

// Retire takes the calendar out of use for new assignments to employees.
func (c WorkingCalendar) Retire(reason string) ([]Event[WorkingCalendar], error) {
	if c.State == WorkingCalendarRetired {
		return nil, nil
	}
	return c.change(nil, true, WorkingCalendarWasRetired{Reason: reason})
}

func (c WorkingCalendar) change(invalid error, changed bool, event Event[WorkingCalendar]) ([]Event[WorkingCalendar], error) {
	switch {
	case c.State == "":
		return nil, ErrNotFound
	case c.State == WorkingCalendarRetired:
		return nil, ErrWorkingCalendarRetired
	case invalid != nil:
		return nil, invalid
	case !changed:
		return nil, nil
	}
	return []Event[WorkingCalendar]{event}, nil
}

func checkWeek(v *Invalid, w WeekHours) {
	names := [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	spans := 0
	for day, name := range names {
		hours := [...][]WorkingSpan{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[day]
		checkSpans(v, "hours."+name, hours)
		spans += len(hours)
	}
	v.Check(spans > 0, "hours", "required", "a week has some working time")
}

// checkSpans: each span has a length and begins after the one before.
func checkSpans(v *Invalid, field string, spans []WorkingSpan) {
	end := ClockTime(0)
	for i, s := range spans {
		ok := s.From.Valid() && s.To.Valid() && s.From < s.To && s.From >= end
		v.Check(ok, field+"["+strconv.Itoa(i)+"]", "span", "must have a length and follow the one before")
		end = s.To
	}
}

func checkCalendarDay(v *Invalid, field string, d CalendarDay) {
	v.Check(d.Date.Valid(), field+".date", "date", "must be a day such as 2026-11-23")
	v.Check(d.Kind == DayOff || d.Kind == DayWorking || d.Kind == DayShortened, field+".kind", "enum", "is day_off, working or shortened")
	v.Check(d.Kind != DayShortened || d.ShortenedBy > 0, field+".shortened_by_min", "required", "a shortened day is shorter by some minutes")
	v.Check(d.ShortenedBy >= 0 && d.ShortenedBy <= int(endOfDay), field+".shortened_by_min", "range", "lies between 0 and 1440")
	v.Check(d.MovedFrom == "" || (d.MovedFrom.Valid() && d.Kind == DayWorking), field+".moved_from", "date", "a working day may replace another day")
	v.Check(len(d.Hours) == 0 || d.Kind == DayWorking, field+".hours", "not_working", "only a working day has hours")
	checkSpans(v, field+".hours", d.Hours)
}

// Absence is a time away from work, from the first to the last day, both included.
type Absence struct {
	From       Date        `json:"from" format:"date" doc:"First day away"`
	To         Date        `json:"to" format:"date" doc:"Last day away"`
	Kind       AbsenceKind `json:"kind" enum:"vacation,sick,business_trip,training,other" doc:"Why"`
	Substitute EmployeeID  `json:"substitute_id,omitzero" format:"uuid" doc:"Who stands in meanwhile"`
}

// AbsenceKind says why somebody is away.
type AbsenceKind string

// The kinds of absence.
const (
	AbsenceVacation     AbsenceKind = "vacation"
	AbsenceSick         AbsenceKind = "sick"
	AbsenceBusinessTrip AbsenceKind = "business_trip"
	AbsenceTraining     AbsenceKind = "training"
	AbsenceOther        AbsenceKind = "other"
)

// Covers reports whether the day lies in the absence.
func (a Absence) Covers(d Date) bool { return a.From <= d && d <= a.To }
