package httpapi

import (
	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

func registerWorkItems(a *API) {
	create[commands.PlanWorkItem](a, domain.WorkItems, "work-items", "Put a line on the work schedule")
	post[commands.FinishWorkItem](a, domain.WorkItems, "work-items", "finish", "Record that the work was done")
	post[commands.MoveWorkItem](a, domain.WorkItems, "work-items", "move", "Put the line on another day")
	post[commands.MissWorkItem](a, domain.WorkItems, "work-items", "miss", "Record that the work was not done")
	post[commands.CancelWorkItem](a, domain.WorkItems, "work-items", "cancel", "Take the line off the schedule")
}
