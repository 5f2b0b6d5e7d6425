package main

import (
	"github.com/letopis-crm/letopis/commands/policies"
)

// policies are the reactions that this program runs. A new one begins at the end of the log.
func (s *system) policies() []policies.Policy {
	return []policies.Policy{
		policies.FindDuplicates(s.queries),
		policies.ReleaseRequisites,
		policies.MatchSenders(s.queries),
		policies.ScreenNegotiations(s.queries),
		policies.PublishNegotiations(s.queries),
		policies.FollowLinks(s.queries),
		policies.RemindPeople(),
		policies.ReleaseLogins,
	}
}
