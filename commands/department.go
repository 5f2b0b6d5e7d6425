package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// FoundDepartment puts a department into the tree.
type FoundDepartment struct {
	Name   string              `json:"name" minLength:"1" maxLength:"200" doc:"Name"`
	Parent domain.DepartmentID `json:"parent_id,omitzero" format:"uuid" doc:"Department it lies in; absent: a root"`
	Head   domain.EmployeeID   `json:"head_id,omitzero" format:"uuid" doc:"Head"`
	id     domain.DepartmentID
	place  domain.DepartmentPlace
}

// Prepare brings the departments above.
func (c *FoundDepartment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.id = domain.DepartmentID(f.ID)
	c.place, err = f.departmentPlace(ctx, c.Parent)
	return err
}

func (c FoundDepartment) Decide(s domain.Department, _ time.Time) ([]domain.Event[domain.Department], error) {
	return s.Found(domain.DepartmentWasFounded{ID: c.id, Name: c.Name, Parent: c.Parent, Head: c.Head}, c.place)
}

// RenameDepartment changes the name.
type RenameDepartment struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"New name"`
}

func (c RenameDepartment) Decide(s domain.Department, _ time.Time) ([]domain.Event[domain.Department], error) {
	return s.Rename(c.Name)
}

// MoveDepartment puts the department, with all below it, elsewhere in the tree.
type MoveDepartment struct {
	Parent domain.DepartmentID `json:"parent_id,omitzero" format:"uuid" doc:"Department it is to lie in; absent: a root"`
	place  domain.DepartmentPlace
}

// Prepare brings the departments above.
func (c *MoveDepartment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.place, err = f.departmentPlace(ctx, c.Parent)
	return err
}

func (c MoveDepartment) Decide(s domain.Department, _ time.Time) ([]domain.Event[domain.Department], error) {
	return s.Move(c.Parent, c.place)
}

// AppointDepartmentHead changes the head.
type AppointDepartmentHead struct {
	Head domain.EmployeeID `json:"head_id,omitzero" format:"uuid" doc:"New head; absent: vacant"`
}

func (c AppointDepartmentHead) Decide(s domain.Department, _ time.Time) ([]domain.Event[domain.Department], error) {
	return s.AppointHead(c.Head)
}

// CloseDepartment ends the department.
type CloseDepartment struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c CloseDepartment) Decide(s domain.Department, _ time.Time) ([]domain.Event[domain.Department], error) {
	return s.Close(c.Reason)
}

func (f *Facts) departmentPlace(ctx context.Context, parent domain.DepartmentID) (domain.DepartmentPlace, error) {
	above, err := f.departmentsAbove(ctx, parent)
	if err != nil || len(above) == 0 {
		return domain.DepartmentPlace{}, err
	}
	place := domain.DepartmentPlace{Parent: above[0]}
	for _, d := range above {
		place.Above = append(place.Above, d.ID)
	}
	return place, nil
}
