package httpapi

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerNegotiations(a *API) {
	const negotiations = "negotiations"
	create[commands.PlanNegotiation](a, domain.Negotiations, negotiations, "Put a negotiation on the timetable")
	post[commands.HoldNegotiation](a, domain.Negotiations, negotiations, "hold", "Say that it was held; a new id begins an unplanned one")
	post[commands.RecordNegotiation](a, domain.Negotiations, negotiations, "record", "Save the result; a new id with `talk` begins an unplanned one")
	post[commands.RescheduleNegotiation](a, domain.Negotiations, negotiations, "reschedule", "Move a planned negotiation")
	post[commands.CancelNegotiation](a, domain.Negotiations, negotiations, "cancel", "Take a planned negotiation off the timetable")
	post[commands.CorrectNegotiation](a, domain.Negotiations, negotiations, "correct", "Replace the record")
	post[commands.FinishNegotiationStep](a, domain.Negotiations, negotiations, "finish-step", "Note that a next step was done")
	post[commands.ClaimNegotiationReview](a, domain.Negotiations, negotiations, "claim", "Take a record for review")
	post[commands.ReleaseNegotiationReview](a, domain.Negotiations, negotiations, "release", "Put it back into the queue")
	post[commands.ApproveNegotiation](a, domain.Negotiations, negotiations, "approve", "Find the record in order, with or without remarks")
	post[commands.StopNegotiation](a, domain.Negotiations, negotiations, "stop", "Stop the negotiation and instruct its author")
	post[commands.KeepCommitment](a, domain.Negotiations, negotiations, "keep-commitment", "Say that a promise was kept")
	post[commands.BreakCommitment](a, domain.Negotiations, negotiations, "break-commitment", "Say that a promise was not kept")
	post[commands.WaiveCommitment](a, domain.Negotiations, negotiations, "waive-commitment", "Say that a promise was let go")
	post[commands.SupersedeCommitment](a, domain.Negotiations, negotiations, "supersede-commitment", "Say that a later promise took its place")
	post[commands.HandOverCommitment](a, domain.Negotiations, negotiations, "hand-over-commitment", "Make another employee its owner")
	postTo(a, domain.ScreeningRuleSets, "screening-rules", negotiations, "Put a new version of the screening rules in force",
		func(context.Context, commands.PublishScreeningRules) domain.ScreeningRulesID {
			return domain.TheScreeningRules
		})
	negotiationQueries(a)
}

// ScreeningRulesState is the rules by which records are screened.
type ScreeningRulesState struct {
	Current  domain.ScreeningParameters   `json:"current" doc:"The version in force"`
	Versions []domain.ScreeningParameters `json:"versions" doc:"All versions, the built-in one first"`
}

func negotiationQueries(a *API) {
	from := reads("negotiations", "commitments", "employees", "clients")
	get(a, "/negotiations", "list-negotiations", "negotiations", "List negotiations, the latest first", from,
		func(ctx context.Context, f *readmodels.NegotiationFilter) (readmodels.Page[readmodels.NegotiationItem], error) {
			return a.queries(ctx).Negotiations(ctx, *f, a.Executor.Now())
		})
	get(a, "/negotiations/{id}", "get-negotiation", "negotiations", "A negotiation with its record, hits, steps and commitments", append(from, "reminders"),
		func(ctx context.Context, in *recordPath) (readmodels.NegotiationDetail, error) {
			return a.queries(ctx).Negotiation(ctx, in.ID, a.Executor.Now())
		})
	get(a, "/review-desk", "get-review-desk", "negotiations", "Records that wait for their review, the nearest deadline first", from,
		func(ctx context.Context, f *readmodels.ReviewDeskFilter) (readmodels.Page[readmodels.ReviewDeskItem], error) {
			return a.queries(ctx).ReviewDesk(ctx, *f, a.Executor.Now())
		})
	get(a, "/commitments", "list-commitments", "commitments", "What was promised, by us and to us", from,
		func(ctx context.Context, f *readmodels.CommitmentFilter) (readmodels.Page[readmodels.CommitmentItem], error) {
			return a.queries(ctx).Commitments(ctx, *f, a.Executor.Now())
		})
	get(a, "/reports/negotiations", "report-negotiations", "reports", "How negotiations are recorded and reviewed", from,
		func(ctx context.Context, f *readmodels.NegotiationMetricsFilter) (readmodels.NegotiationMetrics, error) {
			return a.queries(ctx).NegotiationMetrics(ctx, *f, a.Executor.Now())
		})
	get(a, "/screening-rules", "get-screening-rules", "negotiations", "The screening rules with all their versions", nil,
		func(ctx context.Context, _ *struct{}) (ScreeningRulesState, error) {
			rules, err := commands.Load(ctx, a.Executor, domain.ScreeningRuleSets, domain.TheScreeningRules)
			return ScreeningRulesState{
				Current: rules.State.Current(), Versions: append([]domain.ScreeningParameters{domain.BuiltInScreening()}, rules.State.Versions...),
			}, err
		})
}
