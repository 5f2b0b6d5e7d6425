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
			got, want := asWritten(events), asWritten(r.then)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("got %#v\nwant %#v", got, want)
			}
		})
	}
}

// asWritten gives events the form in which the executor writes them: instants in UTC.
func asWritten[S any](events []domain.Event[S]) []domain.Event[S] {
	written := make([]domain.Event[S], len(events))
	for i, e := range events {
		written[i] = domain.InUTC(e)
	}
	return written
}

// invalid is the refusal that field errors come in.
var invalid = domain.Refuse(domain.CodeInvalid, "")
