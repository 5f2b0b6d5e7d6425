package commands

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// register finds out whether an id names something that is there.
type register struct {
	what  string
	there func(ctx context.Context, x *Executor, id uuid.UUID) (bool, error)
}

// registers are of the kinds of records that others name.
var registers = map[reflect.Type]register{
	reflect.TypeFor[domain.CounterpartyID]():    registerOf(domain.Counterparties, "there is no such counterparty"),
	reflect.TypeFor[domain.ContactPersonID]():   registerOf(domain.ContactPersons, "there is no such contact person"),
	reflect.TypeFor[domain.EmployeeID]():        registerOf(domain.Employees, "there is no such employee"),
	reflect.TypeFor[domain.DepartmentID]():      registerOf(domain.Departments, "there is no such department"),
	reflect.TypeFor[domain.WorkingCalendarID](): registerOf(domain.WorkingCalendars, "there is no such working calendar"),
	reflect.TypeFor[domain.AssignmentID]():      registerOf(domain.Assignments, "there is no such assignment"),
}

func registerOf[S any](category *domain.Category[S], nothing string) register {
	return register{nothing, func(ctx context.Context, x *Executor, id uuid.UUID) (bool, error) {
		known, err := Load(ctx, x, category, domain.ID[S](id))
		return known.Revision >= 0, err
	}}
}

// lookUp refuses a command that names what is not there, and says by which fields, where the request asks for it: imports
// and policies name what they have just read.
func lookUp(ctx context.Context, x *Executor, command any, request Request) error {
	if !request.Outside {
		return nil
	}
	var (
		wrong  domain.Invalid
		failed error
	)
	domain.Visit(command, func(field string, v reflect.Value) bool {
		known, isReference := registers[v.Type()]
		if !isReference || failed != nil || v.IsZero() {
			return !isReference && failed == nil
		}
		there, err := known.there(ctx, x, v.Convert(reflect.TypeFor[uuid.UUID]()).Interface().(uuid.UUID))
		wrong.Check(err != nil || there, field, "not_found", known.what)
		failed = err
		return false
	})
	if failed != nil {
		return failed
	}
	return wrong.Err()
}
