package domain_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/letopis-crm/letopis/domain"
)

// rule is one given-when-then line: after these events, what does the decision give?
type rule[S any] struct {
	name  string
	given []domain.Event[S]
	when  func(S) ([]domain.Event[S], error)
	then  []domain.Event[S]
	err   error // compared by code
}

func check[S any](t *testing.T, rules []rule[S]) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var state S
			for _, e := range r.given {
				e.Apply(&state)
			}
			events, err := r.when(state)
			if !errors.Is(err, r.err) {
				t.Fatalf("got error %v, want %v", err, r.err)
			}
			if len(events) != len(r.then) || (len(events) > 0 && !reflect.DeepEqual(events, r.then)) {
				t.Fatalf("got %#v\nwant %#v", events, r.then)
			}
		})
	}
}

// invalid is the refusal that field errors come in.
var invalid = domain.Refuse(domain.CodeInvalid, "")
