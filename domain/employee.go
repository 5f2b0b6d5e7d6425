package domain

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Employee is somebody who works for the company: who they are, where they stand in it, when they work, what they may do.
type Employee struct {
	ID          EmployeeID
	Name        EmployeeName
	DisplayName string
	Login       string
	Position    string
	Department  DepartmentID
	Head        EmployeeID
	Email       string
	Phone       string
	Zone        string
	Calendar    WorkingCalendarID
	Hired       Date
	Left        Date
	Absences    []EmployeeAbsence
	Roles       []Role
	Limits      AuthorityLimits
	State       EmployeeState
}

// EmployeeID identifies an employee.
type EmployeeID = ID[Employee]

// EmployeeState is whether somebody works for the company.
type EmployeeState string

// The states; the zero value means that the employee is not in the register.
const (
	EmployeeEmployed EmployeeState = "employed"
	EmployeeLeft     EmployeeState = "left"
)

// EmployeeTransitions is the workflow. Changes of an employed person's card stay in Employed.
var EmployeeTransitions = Transitions[EmployeeState]{
	"":               {EmployeeEmployed},
	EmployeeEmployed: {EmployeeEmployed, EmployeeLeft},
	EmployeeLeft:     {EmployeeEmployed},
}

// EmployeeName is a person's name by its parts.
type EmployeeName struct {
	Last       string `json:"last" pii:"employee" minLength:"1" maxLength:"100" doc:"Family name"`
	First      string `json:"first" pii:"employee" minLength:"1" maxLength:"100" doc:"Given name"`
	Patronymic string `json:"patronymic,omitempty" pii:"employee" maxLength:"100" doc:"Patronymic"`
}

// Full is the name as documents write it: family name, given name, patronymic.
func (n EmployeeName) Full() string {
	return strings.Join(strings.Fields(n.Last+" "+n.First+" "+n.Patronymic), " ")
}

// Role is a set of rights.
type Role string

// The roles.
const (
	RoleEmployee              Role = "employee"
	RoleServiceEngineer       Role = "service_engineer"
	RoleMarketer              Role = "marketer"
	RoleManager               Role = "manager"
	RoleQualityManager        Role = "quality_manager"
	RoleComplianceReviewer    Role = "compliance_reviewer"
	RoleAuditor               Role = "auditor"
	RoleDataProtectionOfficer Role = "data_protection_officer"
	RoleAdministrator         Role = "administrator"
)

// Roles are all roles there are.
var Roles = []Role{
	RoleEmployee, RoleServiceEngineer, RoleMarketer, RoleManager, RoleQualityManager, RoleComplianceReviewer, RoleAuditor, RoleDataProtectionOfficer, RoleAdministrator,
}

// AuthorityLimits are how far an employee may go in negotiations without asking. The zero value allows nothing.
type AuthorityLimits struct {
	MaxDiscountBP       int   `json:"max_discount_bp" minimum:"0" maximum:"10000" doc:"Largest discount, in hundredths of a percent"`
	MaxPaymentTermDays  int   `json:"max_payment_term_days" minimum:"0" maximum:"3650" doc:"Longest payment term, in days"`
	MaxCommitment       Money `json:"max_commitment" doc:"Largest sum that may be promised"`
	MayGrantExclusivity bool  `json:"may_grant_exclusivity" doc:"May promise exclusivity"`
}

// AbsenceID identifies an absence of an employee.
type AbsenceID = ID[Absence]

// EmployeeAbsence is an absence that can be changed and cancelled later.
type EmployeeAbsence struct {
	ID AbsenceID `json:"absence_id" format:"uuid" doc:"The absence"`
	Absence
}

// Refusals of the register of employees.
var (
	ErrEmployeeLeft       = Refuse("employee.left", "the employee no longer works here")
	ErrEmployeeEmployed   = Refuse("employee.employed", "the employee works here")
	ErrEmployeeHeadCycle  = Refuse("employee.head_cycle", "somebody cannot be above themselves")
	ErrEmployeeOverlap    = Refuse("employee.absence_overlap", "the absence overlaps another one")
	ErrEmployeeNoAbsence  = Refuse("employee.no_absence", "there is no such absence")
	ErrEmployeeSubstitute = Refuse("employee.substitute", "nobody stands in for themselves, and a substitute works here")
)

// Subordination is what a rule about a head must know: the heads above the new head, from the nearest up.
type Subordination []EmployeeID

// Participants are the employee.
func (e Employee) Participants() []EmployeeID { return []EmployeeID{e.ID, e.Head} }

