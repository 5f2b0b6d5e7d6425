package wording_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain/wording"
)

// Cells speak to people: words for codes, names for ids, the reader's own time, and nothing where there is nothing.
func TestCells(t *testing.T) {
	t.Parallel()
	columns := wording.Columns("name state:assignment.state due_at:time late actual_min:number effort_variance_bp:percent co_executor_ids:employee contacts.phones.raw:phone source:source quote")
	var row map[string]any
	decoder := json.NewDecoder(strings.NewReader(`{"name":"Отчёт","state":"issued","due_at":"2026-11-23T22:30:00Z","late":true,"actual_min":90071992547409931,"effort_variance_bp":-1250,
		"co_executor_ids":["1","2"],"contacts":{"phones":[{"raw":"+7 900 000-00-01"},{"raw":"02"}]},"source":"pigeon","quote":null}`))
	decoder.UseNumber()
	if err := decoder.Decode(&row); err != nil {
		t.Fatal(err)
	}
	moscow := time.FixedZone("", 3*60*60)
	wanted := map[string][]string{}
	for lang, want := range map[wording.Lang]string{
		wording.Russian: "Отчёт|выдано|24.11.2026 01:30|да|90071992547409931|-12,5 %|employee 1, employee 2|+7 900 000-00-01, 02|pigeon|",
		wording.English: "Отчёт|issued|24 Nov 2026 01:30|yes|90071992547409931|-12.5 %|employee 1, employee 2|+7 900 000-00-01, 02|pigeon|",
	} {
		var cells []string
		for _, c := range columns {
			c.Wanted(row, wanted)
			cells = append(cells, c.Cell(row, lang, moscow, func(kind, id string) string { return kind + " " + id }))
			if c.Name(lang) == "" || strings.HasPrefix(c.Name(lang), "column.") {
				t.Errorf("%s has no name", c.Path)
			}
		}
		if got := strings.Join(cells, "|"); got != want {
			t.Errorf("%s\n%s, want\n%s", lang, got, want)
		}
	}
	if len(wanted) != 1 || len(wanted["employee"]) != 4 {
		t.Errorf("names wanted: %v", wanted)
	}
	for _, wrong := range []string{"shoe_size", "name:colour"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is declared without a word", wrong)
				}
			}()
			wording.Columns(wrong)
		}()
	}
}
