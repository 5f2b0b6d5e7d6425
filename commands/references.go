package commands

import (
	"context"
	"strconv"

	"github.com/letopis-crm/letopis/domain"
)

// references checks that what a command names is there, where the request asks for it: imports and policies name what
// they have just read.
type references struct {
	f     *Facts
	wrong domain.Invalid
	err   error
}

func referencesOf(f *Facts) *references { return &references{f: f} }

func (r *references) skip(zero bool) bool {
	return r.err != nil || zero || !r.f.Request.LookUp
}

// counterparty checks one that is named; none at all is another rule's matter.
func (r *references) counterparty(ctx context.Context, field string, id domain.CounterpartyID) *references {
	if r.skip(id.IsZero()) {
		return r
	}
	var known domain.Counterparty
	known, r.err = Fact(ctx, r.f, domain.Counterparties, id)
	r.wrong.Check(r.err != nil || known.State != "", field, "not_found", "there is no such counterparty")
	return r
}

func (r *references) employee(ctx context.Context, field string, id domain.EmployeeID) *references {
	if r.skip(id.IsZero()) {
		return r
	}
	var known domain.Employee
	known, r.err = Fact(ctx, r.f, domain.Employees, id)
	r.wrong.Check(r.err != nil || known.State != "", field, "not_found", "there is no such employee")
	return r
}

func (r *references) employees(ctx context.Context, field string, ids []domain.EmployeeID) *references {
	for i, id := range ids {
		r.employee(ctx, field+"["+strconv.Itoa(i)+"]", id)
	}
	return r
}

// Err names each reference to nothing.
func (r *references) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.wrong.Err()
}
