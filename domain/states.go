package domain

import "slices"

// Transitions is the readable table of a workflow: for each state the states that may follow it.
// A state with no row is final.
type Transitions[S comparable] map[S][]S

// Allows reports whether to may follow from.
func (t Transitions[S]) Allows(from, to S) bool { return slices.Contains(t[from], to) }
