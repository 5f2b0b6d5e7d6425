package projections

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// CommitmentRow is one promise with the exact sentence it was made in, where it comes from and what became of it.
type CommitmentRow struct {
	ID           uuid.UUID             `json:"id"`
	Counterparty domain.CounterpartyID `json:"counterparty"`
	SourceKind   string                `json:"source_kind"`
	SourceID     uuid.UUID             `json:"source_id"`
	Side         string                `json:"side"`
	Kind         string                `json:"kind"`
	Topic        string                `json:"topic"`
	Text         string                `json:"text"`
	Sentence     string                `json:"sentence"`
	Value        json.RawMessage       `json:"value"`
	ValueText    string                `json:"value_text"`
	DueAt        time.Time             `json:"due_at,omitzero"`
	Condition    string                `json:"condition"`
	Owner        domain.EmployeeID     `json:"owner"`
	State        string                `json:"state"`
	MadeAt       time.Time             `json:"made_at"`
	SettledAt    time.Time             `json:"settled_at,omitzero"`
	SettledBy    domain.EmployeeID     `json:"settled_by"`
	Comment      string                `json:"comment"`
	Successor    domain.CommitmentID   `json:"successor"`
}

var commitments = NewTable[CommitmentRow]("commitment", "id")

//go:embed commitments.sql
var commitmentsSQL string

// Commitments is the register of everything promised, by us and to us, whatever record it was promised in.
var Commitments = Projection{Name: "commitments", Version: 1, Schema: commitmentsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.NegotiationWasRecorded]) {
		promise(b, e.Meta, e.ID, e.Event.Commitments)
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasCorrected]) {
		promise(b, e.Meta, e.ID, e.Event.Commitments)
		for _, id := range e.Event.Superseded {
			settle(b, id, domain.CommitmentSuperseded, e.At(), e.Event.Author, e.Event.Reason)
		}
		turnCommitments(b, e.Event.Disputed, domain.CommitmentDisputed)
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasStopped]) {
		turnCommitments(b, e.Event.Disputed, domain.CommitmentDisputed)
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApproved]) {
		turnCommitments(b, e.Event.Released, domain.CommitmentOpen)
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApprovedWithRemarks]) {
		turnCommitments(b, e.Event.Released, domain.CommitmentOpen)
	}),
	On(func(b *Batch, e Envelope[domain.CommitmentWasKept]) {
		settle(b, e.Event.Commitment, domain.CommitmentKept, e.At(), e.Event.By, e.Event.Comment)
	}),
	On(func(b *Batch, e Envelope[domain.CommitmentWasBroken]) {
		settle(b, e.Event.Commitment, domain.CommitmentBroken, e.At(), e.Event.By, e.Event.Comment)
	}),
	On(func(b *Batch, e Envelope[domain.CommitmentWasWaived]) {
		settle(b, e.Event.Commitment, domain.CommitmentWaived, e.At(), e.Event.By, e.Event.Comment)
	}),
	On(func(b *Batch, e Envelope[domain.CommitmentWasSuperseded]) {
		settle(b, e.Event.Commitment, domain.CommitmentSuperseded, e.At(), e.Event.By, e.Event.Comment)
		commitments.Change(b, e.Event.Commitment.String(), func(r *CommitmentRow) { r.Successor = e.Event.Successor })
	}),
	On(func(b *Batch, e Envelope[domain.CommitmentWasHandedOver]) {
		commitments.Change(b, e.Event.Commitment.String(), func(r *CommitmentRow) { r.Owner = e.Event.To })
	}),
}}

// promise enters the commitments of a record; those that are there already keep their states. The counterparty is the
// event's subject.
func promise(b *Batch, meta domain.Metadata, negotiation uuid.UUID, list []domain.Commitment) {
	for _, c := range list {
		row := commitments.Row(b, c.ID.String())
		if row.State == "" {
			row.State, row.MadeAt = string(domain.CommitmentOpen), meta.OccurredAt
			row.SourceKind, row.SourceID = domain.Negotiations.Name(), negotiation
			if len(meta.Subjects) > 0 {
				row.Counterparty = meta.Subjects[0]
			}
		}
		row.Side, row.Kind, row.Topic, row.Text, row.Sentence = string(c.By), string(c.Kind), c.Topic, c.Text, c.Sentence
		row.Value, row.ValueText, row.DueAt, row.Condition, row.Owner = jsonObject(c.Value), c.Value.String(), c.Due, c.Condition, c.Owner
	}
}

func turnCommitments(b *Batch, ids []domain.CommitmentID, to domain.CommitmentState) {
	for _, id := range ids {
		commitments.Change(b, id.String(), func(r *CommitmentRow) { r.State = string(to) })
	}
}

func settle(b *Batch, id domain.CommitmentID, to domain.CommitmentState, at time.Time, by domain.EmployeeID, comment string) {
	commitments.Change(b, id.String(), func(r *CommitmentRow) {
		r.State, r.SettledAt, r.SettledBy, r.Comment = string(to), at, by, comment
	})
}
