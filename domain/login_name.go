package domain

// LoginName reserves a name to sign in with: one stream per name, so that two employees can never have the same.
type LoginName struct{ Holder EmployeeID }

// LoginNameID follows from the name, see LoginNameOf.
type LoginNameID = ID[LoginName]

// LoginNameOf is the reservation of a name.
func LoginNameOf(login string) LoginNameID { return DerivedID[LoginName]("login", NormalLogin(login)) }

// ErrLoginTaken refuses a name that somebody else signs in with.
var ErrLoginTaken = Refuse("login_name.taken", "somebody else signs in with this name")

// LoginNames are the streams "login_name-<id>".
var LoginNames = NewCategory("login_name",
	Type[LoginNameWasTaken]("login_name.taken"),
	Type[LoginNameWasReleased]("login_name.released"),
)

// LoginNameWasTaken gives the name to an employee.
type LoginNameWasTaken struct {
	Login  string     `json:"login" pii:"employee"`
	Holder EmployeeID `json:"employee_id"`
}

// LoginNameWasReleased makes the name free again.
type LoginNameWasReleased struct {
	Login  string     `json:"login" pii:"employee"`
	Holder EmployeeID `json:"employee_id"`
}

func (e LoginNameWasTaken) Apply(l *LoginName)    { l.Holder = e.Holder }
func (e LoginNameWasReleased) Apply(l *LoginName) { l.Holder = EmployeeID{} }

// Participants is the holder.
func (l LoginName) Participants() []EmployeeID { return []EmployeeID{l.Holder} }

// Take gives a free name to an employee.
func (l LoginName) Take(login string, holder EmployeeID) ([]Event[LoginName], error) {
	switch l.Holder {
	case EmployeeID{}:
		return []Event[LoginName]{LoginNameWasTaken{Login: NormalLogin(login), Holder: holder}}, nil
	case holder:
		return nil, nil
	}
	return nil, ErrLoginTaken
}

// Release makes the name free if the employee holds it.
func (l LoginName) Release(login string, holder EmployeeID) ([]Event[LoginName], error) {
	if l.Holder != holder || holder.IsZero() {
		return nil, nil
	}
	return []Event[LoginName]{LoginNameWasReleased{Login: NormalLogin(login), Holder: holder}}, nil
}
