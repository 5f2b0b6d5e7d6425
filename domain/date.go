package domain

import "time"

// Date is a calendar day in ISO form, "2026-11-23", without a time zone.
type Date string

// DateOf is the day of an instant in the given zone.
func DateOf(t time.Time, zone *time.Location) Date { return Date(t.In(zone).Format(time.DateOnly)) }

// Valid reports a well-formed existing day of the years that anybody can mean.
func (d Date) Valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && firstYear <= t.Year() && t.Year() <= lastYear
}

// Start is the first instant of the day in the zone; the zero time for a malformed date.
func (d Date) Start(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays is the date n days later.
func (d Date) AddDays(n int) Date {
	return Date(d.Start(time.UTC).AddDate(0, 0, n).Format(time.DateOnly))
}
