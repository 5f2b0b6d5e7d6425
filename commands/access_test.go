package commands_test

import (
	"slices"
	"testing"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// An opening is on record once, with the person and the counterparty whose data were seen.
func TestAnOpeningIsRecorded(t *testing.T) {
	t.Parallel()
	store, anna, client := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.Counterparty]()
	x := executor(store)
	note := commands.NoteAccess{Counterparty: client, Day: "2026-03-10", What: domain.AccessToContacts, Purpose: "звонок"}
	for range 2 {
		if _, err := commands.Execute(t.Context(), x, domain.Accesses, domain.AccessOf(client, note.Day), note, commands.NewRequest(anna, domain.SourceUI)); err != nil {
			t.Fatal(err)
		}
	}
	all := store.All()
	meta, err := all[0].Meta()
	if err != nil || len(all) != 1 || meta.Actor != anna || !slices.Equal(meta.Subjects, []domain.CounterpartyID{client}) {
		t.Errorf("%d events, %+v, %v", len(all), meta, err)
	}
}
