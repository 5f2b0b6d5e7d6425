package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// DefineWorkingCalendar begins a calendar of working time that employees share.
type DefineWorkingCalendar struct {
	Name     string                  `json:"name" minLength:"1" maxLength:"200" doc:"Name"`
	Holidays domain.CalendarHolidays `json:"holidays" enum:"ru,none" doc:"Public holidays it begins with"`
	Hours    domain.WeekHours        `json:"hours" doc:"Working spans of each weekday"`
}

func (c DefineWorkingCalendar) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.Define(domain.WorkingCalendarWasDefined{Name: c.Name, Holidays: c.Holidays, Hours: c.Hours})
}

// RenameWorkingCalendar changes the name.
type RenameWorkingCalendar struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"New name"`
}

func (c RenameWorkingCalendar) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.Rename(c.Name)
}

// SetCalendarWeek gives the weekly hours from a day on. A day in the past corrects what was planned wrongly.
type SetCalendarWeek struct {
	From   domain.Date      `json:"from" format:"date" doc:"First day of the new hours"`
	Hours  domain.WeekHours `json:"hours" doc:"Working spans of each weekday"`
	Reason string           `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c SetCalendarWeek) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.SetWeek(domain.WeekInForce{From: c.From, Hours: c.Hours}, c.Reason)
}

// SetCalendarDays says which days are unusual: holidays, moved working days, shortened days.
type SetCalendarDays struct {
	Days   []domain.CalendarDay `json:"days" minItems:"1" maxItems:"400" doc:"The days"`
	Reason string               `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c SetCalendarDays) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.SetDays(c.Days, c.Reason)
}

// ClearCalendarDays makes days usual again.
type ClearCalendarDays struct {
	Days   []domain.Date `json:"days" minItems:"1" maxItems:"400" doc:"The days"`
	Reason string        `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c ClearCalendarDays) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.ClearDays(c.Days, c.Reason)
}

// RetireWorkingCalendar takes the calendar out of use; whoever has it keeps it until they get another.
type RetireWorkingCalendar struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c RetireWorkingCalendar) Decide(s domain.WorkingCalendar, _ time.Time) ([]domain.Event[domain.WorkingCalendar], error) {
	return s.Retire(c.Reason)
}
