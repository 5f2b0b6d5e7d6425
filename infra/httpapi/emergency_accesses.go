package httpapi

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerEmergencyAccesses(a *API) {
	const accesses = "emergency-accesses"
	create[commands.OpenEmergencyAccess](a, domain.EmergencyAccesses, accesses, "Read one client or the whole business beyond my rights for a while; a second person reviews it afterwards")
	post[commands.EndEmergencyAccess](a, domain.EmergencyAccesses, accesses, "end", "End my emergency access before its time")
	post[commands.StopEmergencyAccess](a, domain.EmergencyAccesses, accesses, "stop", "End somebody's emergency access before its time")
	post[commands.ReviewEmergencyAccess](a, domain.EmergencyAccesses, accesses, "review", "Say afterwards whether it was justified")
	get(a, "/emergency-accesses", "list-emergency-accesses", accesses, "Emergency accesses, the latest first", reads("emergency_accesses", "employees", "clients"),
		func(ctx context.Context, f *readmodels.EmergencyFilter) (readmodels.Page[readmodels.EmergencyItem], error) {
			return a.queries(ctx).EmergencyAccesses(ctx, principal(ctx).Employee.UUID(), *f, a.Executor.Now())
		})
}
