package commands

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// NoteAccess records that personal data of a counterparty were opened. The reading side gives it before it gives the
// data away.
type NoteAccess struct {
	By
	Counterparty domain.CounterpartyID
	Day          domain.Date
	What         domain.AccessKind
	Purpose      string
}

func (c NoteAccess) Decide(s domain.Access, now time.Time) ([]domain.Event[domain.Access], error) {
	return s.Open(domain.PersonalDataWasOpened{
		Counterparty: c.Counterparty, Day: c.Day, Employee: c.Actor, What: c.What, At: now, Purpose: c.Purpose,
	})
}
