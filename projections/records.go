package projections

import (
	_ "embed"
	"slices"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// RecordRow is what the right to a record depends on: whom it names and which clients it is about.
type RecordRow struct {
	Stream   string      `json:"stream"`
	ID       uuid.UUID   `json:"id"`
	Category string      `json:"category"`
	People   []uuid.UUID `json:"people"`
	// Holder is the record that rights are measured by: another one for what lies beside it, else the record itself.
	Holder  uuid.UUID   `json:"holder"`
	Clients []uuid.UUID `json:"clients"`
}

var records = NewTable[RecordRow]("register", "stream")

//go:embed records.sql
var recordsSQL string

// Records is the register that rights are measured by. It is taken from the events' metadata alone, so a new kind of
// record is in it from its first event.
var Records = Projection{Name: "records", Version: 1, Schema: recordsSQL, Every: recordRecord}

func recordRecord(b *Batch, e Recorded) error {
	id, ok := e.AggregateID()
	if !ok {
		return nil
	}
	row := RecordRow{
		Stream: e.Stream, ID: id, Category: e.Category(), Holder: id,
		People: present(e.Meta.Participants, e.Meta.FormerParticipants), Clients: present(e.Meta.Subjects, e.Meta.FormerSubjects),
	}
	if !e.Meta.Beside.IsZero() {
		row.Holder = e.Meta.Beside.ID
	}
	if known := records.Find(b, row.Stream); known == nil || known.Holder != row.Holder || !slices.Equal(known.People, row.People) || !slices.Equal(known.Clients, row.Clients) {
		records.Put(b, row.Stream, row)
	}
	return nil
}

func present[T any](all, former []domain.ID[T]) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, id := range all {
		if !slices.Contains(former, id) {
			ids = append(ids, id.UUID())
		}
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}
