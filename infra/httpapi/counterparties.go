package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerCounterparties(a *API) {
	counterpartyCommands(a)
	contactPersonCommands(a)
	influenceCommands(a)
	duplicateCommands(a)
	groupCommands(a)
	counterpartyQueries(a)
}

func counterpartyCommands(a *API) {
	const clients = "counterparties"
	create[commands.RegisterCounterparty](a, domain.Counterparties, clients, "Register a counterparty")
	post[commands.ChangeCounterparty](a, domain.Counterparties, clients, "change", "Correct a counterparty's details")
	post[commands.ChangeCounterpartyContacts](a, domain.Counterparties, clients, "change-contacts", "Replace the ways to reach a counterparty")
	post[commands.ActivateCounterparty](a, domain.Counterparties, clients, "activate", "Record that business began")
	post[commands.RestCounterparty](a, domain.Counterparties, clients, "rest", "Record that business has gone quiet")
	post[commands.CloseCounterparty](a, domain.Counterparties, clients, "close", "Close the relationship")
	post[commands.ReopenCounterparty](a, domain.Counterparties, clients, "reopen", "Take a closed relationship up again")
	post[commands.AddCounterpartyRole](a, domain.Counterparties, clients, "add-role", "Give a role")
	post[commands.RemoveCounterpartyRole](a, domain.Counterparties, clients, "remove-role", "End a role")
	post[commands.EntrustCounterparty](a, domain.Counterparties, clients, "entrust", "Make an employee responsible")
	post[commands.JoinCounterparty](a, domain.Counterparties, clients, "join", "Put a counterparty under a head organisation")
	post[commands.MarkKeyAccount](a, domain.Counterparties, clients, "mark-key", "Mark or unmark a key account")
	post[commands.AddBankAccount](a, domain.Counterparties, clients, "add-bank-account", "Enter a bank account")
	post[commands.CloseBankAccount](a, domain.Counterparties, clients, "close-bank-account", "End a bank account")
	post[commands.AddSignatory](a, domain.Counterparties, clients, "add-signatory", "Enter who may sign")
	post[commands.WithdrawSignatory](a, domain.Counterparties, clients, "withdraw-signatory", "End the right to sign")
	post[commands.IdentifyCounterparty](a, domain.Counterparties, clients, "identify", "Note a number in another system")
	post[commands.GiveCounterpartyConsent](a, domain.Counterparties, clients, "give-consent", "Record a consent")
	post[commands.WithdrawCounterpartyConsent](a, domain.Counterparties, clients, "withdraw-consent", "Record that a consent was withdrawn")
}

func contactPersonCommands(a *API) {
	const people = "contact-persons"
	create[commands.RegisterContactPerson](a, domain.ContactPersons, people, "Register a contact person")
	post[commands.ChangeContactPerson](a, domain.ContactPersons, people, "change", "Correct a contact person's details")
	post[commands.ChangePersonContacts](a, domain.ContactPersons, people, "change-contacts", "Replace the ways to reach a person")
	post[commands.EmployPerson](a, domain.ContactPersons, people, "employ", "Begin an employment")
	post[commands.MovePerson](a, domain.ContactPersons, people, "move", "Move a person to another employer")
	post[commands.DismissPerson](a, domain.ContactPersons, people, "dismiss", "End an employment")
	post[commands.RefuseContact](a, domain.ContactPersons, people, "refuse-contact", "Record that the person does not wish to be contacted")
	post[commands.AllowContact](a, domain.ContactPersons, people, "allow-contact", "Record that the person may be contacted again")
	post[commands.GivePersonConsent](a, domain.ContactPersons, people, "give-consent", "Record a consent")
	post[commands.WithdrawPersonConsent](a, domain.ContactPersons, people, "withdraw-consent", "Record that a consent was withdrawn")
	post[commands.GiveDecisionRole](a, domain.ContactPersons, people, "give-decision-role", "Tell what the person is in decisions")
	post[commands.WithdrawDecisionRole](a, domain.ContactPersons, people, "withdraw-decision-role", "Take a decision role back")
}

