package httpapi

import (
	"context"

	"github.com/letopis-crm/letopis/readmodels"
)

func registerAccessLog(a *API) {
	get(a, "/access-log", "list-access-log", "access-log", "Who looked at which client, when and why, the latest first", nil,
		func(ctx context.Context, f *readmodels.AccessFilter) (readmodels.Page[readmodels.AccessItem], error) {
			if err := a.AccessLog.Flush(ctx); err != nil {
				return readmodels.Page[readmodels.AccessItem]{}, err
			}
			return a.queries(ctx).AccessLog(ctx, principal(ctx).Actor(), *f, reader(ctx))
		})
	get(a, "/reports/access", "report-access", "reports", "How much each employee looked at, by day, and what of it is worth a question", nil,
		func(ctx context.Context, f *readmodels.AccessReportFilter) ([]readmodels.AccessDay, error) {
			if err := a.AccessLog.Flush(ctx); err != nil {
				return nil, err
			}
			return a.queries(ctx).AccessReport(ctx, principal(ctx).Actor(), *f, a.Executor.Now(), reader(ctx))
		})
}
