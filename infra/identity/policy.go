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
)

// The session cookie. Under its other name, which browsers take over HTTPS alone and for one host alone, no neighbouring
// host can plant one.
const (
	CookieName       = "letopis_session"
	SecureCookieName = "__Host-letopis"
)

// policy names who may use an operation, by its id in the OpenAPI document. An operation that is not listed is open to
// every signed-in employee; rules about one record ("only the addressee") are the domain's.
var policy = map[string][]Role{}

// only adds operations that need one of the roles.
func only(roles []Role, operations ...string) {
	for _, op := range operations {
		if _, twice := policy[op]; twice {
			panic("identity: the policy names " + op + " twice")
		}
		policy[op] = roles
	}
}

var (
	leaders   = []Role{Manager, Administrator}
	reviewers = []Role{ComplianceReviewer, Manager}
	admins    = []Role{Administrator}
)

// exportRows is how many rows of a list a role may take away at a time. A role that is not named may take none.
var exportRows = map[Role]int{EmployeeRole: 500, Manager: 5000, Administrator: 5000}

// ExportRows is how many rows p may take away at a time: as many as the roles allow.
func ExportRows(p Principal) int {
	most := 0
	for _, role := range p.Roles {
		most = max(most, exportRows[role])
	}
	return most
}

func init() {
	only(slices.Sorted(maps.Keys(exportRows)), "export-counterparties", "export-contact-persons", "export-negotiations", "export-assignments",
		"export-messages", "export-counterparty-history")
	only(reviewers, "claim-negotiation-review", "release-negotiation-review", "approve-negotiation", "stop-negotiation", "get-review-desk", "report-negotiations")
	only(reviewers, "publish-screening-rules")
	only(leaders, "report-assignments", "report-work-schedule")
	only(admins, "create-account", "reset-password", "unlock-account", "reset-second-factor")
	only([]Role{Administrator, ComplianceReviewer}, "list-sign-in-journal")
	only(admins, "grant-role", "revoke-role", "change-employee-login")
	only(leaders, "hire-employee", "rename-employee", "change-employee-contacts", "transfer-employee", "change-employee-schedule", "set-authority-limits",
		"dismiss-employee", "rehire-employee", "found-department", "rename-department", "move-department", "appoint-department-head", "close-department",
		"define-working-calendar", "rename-working-calendar", "set-calendar-week", "set-calendar-days", "clear-calendar-days", "retire-working-calendar",
		"get-response-times", "list-response-clocks")
	only(leaders, "merge-counterparties", "approve-merge", "unmerge-counterparties", "mark-key-account")
}

// CheckPolicy reports operations that the policy names but the API does not have: a typing error would open a door.
func CheckPolicy(operations []string) error {
	var unknown []string
	named := append(slices.Collect(maps.Keys(policy)), slices.Collect(maps.Keys(onlyBySession))...)
	for _, allowed := range whilePending {
		named = append(named, allowed...)
	}
	for _, op := range named {
		if !slices.Contains(operations, op) {
			unknown = append(unknown, op)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("the policy names operations that do not exist: %s", strings.Join(unknown, ", "))
	}
	return nil
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

// Authorize refuses an operation to who asks: ErrNotSignedIn or a refusal "forbidden".
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
	roles, restricted := policy[operation]
	if restricted && !p.Has(roles...) {
		return domain.ErrForbidden.Because("this needs one of the roles: " + names(roles))
	}
	return nil
}

// Denied lists, in alphabetical order, the operations that the roles of p do not allow: a user interface does not offer
// them.
func Denied(p Principal) []string {
	denied := []string{}
	for operation := range policy {
		if allow(p, operation) != nil {
			denied = append(denied, operation)
		}
	}
	slices.Sort(denied)
	return denied
}

func names(roles []Role) string {
	parts := make([]string, len(roles))
	for i, r := range roles {
		parts[i] = string(r)
	}
	return strings.Join(parts, ", ")
}

// Guard is the executor's middleware: a command from outside needs a principal that may give it. Policies and imports
// act for the system.
func Guard(next commands.Handler) commands.Handler {
	return func(ctx context.Context, in commands.Invocation) (commands.Receipt, error) {
		if in.Request.Source == domain.SourcePolicy || in.Request.Source == domain.SourceImport {
			return next(ctx, in)
		}
		p, ok := FromContext(ctx)
		if !ok || p.Employee != in.Request.Actor {
			return commands.Receipt{}, ErrNotSignedIn
		}
		if err := allow(p, OperationOf(in.Name)); err != nil {
			return commands.Receipt{}, err
		}
		return next(ctx, in)
	}
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
