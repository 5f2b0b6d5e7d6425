package wording_test

import (
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// No event type goes without a sentence in both languages.
func TestEveryEventHasAHeadline(t *testing.T) {
	t.Parallel()
	for _, info := range domain.AllEventTypes() {
		h, ok := wording.Of(info.Name)
		if !ok || h.RU == "" || h.EN == "" {
			t.Errorf("%s has no headline in Russian and English", info.Name)
		}
	}
}
