package identity

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// The session cookie. Under its other name, which browsers take over HTTPS alone and for one host alone, no neighbouring
// host can plant one.
const (
	CookieName       = "letopis_session"
	SecureCookieName = "__Host-letopis"
)

// CheckOperations reports operations that nobody has given a right, and rules about operations that do not exist: a typing
// error would open a door.
func CheckOperations(operations []string) error {
	named := slices.AppendSeq(slices.Collect(maps.Keys(onlyBySession)), maps.Keys(secondPerson))
	for _, allowed := range whilePending {
		named = append(named, allowed...)
	}
	for _, id := range named {
		if !slices.Contains(operations, id) {
			return fmt.Errorf("identity: there are rules about %s, which does not exist", id)
		}
	}
	return access.CheckOperations(operations)
}

// Pending is what a session lacks before it is good for anything else.
type Pending string

// What can be pending.
const (
	// PendingCode: the person has a second factor and has not given its code.
	PendingCode Pending = "code"
	// PendingEnrolment: the person's role demands a second factor and there is none.
	PendingEnrolment Pending = "enrol"
)

// Refusals of who is known, and yet may not go on like this.
var (
	ErrCodeNeeded      = domain.Refuse("second_factor.code_needed", "give the code of the second factor first")
	ErrEnrolmentNeeded = domain.Refuse("second_factor.enrolment_needed", "this role needs a second factor; set one up first")
	ErrSessionNeeded   = domain.Refuse("token.session_needed", "no API token can do this; sign in")
	ErrScope           = domain.Refuse("token.scope", "the API token is not for this")
)

// whilePending are the operations of a session that still lacks something.
var whilePending = map[Pending][]string{
	PendingCode:      {"who-am-i", "sign-out", "pass-second-factor"},
	PendingEnrolment: {"who-am-i", "sign-out", "begin-second-factor", "confirm-second-factor"},
}

// onlyBySession are the operations on what one signs in with. A token that could do them would outlive its own end.
var onlyBySession = map[string]bool{
	"create-token": true, "list-sessions": true, "end-session": true, "end-sessions": true, "sign-out": true, "pass-second-factor": true,
	"change-password": true, "begin-second-factor": true, "confirm-second-factor": true, "disable-second-factor": true,
	"create-account": true, "reset-password": true, "reset-second-factor": true, "unlock-account": true,
}

// Admit refuses an operation to a token that is not for it, and to a session that still lacks something. It is asked at
// the API's door alone: an operation gives commands in its course, such as the note of who read what, and those are no
// operations of their own.
func Admit(p Principal, operation string, reading bool) error {
	if p.Source != domain.SourceAPI {
		return p.Pending.admit(operation)
	}
	way := ScopeWrite
	if reading {
		way = ScopeRead
	}
	switch {
	case onlyBySession[operation]:
		return ErrSessionNeeded
	case p.Scopes != nil && !slices.Contains(p.Scopes, way) && !slices.Contains(p.Scopes, operation):
		return ErrScope
	}
	return nil
}

func (p Pending) admit(operation string) error {
	switch {
	case p == "" || slices.Contains(whilePending[p], operation):
		return nil
	case p == PendingCode:
		return ErrCodeNeeded
	}
	return ErrEnrolmentNeeded
}

// Authorize refuses an operation to who could find no record for it: ErrNotSignedIn or a refusal "forbidden". Whether the
// person has a right to one record is asked where the record is at hand.
func (s *Service) Authorize(ctx context.Context, operation string) error {
	p, ok := FromContext(ctx)
	if !ok {
		return ErrNotSignedIn
	}
	return allow(p, operation)
}

func allow(p Principal, operation string) error {
	if err := p.Pending.admit(operation); err != nil {
		return err
	}
	right, declared := access.RightOf(operation)
	if !declared || p.Actor().Scope(right.Resource, right.Action) == access.None {
		return domain.ErrForbidden.Because("your roles do not allow this")
	}
	return nil
}

// Denied lists, in alphabetical order, the operations that the person may not use on any record: a user interface does not
// offer them.
func Denied(p Principal) []string {
	if p.Pending == "" {
		return p.Actor().Denied()
	}
	return slices.DeleteFunc(access.Operations(), func(id string) bool { return p.Pending.admit(id) == nil })
}

// Guard is the executor's middleware: a command from outside needs a principal that may give it. Policies and imports act
// for the system, and what a command leads to was allowed with it.
func Guard(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		if in.Request.Source == domain.SourcePolicy || in.Request.Source == domain.SourceImport {
			return next(ctx, in)
		}
		p, ok := FromContext(ctx)
		if !ok || p.Employee != in.Request.Actor {
			return commands.Receipt{}, ErrNotSignedIn
		}
		if in.Request.Outside {
			if err := allow(p, OperationOf(in.Name)); err != nil {
				return commands.Receipt{}, err
			}
		}
		return next(ctx, in)
	}
}

// Gate is the executor's gate: a command needs the right to the record that it is for.
func Gate(ctx context.Context, command, kind string, record access.Record) error {
	p, ok := FromContext(ctx)
	if !ok {
		return ErrNotSignedIn
	}
	right, declared := access.RightOf(OperationOf(command))
	if right.Resource == access.Attachments {
		right.Resource, declared = access.Of(kind)
	}
	if !declared || !p.Actor().Check(right.Resource, right.Action, record) {
		return domain.ErrForbidden.Because("this record is not yours to change")
	}
	return nil
}

// OperationOf is the operation id of a command: "AssignComplaint" is "assign-complaint".
func OperationOf(command string) string {
	var b strings.Builder
	for i, r := range command {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
