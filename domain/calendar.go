package domain

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // the zones must be the same on every machine
)

// DefaultZone is the zone of whoever has none of their own.
const DefaultZone = "Europe/Moscow"

// Schedule tells when one person works: a working calendar in the person's time zone, without the person's absences.
// All durations of the product that are called working time or business minutes come from here.
//
// The zero Schedule is the built-in Russian calendar (Monday to Friday 9:00–18:00, lunch 13:00–14:00, public holidays) in
// Europe/Moscow. A Schedule is a value: it is never changed.
type Schedule struct {
	Calendar WorkingCalendar
	Zone     string
	Absences []Absence
}

// Location is the person's time zone; an unknown name counts as DefaultZone.
func (s Schedule) Location() *time.Location {
	if zone, err := ZoneNamed(cmp.Or(s.Zone, DefaultZone)); err == nil {
		return zone
	}
	return mustZone(DefaultZone)
}

// Between is the working time in [a, b). It is additive: Between(a, b) + Between(b, c) = Between(a, c), so it is negative
// where b lies before a.
func (s Schedule) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -s.Between(b, a)
	}
	var total time.Duration
	s.walk(a, func(from, to time.Time) bool {
		if !from.Before(b) {
			return false
		}
		total += earlier(to, b).Sub(later(from, a))
		return true
	})
	return total
}

// BusinessMinutes is Between in whole minutes, rounded down.
func (s Schedule) BusinessMinutes(a, b time.Time) int { return int(s.Between(a, b) / time.Minute) }

// After is the earliest instant, in UTC, at which the given working time has passed since from. Without any working time within
// ten years there is no such instant: the answer is the zero time.
func (s Schedule) After(from time.Time, working time.Duration) time.Time {
	if working <= 0 {
		return from.UTC()
	}
	var reached time.Time
	s.walk(from, func(start, end time.Time) bool {
		start = later(start, from)
		if length := end.Sub(start); length < working {
			working -= length
			return true
		}
		reached = start.Add(working)
		return false
	})
	return reached.UTC()
}

// Working reports whether the person works at the instant.
func (s Schedule) Working(t time.Time) bool { return s.Between(t, t.Add(time.Nanosecond)) > 0 }

// IsWorkingDay reports whether the day has any working time.
func (s Schedule) IsWorkingDay(d Date) bool { return len(s.hours(d)) > 0 }

// AddWorkingDays is the n-th working day after d, or before it for negative n; for n = 0 it is d itself. Without any
// working day within ten years it is the zero Date.
func (s Schedule) AddWorkingDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for idle := 0; n > 0; {
		d = d.AddDays(step)
		if !s.IsWorkingDay(d) {
			if idle++; idle > longestIdleness {
				return ""
			}
			continue
		}
		n, idle = n-1, 0
	}
	return d
}

// AbsentOn finds the absence that covers the day.
func (s Schedule) AbsentOn(d Date) (Absence, bool) {
	for _, a := range s.Absences {
		if a.Covers(d) {
			return a, true
		}
	}
	return Absence{}, false
}

// longestIdleness is how many days without work the search goes on.
const longestIdleness = 3660

// walk visits the working spans that end after from, in order, until visit says stop.
func (s Schedule) walk(from time.Time, visit func(start, end time.Time) bool) {
	zone := s.Location()
	// A clock that was set back over midnight can show yesterday's date again: begin one day earlier.
	for day, idle := DateOf(from, zone).AddDays(-1), 0; idle < longestIdleness; day, idle = day.AddDays(1), idle+1 {
		for _, span := range s.hours(day) {
			start, end := instant(day, span.From, zone), instant(day, span.To, zone)
			if !end.After(start) || !end.After(from) {
				continue
			}
			if !visit(start, end) {
				return
			}
			idle = 0
		}
	}
}

// hours are the person's working spans on the day.
func (s Schedule) hours(d Date) []WorkingSpan {
	if _, absent := s.AbsentOn(d); absent {
		return nil
	}
	return s.Calendar.Hours(d)
}

// instant is the first moment at which clocks in the zone show the time of that day or a later one. So a time that
// daylight saving skips is the moment of the change, and of a repeated hour the first one counts: instants keep the
// order of clock times.
func instant(d Date, clock ClockTime, zone *time.Location) time.Time {
	wanted := d.Start(time.UTC).Add(time.Duration(clock) * time.Minute)
	t := time.Date(wanted.Year(), wanted.Month(), wanted.Day(), wanted.Hour(), wanted.Minute(), 0, 0, zone)
	start, end := t.ZoneBounds()
	switch shown := wallClock(t); {
	case shown.After(wanted):
		return start
	case shown.Before(wanted):
		return end
	case start.IsZero():
		return t
	}
	_, before := start.Add(-time.Nanosecond).Zone()
	_, after := t.Zone()
	if first := t.Add(-time.Duration(before-after) * time.Second); before > after && first.Before(start) {
		return first
	}
	return t
}

func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ZoneNamed finds an IANA time zone, such as "Asia/Vladivostok".
func ZoneNamed(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("time zone %q is not a name", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, zone)
	return zone, nil
}

// zones remembers what LoadLocation would parse again at every call.
var zones sync.Map

func mustZone(name string) *time.Location {
	zone, err := ZoneNamed(name)
	if err != nil {
		panic(err) // the zones are compiled in
	}
	return zone
}

// ClockTime is a time of day in minutes after midnight; 1440 is the end of the day. Its text form is "09:30".
type ClockTime int

// MarshalText writes "09:30".
func (c ClockTime) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", c/60, c%60), nil
}

// UnmarshalText is the inverse of MarshalText.
func (c *ClockTime) UnmarshalText(b []byte) error {
	var hours, minutes int
	if n, err := fmt.Sscanf(string(b), "%2d:%2d", &hours, &minutes); n != 2 || err != nil || len(b) != 5 {
		return fmt.Errorf("%q is not a time of day such as 09:30", b)
	}
	*c = ClockTime(hours*60 + minutes)
	if !c.Valid() || minutes > 59 {
		return fmt.Errorf("%q is not a time of day such as 09:30", b)
	}
	return nil
}

// Valid reports a time between 00:00 and 24:00.
func (c ClockTime) Valid() bool { return c >= 0 && c <= endOfDay }

func (c ClockTime) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

const endOfDay ClockTime = 24 * 60

// WorkingSpan is an unbroken stretch [From, To) of a working day.
type WorkingSpan struct {
	From ClockTime `json:"from" doc:"Begin, such as 09:00" example:"09:00"`
	To   ClockTime `json:"to" doc:"End, such as 13:00; 24:00 is the end of the day" example:"13:00"`
}

// WeekHours are the working spans of each weekday. What lies between two spans of a day is a break.
type WeekHours struct {
	Monday    []WorkingSpan `json:"monday,omitempty" doc:"Working spans; breaks lie between them"`
	Tuesday   []WorkingSpan `json:"tuesday,omitempty" doc:"Working spans; breaks lie between them"`
	Wednesday []WorkingSpan `json:"wednesday,omitempty" doc:"Working spans; breaks lie between them"`
	Thursday  []WorkingSpan `json:"thursday,omitempty" doc:"Working spans; breaks lie between them"`
	Friday    []WorkingSpan `json:"friday,omitempty" doc:"Working spans; breaks lie between them"`
	Saturday  []WorkingSpan `json:"saturday,omitempty" doc:"Working spans; breaks lie between them"`
	Sunday    []WorkingSpan `json:"sunday,omitempty" doc:"Working spans; breaks lie between them"`
}

// On are the spans of a weekday.
func (w WeekHours) On(d time.Weekday) []WorkingSpan {
	return [...][]WorkingSpan{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[d]
}

// OfficeWeek is Monday to Friday 9:00–18:00 with lunch from 13:00 to 14:00.
func OfficeWeek() WeekHours {
	day := func() []WorkingSpan { return []WorkingSpan{{9 * 60, 13 * 60}, {14 * 60, 18 * 60}} }
	return WeekHours{Monday: day(), Tuesday: day(), Wednesday: day(), Thursday: day(), Friday: day()}
}

// DayKind says what is unusual about a day of a calendar.
type DayKind string

// The kinds of unusual days.
const (
	DayOff       DayKind = "day_off"   // a holiday, or a day off moved here
	DayWorking   DayKind = "working"   // a working day moved here
	DayShortened DayKind = "shortened" // its usual hours end earlier
)

// CalendarDay is a day that differs from the week's plan.
type CalendarDay struct {
	Date        Date          `json:"date" format:"date" doc:"The day"`
	Kind        DayKind       `json:"kind" enum:"day_off,working,shortened" doc:"What is unusual about it"`
	Name        string        `json:"name,omitempty" public:"" maxLength:"200" doc:"Name of the holiday or reason of the change"`
	MovedFrom   Date          `json:"moved_from,omitempty" format:"date" doc:"Working day: the day it replaces, whose hours it has"`
	ShortenedBy int           `json:"shortened_by_min,omitempty" minimum:"0" maximum:"1440" doc:"Minutes by which the day ends earlier"`
	Hours       []WorkingSpan `json:"hours,omitempty" doc:"Working day: hours of its own, instead of the usual ones"`
}

// Hours are the working spans of a day: what the week plans, changed by what is unusual about the day. The zero
// calendar is the built-in Russian one.
func (c WorkingCalendar) Hours(d Date) []WorkingSpan {
	usual := c.week(d).On(weekday(d))
	day, unusual := c.day(d)
	switch {
	case !unusual:
		return usual
	case day.Kind == DayOff:
		return nil
	case len(day.Hours) > 0:
		usual = day.Hours
	case day.MovedFrom != "":
		usual = c.week(d).On(weekday(day.MovedFrom))
	case day.Kind == DayWorking && len(usual) == 0:
		usual = c.week(d).On(time.Monday)
	}
	return endEarlier(usual, day.ShortenedBy)
}

// day finds what is unusual about a day: the calendar's own word goes before the country's.
func (c WorkingCalendar) day(d Date) (CalendarDay, bool) {
	if own, ok := c.Days[d]; ok {
		return own, true
	}
	if c.Holidays == HolidaysOfRussia || c.State == "" {
		return russianDay(d)
	}
	return CalendarDay{}, false
}

// week is the plan in force on the day.
func (c WorkingCalendar) week(d Date) WeekHours {
	hours := officeWeek
	for _, w := range c.Weeks {
		if w.From <= d {
			hours = w.Hours
		}
	}
	return hours
}

var officeWeek = OfficeWeek()

func weekday(d Date) time.Weekday { return d.Start(time.UTC).Weekday() }

// endEarlier takes minutes off the end of a day.
func endEarlier(spans []WorkingSpan, minutes int) []WorkingSpan {
	if minutes <= 0 {
		return spans
	}
	spans = slices.Clone(spans)
	for i := len(spans) - 1; i >= 0 && minutes > 0; i-- {
		length := int(spans[i].To - spans[i].From)
		cut := min(length, minutes)
		spans[i].To -= ClockTime(cut)
		minutes -= cut
		if cut == length {
			spans = spans[:i]
		}
	}
	return spans
}
