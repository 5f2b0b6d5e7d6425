package httpapi

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/readmodels"
)

// Whatever a list shows is in its export. Left out is what only a program asks for: ids beside the name they stand for, and
// how well a row matched what was typed.
func TestExportsHaveEveryColumn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row      reflect.Type
		declared string
		leftOut  []string
	}{
		{reflect.TypeFor[readmodels.ClientItem](), clientColumns, []string{"responsible_id", "merged_into", "match"}},
		{reflect.TypeFor[readmodels.PersonItem](), personColumns, []string{"client_id"}},
		{reflect.TypeFor[readmodels.NegotiationItem](), negotiationColumns, []string{"counterparty_id", "author_id", "reviewer_id"}},
		{reflect.TypeFor[readmodels.AssignmentItem](), assignmentColumns, []string{"issuer_id", "assignee_id", "counterparty_id"}},
		{reflect.TypeFor[readmodels.MessageItem](), messageColumns, []string{"counterparty_id", "person_id", "addressee_id", "became_id"}},
		{reflect.TypeFor[readmodels.HistoryItem](), historyColumns, []string{"position", "record_id", "revision", "actor_id", "subject_ids"}},
	} {
		var shown []string
		for _, column := range wording.Columns(c.declared) {
			field, _, _ := strings.Cut(column.Path, ".")
			shown = append(shown, field)
		}
		var there []string
		for f := range c.row.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			there = append(there, name)
			if !slices.Contains(shown, name) && !slices.Contains(c.leftOut, name) {
				t.Errorf("%s: %s is not exported", c.row.Name(), name)
			}
		}
		for _, field := range slices.Concat(shown, c.leftOut) {
			if !slices.Contains(there, field) {
				t.Errorf("%s has no %s", c.row.Name(), field)
			}
		}
	}
}