// Hire puts a person into the register.
func (e Employee) Hire(h EmployeeWasHired, above Subordination) ([]Event[Employee], error) {
	if e.State != "" {
		return nil, ErrAlreadyExists
	}
	h.DisplayName = cmp.Or(strings.TrimSpace(h.DisplayName), h.Name.Full())
	h.Login, h.Email = NormalLogin(h.Login), NormalEmail(h.Email)
	var v Invalid
	checkEmployeeName(&v, h.Name)
	v.Check(h.Hired.Valid(), "hired_on", "date", "must be a day such as 2026-11-23")
	checkZone(&v, h.Zone)
	v.Check(h.Email == "" || emailShape.MatchString(h.Email), "email", "email", "is not an e-mail address")
	v.Check(h.Phone == "" || dialled.MatchString(h.Phone), "phone", "phone", "has no number in it")
	if err := v.Err(); err != nil {
		return nil, err
	}
	if err := checkHead(h.ID, h.Head, above); err != nil {
		return nil, err
	}
	return []Event[Employee]{h}, nil
}

// Rename changes the name; an empty display name follows the full name.
func (e Employee) Rename(name EmployeeName, display string) ([]Event[Employee], error) {
	var v Invalid
	checkEmployeeName(&v, name)
	display = cmp.Or(strings.TrimSpace(display), name.Full())
	return e.change(v.Err(), e.Name != name || e.DisplayName != display, EmployeeWasRenamed{Name: name, DisplayName: display})
}

// Reach changes how colleagues reach the employee.
func (e Employee) Reach(email, phone string) ([]Event[Employee], error) {
	email, phone = NormalEmail(email), strings.TrimSpace(phone)
	var v Invalid
	v.Check(email == "" || emailShape.MatchString(email), "email", "email", "is not an e-mail address")
	v.Check(phone == "" || dialled.MatchString(phone), "phone", "phone", "has no number in it")
	return e.change(v.Err(), e.Email != email || e.Phone != phone, EmployeeContactsWereChanged{Email: email, Phone: phone})
}

// GiveLogin changes the name the employee signs in with; empty takes it away. That nobody else has it is secured by
// its reservation, see LoginName.
func (e Employee) GiveLogin(login string) ([]Event[Employee], error) {
	login = NormalLogin(login)
	return e.change(nil, e.Login != login, EmployeeLoginWasChanged{Login: login, Former: e.Login})
}

// Transfer changes the position, the department or the direct head.
func (e Employee) Transfer(t EmployeeWasTransferred, above Subordination) ([]Event[Employee], error) {
	t.FromDepartment = e.Department
	changed := e.Position != t.Position || e.Department != t.Department || e.Head != t.Head
	return e.change(checkHead(e.ID, t.Head, above), changed, t)
}

// Work changes the time zone and the working calendar.
func (e Employee) Work(zone string, calendar WorkingCalendarID) ([]Event[Employee], error) {
	var v Invalid
	checkZone(&v, zone)
	return e.change(v.Err(), e.Zone != zone || e.Calendar != calendar, EmployeeScheduleWasChanged{Zone: zone, Calendar: calendar})
}

// GrantRole gives a role.
func (e Employee) GrantRole(r Role) ([]Event[Employee], error) {
	var v Invalid
	v.Check(slices.Contains(Roles, r), "role", "enum", "is not a role")
	return e.change(v.Err(), !e.Has(r), EmployeeRoleWasGranted{Role: r})
}

// RevokeRole takes a role away.
func (e Employee) RevokeRole(r Role) ([]Event[Employee], error) {
	return e.change(nil, e.Has(r), EmployeeRoleWasRevoked{Role: r})
}

// Limit sets how far the employee may go in negotiations.
func (e Employee) Limit(l AuthorityLimits) ([]Event[Employee], error) {
	var v Invalid
	v.Check(0 <= l.MaxDiscountBP && l.MaxDiscountBP <= 10000, "max_discount_bp", "range", "lies between 0 and 10000")
	v.Check(l.MaxPaymentTermDays >= 0, "max_payment_term_days", "range", "is not negative")
	v.Check(l.MaxCommitment.IsZero() || (l.MaxCommitment.Valid() && l.MaxCommitment.Minor >= 0), "max_commitment", "money", "is not an amount")
	return e.change(v.Err(), e.Limits != l, EmployeeLimitsWereSet{Limits: l, Former: e.Limits})
}

// Leave records that the employee no longer works here.
func (e Employee) Leave(on Date, reason string) ([]Event[Employee], error) {
	if e.State == EmployeeLeft && e.Left == on {
		return nil, nil
	}
	var v Invalid
	v.Check(on.Valid() && on >= e.Hired, "left_on", "date", "must be a day not before the hiring")
	return e.change(v.Err(), true, EmployeeHasLeft{On: on, Reason: reason})
}

