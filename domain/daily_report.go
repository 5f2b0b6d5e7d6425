package domain

import (
	"slices"
	"time"
)

// DailyReport is what one employee was shown as their day's work, on one day: with the ids of all items and a digest of
// the content, so that it can be proved later what lay on the desk.
type DailyReport struct {
	Employee EmployeeID
	Date     Date
	Issues   int
	Hash     string
}

// DailyReportID identifies an employee's day.
type DailyReportID = ID[DailyReport]

// DailyReportOf is the report of an employee for a day.
func DailyReportOf(employee EmployeeID, day Date) DailyReportID {
	return DerivedID[DailyReport]("daily_report", employee.String(), string(day))
}

// DailySection is one of the six sections, in this order.
type DailySection string

// The sections.
const (
	SectionMessages     DailySection = "messages"
	SectionToAnswer     DailySection = "questions_to_answer"
	SectionUnanswered   DailySection = "questions_unanswered"
	SectionToDo         DailySection = "assignments_to_do"
	SectionToCheck      DailySection = "assignments_to_check"
	SectionNegotiations DailySection = "negotiations_and_schedule"
)

// DailySections are all sections in the order of the report.
var DailySections = []DailySection{
	SectionMessages, SectionToAnswer, SectionUnanswered, SectionToDo, SectionToCheck, SectionNegotiations,
}

// DailyReportContent is what was formed: the items of each section in the order shown.
type DailyReportContent struct {
	Section DailySection `json:"section"`
	Count   int          `json:"count"`
	Items   []Ref        `json:"items"`
}

// DailyOccasion says why a report was formed.
type DailyOccasion string

// The occasions. Another person is a substitute or a manager.
const (
	OnFirstSignIn DailyOccasion = "first_sign_in"
	OnDemand      DailyOccasion = "on_demand"
	ByOther       DailyOccasion = "by_other"
)

// DailyReports are the streams "daily_report-<id>".
var DailyReports = NewCategory("daily_report",
	Type[DailyReportWasIssued]("daily_report.issued"),
)

// DailyReportWasIssued says what the employee's report showed, and to whom. LastLogin is the sign-in before this one:
// what came later was marked as new.
type DailyReportWasIssued struct {
	Employee  EmployeeID           `json:"employee_id"`
	ShownTo   EmployeeID           `json:"shown_to_id"`
	Date      Date                 `json:"date"`
	Occasion  DailyOccasion        `json:"occasion"`
	At        time.Time            `json:"at"`
	LastLogin time.Time            `json:"last_login,omitzero"`
	Sections  []DailyReportContent `json:"sections"`
	Hash      string               `json:"hash" public:""`
}

func (e DailyReportWasIssued) Apply(r *DailyReport) {
	*r = DailyReport{Employee: e.Employee, Date: e.Date, Issues: r.Issues + 1, Hash: e.Hash}
}

// Participants is the employee.
func (r DailyReport) Participants() []EmployeeID { return []EmployeeID{r.Employee} }

// Issue records a formed report. A first sign-in issues it once a day; on demand it is issued again when its content
// has changed; every opening by another person is recorded.
func (r DailyReport) Issue(e DailyReportWasIssued) ([]Event[DailyReport], error) {
	var v Invalid
	v.Check(!e.Employee.IsZero(), "employee_id", "required", "a report is somebody's")
	v.Check(e.Date.Valid(), "date", "date", "must be a day such as 2026-11-23")
	v.Require("hash", e.Hash)
	v.Check(slices.EqualFunc(e.Sections, DailySections, func(c DailyReportContent, s DailySection) bool { return c.Section == s }),
		"sections", "incomplete", "must be the six sections in their order")
	switch {
	case v.Err() != nil:
		return nil, v.Err()
	case e.Occasion == OnFirstSignIn && r.Issues > 0, e.Occasion == OnDemand && r.Hash == e.Hash:
		return nil, nil
	}
	return []Event[DailyReport]{e}, nil
}
