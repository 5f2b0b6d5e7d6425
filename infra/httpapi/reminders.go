package httpapi

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerReminders(a *API) {
	const reminders = "reminders"
	create[commands.ScheduleReminder](a, domain.Reminders, reminders, "Set up a reminder")
	post[commands.MoveReminder](a, domain.Reminders, reminders, "move", "Set another time")
	post[commands.AcknowledgeReminder](a, domain.Reminders, reminders, "acknowledge", "Say that one has seen it")
	post[commands.SnoozeReminder](a, domain.Reminders, reminders, "snooze", "Put it off, by five minutes to a week")
	post[commands.DismissReminder](a, domain.Reminders, reminders, "dismiss", "End it with all its repeats")
	post[commands.CancelReminder](a, domain.Reminders, reminders, "cancel", "Take it back")
	get(a, "/reminders", "list-reminders", reminders, "One's own reminders, by time", reads("reminders", "employees"),
		func(ctx context.Context, f *readmodels.ReminderFilter) (readmodels.Page[readmodels.ReminderItem], error) {
			return a.queries(ctx).Reminders(ctx, myself(ctx).UUID(), *f, a.Executor.Now())
		})
}
