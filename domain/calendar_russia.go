package domain

import (
	"strconv"
	"strings"
	"time"
)

// The Russian production calendar: public holidays by article 112 of the Labour Code, and the transfers of days off that
// the government publishes for each year. A year without published transfers follows the article alone: a holiday that
// falls on a weekend moves to the next working day, except the New Year holidays, and the day before a holiday is
// one hour shorter.

// russianHolidays are the public holidays as MM-DD.
var russianHolidays = map[string]string{
	"01-01": "Новогодние каникулы", "01-02": "Новогодние каникулы", "01-03": "Новогодние каникулы",
	"01-04": "Новогодние каникулы", "01-05": "Новогодние каникулы", "01-06": "Новогодние каникулы",
	"01-07": "Рождество Христово", "01-08": "Новогодние каникулы", "02-23": "День защитника Отечества",
	"03-08": "Международный женский день", "05-01": "Праздник Весны и Труда", "05-09": "День Победы",
	"06-12": "День России", "11-04": "День народного единства",
}

// russianYear is what was published for one year: days off beside the holidays, working weekends with the day they
// replace, shortened days; all as MM-DD.
type russianYear struct {
	off       string
	working   string // "04-27<04-29" works instead of 29 April
	shortened string
}

// russianYears are the government's decrees on the transfer of days off: No. 1505 of 2022, No. 1314 of 2023,
// No. 1335 of 2024, No. 1466 of 2025.
var russianYears = map[int]russianYear{
	2023: {off: "02-24 05-08 11-06", shortened: "02-22 03-07 11-03"},
	2024: {off: "04-29 04-30 05-10 12-30 12-31", working: "04-27<04-29 11-02<04-30 12-28<12-30", shortened: "02-22 03-07 05-08 06-11 11-02"},
	2025: {off: "05-02 05-08 06-13 11-03 12-31", working: "11-01<11-03", shortened: "03-07 04-30 06-11 11-01"},
	2026: {off: "01-09 03-09 05-11 12-31", shortened: "04-30 05-08 06-11 11-03"},
}

const russianShortening = 60 // minutes, article 95

// russianDays are the published years, day by day.
var russianDays = publishedDays()

func publishedDays() map[Date]CalendarDay {
	days := map[Date]CalendarDay{}
	for year, y := range russianYears {
		in := func(monthDay string) Date { return Date(strconv.Itoa(year) + "-" + monthDay) }
		for monthDay, name := range russianHolidays {
			days[in(monthDay)] = CalendarDay{Date: in(monthDay), Kind: DayOff, Name: name}
		}
		for monthDay := range strings.FieldsSeq(y.off) {
			days[in(monthDay)] = CalendarDay{Date: in(monthDay), Kind: DayOff, Name: "Перенос выходного дня"}
		}
		for moved := range strings.FieldsSeq(y.working) {
			monthDay, from, _ := strings.Cut(moved, "<")
			days[in(monthDay)] = CalendarDay{Date: in(monthDay), Kind: DayWorking, Name: "Перенос рабочего дня", MovedFrom: in(from)}
		}
		for monthDay := range strings.FieldsSeq(y.shortened) {
			day, moved := days[in(monthDay)]
			if !moved {
				day = CalendarDay{Date: in(monthDay), Kind: DayShortened, Name: "Предпраздничный день"}
			}
			day.ShortenedBy = russianShortening
			days[in(monthDay)] = day
		}
	}
	return days
}

// russianDay says what is unusual about a day in Russia.
func russianDay(d Date) (CalendarDay, bool) {
	if len(d) != len(time.DateOnly) {
		return CalendarDay{}, false
	}
	year, err := strconv.Atoi(string(d[:4]))
	if err != nil {
		return CalendarDay{}, false
	}
	if _, published := russianYears[year]; published {
		day, unusual := russianDays[d]
		return day, unusual
	}
	return russianDayByLaw(d)
}

func russianDayByLaw(d Date) (CalendarDay, bool) {
	if name, holiday := russianHolidays[string(d[5:])]; holiday {
		return CalendarDay{Date: d, Kind: DayOff, Name: name}, true
	}
	if isWeekend(d) {
		return CalendarDay{}, false
	}
	if movedHere(d) {
		return CalendarDay{Date: d, Kind: DayOff, Name: "Перенос выходного дня"}, true
	}
	if _, eve := russianHolidays[string(d.AddDays(1)[5:])]; eve {
		return CalendarDay{Date: d, Kind: DayShortened, Name: "Предпраздничный день", ShortenedBy: russianShortening}, true
	}
	return CalendarDay{}, false
}

// movedHere reports that the weekend just before this weekday held a holiday outside January. No two such holidays
// fall on one weekend, so the first weekday after it takes the day off.
func movedHere(d Date) bool {
	if weekday(d) != time.Monday {
		return false
	}
	for _, before := range []Date{d.AddDays(-1), d.AddDays(-2)} {
		if _, holiday := russianHolidays[string(before[5:])]; holiday && before[5:7] != "01" {
			return true
		}
	}
	return false
}

func isWeekend(d Date) bool { return weekday(d) == time.Saturday || weekday(d) == time.Sunday }
