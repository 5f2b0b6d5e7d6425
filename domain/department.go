package domain

import (
	"slices"
	"strings"
)

// Department is a part of the company: a node of a tree, with a head.
type Department struct {
	ID     DepartmentID
	Name   string
	Parent DepartmentID
	Head   EmployeeID
	State  DepartmentState
}

// DepartmentID identifies a department.
type DepartmentID = ID[Department]

// DepartmentState is where a department stands.
type DepartmentState string

// The states; the zero value means that the department does not exist.
const (
	DepartmentWorking DepartmentState = "working"
	DepartmentClosed  DepartmentState = "closed"
)

// DepartmentTransitions is the workflow.
var DepartmentTransitions = Transitions[DepartmentState]{
	"":                {DepartmentWorking},
	DepartmentWorking: {DepartmentWorking, DepartmentClosed},
}

// Refusals of the tree of departments.
var (
	ErrDepartmentClosed = Refuse("department.closed", "the department is closed")
	ErrDepartmentCycle  = Refuse("department.cycle", "a department cannot lie within itself")
	ErrDepartmentParent = Refuse("department.no_parent", "the department above does not exist or is closed")
)

// Departments are the streams "department-<id>".
var Departments = NewCategory("department",
	Type[DepartmentWasFounded]("department.founded"),
	Type[DepartmentWasRenamed]("department.renamed"),
	Type[DepartmentWasMoved]("department.moved"),
	Type[DepartmentHeadWasAppointed]("department.head_appointed"),
	Type[DepartmentWasClosed]("department.closed"),
)

// DepartmentWasFounded puts a department into the tree; without a parent it is a root.
type DepartmentWasFounded struct {
	ID     DepartmentID `json:"department_id"`
	Name   string       `json:"name" public:""`
	Parent DepartmentID `json:"parent_id,omitzero"`
	Head   EmployeeID   `json:"head_id,omitzero"`
}

// DepartmentWasRenamed changes the name.
type DepartmentWasRenamed struct {
	Name   string `json:"name" public:""`
	Former string `json:"former" public:""`
}

// DepartmentWasMoved puts the department, with all below it, elsewhere in the tree.
type DepartmentWasMoved struct {
	Parent DepartmentID `json:"parent_id,omitzero"`
	From   DepartmentID `json:"from_parent_id,omitzero"`
}

// DepartmentHeadWasAppointed changes the head; a zero head leaves the place vacant.
type DepartmentHeadWasAppointed struct {
	Head   EmployeeID `json:"head_id,omitzero"`
	Former EmployeeID `json:"former_head_id,omitzero"`
}

// DepartmentWasClosed ends the department.
type DepartmentWasClosed struct {
	Reason string `json:"reason,omitempty" public:""`
}

func (e DepartmentWasFounded) Apply(d *Department) {
	*d = Department{ID: e.ID, Name: e.Name, Parent: e.Parent, Head: e.Head, State: DepartmentWorking}
}
func (e DepartmentWasRenamed) Apply(d *Department)       { d.Name = e.Name }
func (e DepartmentWasMoved) Apply(d *Department)         { d.Parent = e.Parent }
func (e DepartmentHeadWasAppointed) Apply(d *Department) { d.Head = e.Head }
func (e DepartmentWasClosed) Apply(d *Department)        { d.State = DepartmentClosed }

// Participants is the head.
func (d Department) Participants() []EmployeeID { return []EmployeeID{d.Head} }

// DepartmentPlace is where a department is to lie: the state of the department above (zero for a root) and the
// departments above that one, from the nearest up.
type DepartmentPlace struct {
	Parent Department
	Above  []DepartmentID
}

// Found puts a department into the tree.
func (d Department) Found(f DepartmentWasFounded, place DepartmentPlace) ([]Event[Department], error) {
	var v Invalid
	f.Name = strings.TrimSpace(f.Name)
	v.Require("name", f.Name)
	switch {
	case d.State != "":
		return nil, ErrAlreadyExists
	case v.Err() != nil:
		return nil, v.Err()
	}
	if err := place.accepts(f.ID, f.Parent); err != nil {
		return nil, err
	}
	return []Event[Department]{f}, nil
}

// Rename changes the name.
func (d Department) Rename(name string) ([]Event[Department], error) {
	var v Invalid
	name = strings.TrimSpace(name)
	v.Require("name", name)
	return d.change(v.Err(), d.Name != name, DepartmentWasRenamed{Name: name, Former: d.Name})
}

// Move puts the department elsewhere in the tree, never below itself.
func (d Department) Move(parent DepartmentID, place DepartmentPlace) ([]Event[Department], error) {
	return d.change(place.accepts(d.ID, parent), d.Parent != parent, DepartmentWasMoved{Parent: parent, From: d.Parent})
}

// AppointHead changes the head.
func (d Department) AppointHead(head EmployeeID) ([]Event[Department], error) {
	return d.change(nil, d.Head != head, DepartmentHeadWasAppointed{Head: head, Former: d.Head})
}

// Close ends the department.
func (d Department) Close(reason string) ([]Event[Department], error) {
	if d.State == DepartmentClosed {
		return nil, nil
	}
	return d.change(nil, true, DepartmentWasClosed{Reason: reason})
}

func (d Department) change(invalid error, changed bool, event Event[Department]) ([]Event[Department], error) {
	switch {
	case d.State == "":
		return nil, ErrNotFound
	case d.State == DepartmentClosed:
		return nil, ErrDepartmentClosed
	case invalid != nil:
		return nil, invalid
	case !changed:
		return nil, nil
	}
	return []Event[Department]{event}, nil
}

func (p DepartmentPlace) accepts(self, parent DepartmentID) error {
	switch {
	case parent.IsZero():
		return nil
	case parent == self || slices.Contains(p.Above, self):
		return ErrDepartmentCycle
	case p.Parent.State != DepartmentWorking:
		return ErrDepartmentParent
	}
	return nil
}
