package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/readmodels"
)

type recordInput struct {
	Kind string    `path:"kind" maxLength:"50" doc:"Kind of record, such as assignment"`
	ID   uuid.UUID `path:"id" format:"uuid" doc:"The record"`
	AsOf
}

// RecordState is a record as it stood at an instant, folded from its events.
type RecordState struct {
	Kind     string    `json:"kind" holds:"kind" doc:"Kind of record"`
	ID       uuid.UUID `json:"id" format:"uuid" doc:"The record"`
	Revision int64     `json:"revision" doc:"Its revision at that instant"`
	Position uint64    `json:"position" doc:"Position of its last event by then"`
	State    any       `json:"state" doc:"Its fields by name; fields without a value are absent"`
	// Clients are those whom it is about now: the state is of any shape.
	Clients []domain.CounterpartyID `json:"-"`
}

// TrailStep is one event of a record: who, when, from what to what.
type TrailStep struct {
	EventID    uuid.UUID           `json:"event_id" format:"uuid" doc:"The event"`
	Type       string              `json:"type" doc:"Its type"`
	Headline   string              `json:"headline" doc:"The event in one sentence"`
	Quote      string              `json:"quote,omitempty" doc:"What was said or written"`
	Revision   uint64              `json:"revision" doc:"Its number within the record"`
	Position   uint64              `json:"position" doc:"Its place in the order of all events"`
	Actor      domain.EmployeeID   `json:"actor_id" format:"uuid" doc:"Who did it"`
	ActorName  string              `json:"actor_name" doc:"The person's name"`
	OnBehalfOf *domain.EmployeeID  `json:"on_behalf_of,omitempty" format:"uuid" doc:"Whom the actor stood in for"`
	Source     domain.Source       `json:"source" doc:"By which door: ui, api, import, policy, telephony"`
	Reason     string              `json:"reason,omitempty" doc:"Why, where it was said"`
	OccurredAt time.Time           `json:"occurred_at" doc:"When it happened"`
	RecordedAt time.Time           `json:"recorded_at" doc:"When it was recorded"`
	Changes    []domain.Difference `json:"changes" doc:"Each field that changed, from what to what"`
}

// RecordTrail is a record's audit trail, the oldest step first.
type RecordTrail struct {
	Kind    string                  `json:"kind" holds:"kind" doc:"Kind of record"`
	ID      uuid.UUID               `json:"id" format:"uuid" doc:"The record"`
	Steps   []TrailStep             `json:"steps" doc:"Its events in order"`
	Clients []domain.CounterpartyID `json:"-"`
}

func registerRecords(a *API) {
	get(a, "/records/{kind}/{id}", "get-record", "records", "Any record as it stood at an instant", nil,
		func(ctx context.Context, in *recordInput) (RecordState, error) {
			past, _, clients, err := a.trail(ctx, in)
			if err != nil {
				return RecordState{}, err
			}
			return RecordState{Kind: in.Kind, ID: in.ID, Revision: past.Revision, Position: past.Position, State: domain.Describe(past.State), Clients: clients}, nil
		})
	get(a, "/records/{kind}/{id}/trail", "get-record-trail", "records", "Audit trail of any record: who, when, from what to what", nil,
		func(ctx context.Context, in *recordInput) (RecordTrail, error) {
			_, steps, clients, err := a.trail(ctx, in)
			if err != nil {
				return RecordTrail{}, err
			}
			told, err := tell(ctx, a.queries(ctx), steps)
			return RecordTrail{Kind: in.Kind, ID: in.ID, Steps: told, Clients: clients}, err
		})
}

// trail is a record's past for who may read it, with the clients whom it is about. The right is that of today, whatever day
// is asked about.
func (a *API) trail(ctx context.Context, in *recordInput) (commands.Past, []commands.Step, []domain.CounterpartyID, error) {
	past, steps, err := commands.Trail(ctx, a.Executor, in.Kind, in.ID, time.Time{})
	if err != nil {
		return past, steps, nil, err
	}
	clients, err := a.mayRead(ctx, in.Kind, past.State)
	if err == nil && (in.Kind == domain.Counterparties.Name() || in.Kind == domain.ContactPersons.Name()) {
		err = a.mayReach(ctx, past.State) // the whole record holds numbers and addresses
	}
	if err == nil && !in.At.IsZero() {
		past, steps, err = commands.Trail(ctx, a.Executor, in.Kind, in.ID, in.At)
	}
	return past, steps, clients, err
}

// mayRead refuses the present state of a record to who has no right to it; else it tells the record's clients.
func (a *API) mayRead(ctx context.Context, kind string, state any) ([]domain.CounterpartyID, error) {
	kind, record, err := commands.Rights(ctx, a.Executor, kind, state)
	if err != nil {
		return nil, err
	}
	resource, known := access.Of(kind)
	if !known || !principal(ctx).Actor().Check(resource, access.Read, record) {
		return nil, domain.ErrForbidden.Because("this record is not yours to read")
	}
	return record.Clients, nil
}

// mayReach refuses the contact details of a client or a person to who may see them masked only.
func (a *API) mayReach(ctx context.Context, state any) error {
	_, record, err := commands.Rights(ctx, a.Executor, "", state)
	if err == nil && !principal(ctx).Actor().Check(access.ContactDetails, access.Read, record) {
		err = domain.ErrForbidden.Because("the contact details of this client are not yours to read")
	}
	return err
}

// tell gives the steps their sentences and names.
func tell(ctx context.Context, q *readmodels.Queries, steps []commands.Step) ([]TrailStep, error) {
	who := reader(ctx)
	told := make([]TrailStep, len(steps))
	wanted := map[string][]string{}
	args := make([]map[string]any, len(steps))
	for i, s := range steps {
		told[i] = TrailStep{
			EventID: s.Event.ID, Type: s.Event.Type, Headline: s.Event.Type, Revision: s.Event.Revision, Position: s.Event.Position,
			Actor: s.Meta.Actor, Source: s.Meta.Source, Reason: s.Meta.Reason, OccurredAt: s.Meta.OccurredAt, RecordedAt: s.Meta.RecordedAt,
			Changes: append([]domain.Difference{}, s.Changes...),
		}
		if !s.Meta.OnBehalfOf.IsZero() {
			told[i].OnBehalfOf = &s.Meta.OnBehalfOf
		}
		wanted["employee"] = append(wanted["employee"], s.Meta.Actor.String())
		if h, ok := wording.Of(s.Event.Type); ok {
			args[i], told[i].Quote = h.Args(s.Event.Data)
			for kind, ids := range h.Names(args[i]) {
				wanted[kind] = append(wanted[kind], ids...)
			}
		}
	}
	names, err := q.Names(ctx, wanted, who.Lang)
	if err != nil {
		return nil, err
	}
	for i, s := range steps {
		told[i].ActorName = names("employee", s.Meta.Actor.String())
		if h, ok := wording.Of(s.Event.Type); ok {
			told[i].Headline = h.Render(who.Lang, args[i], who.Zone, names)
		}
	}
	return told, nil
}
