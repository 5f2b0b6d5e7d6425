package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/readmodels"
)

const approvals = "approvals"

// ApprovalWish is the command that somebody asks a second person to allow.
type ApprovalWish struct {
	Operation string         `json:"operation" minLength:"1" maxLength:"100" doc:"Operation, by its id in this document"`
	Target    *uuid.UUID     `json:"target_id,omitempty" format:"uuid" doc:"The record; absent where the operation's path names none"`
	Payload   map[string]any `json:"payload" doc:"The body of the operation"`
	Reason    string         `json:"reason" minLength:"1" maxLength:"2000" doc:"Why; the second person reads it"`
}

func registerApprovals(a *API) {
	op := operation[commands.RequestApproval](http.MethodPost, "/v1/"+approvals, approvals, "Ask a second person to allow a command")
	op.DefaultStatus = http.StatusCreated
	huma.Register(a.huma, op, a.requestApproval)
	op = operation[commands.ApproveRequest](http.MethodPost, "/v1/"+approvals+"/{id}/approve", approvals, "Allow the command: it is carried out at once, in the name of who asked")
	huma.Register(a.huma, op, a.approveRequest)
	post[commands.RefuseRequest](a, domain.Approvals, approvals, "refuse", "Do not allow it")
	post[commands.WithdrawRequest](a, domain.Approvals, approvals, "withdraw", "Take my request back")
	get(a, "/approvals", "list-approvals", approvals, "Requests for a second person, the latest first", reads("approvals", "employees", "clients"),
		func(ctx context.Context, f *readmodels.ApprovalFilter) (readmodels.Page[readmodels.ApprovalItem], error) {
			who := principal(ctx)
			return a.queries(ctx).Approvals(ctx, who.Employee.UUID(), identity.Approvable(who.Actor()), *f, a.Executor.Now())
		})
}

// requestApproval writes the command down after the same checks of its body and of the person's rights as giving it.
func (a *API) requestApproval(ctx context.Context, in *createInput[ApprovalWish]) (*commandOutput, error) {
	request, err := in.request(ctx, "request-approval")
	if err != nil {
		return nil, err
	}
	wish, err := a.readWish(ctx, in.Body, request.CommandID)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	id := domain.NewID[domain.Approval]()
	if in.IdempotencyKey != "" {
		id = domain.DerivedID[domain.Approval]("create", request.CommandID.String())
	}
	out, err := run(ctx, a, domain.Approvals, id, wish, request)
	if out != nil {
		out.Location = "/v1/" + approvals + "/" + id.String()
	}
	return out, err
}

func (a *API) readWish(ctx context.Context, wish ApprovalWish, commandID uuid.UUID) (commands.RequestApproval, error) {
	asked := commands.RequestApproval{Operation: wish.Operation, Reason: wish.Reason}
	stored, known := a.stored[wish.Operation]
	if !known {
		var v domain.Invalid
		v.Add("operation", "unknown", "is no operation that gives a command")
		return asked, v.Err()
	}
	// A request that names no record is for a new one, or for the only one there is.
	given := domain.DerivedID[domain.Approval]("target", commandID.String()).UUID()
	if wish.Target != nil {
		given = *wish.Target
	}
	body, err := json.Marshal(wish.Payload)
	if err != nil {
		return asked, err
	}
	command, target, err := stored.read(ctx, given, body)
	if err != nil {
		return asked, err
	}
	if !identity.NeedsSecondPerson(wish.Operation, command) {
		return asked, domain.ErrApprovalNotNeeded
	}
	if err := a.mayDecide(ctx, wish.Operation, target); err != nil {
		return asked, err
	}
	asked.Kind, asked.Target = domain.RefKind(stored.category), target
	asked.Payload, err = identity.CanonicalPayload(command)
	return asked, err
}

// mayDecide: who asks for a command, and who allows it, could each give it if one person were enough.
func (a *API) mayDecide(ctx context.Context, operation string, target uuid.UUID) error {
	record, exists, err := a.stored[operation].record(ctx, target)
	if err != nil {
		return err
	}
	return identity.MayDecide(principal(ctx), operation, record, exists)
}

// approveRequest notes the approval, carries the command out and notes what became of it. Should the program stop in
// between, the same request again finishes the work: each step has a command id of its own and happens once.
func (a *API) approveRequest(ctx context.Context, in *commandInput[commands.ApproveRequest]) (*commandOutput, error) {
	request, err := in.request(ctx, "approve-request")
	if err != nil {
		return nil, err
	}
	id := domain.ApprovalID(in.ID)
	asked, err := commands.Load(ctx, a.Executor, domain.Approvals, id)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if _, known := a.stored[asked.State.Operation]; !known {
		return nil, a.problem(ctx, domain.ErrNotFound)
	}
	if err := a.mayDecide(ctx, asked.State.Operation, asked.State.Target); err != nil {
		return nil, a.problem(ctx, err)
	}
	out, err := run(ctx, a, domain.Approvals, id, in.Body, request)
	if err != nil {
		return nil, err
	}
	asked, err = commands.Load(ctx, a.Executor, domain.Approvals, id)
	if err != nil || asked.State.State != domain.ApprovalApproved {
		return out, err // repeated: it is finished
	}
	finish, refused, err := a.carryOut(ctx, id, asked.State, request.Source)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	noted := commands.Request{CommandID: uuid.NewSHA1(id.UUID(), []byte("finish")), Correlation: id.UUID(), Causation: id.UUID(), Actor: domain.SystemActor, Source: domain.SourcePolicy}
	out, err = run(ctx, a, domain.Approvals, id, finish, noted)
	if err == nil && refused != nil {
		return nil, a.problem(ctx, refused)
	}
	return out, err
}

// carryOut gives the approved command in the name of who asked for it, with what they may do now.
func (a *API) carryOut(ctx context.Context, id domain.ApprovalID, approved domain.Approval, source domain.Source) (finish commands.FinishApproval, refused, err error) {
	receipt, err := a.giveApproved(ctx, id, approved, source)
	if refusal, ok := domain.IsRefusal(err); ok && !errors.Is(err, commands.ErrBusy) {
		return commands.FinishApproval{Failure: refusal.Code}, err, nil
	}
	finish.Done = domain.ApprovalReceipt{Stream: receipt.Stream, Revision: receipt.Revision, Position: receipt.Position}
	return finish, nil, err
}

func (a *API) giveApproved(ctx context.Context, id domain.ApprovalID, approved domain.Approval, source domain.Source) (commands.Receipt, error) {
	requester, err := a.Identity.As(ctx, approved.Requester, approved.InNameOf, source)
	if err != nil {
		return commands.Receipt{}, err
	}
	stored := a.stored[approved.Operation]
	command, target, err := stored.read(ctx, approved.Target, []byte(approved.Payload))
	if err != nil {
		return commands.Receipt{}, domain.ErrApprovalAltered // it was read when it was asked for, so it is another now
	}
	ctx = identity.WithApproved(identity.WithPrincipal(ctx, requester), approved)
	return stored.run(ctx, target, command, identity.CarryOut(id, approved, source))
}
