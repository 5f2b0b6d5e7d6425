package projections

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// AssignmentRow is an assignment with its course. ActualMin is the sum of the valid time entries; OnTime compares the
// latest report with the due time that applied then, OnTimeOriginal with the first one.
type AssignmentRow struct {
	ID             uuid.UUID             `json:"id"`
	Issuer         domain.EmployeeID     `json:"issuer"`
	Assignee       domain.EmployeeID     `json:"assignee"`
	CoExecutors    []domain.EmployeeID   `json:"co_executors"`
	Title          string                `json:"title"`
	Description    string                `json:"description"`
	ExpectedResult string                `json:"expected_result"`
	Priority       string                `json:"priority"`
	State          string                `json:"state"`
	Counterparty   domain.CounterpartyID `json:"counterparty"`
	Parent         domain.AssignmentID   `json:"parent"`
	Context        []domain.Ref          `json:"context"`
	IssuedAt       time.Time             `json:"issued_at,omitzero"`
	DueAt          time.Time             `json:"due_at,omitzero"`
	OriginalDueAt  time.Time             `json:"original_due_at,omitzero"`
	DueChanges     int                   `json:"due_changes"`
	AskedDueAt     time.Time             `json:"asked_due_at,omitzero"`
	AskedReason    string                `json:"asked_reason"`
	PlannedMin     int                   `json:"planned_min"`
	ActualMin      int                   `json:"actual_min"`
	AcceptedAt     time.Time             `json:"accepted_at,omitzero"`
	StartedAt      time.Time             `json:"started_at,omitzero"`
	ReportedAt     time.Time             `json:"reported_at,omitzero"`
	Result         string                `json:"result"`
	VerifyBy       time.Time             `json:"verify_by,omitzero"`
	VerifiedAt     time.Time             `json:"verified_at,omitzero"`
	VerifiedBy     domain.EmployeeID     `json:"verified_by"`
	Returns        int                   `json:"returns"`
	OnTime         *bool                 `json:"on_time"`
	OnTimeOriginal *bool                 `json:"on_time_original"`
	ClosedAt       time.Time             `json:"closed_at,omitzero"`
	LastWords      string                `json:"last_words"`
	ChangedAt      time.Time             `json:"changed_at,omitzero"`
}

// TimeEntryRow is an entry of a time sheet; a withdrawn one stays, struck through.
type TimeEntryRow struct {
	ID          string              `json:"id"`
	Sheet       uuid.UUID           `json:"sheet"`
	No          int                 `json:"no"`
	Employee    domain.EmployeeID   `json:"employee"`
	Day         string              `json:"day"`
	FromAt      time.Time           `json:"from_at,omitzero"`
	ToAt        time.Time           `json:"to_at,omitzero"`
	Minutes     int                 `json:"minutes"`
	Assignment  domain.AssignmentID `json:"assignment"`
	SubjectKind string              `json:"subject_kind"`
	SubjectID   *uuid.UUID          `json:"subject_id"`
	Comment     string              `json:"comment"`
	Late        bool                `json:"late"`
	Withdrawn   bool                `json:"withdrawn"`
	EnteredAt   time.Time           `json:"entered_at"`
	EventID     uuid.UUID           `json:"event_id"`
	Corrections json.RawMessage     `json:"corrections"`
}

var (
	assignments = NewTable[AssignmentRow]("assignment", "id")
	timeEntries = NewTable[TimeEntryRow]("time_entry", "id")
)

//go:embed assignments.sql
var assignmentsSQL string

