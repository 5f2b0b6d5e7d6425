package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/projections"
)

// Envelope is what every command takes besides its body.
type Envelope struct {
	IdempotencyKey string    `header:"Idempotency-Key" maxLength:"200" doc:"Any unique text; the same key again gives the same answer and no second effect"`
	IfMatch        string    `header:"If-Match" maxLength:"30" doc:"Revision the record must stand at, as in ETag"`
	OccurredAt     time.Time `query:"occurred_at" doc:"When it happened in the world; now when absent"`
	Reason         string    `query:"reason" maxLength:"2000" doc:"Why; required when occurred_at lies more than a day back"`
}

type createInput[C any] struct {
	Envelope
	Body C
}

type commandInput[C any] struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The record"`
	Envelope
	Body C
}

type commandOutput struct {
	Position uint64 `header:"X-Position" doc:"Commit position of the effect"`
	ETag     string `header:"ETag" doc:"Revision of the record after the command"`
	Location string `header:"Location"`
	Body     commands.Receipt
}

// create registers POST /v1/<plural>: a command that begins a new aggregate. Its id follows from the Idempotency-Key
// when there is one, so a repeated request creates nothing twice.
func create[C domain.Command[S], S any](a *API, category *domain.Category[S], plural, summary string) {
	op := operation[C](http.MethodPost, "/v1/"+plural, plural, summary)
	op.DefaultStatus = http.StatusCreated
	store(a, op.OperationID, category, func(_ context.Context, given uuid.UUID, _ C) domain.ID[S] { return domain.ID[S](given) })
	huma.Register(a.huma, op, func(ctx context.Context, in *createInput[C]) (*commandOutput, error) {
		request, err := in.request(ctx, op.OperationID)
		if err != nil {
			return nil, err
		}
		id := domain.NewID[S]()
		if in.IdempotencyKey != "" {
			id = domain.DerivedID[S]("create", request.CommandID.String())
		}
		out, err := run(ctx, a, category, id, in.Body, request)
		if out != nil {
			out.Location = "/v1/" + plural + "/" + id.String()
		}
		return out, err
	})
}

// post registers POST /v1/<plural>/{id}/<action>: a command to an existing aggregate.
func post[C domain.Command[S], S any](a *API, category *domain.Category[S], plural, action, summary string) {
	op := operation[C](http.MethodPost, "/v1/"+plural+"/{id}/"+action, plural, summary)
	store(a, op.OperationID, category, func(_ context.Context, given uuid.UUID, _ C) domain.ID[S] { return domain.ID[S](given) })
	huma.Register(a.huma, op, func(ctx context.Context, in *commandInput[C]) (*commandOutput, error) {
		request, err := in.request(ctx, op.OperationID)
		if err != nil {
			return nil, err
		}
		return run(ctx, a, category, domain.ID[S](in.ID), in.Body, request)
	})
}

// postTo registers a command whose aggregate's id follows from the command itself, such as a pair or a singleton.
func postTo[C domain.Command[S], S any](a *API, category *domain.Category[S], path, tag, summary string, id func(context.Context, C) domain.ID[S]) {
	op := operation[C](http.MethodPost, "/v1/"+path, tag, summary)
	store(a, op.OperationID, category, func(ctx context.Context, _ uuid.UUID, c C) domain.ID[S] { return id(ctx, c) })
	huma.Register(a.huma, op, func(ctx context.Context, in *createInput[C]) (*commandOutput, error) {
		request, err := in.request(ctx, op.OperationID)
		if err != nil {
			return nil, err
		}
		return run(ctx, a, category, id(ctx, in.Body), in.Body, request)
	})
}

func run[C domain.Command[S], S any](ctx context.Context, a *API, category *domain.Category[S], id domain.ID[S], command C, request commands.Request) (*commandOutput, error) {
	receipt, err := commands.Execute(ctx, a.Executor, category, id, command, request)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &commandOutput{Position: receipt.Position, ETag: strconv.Quote(strconv.FormatInt(receipt.Revision, 10)), Body: receipt}, nil
}

