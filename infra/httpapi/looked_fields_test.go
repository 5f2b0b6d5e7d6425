package httpapi

import (
	"encoding/json"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// unnoted are the readings that no entry is made of, each for its reason.
var unnoted = map[string]string{
	"who-am-i":                "one's own affairs",
	"list-sessions":           "one's own affairs",
	"list-tokens":             "one's own affairs",
	"get-second-factor":       "one's own affairs",
	"list-my-response-clocks": "one's own figures",
	"list-my-substitutions":   "one's own affairs",
	"download-attachment":     "noted by hand: the file is no answer of a type",
	"follow-changes":          "keys and positions, not the data; what is asked for then is noted",
	"list-sign-in-ways":       "before anybody is known",
	"start-oidc":              "before anybody is known",
	"finish-oidc":             "before anybody is known",
}

// Whatever can be read is either written down or known not to be.
func TestEveryReadingIsNoted(t *testing.T) {
	t.Parallel()
	a := build(Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context()})
	for path, item := range a.huma.OpenAPI().Paths {
		if item.Get == nil || !strings.HasPrefix(path, "/v1/") {
			continue
		}
		id := item.Get.OperationID
		l, isNoted := a.looks[id]
		switch reason := unnoted[id]; {
		case isNoted == (reason != ""):
			t.Errorf("%s is noted: %v, excused: %q", id, isNoted, reason)
		case isNoted && strings.Contains(path, "{id}") && l.kind == "" && l.kindAt == nil:
			t.Errorf("%s is about one record, of no kind", id)
		case isNoted && l.resource == access.Own && l.answer != reflect.TypeFor[RecordState]() && l.answer != reflect.TypeFor[RecordTrail]() && id != "list-events":
			t.Errorf("%s is noted and belongs to nobody", id)
		}
	}
	for id := range unnoted {
		if !slices.Contains(a.operations, id) {
			t.Errorf("%s is excused and does not exist", id)
		}
	}
}

// others are the ids in answers that are no clients'. An id of any other name must be known as a client's, by its name, its
// type or by `holds:"client"`.
var others = []string{
	// employees
	"actor_id", "addressee_id", "addressee_ids", "accepted_by_ids", "answered_by", "arbiter_id", "asker_id", "assignee_id", "author_id", "by_id", "cc_ids", "co_executor_ids", "employee_id",
	"from_id", "head_id", "informed_ids", "issuer_id", "on_behalf_of", "opened_by_id", "our_participant_ids", "owner_id", "proposed_by_id", "proposer_id", "recipient_id", "responsible_id",
	"requester_id", "reviewer_id", "shown_to_id", "substitute_id", "taken_by_id", "to_id", "verified_by_id", "who_id",
	// contact persons
	"from_person_id", "person_id", "people", "to_person_id", "unlinked",
	// other records
	"absence_id", "answers_to_id", "assignment_id", "became_id", "calendar_id", "commitment_id", "department_id", "negotiation_id", "pair_id", "record_id", "request_id", "sheet_id",
	"source_id", "target_id", "successor_id", "thread_id", "AssignmentDetail.parent_id", "DepartmentNode.parent_id",
	// other systems
	"external_id",
	// of any kind; where it is a client, the answer holds its id once more
	"about_id", "context_id", "subject_id",
	// events
	"acknowledged_event_id", "closed_event_id", "event_id", "event_ids", "overdue_event_id", "registered_event_id", "routed_event_id", "started_event_id", "stopped_event_id",
}

// ownIDs are the types whose own id, or that of what they lie in, is no client's.
var ownIDs = []string{
	"AccessItem", "ApprovalItem", "EmergencyItem", "AssignmentItem", "AttachmentItem", "CommitmentItem", "ContactOfPerson", "DepartmentNode", "DuplicateItem", "EmployeeAbsence", "EmployeeItem", "GroupItem", "GroupMember", "GroupName",
	"InfluenceEdge", "InfluenceNode", "MessageItem", "NegotiationItem", "PersonCard", "PersonItem", "RecordState", "RecordTrail", "ReminderItem", "SearchHit", "ThreadItem", "TimeSheet",
	"WorkScheduleItem", "WorkingCalendarDetail",
}

