package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type influenceEvents = []domain.Event[domain.InfluenceLink]

// SupposeInfluence puts up the hypothesis that a person moves another one, or a decision.
type SupposeInfluence struct {
	Counterparty domain.CounterpartyID  `json:"counterparty_id" format:"uuid" doc:"Where"`
	From         domain.ContactPersonID `json:"from_person_id" format:"uuid" doc:"Who influences"`
	To           domain.ContactPersonID `json:"to_person_id,omitzero" format:"uuid" doc:"Whom; or name a decision"`
	Decision     string                 `json:"to_decision,omitempty" maxLength:"300" doc:"Which decision; or name a person"`
	Kind         domain.InfluenceKind   `json:"kind" enum:"approves,recommends,blocks,signs,uses,controls_budget,informal" doc:"How"`
	Topic        string                 `json:"topic,omitempty" maxLength:"300" doc:"On what; on everything when absent"`
	domain.InfluenceWeight
	Evidence domain.Evidence `json:"evidence" doc:"What it rests on"`
	Since    domain.Date     `json:"since" format:"date" doc:"From this day"`
}

// Link is the id of the link that the command is for.
func (c SupposeInfluence) Link() domain.InfluenceLinkID {
	return domain.InfluenceLinkOf(c.From, c.To, c.Decision, c.Kind, c.Topic)
}

// Prepare checks that the people are known at the counterparty.
func (c *SupposeInfluence) Prepare(ctx context.Context, f *Facts) error {
	if _, err := existingCounterparty(ctx, f, c.Counterparty); err != nil {
		return err
	}
	var v domain.Invalid
	for field, id := range map[string]domain.ContactPersonID{"from_person_id": c.From, "to_person_id": c.To} {
		if id.IsZero() {
			continue
		}
		employed, err := everEmployed(ctx, f, id, c.Counterparty)
		if err != nil {
			return err
		}
		v.Check(employed, field, "not_employed", "does not work there and never did")
	}
	return v.Err()
}

// everEmployed reports that the person works or worked at the counterparty or at one that was merged into it.
func everEmployed(ctx context.Context, f *Facts, id domain.ContactPersonID, at domain.CounterpartyID) (bool, error) {
	p, err := Fact(ctx, f, domain.ContactPersons, id)
	if err != nil {
		return false, err
	}
	for _, employer := range p.Subjects() {
		survivor, _, err := survivorOf(ctx, f.x, employer)
		if err != nil || survivor == at {
			return survivor == at, err
		}
	}
	return false, nil
}

func (c SupposeInfluence) Decide(s domain.InfluenceLink, _ time.Time) (influenceEvents, error) {
	return s.Suppose(domain.InfluenceWasSupposed{Counterparty: c.Counterparty, From: c.From, To: c.To, Decision: c.Decision, Kind: c.Kind,
		Topic: c.Topic, InfluenceWeight: c.InfluenceWeight, Evidence: c.Evidence, Since: c.Since})
}

// ConfirmInfluence turns a hypothesis into knowledge.
type ConfirmInfluence struct {
	Evidence   domain.Evidence `json:"evidence" doc:"What confirms it"`
	Confidence int             `json:"confidence" minimum:"0" maximum:"100" doc:"How sure we are, per cent"`
	On         domain.Date     `json:"on" format:"date" doc:"Day"`
}

func (c ConfirmInfluence) Decide(s domain.InfluenceLink, _ time.Time) (influenceEvents, error) {
	return s.Confirm(c.Evidence, c.Confidence, c.On)
}

// ReviseInfluence weighs a link anew.
type ReviseInfluence struct {
	domain.InfluenceWeight
	Evidence domain.Evidence `json:"evidence" doc:"What it rests on"`
	On       domain.Date     `json:"on" format:"date" doc:"Day"`
}

func (c ReviseInfluence) Decide(s domain.InfluenceLink, _ time.Time) (influenceEvents, error) {
	return s.Revise(c.InfluenceWeight, c.Evidence, c.On)
}

// OutdateInfluence closes a link.
type OutdateInfluence struct {
	Until  domain.Date `json:"until" format:"date" doc:"Last day on which it held"`
	Reason string      `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c OutdateInfluence) Decide(s domain.InfluenceLink, _ time.Time) (influenceEvents, error) {
	return s.Outdate(c.Until, c.Reason)
}