func (e Envelope) request(ctx context.Context, operation string) (commands.Request, error) {
	who := principal(ctx)
	r := commands.Request{
		CommandID: uuid.Must(uuid.NewV7()), Actor: who.Employee, OnBehalfOf: who.OnBehalfOf, Source: who.Source,
		OccurredAt: e.OccurredAt, Reason: e.Reason, ClientIPHash: who.ClientIPHash, Outside: true,
	}
	if e.IdempotencyKey != "" {
		// Bound to person and operation: another user's key never answers with somebody else's receipt.
		r.CommandID = uuid.NewSHA1(who.Employee.UUID(), []byte(operation+"\x00"+e.IdempotencyKey))
	}
	if e.IfMatch != "" {
		revision, err := strconv.ParseInt(strings.Trim(e.IfMatch, `W/"`), 10, 64)
		if err != nil {
			return r, newProblem(http.StatusUnprocessableEntity, "If-Match must be a revision such as \"3\"",
				&huma.ErrorDetail{Location: "header.If-Match", Message: "expected integer", Value: e.IfMatch})
		}
		r.IfMatch = &revision
	}
	return r, nil
}

func operation[C any](method, path, tag, summary string) huma.Operation {
	name := reflect.TypeFor[C]().Name()
	return huma.Operation{
		Method: method, Path: path, OperationID: identity.OperationOf(name), Summary: summary, Tags: []string{tag}, MaxBodyBytes: maxBody,
		Errors: []int{404, 409, 412}, Metadata: map[string]any{"command": name},
	}
}

type queryOutput[O any] struct {
	Body O
}

// waitAtMost is how long a query waits for the position the caller has seen.
const waitAtMost = 2 * time.Second

func afterParameter() *huma.Param {
	return &huma.Param{Name: "X-After", In: "header", Schema: &huma.Schema{Type: "string"},
		Description: "A position from X-Position: wait until the answer includes it"}
}

// get registers a query. Its filter struct I gives path and query parameters, from lists the projections its answer
// comes from, and X-After makes it wait until they have reached that position.
func get[I, O any](a *API, path, operationID, tag, summary string, from []string, query func(context.Context, *I) (O, error)) {
	op := huma.Operation{
		Method: http.MethodGet, Path: "/v1" + path, OperationID: operationID, Summary: summary, Tags: []string{tag},
		Errors: []int{404},
	}
	if len(from) > 0 {
		op.Parameters = []*huma.Param{afterParameter()}
		// A client of the changes stream learns from it which answers have grown old.
		op.Extensions = map[string]any{"x-reads": from}
	}
	query = noted(a, &op, query)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*queryOutput[O], error) {
		if err := a.waitFor(ctx, from); err != nil {
			return nil, err
		}
		body, err := query(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return &queryOutput[O]{Body: body}, nil
	})
}

// waitFor waits until the projections, and the register that rights are measured by, are where the caller has been.
func (a *API) waitFor(ctx context.Context, from []string) error {
	text := headerOf(ctx, "X-After")
	if text == "" || len(from) == 0 {
		return nil
	}
	position, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return newProblem(http.StatusUnprocessableEntity, "X-After must be a position",
			&huma.ErrorDetail{Location: "header.X-After", Message: "expected integer", Value: text})
	}
	waiting, cancel := context.WithTimeout(ctx, waitAtMost)
	defer cancel()
	if err := a.Hub.WaitFor(waiting, position, append(slices.Clone(from), projections.Records.Name)...); err != nil {
		late := &Problem{Status: http.StatusServiceUnavailable, Title: http.StatusText(http.StatusServiceUnavailable), Code: "not_yet",
			Detail: fmt.Sprintf("the read model has not reached position %d yet", position)}
		return huma.ErrorWithHeaders(late, http.Header{"Retry-After": {"1"}})
	}
	return nil
}
