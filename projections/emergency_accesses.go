package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// EmergencyAccessRow is an emergency access. Client is null for the whole business.
type EmergencyAccessRow struct {
	ID         uuid.UUID             `json:"id"`
	Person     domain.EmployeeID     `json:"person"`
	Client     domain.CounterpartyID `json:"client,omitzero"`
	Reason     string                `json:"reason"`
	OpenedAt   time.Time             `json:"opened_at"`
	Until      time.Time             `json:"until"`
	EndedAt    time.Time             `json:"ended_at,omitzero"`
	EndedBy    domain.EmployeeID     `json:"ended_by,omitzero"`
	State      string                `json:"state"`
	Reviewer   domain.EmployeeID     `json:"reviewer,omitzero"`
	ReviewedAt time.Time             `json:"reviewed_at,omitzero"`
	Verdict    string                `json:"verdict,omitempty"`
	Remark     string                `json:"remark,omitempty"`
}

var emergencyAccesses = NewTable[EmergencyAccessRow]("emergency_access", "id")

//go:embed emergency_accesses.sql
var emergencyAccessesSQL string

// EmergencyAccesses is who read beyond their rights, why, and what was found of it.
var EmergencyAccesses = Projection{Name: "emergency_accesses", Version: 1, Schema: emergencyAccessesSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.EmergencyAccessWasOpened]) {
		v := e.Event
		emergencyAccesses.Put(b, e.Key(), EmergencyAccessRow{
			ID: e.ID, Person: v.Person, Client: v.Client, Reason: v.Reason, OpenedAt: v.From, Until: v.Until, State: string(domain.EmergencyOpen),
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmergencyAccessWasEnded]) {
		emergencyAccesses.Change(b, e.Key(), func(r *EmergencyAccessRow) {
			r.State, r.EndedAt, r.EndedBy = string(domain.EmergencyEnded), e.Event.At, e.Event.By
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmergencyAccessHasExpired]) {
		emergencyAccesses.Change(b, e.Key(), func(r *EmergencyAccessRow) {
			r.State, r.EndedAt = string(domain.EmergencyExpired), e.Event.At
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmergencyAccessWasReviewed]) {
		emergencyAccesses.Change(b, e.Key(), func(r *EmergencyAccessRow) {
			r.State, r.Reviewer, r.ReviewedAt = string(domain.EmergencyReviewed), e.Event.Reviewer, e.At()
			r.Verdict, r.Remark = string(e.Event.Verdict), e.Event.Remark
		})
	}),
}}
