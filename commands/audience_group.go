package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type groupEvents = []domain.Event[domain.AudienceGroup]

// CreateAudienceGroup makes a list of counterparties or of persons to write to.
type CreateAudienceGroup struct {
	Kind domain.GroupKind `json:"kind" enum:"counterparty_group,person_group" doc:"What it consists of"`
	Name string           `json:"name" minLength:"1" maxLength:"300" doc:"Name"`
}

func (c CreateAudienceGroup) Decide(s domain.AudienceGroup, _ time.Time) (groupEvents, error) {
	return s.Create(c.Kind, c.Name)
}

// RenameAudienceGroup gives a group another name.
type RenameAudienceGroup struct {
	Name string `json:"name" minLength:"1" maxLength:"300" doc:"New name"`
}

func (c RenameAudienceGroup) Decide(s domain.AudienceGroup, _ time.Time) (groupEvents, error) {
	return s.Rename(c.Name)
}

// AddGroupMembers puts members into a group.
type AddGroupMembers struct{ domain.GroupMembers }

func (c AddGroupMembers) Decide(s domain.AudienceGroup, _ time.Time) (groupEvents, error) {
	return s.Add(c.GroupMembers)
}

// RemoveGroupMembers takes members out of a group.
type RemoveGroupMembers struct{ domain.GroupMembers }

func (c RemoveGroupMembers) Decide(s domain.AudienceGroup, _ time.Time) (groupEvents, error) {
	return s.Remove(c.GroupMembers)
}

// CloseAudienceGroup ends a group.
type CloseAudienceGroup struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c CloseAudienceGroup) Decide(s domain.AudienceGroup, _ time.Time) (groupEvents, error) {
	return s.Close(c.Reason)
}