// Rehire takes a former employee back.
func (e Employee) Rehire(on Date) ([]Event[Employee], error) {
	var v Invalid
	v.Check(on.Valid() && on >= e.Left, "hired_on", "date", "must be a day not before the leaving")
	switch {
	case e.State == "":
		return nil, ErrNotFound
	case e.State == EmployeeEmployed && e.Hired == on:
		return nil, nil
	case e.State == EmployeeEmployed:
		return nil, ErrEmployeeEmployed
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[Employee]{EmployeeWasRehired{On: on}}, nil
}

// PlanAbsence records a time away. substitute is the state of the person who stands in, the zero state for nobody.
func (e Employee) PlanAbsence(a EmployeeAbsence, substitute Employee) ([]Event[Employee], error) {
	if known, ok := e.absence(a.ID); ok && known == a {
		return nil, nil
	}
	return e.putAbsence(a, substitute, EmployeeAbsenceWasPlanned{a})
}

// ChangeAbsence changes the days, the kind or the substitute of an absence.
func (e Employee) ChangeAbsence(a EmployeeAbsence, substitute Employee) ([]Event[Employee], error) {
	known, ok := e.absence(a.ID)
	if e.State == EmployeeEmployed && !ok {
		return nil, ErrEmployeeNoAbsence
	}
	if ok && known == a {
		return nil, nil
	}
	return e.putAbsence(a, substitute, EmployeeAbsenceWasChanged{EmployeeAbsence: a, Former: known.Absence})
}

func (e Employee) putAbsence(a EmployeeAbsence, substitute Employee, event Event[Employee]) ([]Event[Employee], error) {
	var v Invalid
	v.Check(!a.ID.IsZero(), "absence_id", "required", "an absence has an id")
	v.Check(a.From.Valid(), "from", "date", "must be a day such as 2026-11-23")
	v.Check(a.To.Valid() && a.From <= a.To, "to", "date", "must be a day not before the first one")
	v.Check(a.To <= a.From.AddDays(longestAbsence), "to", "range", "lies more than five years after the first day")
	v.Check(slices.Contains(absenceKinds, a.Kind), "kind", "enum", "is not a kind of absence")
	if err := v.Err(); err != nil {
		return nil, err
	}
	if !a.Substitute.IsZero() && (a.Substitute == e.ID || substitute.State != EmployeeEmployed) {
		return nil, ErrEmployeeSubstitute
	}
	for _, other := range e.Absences {
		if other.ID != a.ID && other.From <= a.To && a.From <= other.To {
			return nil, ErrEmployeeOverlap
		}
	}
	return e.change(nil, true, event)
}

const longestAbsence = 5 * 366

var absenceKinds = []AbsenceKind{AbsenceVacation, AbsenceSick, AbsenceBusinessTrip, AbsenceTraining, AbsenceOther}

// CancelAbsence takes an absence back.
func (e Employee) CancelAbsence(id AbsenceID, reason string) ([]Event[Employee], error) {
	known, ok := e.absence(id)
	return e.change(nil, ok, EmployeeAbsenceWasCancelled{EmployeeAbsence: known, Reason: reason})
}

// change is the frame of all changes of an employed person's card.
func (e Employee) change(invalid error, changed bool, event Event[Employee]) ([]Event[Employee], error) {
	switch {
	case e.State == "":
		return nil, ErrNotFound
	case e.State == EmployeeLeft:
		return nil, ErrEmployeeLeft
	case invalid != nil:
		return nil, invalid
	case !changed:
		return nil, nil
	}
	return []Event[Employee]{event}, nil
}

// Has reports whether the employee has the role; who has left has none.
func (e Employee) Has(r Role) bool { return e.State == EmployeeEmployed && slices.Contains(e.Roles, r) }

// Schedule tells when the employee works, by the given calendar (the zero one is the built-in).
func (e Employee) Schedule(calendar WorkingCalendar) Schedule {
	absences := make([]Absence, len(e.Absences))
	for i, a := range e.Absences {
		absences[i] = a.Absence
	}
	return Schedule{Calendar: calendar, Zone: e.Zone, Absences: absences}
}

// SubstituteOn is who stands in for the employee at the instant; zero for nobody.
func (e Employee) SubstituteOn(now time.Time) EmployeeID {
	s := e.Schedule(WorkingCalendar{})
	a, _ := s.AbsentOn(DateOf(now, s.Location()))
	return a.Substitute
}

func (e Employee) absence(id AbsenceID) (EmployeeAbsence, bool) {
	i := slices.IndexFunc(e.Absences, func(a EmployeeAbsence) bool { return a.ID == id })
	if i < 0 {
		return EmployeeAbsence{}, false
	}
	return e.Absences[i], true
}

func checkEmployeeName(v *Invalid, n EmployeeName) {
	v.Require("name.last", n.Last)
	v.Require("name.first", n.First)
}

func checkZone(v *Invalid, zone string) {
	_, err := ZoneNamed(cmp.Or(zone, DefaultZone))
	v.Check(err == nil, "time_zone", "time_zone", "must be an IANA zone such as Europe/Moscow")
}

func checkHead(self, head EmployeeID, above Subordination) error {
	if !head.IsZero() && (head == self || slices.Contains(above, self)) {
		return ErrEmployeeHeadCycle
	}
	return nil
}

// NormalLogin is the form in which names to sign in with are compared.
func NormalLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }
