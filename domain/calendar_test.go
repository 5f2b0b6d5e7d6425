package domain_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func moscow(t *testing.T, s string) time.Time {
	t.Helper()
	return inZone(t, "Europe/Moscow", s)
}

func inZone(t *testing.T, zone, s string) time.Time {
	t.Helper()
	loc, err := domain.ZoneNamed(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWorkingTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"within a morning", "2026-11-23 09:30", "2026-11-23 10:00", 30 * time.Minute},
		{"over lunch", "2026-11-23 12:30", "2026-11-23 14:30", time.Hour},
		{"over the night", "2026-11-23 17:30", "2026-11-24 09:30", time.Hour},
		{"over the weekend", "2026-11-20 17:00", "2026-11-23 10:00", 2 * time.Hour},
		{"at night nothing passes", "2026-11-23 19:00", "2026-11-24 08:00", 0},
		{"over the New Year", "2025-12-30 17:00", "2026-01-12 10:00", 2 * time.Hour},
		{"a shortened day ends at five", "2026-11-03 16:00", "2026-11-05 09:00", time.Hour},
		{"a moved Saturday works, one hour less", "2025-11-01 00:00", "2025-11-02 00:00", 7 * time.Hour},
		{"backwards is negative", "2026-11-23 10:00", "2026-11-23 09:30", -30 * time.Minute},
	} {
		if got := (domain.Schedule{}).Between(moscow(t, c.from), moscow(t, c.to)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWorkingTimeFollowsThePersonsZone(t *testing.T) {
	t.Parallel()
	vladivostok := domain.Schedule{Zone: "Asia/Vladivostok"}
	asked := moscow(t, "2026-11-23 11:00") // 18:00 in Vladivostok: the day is over there
	if got, want := vladivostok.After(asked, 2*time.Hour), inZone(t, "Asia/Vladivostok", "2026-11-24 11:00"); !got.Equal(want) {
		t.Errorf("two hours later is %v, want %v", got, want)
	}
}

// Two hours of night work last three hours of elapsed time when the clock goes back, and one when it goes forward.
func TestWorkingTimeWhenTheClockChanges(t *testing.T) {
	t.Parallel()
	night := []domain.WorkingSpan{{From: 90, To: 210}} // 01:30–03:30
	week := domain.WeekHours{Monday: night, Tuesday: night, Wednesday: night, Thursday: night, Friday: night, Saturday: night, Sunday: night}
	s := domain.Schedule{Zone: "Europe/Berlin", Calendar: domain.WorkingCalendar{State: domain.WorkingCalendarInUse, Holidays: domain.NoHolidays, Weeks: []domain.WeekInForce{{Hours: week}}}}
	for day, want := range map[string]time.Duration{"2026-03-28": 2 * time.Hour, "2026-03-29": time.Hour, "2026-10-25": 3 * time.Hour} {
		from := inZone(t, "Europe/Berlin", day+" 00:00")
		if got := s.Between(from, from.Add(12*time.Hour)); got != want {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

func TestAbsenceStopsTheClock(t *testing.T) {
	t.Parallel()
	s := domain.Schedule{Absences: []domain.Absence{{From: "2026-11-24", To: "2026-11-25", Kind: domain.AbsenceSick}}}
	if got, want := s.After(moscow(t, "2026-11-23 17:00"), 2*time.Hour), moscow(t, "2026-11-26 10:00"); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := s.AddWorkingDays("2026-11-23", 1); got != "2026-11-26" {
		t.Errorf("next working day %s", got)
	}
}

// The published norms: working days and hours of a 40-hour week.
func TestRussianCalendar(t *testing.T) {
	t.Parallel()
	for year, want := range map[int][2]int{2023: {247, 1973}, 2024: {248, 1979}, 2025: {247, 1972}, 2026: {247, 1972}} {
		s, days, hours := domain.Schedule{}, 0, time.Duration(0)
		for d := domain.Date(strconv.Itoa(year) + "-01-01"); d < domain.Date(strconv.Itoa(year+1)+"-01-01"); d = d.AddDays(1) {
			if s.IsWorkingDay(d) {
				days++
			}
			hours += s.Between(d.Start(s.Location()), d.AddDays(1).Start(s.Location()))
		}
		if days != want[0] || int(hours.Hours()) != want[1] {
			t.Errorf("%d: %d days and %v, want %d and %d h", year, days, hours, want[0], want[1])
		}
	}
	for d, works := range map[domain.Date]bool{"2027-05-03": false, "2027-05-10": false, "2027-06-14": false, "2027-01-11": true, "2027-06-11": true} {
		if (domain.Schedule{}).IsWorkingDay(d) != works {
			t.Errorf("%s by the article alone: works %v", d, !works)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from domain.Date
		n    int
		want domain.Date
	}{{"2026-11-20", 1, "2026-11-23"}, {"2026-11-21", 0, "2026-11-21"}, {"2026-11-23", -1, "2026-11-20"}, {"2025-12-30", 1, "2026-01-12"}, {"2026-11-23", 5, "2026-11-30"}} {
		if got := (domain.Schedule{}).AddWorkingDays(c.from, c.n); got != c.want {
			t.Errorf("%s %+d: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

// A schedule that never works ends the search instead of going on for ever.
func TestNoWorkingTime(t *testing.T) {
	t.Parallel()
	idle := domain.Schedule{Calendar: domain.WorkingCalendar{State: domain.WorkingCalendarInUse, Holidays: domain.NoHolidays, Weeks: []domain.WeekInForce{{}}}}
	if got := idle.After(moscow(t, "2026-11-23 10:00"), time.Hour); !got.IsZero() {
		t.Errorf("got %v", got)
	}
	if got := idle.AddWorkingDays("2026-11-23", 1); got != "" {
		t.Errorf("got %s", got)
	}
}

// The laws of working time, over zones with all kinds of clock changes and over any hours.
func TestWorkingTimeLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		a, b, c := drawInstant(t, "a"), drawInstant(t, "b"), drawInstant(t, "c")
		if got, want := s.Between(a, b)+s.Between(b, c), s.Between(a, c); got != want {
			t.Fatalf("Between is not additive: %v and %v", got, want)
		}
		if b.After(a) && (s.Between(a, b) < 0 || s.Between(a, b) > b.Sub(a)) {
			t.Fatalf("%v of working time in %v", s.Between(a, b), b.Sub(a))
		}
		d := time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(t, "d"))
		at := s.After(a, d)
		if at.IsZero() {
			return
		}
		if at.Before(a) || s.Between(a, at) < d {
			t.Fatalf("After(%v, %v) = %v leaves %v", a, d, at, s.Between(a, at))
		}
		if at.After(a) && s.Between(a, at.Add(-time.Nanosecond)) >= d {
			t.Fatalf("After(%v, %v) = %v is not the earliest", a, d, at)
		}
		more := s.After(a, d+time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "more")))
		if !more.IsZero() && more.Before(at) {
			t.Fatalf("After goes back: %v before %v", more, at)
		}
	})
}

func drawSchedule(t *rapid.T) domain.Schedule {
	spans := rapid.Custom(func(t *rapid.T) []domain.WorkingSpan {
		var spans []domain.WorkingSpan
		for from := rapid.IntRange(0, 600).Draw(t, "begin"); len(spans) < 3 && from < 24*60; {
			to := min(from+rapid.IntRange(1, 500).Draw(t, "length"), 24*60)
			spans = append(spans, domain.WorkingSpan{From: domain.ClockTime(from), To: domain.ClockTime(to)})
			from = to + rapid.IntRange(0, 120).Draw(t, "break")
		}
		return spans
	})
	calendar := domain.WorkingCalendar{
		State:    domain.WorkingCalendarInUse,
		Holidays: rapid.SampledFrom([]domain.CalendarHolidays{domain.HolidaysOfRussia, domain.NoHolidays}).Draw(t, "country"),
		Weeks: []domain.WeekInForce{
			{Hours: domain.WeekHours{Monday: spans.Draw(t, "mon"), Thursday: spans.Draw(t, "thu"), Saturday: spans.Draw(t, "sat"), Sunday: spans.Draw(t, "sun")}},
			{From: "2026-04-01", Hours: domain.WeekHours{Tuesday: spans.Draw(t, "tue"), Sunday: spans.Draw(t, "sun2")}},
		},
	}
	var absences []domain.Absence
	if rapid.Bool().Draw(t, "absent") {
		from := domain.DateOf(drawInstant(t, "away"), time.UTC)
		absences = []domain.Absence{{From: from, To: from.AddDays(rapid.IntRange(0, 30).Draw(t, "days"))}}
	}
	return domain.Schedule{Calendar: calendar, Absences: absences, Zone: rapid.SampledFrom([]string{
		"Europe/Moscow", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe",
		"Pacific/Apia", "Asia/Vladivostok", "Asia/Tehran", "UTC",
	}).Draw(t, "zone")}
}

func drawInstant(t *rapid.T, name string) time.Time {
	from := time.Date(rapid.SampledFrom([]int{2010, 2011, 2014, 2018, 2025, 2026}).Draw(t, name+" year"), 1, 1, 0, 0, 0, 0, time.UTC)
	return from.Add(time.Duration(rapid.Int64Range(0, int64(366*24*time.Hour)).Draw(t, name)))
}

// Deadlines are instants of the log: they are written in UTC, wherever the person works.
func TestDeadlinesAreInUTC(t *testing.T) {
	t.Parallel()
	asked := moscow(t, "2026-11-23 11:00")
	for _, working := range []time.Duration{0, time.Minute, 20 * time.Hour} {
		if at := (domain.Schedule{Zone: "Asia/Vladivostok"}).After(asked, working); at.Location() != time.UTC {
			t.Errorf("after %v: %v", working, at)
		}
	}
}