func influenceCommands(a *API) {
	const links = "influence-links"
	postTo(a, domain.InfluenceLinks, links, links, "Suppose that a person moves another one or a decision",
		func(_ context.Context, c commands.SupposeInfluence) domain.InfluenceLinkID { return c.Link() })
	post[commands.ConfirmInfluence](a, domain.InfluenceLinks, links, "confirm", "Confirm an influence link")
	post[commands.ReviseInfluence](a, domain.InfluenceLinks, links, "revise", "Weigh an influence link anew")
	post[commands.OutdateInfluence](a, domain.InfluenceLinks, links, "outdate", "Close an influence link")
}

func duplicateCommands(a *API) {
	const pairs = "duplicates"
	postTo(a, domain.DuplicatePairs, pairs, pairs, "Ask whether two counterparties are the same",
		func(_ context.Context, c commands.FlagDuplicate) domain.DuplicatePairID { return c.Pair() })
	post[commands.RejectDuplicate](a, domain.DuplicatePairs, pairs, "reject", "Answer that these are two")
	post[commands.LinkBranch](a, domain.DuplicatePairs, pairs, "link-branch", "Answer that one is a branch of the other")
	post[commands.ProposeMerge](a, domain.DuplicatePairs, pairs, "propose-merge", "Propose a merge to a second person")
	post[commands.MergeCounterparties](a, domain.DuplicatePairs, pairs, "merge", "Merge the two")
	post[commands.ApproveMerge](a, domain.DuplicatePairs, pairs, "approve-merge", "Carry out a proposed merge")
	post[commands.UnmergeCounterparties](a, domain.DuplicatePairs, pairs, "unmerge", "Take a merge back")
}

func groupCommands(a *API) {
	const groups = "audience-groups"
	create[commands.CreateAudienceGroup](a, domain.AudienceGroups, groups, "Make a group to write to")
	post[commands.RenameAudienceGroup](a, domain.AudienceGroups, groups, "rename", "Rename a group")
	post[commands.AddGroupMembers](a, domain.AudienceGroups, groups, "add-members", "Put members into a group")
	post[commands.RemoveGroupMembers](a, domain.AudienceGroups, groups, "remove-members", "Take members out of a group")
	post[commands.CloseAudienceGroup](a, domain.AudienceGroups, groups, "close", "Close a group")
}

// RecordPath is the path parameter of queries about one record. It is exported because inputs embed it, and huma passes
// unexported fields over.
type RecordPath struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The record"`
}

type contactReportInput struct {
	RecordPath
	readmodels.ContactReportFilter
	Purpose string `query:"purpose" maxLength:"500" doc:"For what it is opened; recorded with the opening"`
}

type influenceMapInput struct {
	RecordPath
	readmodels.InfluenceFilter
}

// contactReport forms the report, records that it is opened, and only then gives the personal data away.
func (a *API) contactReport(ctx context.Context, in *contactReportInput) (readmodels.ContactReport, error) {
	known, err := commands.Load(ctx, a.Executor, domain.Counterparties, domain.CounterpartyID(in.ID))
	if err != nil {
		return readmodels.ContactReport{}, err
	}
	if err := a.mayReach(ctx, known.State); err != nil {
		return readmodels.ContactReport{}, err
	}
	report, err := a.queries(ctx).ContactReport(ctx, in.ID, in.ContactReportFilter, a.Executor.Now())
	if err != nil {
		return report, err
	}
	request, err := Envelope{}.request(ctx, "get-contact-report")
	if err != nil {
		return report, err
	}
	request.Outside = false // nobody asks for the note itself: the right is that to the report
	client, day := domain.CounterpartyID(in.ID), domain.DateOf(a.Executor.Now(), reader(ctx).Zone)
	note := commands.NoteAccess{Counterparty: client, Day: day, What: domain.AccessToContacts, Purpose: in.Purpose}
	_, err = commands.Execute(ctx, a.Executor, domain.Accesses, domain.AccessOf(client, day), note, request)
	return report, err
}