// Assignments is the register of assignments with planned and actual time, and the time sheets behind it.
var Assignments = Projection{Name: "assignments", Version: 1, Schema: assignmentsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.AssignmentWasIssued]) {
		v := e.Event
		assignments.Put(b, e.Key(), AssignmentRow{
			ID: e.ID, Issuer: v.Issuer, Assignee: v.Assignee, CoExecutors: v.CoExecutors, Title: v.Title, Description: v.Description,
			ExpectedResult: v.ExpectedResult, Priority: string(v.Priority), State: string(domain.AssignmentIssued),
			Counterparty: v.Counterparty, Parent: v.Parent, Context: v.Context,
			IssuedAt: e.At(), DueAt: v.Due, OriginalDueAt: v.Due, PlannedMin: v.PlannedEffort, ChangedAt: e.At(),
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasAccepted]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentAccepted, "", func(r *AssignmentRow) { r.AcceptedAt = e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasDeclined]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentDeclined, e.Event.Reason, nil)
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasReassigned]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentIssued, e.Event.Reason, func(r *AssignmentRow) {
			r.Assignee, r.AcceptedAt, r.StartedAt = e.Event.To, time.Time{}, time.Time{}
			r.CoExecutors = domain.Without(r.CoExecutors, func(id domain.EmployeeID) bool { return id == e.Event.To })
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasStarted]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentInProgress, "", func(r *AssignmentRow) {
			if r.StartedAt.IsZero() {
				r.StartedAt = e.At()
			}
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasReportedDone]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentReported, e.Event.Result, func(r *AssignmentRow) {
			onTime, original := !e.At().After(r.DueAt), !e.At().After(r.OriginalDueAt)
			r.ReportedAt, r.Result, r.VerifyBy, r.OnTime, r.OnTimeOriginal = e.At(), e.Event.Result, e.Event.VerifyBy, &onTime, &original
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasReturned]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentReturned, e.Event.Reason, func(r *AssignmentRow) {
			r.Returns, r.VerifyBy, r.OnTime, r.OnTimeOriginal = r.Returns+1, time.Time{}, nil, nil
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasVerified]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentVerified, e.Event.Remark, func(r *AssignmentRow) {
			r.VerifiedAt, r.VerifiedBy, r.ClosedAt, r.VerifyBy = e.At(), e.Event.By, e.At(), time.Time{}
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasCancelled]) {
		assignmentStep(b, e.Key(), e.At(), domain.AssignmentCancelled, e.Event.Reason, func(r *AssignmentRow) {
			r.ClosedAt, r.VerifyBy = e.At(), time.Time{}
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentDueWasChanged]) {
		assignments.Change(b, e.Key(), func(r *AssignmentRow) {
			r.DueAt, r.DueChanges, r.LastWords, r.ChangedAt = e.Event.To, r.DueChanges+1, e.Event.Reason, e.At()
			r.AskedDueAt, r.AskedReason = time.Time{}, ""
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentTimeWasAsked]) {
		assignments.Change(b, e.Key(), func(r *AssignmentRow) {
			r.AskedDueAt, r.AskedReason, r.ChangedAt = e.Event.Due, e.Event.Reason, e.At()
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasRevised]) {
		assignments.Change(b, e.Key(), func(r *AssignmentRow) {
			v := e.Event
			r.Title, r.Description, r.ExpectedResult = v.Title, v.Description, v.ExpectedResult
			r.Priority, r.PlannedMin, r.ChangedAt = string(v.Priority), v.PlannedEffort, e.At()
		})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentCoExecutorsWereSet]) {
		assignments.Change(b, e.Key(), func(r *AssignmentRow) { r.CoExecutors, r.ChangedAt = e.Event.CoExecutors, e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.TimeWasEntered]) {
		row := TimeEntryRow{EnteredAt: e.Meta.RecordedAt, EventID: e.EventID, Corrections: json.RawMessage("[]")}
		row.take(e.ID, e.Event.Employee, e.Event.Entry)
		timeEntries.Put(b, row.ID, row)
		spend(b, e.Event.Entry.Assignment, e.Event.Entry.Minutes)
	}),
	On(func(b *Batch, e Envelope[domain.TimeEntryWasCorrected]) {
		timeEntries.Change(b, timeEntryKey(e.ID, e.Event.Entry.No), func(r *TimeEntryRow) {
			r.take(e.ID, e.Event.Employee, e.Event.Entry)
			r.Corrections = corrected(r.Corrections, e.EventID, e.Meta.RecordedAt, e.Event.Was, e.Event.Reason)
		})
		spend(b, e.Event.Was.Assignment, -e.Event.Was.Minutes)
		spend(b, e.Event.Entry.Assignment, e.Event.Entry.Minutes)
	}),
	On(func(b *Batch, e Envelope[domain.TimeEntryWasWithdrawn]) {
		timeEntries.Change(b, timeEntryKey(e.ID, e.Event.Was.No), func(r *TimeEntryRow) {
			r.Withdrawn = true
			r.Corrections = corrected(r.Corrections, e.EventID, e.Meta.RecordedAt, e.Event.Was, e.Event.Reason)
		})
		spend(b, e.Event.Was.Assignment, -e.Event.Was.Minutes)
	}),
}}

func assignmentStep(b *Batch, key string, at time.Time, to domain.AssignmentState, words string, also func(*AssignmentRow)) {
	assignments.Change(b, key, func(r *AssignmentRow) {
		r.State, r.LastWords, r.ChangedAt = string(to), words, at
		if also != nil {
			also(r)
		}
	})
}

// spend adds minutes to the assignment they were worked for.
func spend(b *Batch, on domain.AssignmentID, minutes int) {
	if !on.IsZero() {
		assignments.Change(b, on.String(), func(r *AssignmentRow) { r.ActualMin += minutes })
	}
}

func timeEntryKey(sheet uuid.UUID, no int) string { return sheet.String() + "/" + strconv.Itoa(no) }

func (r *TimeEntryRow) take(sheet uuid.UUID, employee domain.EmployeeID, e domain.TimeEntry) {
	r.ID, r.Sheet, r.No, r.Employee = timeEntryKey(sheet, e.No), sheet, e.No, employee
	r.Day, r.FromAt, r.ToAt, r.Minutes = string(e.Date), e.From, e.To, e.Minutes
	r.Assignment, r.SubjectKind, r.SubjectID = e.Assignment, string(e.Subject.Kind), nil
	if e.Subject.Valid() {
		r.SubjectID = &e.Subject.ID
	}
	r.Comment, r.Late = e.Comment, e.Late
}

// corrected keeps what an entry said before.
func corrected(list json.RawMessage, event uuid.UUID, at time.Time, was domain.TimeEntry, reason string) json.RawMessage {
	var all []json.RawMessage
	if err := json.Unmarshal(list, &all); err != nil {
		panic(err)
	}
	one, err := json.Marshal(map[string]any{"event_id": event, "at": at, "was": was, "reason": reason})
	if err != nil {
		panic(err)
	}
	encoded, err := json.Marshal(append(all, one))
	if err != nil {
		panic(err)
	}
	return encoded
}
