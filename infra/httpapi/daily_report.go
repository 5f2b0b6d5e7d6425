package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

// DailyReportRequest says whose report is formed.
type DailyReportRequest struct {
	Employee    uuid.UUID `json:"employee_id,omitzero" format:"uuid" doc:"Whose; one's own by default. Another's for a substitute during the absence, and for those above"`
	FirstSignIn bool      `json:"first_sign_in,omitempty" doc:"Formed by signing in: only the first of the day is recorded"`
}

type dailyReportInput struct {
	Envelope
	Body DailyReportRequest
}

type dailyReportOutput struct {
	Position uint64 `header:"X-Position" doc:"Commit position of the record that it was shown"`
	Body     readmodels.DailyReport
}

type dailyArchiveInput struct {
	Employee uuid.UUID `query:"employee" format:"uuid" doc:"Whose; one's own by default"`
	readmodels.DailyReportFilter
}

func registerDailyReport(a *API) {
	op := huma.Operation{
		Method: http.MethodPost, Path: "/v1/daily-report", OperationID: "form-daily-report", Tags: []string{"daily-report"},
		Summary: "Form the day's report; what it showed, and to whom, is recorded", Errors: []int{409, 412},
		Extensions: map[string]any{"x-reads": reads("messages", "threads", "assignments", "negotiations", "work_items", "employees", "clients")},
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *dailyReportInput) (*dailyReportOutput, error) {
		out, err := a.formDailyReport(ctx, in, op.OperationID)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
	get(a, "/daily-reports", "list-daily-reports", "daily-report", "What was shown as an employee's daily report, to whom and when", reads("daily_reports", "employees"),
		func(ctx context.Context, in *dailyArchiveInput) (readmodels.Page[readmodels.DailyReportIssue], error) {
			employee, err := a.whose(ctx, in.Employee)
			if err != nil {
				return readmodels.Page[readmodels.DailyReportIssue]{}, err
			}
			return a.queries(ctx).DailyReportArchive(ctx, employee.UUID(), in.DailyReportFilter)
		})
}

// formDailyReport forms the content, records that it is shown, and only then gives it away.
func (a *API) formDailyReport(ctx context.Context, in *dailyReportInput, operation string) (*dailyReportOutput, error) {
	request, err := in.request(ctx, operation)
	if err != nil {
		return nil, err
	}
	employee, err := a.whose(ctx, in.Body.Employee)
	if err != nil {
		return nil, err
	}
	day, err := commands.DailyReportDayOf(ctx, a.Executor, employee)
	if err != nil {
		return nil, err
	}
	report, err := a.queries(ctx).DailyReport(ctx, readmodels.DailyReportFrame{
		Employee: employee, Now: a.Executor.Now(), Day: day.Day, Zone: day.Zone, SoonUntil: day.SoonUntil, Horizon: day.Horizon, Lang: reader(ctx).Lang,
	})
	if err != nil {
		return nil, err
	}
	// Whose day it is has been checked; noting that it was shown is no operation of its own.
	request.Outside = false
	issue := commands.IssueDailyReport{
		Employee: employee, Date: day.Day, FirstOnly: in.Body.FirstSignIn, Sections: report.Content(), Hash: report.Hash,
	}
	if report.LastLogin != nil {
		issue.LastLogin = *report.LastLogin
	}
	receipt, err := commands.Execute(ctx, a.Executor, domain.DailyReports, domain.DailyReportOf(employee, day.Day), issue, request)
	return &dailyReportOutput{Position: receipt.Position, Body: report}, err
}
