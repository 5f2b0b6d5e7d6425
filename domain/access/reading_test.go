package access_test

import (
	"testing"

	"github.com/letopis-crm/letopis/domain/access"
)

func TestWayOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		operation, path string
		want            access.Way
	}{
		{"get-counterparty", "/counterparties/{id}", access.View},
		{"get-counterparty-history", "/counterparties/{id}/history", access.View},
		{"list-counterparties", "/counterparties", access.List},
		{"get-review-desk", "/review-desk", access.List},
		{"search", "/search", access.Search},
		{"find-similar-counterparties", "/similar-counterparties", access.Search},
		{"report-portfolios", "/reports/portfolios", access.Report},
		{"get-message-analysis", "/reports/messages", access.Report},
		{"export-counterparties", "/counterparties/export", access.Export},
	} {
		if got := access.WayOf(c.operation, c.path); got != c.want {
			t.Errorf("%s: %s, want %s", c.operation, got, c.want)
		}
	}
}

// One's own affairs are not written down; what anybody may ask for about any record is.
func TestNoted(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]bool{
		"get-counterparty": true, "list-threads": true, "list-access-log": true, "get-record": true, "get-record-trail": true, "list-events": true,
		"who-am-i": false, "list-tokens": false, "follow-changes": false, "list-sign-in-ways": false,
	} {
		if access.Noted(operation) != want {
			t.Errorf("%s: noted is %v", operation, !want)
		}
	}
	if !access.Negotiations.Guarded() || !access.Correspondence.Guarded() || !access.ContactDetails.Guarded() || access.Clients.Guarded() {
		t.Error("other resources are guarded than meant")
	}
	if version := access.Version(); len(version) != 32 {
		t.Errorf("version is %q", version)
	}
}
