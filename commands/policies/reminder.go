package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// LinkedReminders finds the reminders that follow a record and may still fire.
type LinkedReminders interface {
	LinkedReminders(ctx context.Context, subject domain.Ref) ([]domain.ReminderID, error)
}

// FollowLinks moves relative reminders with the date of their linked record, and cancels reminders whose record is closed.
func FollowLinks(linked LinkedReminders) Policy {
	follow := func(ctx context.Context, r *Run) error {
		ids, err := linked.LinkedReminders(ctx, domain.Ref{Kind: domain.RefKind(r.Event.Category()), ID: r.ID()})
		if err != nil {
			return err
		}
		for _, id := range ids {
			_, err := commands.Execute(ctx, r.Executor, domain.Reminders, id, commands.FollowLinkedDate{}, r.Request())
			if _, business := domain.IsRefusal(err); err != nil && !business {
				return err
			}
		}
		return nil
	}
	return Policy{Name: "follow_links", After: []string{"reminders"}, Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, _ domain.AssignmentDueWasChanged) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.AssignmentWasVerified) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.AssignmentWasCancelled) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.WorkItemWasMoved) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.WorkItemWasDone) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.WorkItemWasNotDone) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.WorkItemWasCancelled) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasRescheduled) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasHeld) error { return follow(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasCancelled) error { return follow(ctx, r) }),
	}}
}

// RemindPeople turns what the scheduler noted into reminders of the person concerned: an issuer whose verification is
// waited for, a head whose reviewer is late, an author whose negotiation was stopped.
func RemindPeople() Policy {
	return Policy{Name: "remind_people", Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, e domain.AssignmentVerificationWasReminded) error {
			return remind(ctx, r, e.Issuer, "reminder.text.verify")
		}),
		On(func(ctx context.Context, r *Run, e domain.NegotiationReviewWasEscalated) error {
			return remind(ctx, r, e.To, "reminder.text.review_late")
		}),
		On(func(ctx context.Context, r *Run, e domain.NegotiationWasStopped) error {
			return remind(ctx, r, e.Author, "reminder.text.stopped")
		}),
	}}
}

// remind lets a reminder about the event's record fire at once.
func remind(ctx context.Context, r *Run, recipient domain.EmployeeID, text string) error {
	if recipient.IsZero() {
		return nil
	}
	id := domain.DerivedID[domain.Reminder]("reminder", r.Event.ID.String())
	_, err := commands.Execute(ctx, r.Executor, domain.Reminders, id, commands.RemindAtOnce{
		Recipient: recipient, Text: wording.Word(text, wording.Russian),
		Subject: domain.Ref{Kind: domain.RefKind(r.Event.Category()), ID: r.ID()},
	}, r.Request())
	return err
}
