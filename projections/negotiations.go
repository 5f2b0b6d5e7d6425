package projections

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// NegotiationRow is a negotiation with its record and the course of its review.
type NegotiationRow struct {
	ID            uuid.UUID             `json:"id"`
	Counterparty  domain.CounterpartyID `json:"counterparty"`
	Author        domain.EmployeeID     `json:"author"`
	Topic         string                `json:"topic"`
	Channel       string                `json:"channel"`
	Stage         string                `json:"stage"`
	Ours          []domain.EmployeeID   `json:"ours"`
	Theirs        json.RawMessage       `json:"theirs"`
	PlannedFrom   time.Time             `json:"planned_from,omitzero"`
	PlannedTo     time.Time             `json:"planned_to,omitzero"`
	HeldFrom      time.Time             `json:"held_from,omitzero"`
	HeldTo        time.Time             `json:"held_to,omitzero"`
	AtTime        time.Time             `json:"at_time,omitzero"`
	State         string                `json:"state"`
	RecordBy      time.Time             `json:"record_by,omitzero"`
	RecordedAt    time.Time             `json:"recorded_at,omitzero"`
	Late          bool                  `json:"late"`
	CorrectedAt   time.Time             `json:"corrected_at,omitzero"`
	Corrections   int                   `json:"corrections"`
	Summary       string                `json:"summary"`
	Record        json.RawMessage       `json:"record"`
	CancelReason  string                `json:"cancel_reason"`
	Screenings    int                   `json:"screenings"`
	RulesVersion  int                   `json:"rules_version"`
	Hits          int                   `json:"hits"`
	FatalHits     int                   `json:"fatal_hits"`
	SampleSeed    int64                 `json:"sample_seed"`
	Review        string                `json:"review"`
	ReviewReason  string                `json:"review_reason"`
	QueuedAt      time.Time             `json:"queued_at,omitzero"`
	ReviewBy      time.Time             `json:"review_by,omitzero"`
	Reviewer      domain.EmployeeID     `json:"reviewer"`
	ClaimedAt     time.Time             `json:"claimed_at,omitzero"`
	DecidedAt     time.Time             `json:"decided_at,omitzero"`
	InTime        *bool                 `json:"review_in_time"`
	Escalated     bool                  `json:"escalated"`
	ScoreBP       int64                 `json:"score_bp"`
	Verdict       json.RawMessage       `json:"verdict"`
	Remarks       string                `json:"remarks"`
	Blocked       bool                  `json:"blocked"`
	StopReason    string                `json:"stop_reason"`
	Instruction   string                `json:"instruction"`
	StoppedAt     time.Time             `json:"stopped_at,omitzero"`
	CorrectBy     time.Time             `json:"correct_by,omitzero"`
	PublishedAt   time.Time             `json:"published_at,omitzero"`
	PublishedOpen bool                  `json:"published_unreviewed"`
	Informed      []domain.EmployeeID   `json:"informed"`
}

// NegotiationHitRow is a hit of a screening; Screening numbers the screenings of one negotiation from 1.
type NegotiationHitRow struct {
	Negotiation  uuid.UUID           `json:"negotiation"`
	Screening    int                 `json:"screening"`
	No           int                 `json:"no"`
	Rule         string              `json:"rule"`
	RulesVersion int                 `json:"rules_version"`
	Commitment   domain.CommitmentID `json:"commitment"`
	Detail       string              `json:"detail"`
	Fatal        bool                `json:"fatal"`
	At           time.Time           `json:"at"`
	EventID      uuid.UUID           `json:"event_id"`
}

// NegotiationStopRow is one stop: a negotiation may be stopped again after a correction.
type NegotiationStopRow struct {
	Negotiation uuid.UUID         `json:"negotiation"`
	Author      domain.EmployeeID `json:"author"`
	Reviewer    domain.EmployeeID `json:"reviewer"`
	Stage       string            `json:"stage"`
	Early       bool              `json:"early"`
	At          time.Time         `json:"at"`
	EventID     uuid.UUID         `json:"event_id"`
}