// No answer holds an id that nobody has thought of.
func TestEveryIDInAnAnswerIsKnown(t *testing.T) {
	t.Parallel()
	a := build(Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context()})
	unknown := map[string]bool{}
	for _, l := range a.looks {
		collectIDs(l.answer, map[reflect.Type]bool{}, unknown)
	}
	for _, field := range slices.Sorted(maps.Keys(unknown)) {
		t.Errorf("%s is an id of nobody knows what: say `holds:\"client\"`, or enter it here", field)
	}
}

func collectIDs(t reflect.Type, seen map[reflect.Type]bool, unknown map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || t == reflect.TypeFor[time.Time]() {
		return
	}
	seen[t] = true
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		elem := f.Type
		for elem.Kind() == reflect.Pointer || elem.Kind() == reflect.Slice {
			elem = elem.Elem()
		}
		isText := elem.Kind() == reflect.String && (strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ids"))
		switch {
		case elem != uuidType && elem.Kind() != reflect.Interface && !isText:
			collectIDs(f.Type, seen, unknown)
		case name == "-", f.Tag.Get("holds") == "client", slices.Contains(clientNames, name), slices.Contains(others, name), slices.Contains(others, t.Name()+"."+name):
		case name == "id" && slices.Contains(ownIDs, t.Name()):
		case t == reflect.TypeFor[RecordState]() && name == "state", t == reflect.TypeFor[domain.Difference]():
		default:
			unknown[t.String()+"."+f.Name+" ("+name+")"] = true
		}
	}
}

// What finds clients finds them at any depth, under any of their names, and each kind of record once.
func TestFinder(t *testing.T) {
	t.Parallel()
	id := func(n byte) uuid.UUID { return uuid.UUID{n} }
	one, six := id(1), id(6)
	type leaf struct {
		Client *uuid.UUID `json:"client_id"`
		Other  uuid.UUID  `json:"author_id"`
	}
	type tree struct {
		leaf
		Kind    string                           `json:"kind" holds:"kind"`
		Own     uuid.UUID                        `json:"id" holds:"client"`
		Typed   map[string]domain.CounterpartyID `json:"typed"`
		Below   []*tree                          `json:"below"`
		Kept    []byte                           `json:"kept"`
		Raw     json.RawMessage                  `json:"raw"`
		ByKey   []struct{ Key string }           `json:"by_key" holds:"client in Key"`
		Subject []uuid.UUID                      `json:"subject_ids"`
	}
	answer := tree{
		leaf: leaf{Client: &one, Other: id(99)}, Kind: "negotiation", Own: id(2), Typed: map[string]domain.CounterpartyID{"x": domain.CounterpartyID(id(3))},
		Below: []*tree{nil, {Kind: "counterparty", Own: id(4), Subject: []uuid.UUID{id(5)}, leaf: leaf{Client: &six}}},
		Raw:   json.RawMessage(`{"a":[{"counterparty_id":"` + id(7).String() + `"}],"employee_id":"` + id(98).String() + `"}`), ByKey: []struct{ Key string }{{id(8).String()}, {"none"}},
	}
	found := touched{kinds: map[string]bool{}}
	finderOf(reflect.TypeFor[tree]())(reflect.ValueOf(answer), &found)
	got := map[byte]bool{}
	for _, client := range found.clients {
		got[client[0]] = true
	}
	if want := map[byte]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true}; !maps.Equal(got, want) {
		t.Errorf("found %v", got)
	}
	if shown := found.resources(); !slices.Equal(shown, []access.Resource{access.Negotiations, access.Clients}) {
		t.Errorf("resources are %v: the guarded come first", shown)
	}
}
