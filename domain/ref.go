package domain

import "github.com/google/uuid"

// Ref points at a record of any kind: what a reminder is about, or what an assignment came from.
type Ref struct {
	Kind RefKind   `json:"kind" doc:"Kind of record, such as assignment or negotiation" maxLength:"40" pattern:"^[a-z][a-z_]*$"`
	ID   uuid.UUID `json:"id" format:"uuid" doc:"The record"`
}

// RefKind is the kind of a record: the category of its streams.
type RefKind string

// RefTo is the reference to an aggregate.
func RefTo[S any](category *Category[S], id ID[S]) Ref {
	return Ref{Kind: RefKind(category.Name()), ID: id.UUID()}
}

// IsZero reports that there is no reference.
func (r Ref) IsZero() bool { return r == Ref{} }

// Valid reports a reference with a kind and an id.
func (r Ref) Valid() bool { return r.Kind != "" && r.ID != uuid.Nil }