// NegotiationStepRow is a next step; DoneAt is null while it is open.
type NegotiationStepRow struct {
	ID           string                `json:"id"`
	Negotiation  uuid.UUID             `json:"negotiation"`
	No           int                   `json:"no"`
	Counterparty domain.CounterpartyID `json:"counterparty"`
	What         string                `json:"what"`
	Who          domain.EmployeeID     `json:"who"`
	DueOn        string                `json:"due_on"`
	Since        time.Time             `json:"since"`
	DoneAt       time.Time             `json:"done_at,omitzero"`
	Result       string                `json:"result"`
}

var (
	negotiations     = NewTable[NegotiationRow]("negotiation", "id")
	negotiationHits  = NewLog[NegotiationHitRow]("negotiation_hit")
	negotiationStops = NewLog[NegotiationStopRow]("negotiation_stop")
	negotiationSteps = NewTable[NegotiationStepRow]("negotiation_step", "id")
)

//go:embed negotiations.sql
var negotiationsSQL string

// Negotiations is the register of negotiations, the review desk and what the stops say about it.
var Negotiations = Projection{Name: "negotiations", Version: 1, Schema: negotiationsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.NegotiationWasPlanned]) {
		v := e.Event
		negotiations.Put(b, e.Key(), NegotiationRow{
			ID: e.ID, Counterparty: v.Counterparty, Author: v.Author, Topic: v.Topic, Channel: string(v.Channel), Stage: string(v.Stage),
			Ours: v.Ours, Theirs: jsonList(v.Theirs), PlannedFrom: v.PlannedFrom, PlannedTo: v.PlannedTo, AtTime: v.PlannedFrom,
			State: string(domain.NegotiationPlanned), Record: json.RawMessage("{}"), Verdict: json.RawMessage("{}"),
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasRescheduled]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.PlannedFrom, r.PlannedTo, r.AtTime = e.Event.From, e.Event.To, e.Event.From
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasCancelled]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.State, r.CancelReason = string(domain.NegotiationCancelled), e.Event.Reason
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasHeld]) {
		v, r := e.Event, negotiations.Row(b, e.Key())
		r.Counterparty, r.Author, r.Topic, r.Channel, r.Ours = v.Counterparty, v.Author, v.Topic, string(v.Channel), v.Ours
		r.HeldFrom, r.HeldTo, r.AtTime, r.RecordBy, r.State = v.HeldFrom, v.HeldTo, v.HeldFrom, v.RecordBy, string(domain.NegotiationHeld)
		if r.Record == nil {
			r.Theirs, r.Record, r.Verdict = json.RawMessage("[]"), json.RawMessage("{}"), json.RawMessage("{}")
		}
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasRecorded]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.Author, r.RecordedAt, r.Late = e.Event.Author, e.Meta.RecordedAt, e.Event.Late
			r.take(b, e.ID, e.Meta.RecordedAt, e.Event.NegotiationRecord)
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasCorrected]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.CorrectedAt, r.Corrections, r.Review = e.Meta.RecordedAt, r.Corrections+1, string(domain.ReviewCorrected)
			r.Reviewer, r.ClaimedAt, r.ReviewBy = domain.EmployeeID{}, time.Time{}, time.Time{}
			r.take(b, e.ID, e.Meta.RecordedAt, e.Event.NegotiationRecord)
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationStepWasDone]) {
		negotiationSteps.Change(b, stepKey(e.ID, e.Event.Step), func(r *NegotiationStepRow) { r.DoneAt, r.Result = e.At(), e.Event.Result })
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasPublished]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.PublishedAt, r.PublishedOpen, r.Informed = e.At(), !e.Event.Reviewed, e.Event.Informed
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationScreeningHit]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			v := e.Event
			if v.No == 1 {
				r.FatalHits = 0
			}
			if v.Fatal {
				r.FatalHits++
			}
			negotiationHits.Add(b, NegotiationHitRow{
				Negotiation: e.ID, Screening: r.Screenings + 1, No: v.No, Rule: string(v.Rule), RulesVersion: v.Version,
				Commitment: v.Commitment, Detail: v.Detail, Fatal: v.Fatal, At: e.At(), EventID: e.EventID,
			})
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasScreened]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.Screenings, r.RulesVersion, r.Hits, r.SampleSeed = r.Screenings+1, e.Event.RulesVersion, e.Event.Hits, e.Event.SampleSeed
			if e.Event.Hits == 0 {
				r.FatalHits = 0
			}
			if !e.Event.Review {
				r.Review = string(domain.ReviewNotRequired)
			}
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasQueued]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.Review, r.ReviewReason, r.QueuedAt, r.ReviewBy = string(domain.ReviewQueued), string(e.Event.Reason), e.At(), e.Event.ReviewBy
			r.DecidedAt, r.InTime, r.Escalated = time.Time{}, nil, false
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasClaimed]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.Review, r.Reviewer, r.ClaimedAt = string(domain.ReviewClaimed), e.Event.Reviewer, e.At()
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasReleased]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) {
			r.Review, r.Reviewer, r.ClaimedAt = string(domain.ReviewQueued), domain.EmployeeID{}, time.Time{}
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasEscalated]) {
		negotiations.Change(b, e.Key(), func(r *NegotiationRow) { r.Escalated = true })
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApproved]) {
		decideReview(b, e.Key(), domain.ReviewApproved, e.At(), e.Event.ScoreBP, e.Event.Verdict, func(r *NegotiationRow) { r.Blocked = false })
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApprovedWithRemarks]) {
		decideReview(b, e.Key(), domain.ReviewApprovedWithRemarks, e.At(), e.Event.ScoreBP, e.Event.Verdict, func(r *NegotiationRow) {
			r.Blocked, r.Remarks = false, e.Event.Remarks
		})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasStopped]) {
		v := e.Event
		decideReview(b, e.Key(), domain.ReviewStopped, e.At(), v.ScoreBP, v.Verdict, func(r *NegotiationRow) {
			r.Blocked, r.StopReason, r.Instruction, r.StoppedAt, r.CorrectBy = true, v.Reason, v.Instruction, e.At(), v.CorrectBy
		})
		negotiationStops.Add(b, NegotiationStopRow{
			Negotiation: e.ID, Author: v.Author, Reviewer: v.Reviewer, Stage: string(v.Stage), Early: v.Stage.Early(), At: e.At(), EventID: e.EventID,
		})
	}),
}}

