package domain

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Refusal is a rule's "no": a stable code that user interfaces translate, and an English sentence for developers.
// Fields names what was wrong where the rule is about the input.
type Refusal struct {
	Code    string
	Message string
	Fields  []FieldError
}

// FieldError names one wrong field by its JSON path, such as "phones[0].raw".
type FieldError struct {
	Field   string
	Code    string
	Message string
}

func (r *Refusal) Error() string {
	if len(r.Fields) == 0 {
		return r.Code + ": " + r.Message
	}
	parts := make([]string, len(r.Fields))
	for i, f := range r.Fields {
		parts[i] = f.Field + " (" + f.Code + "): " + f.Message
	}
	return r.Code + ": " + strings.Join(parts, "; ")
}

// Is makes refusals comparable by code: errors.Is(err, ErrNotOpen).
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// Refuse declares a rule's refusal. The code is "aggregate.reason". Refusals are package variables: whoever words them
// finds them in AllRefusals.
func Refuse(code, message string) *Refusal {
	refusals[code] = true
	return &Refusal{Code: code, Message: message}
}

var refusals = map[string]bool{CodeInvalid: true}

// AllRefusals lists the codes of all declared refusals.
func AllRefusals() []string { return slices.Sorted(maps.Keys(refusals)) }

// About returns the refusal naming the field that it is about; the code stays.
func (r *Refusal) About(field string) *Refusal {
	return &Refusal{Code: r.Code, Message: r.Message, Fields: []FieldError{{Field: field, Code: "refused", Message: r.Message}}}
}

// Because returns the refusal with more specific words; the code stays.
func (r *Refusal) Because(message string) *Refusal {
	return &Refusal{Code: r.Code, Message: message, Fields: r.Fields}
}

// Invalid collects field errors; Err is nil when there are none.
type Invalid struct{ fields []FieldError }

// Add records one wrong field.
func (v *Invalid) Add(field, code, message string) {
	v.fields = append(v.fields, FieldError{Field: field, Code: code, Message: message})
}

// Require records "required" for an empty text.
func (v *Invalid) Require(field, text string) {
	if strings.TrimSpace(text) == "" {
		v.Add(field, "required", "must not be empty")
	}
}

// Check records the field error unless ok.
func (v *Invalid) Check(ok bool, field, code, message string) {
	if !ok {
		v.Add(field, code, message)
	}
}

// Err is the refusal "invalid" naming each wrong field, or nil.
func (v *Invalid) Err() error {
	if len(v.fields) == 0 {
		return nil
	}
	return &Refusal{Code: CodeInvalid, Message: "some fields are wrong", Fields: v.fields}
}

// CodeInvalid is the code of a refusal about the shape of the input.
const CodeInvalid = "invalid"

// Refusals shared by all aggregates.
var (
	ErrNotFound      = Refuse("not_found", "there is no such record")
	ErrAlreadyExists = Refuse("already_exists", "a record with this id exists already")
	ErrForbidden     = Refuse("forbidden", "this person may not do that")
)

// IsRefusal reports a business refusal, as against a technical failure.
func IsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}
