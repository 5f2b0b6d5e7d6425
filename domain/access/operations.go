package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Right is what an operation needs.
type Right struct {
	Resource Resource `json:"resource"`
	Action   Action   `json:"action"`
}

// operations tell what right each operation of the API needs, by its id in the OpenAPI document.
var operations = map[string]Right{}

func declare(resource Resource, action Action, ids ...string) {
	for _, id := range ids {
		if _, twice := operations[id]; twice {
			panic("access: " + id + " is declared twice")
		}
		operations[id] = Right{resource, action}
	}
}

func init() {
	declare(Clients, Read, "list-counterparties", "get-counterparty", "get-influence-map", "find-similar-counterparties", "search",
		"list-contact-persons", "get-contact-person", "list-duplicates", "list-merges", "get-counterparty-history",
		"flag-duplicate", "propose-merge") // whoever sees two that look the same may say so; who answers needs more
	declare(Clients, Change, "register-counterparty", "change-counterparty", "change-counterparty-contacts", "activate-counterparty", "rest-counterparty", "close-counterparty",
		"reopen-counterparty", "add-counterparty-role", "remove-counterparty-role", "entrust-counterparty", "join-counterparty", "add-bank-account", "close-bank-account",
		"add-signatory", "withdraw-signatory", "identify-counterparty", "give-counterparty-consent", "withdraw-counterparty-consent",
		"register-contact-person", "change-contact-person", "change-person-contacts", "employ-person", "move-person", "dismiss-person", "refuse-contact", "allow-contact",
		"give-person-consent", "withdraw-person-consent", "give-decision-role", "withdraw-decision-role",
		"suppose-influence", "confirm-influence", "revise-influence", "outdate-influence", "reject-duplicate", "link-branch")
	declare(Clients, Decide, "merge-counterparties", "approve-merge", "unmerge-counterparties", "mark-key-account")
	declare(ContactDetails, Read, "get-contact-report")

	declare(Segments, Read, "list-audience-groups", "get-audience-group")
	declare(Segments, Change, "create-audience-group", "rename-audience-group", "add-group-members", "remove-group-members", "close-audience-group")

	declare(Negotiations, Read, "list-negotiations", "get-negotiation", "list-commitments")
	declare(Negotiations, Change, "plan-negotiation", "hold-negotiation", "record-negotiation", "reschedule-negotiation", "cancel-negotiation", "correct-negotiation",
		"finish-negotiation-step", "keep-commitment", "break-commitment", "waive-commitment", "supersede-commitment", "hand-over-commitment")
	declare(Negotiations, Decide, "claim-negotiation-review", "release-negotiation-review", "approve-negotiation", "stop-negotiation", "get-review-desk", "report-negotiations",
		"publish-screening-rules")

	declare(Interactions, Read, "list-messages", "get-message", "list-my-messages", "get-message-analysis-events")
	declare(Interactions, Change, "register-message", "classify-message", "match-message", "unmatch-message", "route-message", "reroute-message", "acknowledge-message", "begin-message",
		"resolve-message", "lose-message", "mark-message-spam", "reopen-message")

	declare(Correspondence, Read, "list-threads", "get-thread", "list-answers-owed", "list-answers-awaited", "list-agreements", "list-disputes")
	declare(Correspondence, Change, "open-thread", "see-thread", "answer-thread", "accept-answer", "return-answer", "comment-thread", "add-addressee", "propose-deadline", "accept-deadline",
		"refuse-deadline", "close-thread", "revise-agreement", "accept-agreement", "decline-agreement", "supersede-agreement", "open-dispute", "appoint-arbiter", "rule-dispute")

	declare(Work, Read, "list-assignments", "get-assignment-board", "get-assignment", "get-time-sheet", "list-work-items", "list-reminders", "list-daily-reports")
	declare(Work, Change, "issue-assignment", "accept-assignment", "decline-assignment", "start-assignment", "report-assignment-done", "verify-assignment", "return-assignment",
		"cancel-assignment", "reassign-assignment", "change-assignment-due", "ask-for-assignment-time", "revise-assignment", "set-assignment-co-executors",
		"enter-time", "correct-time", "withdraw-time", "plan-work-item", "finish-work-item", "move-work-item", "miss-work-item", "cancel-work-item",
		"schedule-reminder", "move-reminder", "acknowledge-reminder", "snooze-reminder", "dismiss-reminder", "cancel-reminder", "form-daily-report")

	declare(Performance, Read, "report-assignments", "report-work-schedule", "get-response-times", "list-response-clocks")
	declare(Reports, Read, "report-portfolio-growth", "report-portfolios", "get-message-analysis")

	declare(Directory, Read, "get-screening-rules", "list-employees", "get-employee", "list-absences", "list-departments", "list-working-calendars")
	declare(Directory, Change, "hire-employee", "rename-employee", "change-employee-contacts", "transfer-employee", "change-employee-schedule", "set-authority-limits",
		"dismiss-employee", "rehire-employee", "found-department", "rename-department", "move-department", "appoint-department-head", "close-department",
		"define-working-calendar", "rename-working-calendar", "set-calendar-week", "set-calendar-days", "clear-calendar-days", "retire-working-calendar")

	declare(Accounts, Read, "list-sign-in-journal")
	declare(AccessLog, Read, "list-access-log", "report-access")
	declare(Accounts, Change, "create-account", "reset-password", "unlock-account", "reset-second-factor", "grant-role", "revoke-role", "change-employee-login")

	declare(Exports, Read, "export-counterparties", "export-contact-persons", "export-negotiations", "export-assignments", "export-messages", "export-counterparty-history")

	declare(Attachments, Read, "list-attachments", "get-attachment", "download-attachment")
	declare(Attachments, Change, "upload-file", "attach-file", "describe-attachment", "withdraw-attachment")

	declare(Emergency, Read, "list-emergency-accesses")
	declare(Emergency, Change, "open-emergency-access", "end-emergency-access")
	declare(Emergency, Decide, "stop-emergency-access", "review-emergency-access")

	declare(Approvals, Read, "list-approvals")
	declare(Approvals, Change, "request-approval", "withdraw-request")
	declare(Approvals, Decide, "approve-request", "refuse-request")

	// What these answer with, or change, is measured record by record: the state of any record, the events of the log, the
	// changes that are told as they happen, one's own and one's people's absences.
	declare(Own, Read, "get-record", "get-record-trail", "list-events", "follow-changes", "list-my-response-clocks", "list-my-substitutions",
		"who-am-i", "list-sessions", "list-tokens", "get-second-factor")
	declare(Own, Change, "plan-absence", "change-absence", "cancel-absence",
		"sign-out", "end-session", "end-sessions", "change-password", "pass-second-factor", "begin-second-factor", "confirm-second-factor", "disable-second-factor",
		"create-token", "revoke-token")
}

