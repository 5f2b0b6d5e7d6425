package access

import (
	"slices"

	"github.com/letopis-crm/letopis/domain"
)

// rights are what a role may do with a resource.
type rights map[Action]Scope

// table is the policy. Cells that are not there are None.
//
// Everybody has their own affairs, and can be asked and told something by a colleague.
var table = map[domain.Role]map[Resource]rights{
	domain.RoleEmployee: {
		Clients:        {Read: All, Change: Mine},
		ContactDetails: {Read: Mine | Department},
		Segments:       {Read: All},
		Negotiations:   {Read: Mine, Change: Mine},
		Interactions:   {Read: Mine, Change: Mine},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Reports:        {Read: All},
		Exports:        {Read: Mine},
		Directory:      {Read: All},
		AccessLog:      {Read: Participant},
		Approvals:      {Read: Participant, Change: Participant},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleServiceEngineer: {
		Clients:        {Read: Assigned},
		ContactDetails: {Read: Assigned},
		Negotiations:   {Read: Participant, Change: Participant},
		Interactions:   {Read: Assigned, Change: Assigned},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Exports:        {Read: Assigned},
		Directory:      {Read: All},
		AccessLog:      {Read: Participant},
		Approvals:      {Read: Participant, Change: Participant},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleMarketer: {
		Clients:        {Read: All},
		Segments:       {Read: All, Change: All},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Reports:        {Read: All},
		Directory:      {Read: All},
		AccessLog:      {Read: Participant},
		Approvals:      {Read: Participant, Change: Participant},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleManager: {
		Clients:        {Read: All, Change: Department, Decide: Department},
		ContactDetails: {Read: All},
		Segments:       {Read: All, Change: All},
		Negotiations:   {Read: Department, Change: Department, Decide: Department},
		Interactions:   {Read: Department, Change: Department},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Department, Change: Department},
		Performance:    {Read: Department},
		Reports:        {Read: All},
		Exports:        {Read: Department},
		Directory:      {Read: All, Change: All},
		AccessLog:      {Read: Department},
		Approvals:      {Read: Participant, Change: Participant, Decide: All},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleQualityManager: {
		Clients:        {Read: All},
		ContactDetails: {Read: All},
		Segments:       {Read: All},
		Negotiations:   {Read: Assigned},
		Interactions:   {Read: All},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Performance:    {Read: All},
		Reports:        {Read: All},
		Exports:        {Read: All},
		Directory:      {Read: All},
		AccessLog:      {Read: Participant},
		Approvals:      {Read: Participant, Change: Participant},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleComplianceReviewer: {
		Clients:        {Read: All},
		ContactDetails: {Read: All},
		Segments:       {Read: All},
		Negotiations:   {Read: All, Decide: All},
		Interactions:   {Read: All},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: All, Change: Participant},
		Performance:    {Read: All},
		Reports:        {Read: All},
		Exports:        {Read: All},
		Directory:      {Read: All, Decide: All},
		Accounts:       {Read: All},
		AccessLog:      {Read: All, Decide: All},
		Emergency:      {Read: All, Change: All, Decide: All},
		Approvals:      {Read: All, Change: Participant, Decide: All},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleAuditor: {
		Clients:        {Read: Assigned},
		ContactDetails: {Read: Assigned},
		Negotiations:   {Read: Assigned},
		Interactions:   {Read: Assigned},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Exports:        {Read: Assigned},
		Directory:      {Read: All},
		AccessLog:      {Read: Assigned},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleDataProtectionOfficer: {
		Clients:        {Read: All},
		ContactDetails: {Read: All},
		Correspondence: {Read: Participant, Change: Participant},
		Work:           {Read: Participant, Change: Participant},
		Directory:      {Read: All},
		AccessLog:      {Read: All},
		Emergency:      {Read: All, Decide: All},
		Approvals:      {Read: All, Change: Participant, Decide: All},
		Attachments:    {Read: All, Change: All},
		Own:            {Read: All, Change: All},
	},
	domain.RoleAdministrator: {
		Directory: {Read: All, Change: All},
		Accounts:  {Read: All, Change: All},
		AccessLog: {Read: All},
		Emergency: {Read: Participant, Change: All},
		Approvals: {Read: All, Change: Participant, Decide: All},
		Own:       {Read: All, Change: All},
	},
}

// exportRows is how many rows of a list a role may take away at a time. A role that is not named may take none.
var exportRows = map[domain.Role]int{
	domain.RoleEmployee: 500, domain.RoleServiceEngineer: 500, domain.RoleManager: 5_000, domain.RoleAuditor: 5_000,
	domain.RoleQualityManager: 1_000_000, domain.RoleComplianceReviewer: 1_000_000,
}

// ExportRows is how many rows the actor may take away at a time.
func (a Actor) ExportRows() int {
	most := 0
	for _, role := range a.Roles {
		most = max(most, exportRows[role])
	}
	return most
}

// of tells to which resource the records of a category belong. A category that is missing is seen by nobody.
var of = map[string]Resource{
	domain.Counterparties.Name():    Clients,
	domain.ContactPersons.Name():    Clients,
	domain.InfluenceLinks.Name():    Clients,
	domain.DuplicatePairs.Name():    Clients,
	domain.RequisiteClaims.Name():   Clients,
	domain.FileImports.Name():       Reports,
	domain.AudienceGroups.Name():    Segments,
	domain.Negotiations.Name():      Negotiations,
	domain.IncomingMessages.Name():  Interactions,
	domain.InternalThreads.Name():   Correspondence,
	domain.Assignments.Name():       Work,
	domain.WorkItems.Name():         Work,
	domain.TimeSheets.Name():        Work,
	domain.Reminders.Name():         Work,
	domain.DailyReports.Name():      Work,
	domain.Employees.Name():         Directory,
	domain.Departments.Name():       Directory,
	domain.WorkingCalendars.Name():  Directory,
	domain.ScreeningRuleSets.Name(): Directory,
	domain.LoginNames.Name():        Accounts,
	domain.Accesses.Name():          AccessLog,
	domain.AttachedFiles.Name():     Attachments,
	domain.AccessSeals.Name():       AccessLog,
	domain.EmergencyAccesses.Name(): Emergency,
	domain.Approvals.Name():         Approvals,
}

// Of is the resource that the records of a category belong to, and false for a category that nobody has thought of.
func Of(category string) (Resource, bool) {
	resource, ok := of[category]
	return resource, ok
}

// Beside are the categories of what lies beside other records: the right to it is the right to the record.
func Beside() []string { return kindsOf(Attachments) }

// Categories are the categories of records on which the actor may act at all, with how far. What lies beside other records
// is not among them.
func (a Actor) Categories(action Action) map[string]Scope {
	seen := map[string]Scope{}
	for category, resource := range of {
		if scope := a.Scope(resource, action); scope != None && resource != Attachments {
			seen[category] = scope
		}
	}
	return seen
}

// RolesWith are the roles that may act on some record of the resource.
func RolesWith(resource Resource, action Action) []domain.Role {
	return slices.DeleteFunc(slices.Clone(domain.Roles), func(role domain.Role) bool { return table[role][resource][action] == None })
}
