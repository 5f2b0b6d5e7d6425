package commands

import (
	"strings"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// OpenEmergencyAccess lets who asks read one client, or the whole business, for a while.
type OpenEmergencyAccess struct {
	By
	Client  domain.CounterpartyID `json:"counterparty_id,omitzero" format:"uuid" doc:"The client whose records are opened; absent: see everything"`
	All     bool                  `json:"everything,omitempty" doc:"The whole business, not one client"`
	Reason  string                `json:"reason" minLength:"20" maxLength:"2000" doc:"Why; a second person will read it"`
	Minutes int                   `json:"minutes" minimum:"15" maximum:"480" doc:"For how long"`
}

func (c OpenEmergencyAccess) Decide(s domain.EmergencyAccess, now time.Time) ([]domain.Event[domain.EmergencyAccess], error) {
	var v domain.Invalid
	v.Check(c.All == c.Client.IsZero(), "counterparty_id", "required", "name one client, or everything")
	if err := v.Err(); err != nil {
		return nil, err
	}
	// It is who sits at the keyboard that reads, whomever they stand in for.
	return s.Open(domain.EmergencyAccessWasOpened{
		Person: c.Actor, Client: c.Client, Reason: strings.TrimSpace(c.Reason), From: now, Until: now.Add(time.Duration(c.Minutes) * time.Minute),
	})
}

// EndEmergencyAccess ends one's own before its time.
type EndEmergencyAccess struct{ By }

func (c EndEmergencyAccess) Decide(s domain.EmergencyAccess, now time.Time) ([]domain.Event[domain.EmergencyAccess], error) {
	return s.End(c.Actor, now)
}

// StopEmergencyAccess ends somebody's before its time.
type StopEmergencyAccess struct{ By }

func (c StopEmergencyAccess) Decide(s domain.EmergencyAccess, now time.Time) ([]domain.Event[domain.EmergencyAccess], error) {
	return s.Stop(c.Actor, now)
}

// ReviewEmergencyAccess says afterwards whether it was justified.
type ReviewEmergencyAccess struct {
	By
	Verdict domain.EmergencyVerdict `json:"verdict" enum:"justified,unjustified" doc:"Whether it was justified"`
	Remark  string                  `json:"remark" minLength:"1" maxLength:"2000" doc:"What the reviewer found"`
}

func (c ReviewEmergencyAccess) Decide(s domain.EmergencyAccess, _ time.Time) ([]domain.Event[domain.EmergencyAccess], error) {
	return s.Review(domain.EmergencyAccessWasReviewed{Reviewer: c.Actor, Verdict: c.Verdict, Remark: strings.TrimSpace(c.Remark)}, c.Actor, c.OnBehalfOf)
}

// ExpireEmergencyAccess ends it when its time has come. The scheduler gives it.
type ExpireEmergencyAccess struct{}

func (ExpireEmergencyAccess) Decide(s domain.EmergencyAccess, now time.Time) ([]domain.Event[domain.EmergencyAccess], error) {
	return s.Expire(now)
}