func decideReview(b *Batch, key string, to domain.ReviewState, at time.Time, score int64, verdict domain.Verdict, also func(*NegotiationRow)) {
	negotiations.Change(b, key, func(r *NegotiationRow) {
		inTime := !at.After(r.ReviewBy)
		r.Review, r.DecidedAt, r.InTime, r.ScoreBP, r.Verdict, r.Remarks = string(to), at, &inTime, score, jsonObject(verdict), ""
		also(r)
	})
}

// take puts a version of the record in place; open steps that it no longer has are gone.
func (r *NegotiationRow) take(b *Batch, id uuid.UUID, at time.Time, v domain.NegotiationRecord) {
	for _, old := range stepsOf(r.Record) {
		if row := negotiationSteps.Find(b, stepKey(id, old.No)); row != nil && row.DoneAt.IsZero() {
			negotiationSteps.Delete(b, row.ID)
		}
	}
	r.State, r.Topic, r.Stage, r.Ours, r.Theirs = string(domain.NegotiationRecorded), v.Topic, string(v.Stage), v.Ours, jsonList(v.Theirs)
	r.Summary, r.Record = v.Summary, jsonObject(v)
	for _, s := range v.NextSteps {
		key := stepKey(id, s.No)
		row := negotiationSteps.Row(b, key)
		if row.Since.IsZero() {
			row.Since = at
		}
		row.Negotiation, row.No, row.Counterparty, row.What, row.Who, row.DueOn = id, s.No, r.Counterparty, s.What, s.Who, string(s.When)
	}
}

func stepsOf(record json.RawMessage) []domain.NextStep {
	var v struct {
		Steps []domain.NextStep `json:"next_steps"`
	}
	if err := json.Unmarshal(record, &v); err != nil {
		panic(err)
	}
	return v.Steps
}

func stepKey(negotiation uuid.UUID, no int) string {
	return negotiation.String() + "/" + strconv.Itoa(no)
}

// jsonObject is the JSON of a value that always has one.
func jsonObject(v any) json.RawMessage {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}

// jsonList is jsonObject with [] for no elements.
func jsonList[T any](list []T) json.RawMessage {
	if len(list) == 0 {
		return json.RawMessage("[]")
	}
	return jsonObject(list)
}
