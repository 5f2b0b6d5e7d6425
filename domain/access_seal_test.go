package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

func TestAccessSeal(t *testing.T) {
	t.Parallel()
	type S = domain.AccessSeal
	type E = []domain.Event[S]
	nine, one, two := monday.Truncate(time.Hour), strings.Repeat("1", 64), strings.Repeat("2", 64)
	seal := func(hour time.Time, count int, root string) func(S) (E, error) {
		return func(s S) (E, error) { return s.Seal(hour, count, root) }
	}
	first := domain.AccessLogWasSealed{Hour: nine, Count: 3, Root: one}
	next := domain.AccessLogWasSealed{Hour: nine.Add(2 * time.Hour), Count: 1, Root: two, Previous: one}
	check(t, []rule[S]{
		{name: "first", when: seal(nine, 3, one), then: E{first}},
		{name: "next is chained to the last", given: E{first}, when: seal(next.Hour, 1, two), then: E{next}},
		{name: "twice", given: E{first}, when: seal(nine, 3, one)},
		{name: "an hour before the last", given: E{first, next}, when: seal(nine.Add(time.Hour), 1, one)},
		{name: "no hour", when: seal(nine.Add(time.Minute), 3, one), err: invalid},
		{name: "nothing to seal", when: seal(nine, 0, one), err: invalid},
		{name: "no digest", when: seal(nine, 3, "1"), err: invalid},
	})
}
