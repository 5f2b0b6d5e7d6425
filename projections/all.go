package projections

// All is every read model's writing side, in the order of their declaration in the documentation.
var All = []Projection{
	Records, History,
	Due,
	Clients, ContactUse, Influence, Duplicates, AudienceGroups,
	Assignments, WorkItems, Negotiations, Commitments, Reminders, DailyReports,
	Employees, Messages, Threads,
	Attachments,
	EmergencyAccesses, Approvals,
}