func counterpartyQueries(a *API) {
	get(a, "/counterparties", "list-counterparties", "counterparties", "List counterparties", reads("clients", "duplicates"),
		func(ctx context.Context, f *readmodels.ClientFilter) (readmodels.Page[readmodels.ClientItem], error) {
			return a.queries(ctx).Clients(ctx, *f)
		})
	get(a, "/counterparties/{id}", "get-counterparty", "counterparties", "A counterparty's card", reads("clients", "duplicates", "audience_groups"),
		func(ctx context.Context, in *RecordPath) (readmodels.ClientCard, error) {
			return a.queries(ctx).ClientCard(ctx, in.ID)
		})
	get(a, "/counterparties/{id}/contacts", "get-contact-report", "counterparties", "A counterparty's contact information; who opened it is recorded", reads("clients", "contact_use"), a.contactReport)
	get(a, "/counterparties/{id}/influence", "get-influence-map", "counterparties", "A counterparty's influence map", reads("clients", "influence"),
		func(ctx context.Context, in *influenceMapInput) (readmodels.InfluenceMap, error) {
			return a.queries(ctx).InfluenceMap(ctx, in.ID, in.InfluenceFilter, domain.DateOf(a.Executor.Now(), reader(ctx).Zone))
		})
	get(a, "/similar-counterparties", "find-similar-counterparties", "counterparties", "Counterparties like the one being typed", reads("clients"),
		func(ctx context.Context, f *readmodels.SimilarFilter) ([]readmodels.SimilarClient, error) {
			return a.queries(ctx).SimilarClients(ctx, *f)
		})
	get(a, "/search", "search", "counterparties", "Find counterparties and persons", reads("clients"),
		func(ctx context.Context, f *readmodels.SearchFilter) ([]readmodels.SearchHit, error) {
			return a.queries(ctx).Search(ctx, *f)
		})
	get(a, "/contact-persons", "list-contact-persons", "contact-persons", "List contact persons", reads("clients"),
		func(ctx context.Context, f *readmodels.PersonFilter) (readmodels.Page[readmodels.PersonItem], error) {
			return a.queries(ctx).Persons(ctx, *f)
		})
	get(a, "/contact-persons/{id}", "get-contact-person", "contact-persons", "A contact person's card", reads("clients"),
		func(ctx context.Context, in *RecordPath) (readmodels.PersonCard, error) {
			return a.queries(ctx).PersonCard(ctx, in.ID)
		})
	get(a, "/duplicates", "list-duplicates", "duplicates", "Possible duplicates, side by side", reads("duplicates", "clients"),
		func(ctx context.Context, f *readmodels.DuplicateFilter) (readmodels.Page[readmodels.DuplicateItem], error) {
			return a.queries(ctx).DuplicateQueue(ctx, *f)
		})
	get(a, "/merge-log", "list-merges", "duplicates", "Merges and un-merges", reads("duplicates", "clients"),
		func(ctx context.Context, f *readmodels.MergeLogFilter) (readmodels.Page[readmodels.MergeItem], error) {
			return a.queries(ctx).MergeLog(ctx, *f)
		})
	get(a, "/audience-groups", "list-audience-groups", "audience-groups", "List groups to write to", reads("audience_groups"),
		func(ctx context.Context, f *readmodels.GroupFilter) (readmodels.Page[readmodels.GroupItem], error) {
			return a.queries(ctx).Groups(ctx, *f)
		})
	get(a, "/audience-groups/{id}", "get-audience-group", "audience-groups", "A group with its members", reads("audience_groups", "clients"),
		func(ctx context.Context, in *RecordPath) (readmodels.GroupCard, error) {
			return a.queries(ctx).Group(ctx, in.ID)
		})
	get(a, "/reports/portfolio-growth", "report-portfolio-growth", "reports", "How portfolios grew, month by month", reads("clients"),
		func(ctx context.Context, f *readmodels.GrowthFilter) ([]readmodels.GrowthMonth, error) {
			return a.queries(ctx).PortfolioGrowth(ctx, *f, a.Executor.Now())
		})
	get(a, "/reports/portfolios", "report-portfolios", "reports", "Portfolios by responsible employee", reads("clients"),
		func(ctx context.Context, _ *struct{}) ([]readmodels.Portfolio, error) {
			return a.queries(ctx).Portfolios(ctx)
		})
}
