package domain_test

import (
	"testing"

	"github.com/letopis-crm/letopis/domain"
)

func TestFileImport(t *testing.T) {
	t.Parallel()
	type F = domain.FileImport
	type E = []domain.Event[F]
	finished := domain.FileWasImported{Kind: "commerceml", Name: "clients.xml", SHA256: "ab", Rows: 3, Created: 2, Refused: 1}
	check(t, []rule[F]{
		{name: "finish", when: func(f F) (E, error) { return f.Finish(finished) }, then: E{finished}},
		{name: "again, on purpose", given: E{finished}, when: func(f F) (E, error) { return f.Finish(finished) }, then: E{finished}},
		{name: "rows must add up", when: func(f F) (E, error) {
			return f.Finish(domain.FileWasImported{Name: "a", SHA256: "b", Rows: 2, Created: 1})
		}, err: invalid},
		{name: "a file has a name and a digest", when: func(f F) (E, error) { return f.Finish(domain.FileWasImported{}) }, err: invalid},
	})
}
