package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// PlanWorkItem puts a line on the work schedule: a day, a counterparty and a responsible employee.
type PlanWorkItem struct {
	By
	Counterparty domain.CounterpartyID `json:"counterparty_id" format:"uuid" doc:"For whom the work is"`
	Responsible  domain.EmployeeID     `json:"responsible_id" format:"uuid" doc:"Who does it"`
	Due          domain.Date           `json:"due_date" format:"date" doc:"The day it is to be done"`
	Text         string                `json:"text" minLength:"1" maxLength:"4000" doc:"What is to be done"`
}

func (c PlanWorkItem) Decide(s domain.WorkItem, _ time.Time) ([]domain.Event[domain.WorkItem], error) {
	return s.Plan(domain.WorkItemWasPlanned{Counterparty: c.Counterparty, Responsible: c.Responsible, Author: c.Who(), Due: c.Due, Text: c.Text})
}

// FinishWorkItem records that the work was done.
type FinishWorkItem struct {
	By
	Result string `json:"result" minLength:"1" maxLength:"4000" doc:"What came of it"`
}

func (c FinishWorkItem) Decide(s domain.WorkItem, _ time.Time) ([]domain.Event[domain.WorkItem], error) {
	return s.Finish(c.Who(), c.Result)
}

// MoveWorkItem puts the line on another day.
type MoveWorkItem struct {
	By
	Due    domain.Date `json:"due_date" format:"date" doc:"The new day"`
	Reason string      `json:"reason" minLength:"1" maxLength:"2000" doc:"Why it is moved"`
}

func (c MoveWorkItem) Decide(s domain.WorkItem, _ time.Time) ([]domain.Event[domain.WorkItem], error) {
	return s.Move(c.Who(), c.Due, c.Reason)
}

// MissWorkItem records that the work was not done.
type MissWorkItem struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why it was not done"`
}

func (c MissWorkItem) Decide(s domain.WorkItem, _ time.Time) ([]domain.Event[domain.WorkItem], error) {
	return s.Miss(c.Who(), c.Reason)
}

// CancelWorkItem takes the line off the schedule.
type CancelWorkItem struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why it is cancelled"`
}

func (c CancelWorkItem) Decide(s domain.WorkItem, _ time.Time) ([]domain.Event[domain.WorkItem], error) {
	return s.Cancel(c.Who(), c.Reason)
}
