package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
)

// secondPerson are the operations that one person alone may not use, each with when that is so. This is the whole table:
// whatever else is to take two is one line here.
var secondPerson = map[string]func(command any) bool{
	"grant-role": func(command any) bool {
		granted, ok := command.(commands.GrantRole)
		return !ok || slices.Contains(guardedRoles, granted.Role)
	},
	"publish-screening-rules": func(any) bool { return true },
}

// guardedRoles are the roles that could undo what holds the others in check: they are granted by two people, and a second
// factor can be demanded of them.
var guardedRoles = []domain.Role{domain.RoleAdministrator, domain.RoleComplianceReviewer, domain.RoleDataProtectionOfficer}

// NeedsSecondPerson reports whether the command takes an approval.
func NeedsSecondPerson(operation string, command any) bool {
	needs, listed := secondPerson[operation]
	return listed && needs(command)
}

// Approvable lists, in alphabetical order, the operations with a second person that the actor could use on some record.
func Approvable(actor access.Actor) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(secondPerson)), func(operation string) bool {
		right, declared := access.RightOf(operation)
		return !declared || actor.Scope(right.Resource, right.Action) == access.None
	})
}

type approvedKey struct{}

// WithApproved returns a context in which the approved command, and no other, needs no second person any more.
func WithApproved(ctx context.Context, approval domain.Approval) context.Context {
	return context.WithValue(ctx, approvedKey{}, approval)
}

// SecondPerson is the executor's middleware: a command from outside that takes two people is carried out as approved, or
// refused. It also refuses a command other than the approved one, whoever gives it.
func (s *Service) SecondPerson(ctx context.Context, in commands.Invocation, next commands.Handler) (commands.Receipt, error) {
	operation := OperationOf(in.Name)
	if !in.Request.Outside || !NeedsSecondPerson(operation, in.Command) {
		return next(ctx, in)
	}
	if approval, ok := ctx.Value(approvedKey{}).(domain.Approval); ok {
		payload, err := CanonicalPayload(in.Command)
		if err != nil {
			return commands.Receipt{}, err
		}
		if !approval.Allows(operation, in.ID, payload) {
			return commands.Receipt{}, domain.ErrApprovalAltered
		}
		return next(ctx, in)
	}
	enough, err := s.hasTwo(ctx, operation)
	if err != nil {
		return commands.Receipt{}, err
	}
	if enough {
		return commands.Receipt{}, domain.ErrApprovalNeeded
	}
	in.Request.Reason = strings.TrimSpace(in.Request.Reason + " " + wording.Word("approval.alone", wording.Russian))
	return next(ctx, in)
}

// hasTwo reports whether two people work here who could allow the operation to each other. Until then, in a company that
// is being set up, nobody could ever approve anything, and it goes through with a note.
func (s *Service) hasTwo(ctx context.Context, operation string) (bool, error) {
	right, _ := access.RightOf(operation)
	deciders, err := s.directory.WithRoles(ctx, access.RolesWith(access.Approvals, access.Decide))
	if err != nil {
		return false, err
	}
	could := slices.DeleteFunc(deciders, func(one Colleague) bool {
		actor := access.Actor{Employee: one.Employee, Roles: one.Roles}
		return actor.Scope(right.Resource, right.Action) == access.None
	})
	return len(could) >= 2, nil
}

// CanonicalPayload is a command in the one form that its digest is made of.
func CanonicalPayload(command any) (string, error) {
	payload, err := json.Marshal(command)
	return string(payload), err
}

// MayDecide refuses to decide about an operation to who could not use it on the record; exists tells that there is one.
func MayDecide(p Principal, operation string, record access.Record, exists bool) error {
	if err := Admit(p, operation, false); err != nil {
		return err
	}
	if err := allow(p, operation); err != nil {
		return err
	}
	if right, _ := access.RightOf(operation); exists && !p.Actor().Check(right.Resource, right.Action, record) {
		return domain.ErrForbidden.Because("you could not do yourself what you are asked to approve")
	}
	return nil
}

// As is the employee as if they asked now, with what they may do now: what was approved is carried out in their name.
func (s *Service) As(ctx context.Context, employee, onBehalfOf domain.EmployeeID, source domain.Source) (Principal, error) {
	p, err := s.withRoles(ctx, Principal{Employee: employee, Source: source})
	if err != nil || onBehalfOf.IsZero() {
		return p, err
	}
	return s.OnBehalf(ctx, p, onBehalfOf)
}

// CarryOut is the request by which the approved command is carried out. Its id follows from the approval, so however often
// it is sent there is one effect.
func CarryOut(id domain.ApprovalID, approval domain.Approval, source domain.Source) commands.Request {
	return commands.Request{
		CommandID: uuid.NewSHA1(id.UUID(), []byte("carry out")), Correlation: id.UUID(), Causation: id.UUID(),
		Actor: approval.Requester, OnBehalfOf: approval.InNameOf, Source: source, Outside: true,
		Reason: fmt.Sprintf("%s (%s %s)", approval.Reason, wording.Word("kind.approval", wording.Russian), id),
	}
}
