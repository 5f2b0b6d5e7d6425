package domain_test

import (
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	type A = domain.Access
	type E = []domain.Event[A]
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	opened := func(by domain.EmployeeID, after time.Duration) domain.PersonalDataWasOpened {
		return domain.PersonalDataWasOpened{
			Counterparty: domain.DerivedID[domain.Counterparty]("c"), Day: "2026-03-02", Employee: by, What: domain.AccessToContacts, At: monday.Add(after), Purpose: "звонок",
		}
	}
	open := func(e domain.PersonalDataWasOpened) func(A) (E, error) {
		return func(a A) (E, error) { return a.Open(e) }
	}
	nobody := opened(domain.EmployeeID{}, 0)
	check(t, []rule[A]{
		{name: "open", when: open(opened(anna, 0)), then: E{opened(anna, 0)}},
		{name: "refresh", given: E{opened(anna, 0)}, when: open(opened(anna, 9*time.Minute))},
		{name: "open again", given: E{opened(anna, 0)}, when: open(opened(anna, domain.OneOpening)), then: E{opened(anna, domain.OneOpening)}},
		{name: "somebody else opens", given: E{opened(anna, 0)}, when: open(opened(boris, time.Minute)), then: E{opened(boris, time.Minute)}},
		{name: "nobody opens", when: open(nobody), err: invalid},
	})
}
