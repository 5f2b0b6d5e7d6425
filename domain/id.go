package domain

import (
	"fmt"

	"github.com/google/uuid"
)

// ID identifies one aggregate of kind T. The type parameter is a phantom: an id of one kind where another is expected
// does not compile. The zero ID means "none".
type ID[T any] uuid.UUID

// NewID returns a fresh time-ordered id (UUIDv7).
func NewID[T any]() ID[T] { return ID[T](uuid.Must(uuid.NewV7())) }

// DerivedID returns the id that always belongs to the given parts: the same parts give the same id.
// Imports and reservations use it, so that a repeated run meets its own earlier work.
func DerivedID[T any](parts ...string) ID[T] {
	h := make([]byte, 0, 64)
	for _, p := range parts {
		h = append(h, p...)
		h = append(h, 0)
	}
	return ID[T](uuid.NewSHA1(derivedSpace, h))
}

var derivedSpace = uuid.MustParse("6c65746f-7069-5373-8000-000000000001")

// ParseID reads the canonical text form.
func ParseID[T any](s string) (ID[T], error) {
	u, err := uuid.Parse(s)
	if err != nil {
		return ID[T]{}, fmt.Errorf("id %q: %w", s, err)
	}
	return ID[T](u), nil
}

func (id ID[T]) IsZero() bool    { return id == ID[T]{} }
func (id ID[T]) UUID() uuid.UUID { return uuid.UUID(id) }
func (id ID[T]) String() string  { return uuid.UUID(id).String() }

// MarshalText writes the canonical form; the zero id is the empty text.
func (id ID[T]) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return uuid.UUID(id).MarshalText()
}

// UnmarshalText is the inverse of MarshalText.
func (id *ID[T]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID[T]{}
		return nil
	}
	return (*uuid.UUID)(id).UnmarshalText(b)
}