// Open are the operations for which nobody needs to be known: they are how one becomes known.
var Open = []string{"sign-in", "set-up", "list-sign-in-ways", "start-oidc", "finish-oidc"}

// RightOf is what an operation needs, and false for one that nobody has thought of.
func RightOf(operation string) (Right, bool) {
	right, ok := operations[operation]
	return right, ok
}

// Operations are the ids of all operations with a declared right, in alphabetical order.
func Operations() []string { return slices.Sorted(maps.Keys(operations)) }

// CheckOperations reports operations without a declared right, and declarations of what does not exist: a server with
// either does not start.
func CheckOperations(existing []string) error {
	var wrong []string
	for _, id := range existing {
		if _, declared := operations[id]; !declared && !slices.Contains(Open, id) {
			wrong = append(wrong, id+" has no declared right")
		}
	}
	for id := range operations {
		if !slices.Contains(existing, id) {
			wrong = append(wrong, id+" is declared and does not exist")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("access: %s", strings.Join(wrong, "; "))
}

// Denied lists, in alphabetical order, the operations that no record could be found for: a user interface does not offer
// them.
func (a Actor) Denied() []string {
	denied := []string{}
	for id, right := range operations {
		if a.Scope(right.Resource, right.Action) == None {
			denied = append(denied, id)
		}
	}
	slices.Sort(denied)
	return denied
}
