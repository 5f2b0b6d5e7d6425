package projections

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// DailyReportRow is one report as it was shown to somebody.
type DailyReportRow struct {
	Position  int64             `json:"position"`
	Report    uuid.UUID         `json:"report"`
	EventID   uuid.UUID         `json:"event_id"`
	Employee  domain.EmployeeID `json:"employee"`
	ShownTo   domain.EmployeeID `json:"shown_to"`
	Day       time.Time         `json:"day"`
	Occasion  string            `json:"occasion"`
	At        time.Time         `json:"at"`
	LastLogin time.Time         `json:"last_login,omitzero"`
	Items     int               `json:"items"`
	Sections  json.RawMessage   `json:"sections"`
	Hash      string            `json:"hash"`
}

var dailyReports = NewLog[DailyReportRow]("daily_report")

//go:embed daily_reports.sql
var dailyReportsSQL string

// DailyReports is the archive of what was shown to whom, when.
var DailyReports = Projection{Name: "daily_reports", Version: 1, Schema: dailyReportsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.DailyReportWasIssued]) {
		sections, err := json.Marshal(e.Event.Sections)
		if err != nil {
			panic(err)
		}
		row := DailyReportRow{
			Position: int64(e.Position), Report: e.ID, EventID: e.EventID, Employee: e.Event.Employee, ShownTo: e.Event.ShownTo,
			Day: e.Event.Date.Start(time.UTC), Occasion: string(e.Event.Occasion), At: e.Event.At, LastLogin: e.Event.LastLogin,
			Sections: sections, Hash: e.Event.Hash,
		}
		for _, s := range e.Event.Sections {
			row.Items += s.Count
		}
		dailyReports.Add(b, row)
		b.Touch("daily_report", e.Key())
	}),
}}
