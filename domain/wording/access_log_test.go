package wording_test

import (
	"testing"

	"github.com/letopis-crm/letopis/domain/access"
)

// Whatever can be read, and however, the access log has a sentence for it.
func TestReadingsAreWorded(t *testing.T) {
	t.Parallel()
	for _, way := range access.Ways {
		said(t, "way."+string(way))
	}
	for _, resource := range access.Resources {
		if resource == access.Own {
			continue // nobody writes that down
		}
		said(t, "resource."+string(resource))
		for _, way := range access.Ways {
			said(t, "looked."+string(way)+"."+string(resource))
		}
	}
}
