package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerMessages(a *API) {
	const messages = "messages"
	create[commands.RegisterMessage](a, domain.IncomingMessages, messages, "Register an incoming message")
	post[commands.ClassifyMessage](a, domain.IncomingMessages, messages, "classify", "Say what a message is about")
	post[commands.MatchMessage](a, domain.IncomingMessages, messages, "match", "Say who sent a message")
	post[commands.UnmatchMessage](a, domain.IncomingMessages, messages, "unmatch", "Take a wrong match back")
	post[commands.RouteMessage](a, domain.IncomingMessages, messages, "route", "Hand a message to its addressee")
	post[commands.RerouteMessage](a, domain.IncomingMessages, messages, "reroute", "Hand a message to somebody else")
	post[commands.AcknowledgeMessage](a, domain.IncomingMessages, messages, "acknowledge", "Take notice of a message")
	post[commands.BeginMessage](a, domain.IncomingMessages, messages, "begin", "Begin to work on a message")
	post[commands.ResolveMessage](a, domain.IncomingMessages, messages, "resolve", "Resolve a message")
	post[commands.LoseMessage](a, domain.IncomingMessages, messages, "lose", "Record that a sender was never answered")
	post[commands.MarkMessageSpam](a, domain.IncomingMessages, messages, "mark-spam", "Mark a message as spam")
	post[commands.ReopenMessage](a, domain.IncomingMessages, messages, "reopen", "Take a closed message up again")
	messageQueries(a)
}

type messagesInput struct{ readmodels.MessageFilter }

type messageInput struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The message"`
}

type messageAnalysisInput struct {
	readmodels.MessageAnalysisFilter
}

type messageEvidenceInput struct {
	readmodels.MessageEvidenceFilter
}

type myMessagesInput struct {
	SeenUntil time.Time `query:"seen_until" doc:"When I looked last: later ones are marked as new"`
}

func messageQueries(a *API) {
	from := reads("messages", "employees", "clients")
	get(a, "/messages", "list-messages", "messages", "The inbox, the newest first", from,
		func(ctx context.Context, in *messagesInput) (readmodels.Page[readmodels.MessageItem], error) {
			return a.queries(ctx).Messages(ctx, in.MessageFilter, a.Executor.Now())
		})
	get(a, "/messages/{id}", "get-message", "messages", "A message with all its words and its course", from,
		func(ctx context.Context, in *messageInput) (readmodels.MessageDetail, error) {
			return a.queries(ctx).Message(ctx, in.ID, a.Executor.Now())
		})
	get(a, "/me/messages", "list-my-messages", "messages", "Open messages addressed to me, those to be acknowledged first", from,
		func(ctx context.Context, in *myMessagesInput) ([]readmodels.MyMessage, error) {
			return a.queries(ctx).MyMessages(ctx, asWhom(ctx), in.SeenUntil, a.Executor.Now())
		})
	get(a, "/reports/messages", "get-message-analysis", "reports", "Messages by channel, topic, hour and other traits", from,
		func(ctx context.Context, in *messageAnalysisInput) ([]readmodels.MessageGroup, error) {
			return a.queries(ctx).MessageAnalysis(ctx, in.MessageAnalysisFilter, reader(ctx).Zone, a.Executor.Now())
		})
	get(a, "/reports/messages/events", "get-message-analysis-events", "reports", "The events behind one number of the analysis of messages", from,
		func(ctx context.Context, in *messageEvidenceInput) (readmodels.NumberEvidence, error) {
			return a.queries(ctx).MessageEvidence(ctx, in.MessageEvidenceFilter, reader(ctx).Zone, a.Executor.Now())
		})
}

// asWhom is the person whose desk is shown: the one the caller stands in for, else the caller.
func asWhom(ctx context.Context) uuid.UUID {
	p := principal(ctx)
	if !p.OnBehalfOf.IsZero() {
		return p.OnBehalfOf.UUID()
	}
	return p.Employee.UUID()
}
