package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

var noonOfSecond = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func fold[S any](t *testing.T, s *S, events []domain.Event[S], err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		e.Apply(s)
	}
}

func wants(t *testing.T, what string, err error, refusal *domain.Refusal) {
	t.Helper()
	if !errors.Is(err, refusal) {
		t.Errorf("%s: got %v, want %s", what, err, refusal.Code)
	}
}

func TestEmergencyAccessIsShortReasonedAndReviewedByAnother(t *testing.T) {
	t.Parallel()
	person, other := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	var none domain.EmergencyAccess
	wish := domain.EmergencyAccessWasOpened{Person: person, Reason: "Сервер клиента стоит, нужен договор", From: noonOfSecond, Until: noonOfSecond.Add(time.Hour)}
	for what, change := range map[string]func(*domain.EmergencyAccessWasOpened){
		"a short reason": func(e *domain.EmergencyAccessWasOpened) { e.Reason = "надо                          " },
		"too short":      func(e *domain.EmergencyAccessWasOpened) { e.Until = noonOfSecond.Add(14 * time.Minute) },
		"too long":       func(e *domain.EmergencyAccessWasOpened) { e.Until = noonOfSecond.Add(8*time.Hour + time.Minute) },
	} {
		e := wish
		change(&e)
		if _, err := none.Open(e); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	a := none
	events, err := a.Open(wish)
	fold(t, &a, events, err)
	verdict := domain.EmergencyAccessWasReviewed{Reviewer: other, Verdict: domain.EmergencyJustified, Remark: "по делу"}
	_, err = a.Review(verdict, other)
	wants(t, "reviewed while it lasts", err, domain.ErrEmergencyStep)
	_, err = a.End(other, noonOfSecond)
	wants(t, "ended by another", err, domain.ErrEmergencyForeign)
	if events, err := a.Expire(noonOfSecond.Add(59 * time.Minute)); len(events) != 0 || err != nil {
		t.Errorf("expired early: %v, %v", events, err)
	}
	events, err = a.Expire(noonOfSecond.Add(time.Hour))
	fold(t, &a, events, err)
	_, err = a.End(person, noonOfSecond)
	wants(t, "ended after its end", err, domain.ErrEmergencyStep)
	_, err = a.Review(verdict, other, person)
	wants(t, "reviewed in the person's own name", err, domain.ErrEmergencyOwn)
	events, err = a.Review(verdict, other)
	fold(t, &a, events, err)
	_, err = a.Review(verdict, other)
	wants(t, "reviewed twice", err, domain.ErrEmergencyStep)
}

func TestApprovalsAreDecidedOnceByAnother(t *testing.T) {
	t.Parallel()
	asked, absent, other := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	target := uuid.New()
	var a domain.Approval
	events, err := a.Request(domain.ApprovalWasRequested{Operation: "grant-role", Target: target, Payload: `{"role":"administrator"}`, Requester: asked, InNameOf: absent, Reason: "замена"}, noonOfSecond)
	fold(t, &a, events, err)
	for what, deciding := range map[string][]domain.EmployeeID{"who asked": {asked}, "in whose name": {absent}, "a delegate of who asked": {other, asked}} {
		_, err := a.Approve(deciding[0], deciding, "", noonOfSecond)
		wants(t, what, err, domain.ErrApprovalOwn)
		_, err = a.Refuse(deciding[0], deciding, "нет", noonOfSecond)
		wants(t, what, err, domain.ErrApprovalOwn)
	}
	_, err = a.Approve(other, []domain.EmployeeID{other}, "", noonOfSecond.Add(domain.ApprovalLasts))
	wants(t, "late", err, domain.ErrApprovalStep)
	if a.Allows("grant-role", target, a.Payload) {
		t.Error("allowed before anybody decided")
	}
	events, err = a.Approve(other, []domain.EmployeeID{other}, "", noonOfSecond.Add(domain.ApprovalLasts-time.Second))
	fold(t, &a, events, err)
	if again, err := a.Approve(other, []domain.EmployeeID{other}, "", noonOfSecond); len(again) != 0 || err != nil {
		t.Errorf("to finish what was interrupted: %v, %v", again, err)
	}
	if !a.Allows("grant-role", target, `{"role":"administrator"}`) || a.Allows("grant-role", target, `{"role":"auditor"}`) ||
		a.Allows("grant-role", uuid.New(), a.Payload) || a.Allows("revoke-role", target, a.Payload) {
		t.Error("an approval is for one command on one record")
	}
	events, err = a.Finish(domain.ApprovalReceipt{Stream: "x", Revision: 1, Position: 2}, "")
	fold(t, &a, events, err)
	if a.Allows("grant-role", target, a.Payload) {
		t.Error("what is done is not allowed again")
	}
	_, err = a.Withdraw(asked)
	wants(t, "withdrawn after the fact", err, domain.ErrApprovalStep)
}

func TestApprovalsExpireAndAreWithdrawn(t *testing.T) {
	t.Parallel()
	asked := domain.NewID[domain.Employee]()
	var a domain.Approval
	events, err := a.Request(domain.ApprovalWasRequested{Operation: "grant-role", Payload: "{}", Requester: asked, Reason: "замена"}, noonOfSecond)
	fold(t, &a, events, err)
	if events, err := a.Expire(noonOfSecond.Add(domain.ApprovalLasts - time.Second)); len(events) != 0 || err != nil {
		t.Errorf("expired early: %v, %v", events, err)
	}
	_, err = a.Withdraw(domain.NewID[domain.Employee]())
	wants(t, "withdrawn by another", err, domain.ErrApprovalForeign)
	gone := a
	events, err = gone.Withdraw(asked)
	fold(t, &gone, events, err)
	events, err = a.Expire(noonOfSecond.Add(domain.ApprovalLasts))
	fold(t, &a, events, err)
	if a.State != domain.ApprovalExpired || gone.State != domain.ApprovalWithdrawn {
		t.Errorf("%s, %s", a.State, gone.State)
	}
}
