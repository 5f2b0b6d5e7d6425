package projections

import (
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// dueThreads: one row per addressee whose answer is still expected and not yet known to be overdue.
var dueThreads = []Handler{
	On(func(b *Batch, e Envelope[domain.ThreadWasOpened]) { answersDue(b, e.ID, e.Event.Clocks) }),
	On(func(b *Batch, e Envelope[domain.ThreadAddresseeWasAdded]) {
		answerDue(b, e.ID, e.Event.Employee, e.Event.ReplyBy)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAnswerWasReturned]) {
		answerDue(b, e.ID, e.Event.Employee, e.Event.ReplyBy)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadDeadlineWasChanged]) {
		if e.Event.Pending {
			answerDue(b, e.ID, e.Event.Addressee, e.Event.To)
		}
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasRevised]) {
		answerDue(b, e.ID, e.Event.By, time.Time{})
		answersDue(b, e.ID, e.Event.Clocks)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadWasAnswered]) { answerDue(b, e.ID, e.Event.By, time.Time{}) }),
	On(func(b *Batch, e Envelope[domain.ThreadAnswerOverdue]) {
		answerDue(b, e.ID, e.Event.Addressee, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasAccepted]) {
		answerDue(b, e.ID, e.Event.By, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasDeclined]) {
		answerDue(b, e.ID, e.Event.By, time.Time{})
		answersStopped(b, e.ID, e.Event.Stopped)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasSuperseded]) {
		answersStopped(b, e.ID, e.Event.Stopped)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadWasClosed]) { answersStopped(b, e.ID, e.Event.Stopped) }),
}

func answersDue(b *Batch, thread uuid.UUID, clocks []domain.ThreadClock) {
	for _, c := range clocks {
		answerDue(b, thread, c.Employee, c.ReplyBy)
	}
}

func answersStopped(b *Batch, thread uuid.UUID, who []domain.EmployeeID) {
	for _, id := range who {
		answerDue(b, thread, id, time.Time{})
	}
}

// answerDue names the occurrence by thread and addressee; a zero time takes it away.
func answerDue(b *Batch, thread uuid.UUID, who domain.EmployeeID, at time.Time) {
	const kind = "thread.answer"
	id := kind + "/" + thread.String() + "/" + who.String()
	if at.IsZero() {
		due.Delete(b, id)
		return
	}
	due.Put(b, id, DueRow{ID: id, Kind: kind, Target: thread, At: at})
}
