package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// IssueDailyReport records what an employee's daily report showed. The reading side formed the content; who asks may be
// the employee, a substitute during an absence, or somebody above.
type IssueDailyReport struct {
	By
	Employee  domain.EmployeeID
	Date      domain.Date
	FirstOnly bool // the day's first sign-in: nothing is recorded when the day has a report
	LastLogin time.Time
	Sections  []domain.DailyReportContent
	Hash      string
}

// Prepare checks that the report may be shown.
func (c *IssueDailyReport) Prepare(ctx context.Context, f *Facts) error {
	return mayLookAfter(ctx, f, c.Actor, c.Employee, c.Date)
}

func (c IssueDailyReport) Decide(s domain.DailyReport, now time.Time) ([]domain.Event[domain.DailyReport], error) {
	occasion := domain.OnDemand
	switch {
	case c.Actor != c.Employee:
		occasion = domain.ByOther
	case c.FirstOnly:
		occasion = domain.OnFirstSignIn
	}
	return s.Issue(domain.DailyReportWasIssued{
		Employee: c.Employee, ShownTo: c.Actor, Date: c.Date, Occasion: occasion, At: now, LastLogin: c.LastLogin,
		Sections: c.Sections, Hash: c.Hash,
	})
}

// ErrReportForeign refuses to show somebody's report.
var ErrReportForeign = domain.ErrForbidden.Because("a person's day is shown to the person, a substitute, and those above")

// MayLookAfter says whether the reader may see the employee's day, such as the daily report or the time sheet: nil,
// ErrReportForeign or a technical failure.
func MayLookAfter(ctx context.Context, x *Executor, reader, employee domain.EmployeeID, day domain.Date) error {
	return mayLookAfter(ctx, &Facts{x: x}, reader, employee, day)
}

func mayLookAfter(ctx context.Context, f *Facts, reader, employee domain.EmployeeID, day domain.Date) error {
	if reader == employee {
		return nil
	}
	schedule, err := f.Schedule(ctx, employee)
	if err != nil {
		return err
	}
	if absence, away := schedule.AbsentOn(day); away && absence.Substitute == reader {
		return nil
	}
	above, err := f.IsSuperior(ctx, reader, employee)
	if err == nil && !above {
		err = ErrReportForeign
	}
	return err
}

// DailyReportDay is what the reading side needs of the log to form a report.
type DailyReportDay struct {
	Day  domain.Date
	Zone *time.Location
	// SoonUntil is the end of the second business day from today.
	SoonUntil time.Time
	// Horizon is the last day whose actions are shown: the next business day.
	Horizon domain.Date
}

// DailyReportDayOf gives an employee's present day.
func DailyReportDayOf(ctx context.Context, x *Executor, employee domain.EmployeeID) (DailyReportDay, error) {
	schedule, err := (&Facts{x: x}).Schedule(ctx, employee)
	if err != nil {
		return DailyReportDay{}, err
	}
	schedule.Absences = nil // who is away has the company's days before them
	day := domain.DateOf(x.Now(), schedule.Location())
	return DailyReportDay{
		Day: day, Zone: schedule.Location(), Horizon: schedule.AddWorkingDays(day, 1),
		SoonUntil: schedule.AddWorkingDays(day, 2).AddDays(1).Start(schedule.Location()),
	}, nil
}
