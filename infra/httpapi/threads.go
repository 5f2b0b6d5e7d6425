package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerThreads(a *API) {
	const threads = "threads"
	create[commands.OpenThread](a, domain.InternalThreads, threads, "Ask colleagues, propose, agree or inform")
	post[commands.SeeThread](a, domain.InternalThreads, threads, "see", "Record that I have read it")
	post[commands.AnswerThread](a, domain.InternalThreads, threads, "answer", "Answer")
	post[commands.AcceptAnswer](a, domain.InternalThreads, threads, "accept-answer", "Accept an answer")
	post[commands.ReturnAnswer](a, domain.InternalThreads, threads, "return-answer", "Return an answer for more")
	post[commands.CommentThread](a, domain.InternalThreads, threads, "comment", "Comment")
	post[commands.AddAddressee](a, domain.InternalThreads, threads, "add-addressee", "Ask one more colleague")
	post[commands.ProposeDeadline](a, domain.InternalThreads, threads, "propose-deadline", "Propose another deadline")
	post[commands.AcceptDeadline](a, domain.InternalThreads, threads, "accept-deadline", "Accept the other side's deadline")
	post[commands.RefuseDeadline](a, domain.InternalThreads, threads, "refuse-deadline", "Refuse a proposed deadline")
	post[commands.CloseThread](a, domain.InternalThreads, threads, "close", "Close a thread")
	post[commands.ReviseAgreement](a, domain.InternalThreads, threads, "revise-agreement", "Write a new version of an agreement")
	post[commands.AcceptAgreement](a, domain.InternalThreads, threads, "accept-agreement", "Accept an agreement")
	post[commands.DeclineAgreement](a, domain.InternalThreads, threads, "decline-agreement", "Decline an agreement")
	post[commands.SupersedeAgreement](a, domain.InternalThreads, threads, "supersede-agreement", "Put another agreement in its place")
	post[commands.OpenDispute](a, domain.InternalThreads, threads, "open-dispute", "Open a dispute")
	post[commands.AppointArbiter](a, domain.InternalThreads, threads, "appoint-arbiter", "Appoint the arbiter of a dispute")
	post[commands.RuleDispute](a, domain.InternalThreads, threads, "rule-dispute", "Rule a dispute")
	threadQueries(a)
	responseTimeQueries(a)
}

type threadsInput struct{ readmodels.ThreadFilter }

type threadInput struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The thread"`
}

type agreementsInput struct{ readmodels.AgreementFilter }

type disputesInput struct{ readmodels.DisputeFilter }

func threadQueries(a *API) {
	from := reads("threads", "employees", "clients")
	get(a, "/threads", "list-threads", "threads", "Threads that I take part in, the newest first", from,
		func(ctx context.Context, in *threadsInput) (readmodels.Page[readmodels.ThreadItem], error) {
			return a.queries(ctx).Threads(ctx, in.ThreadFilter, asWhom(ctx), a.Executor.Now())
		})
	get(a, "/threads/{id}", "get-thread", "threads", "A thread with its addressees and its course", from,
		func(ctx context.Context, in *threadInput) (readmodels.ThreadDetail, error) {
			return a.queries(ctx).Thread(ctx, in.ID, asWhom(ctx), a.Executor.Now())
		})
	get(a, "/me/answers-owed", "list-answers-owed", "threads", "Answers I owe, the overdue first", from,
		func(ctx context.Context, _ *struct{}) ([]readmodels.AwaitedAnswer, error) {
			return a.queries(ctx).OwedByMe(ctx, asWhom(ctx), a.Executor.Now())
		})
	get(a, "/me/answers-awaited", "list-answers-awaited", "threads", "Answers I wait for, the overdue first", from,
		func(ctx context.Context, _ *struct{}) ([]readmodels.AwaitedAnswer, error) {
			return a.queries(ctx).OwedToMe(ctx, asWhom(ctx), a.Executor.Now())
		})
	get(a, "/agreements", "list-agreements", "threads", "The register of agreements that I take part in", from,
		func(ctx context.Context, in *agreementsInput) (readmodels.Page[readmodels.AgreementItem], error) {
			return a.queries(ctx).Agreements(ctx, in.AgreementFilter, asWhom(ctx), a.Executor.Now())
		})
	get(a, "/disputes", "list-disputes", "threads", "Disputes that I take part in", from,
		func(ctx context.Context, in *disputesInput) (readmodels.Page[readmodels.ThreadDispute], error) {
			return a.queries(ctx).Disputes(ctx, in.DisputeFilter, asWhom(ctx))
		})
}

type responseTimesInput struct{ readmodels.ResponseTimeFilter }

type responseClocksInput struct{ readmodels.ResponseClockFilter }

func responseTimeQueries(a *API) {
	from := reads("messages", "threads", "employees")
	get(a, "/reports/response-times", "get-response-times", "reports", "How fast employees react to messages and to colleagues", from,
		func(ctx context.Context, in *responseTimesInput) ([]readmodels.ResponseTimes, error) {
			return a.queries(ctx).ResponseTimes(ctx, in.ResponseTimeFilter)
		})
	get(a, "/reports/response-times/clocks", "list-response-clocks", "reports", "The clocks and events behind one number of the report", from,
		func(ctx context.Context, in *responseClocksInput) (readmodels.Page[readmodels.ResponseClock], error) {
			return a.queries(ctx).ResponseClocks(ctx, in.ResponseClockFilter, a.Executor.Now())
		})
	get(a, "/me/response-clocks", "list-my-response-clocks", "reports", "My own clocks", from,
		func(ctx context.Context, in *responseClocksInput) (readmodels.Page[readmodels.ResponseClock], error) {
			in.Employee = asWhom(ctx)
			return a.queries(ctx).ResponseClocks(ctx, in.ResponseClockFilter, a.Executor.Now())
		})
}
