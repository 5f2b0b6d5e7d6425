package postgres

import (
	"bytes"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// How the fields of a row struct become database values:
//
//   - a nil pointer, a nil map, a zero domain.ID, a zero value whose text form is empty, and a zero field tagged omitzero
//     or omitempty are null;
//   - a nil slice is an empty array;
//   - instants are cut to microseconds, which is what Postgres keeps;
//   - a zero byte inside a text, which Postgres cannot hold, becomes U+FFFD.

// rowShape is how rows of one struct type are encoded.
type rowShape struct{ fields []fieldShape }

type fieldShape struct {
	nullZero bool
	value    func(v reflect.Value) (any, error)
}

var rowShapes sync.Map // reflect.Type → *rowShape

func shapeOf(t reflect.Type) *rowShape {
	if known, ok := rowShapes.Load(t); ok {
		return known.(*rowShape) // only this function stores
	}
	s := &rowShape{}
	for f := range t.Fields() {
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		s.fields = append(s.fields, fieldShape{
			nullZero: strings.Contains(options, "omitzero") || strings.Contains(options, "omitempty"),
			value:    valueOf(f.Type),
		})
	}
	known, _ := rowShapes.LoadOrStore(t, s)
	return known.(*rowShape) // only this function stores
}

// rowValues are the row's values in the order of its fields.
func rowValues(row any) ([]any, error) {
	v := reflect.ValueOf(row)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	s := shapeOf(v.Type())
	values := make([]any, len(s.fields))
	for i := range s.fields {
		f, field := &s.fields[i], v.Field(i)
		if f.nullZero && field.IsZero() {
			continue
		}
		var err error
		if values[i], err = f.value(field); err != nil {
			return nil, err
		}
	}
	return values, nil
}

var (
	timeType          = reflect.TypeFor[time.Time]()
	rawType           = reflect.TypeFor[json.RawMessage]()
	jsonMarshalerType = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	valuerType        = reflect.TypeFor[driver.Valuer]()
	zeroerType        = reflect.TypeFor[interface{ IsZero() bool }]()
)

func isUUID(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8
}

// marshalsItself: the type has a text or JSON form of its own, its kind says nothing.
func marshalsItself(t reflect.Type) bool {
	return t.Implements(jsonMarshalerType) || t.Implements(textMarshalerType)
}

func instant(v reflect.Value) time.Time {
	t, _ := reflect.TypeAssert[time.Time](v)
	return t.UTC().Truncate(time.Microsecond)
}

func uuidBytes(v reflect.Value) (u [16]byte) {
	reflect.Copy(reflect.ValueOf(u[:]), v)
	return u
}

func valueOf(t reflect.Type) func(reflect.Value) (any, error) {
	switch {
	case t == timeType:
		return func(v reflect.Value) (any, error) { return instant(v), nil }
	case isUUID(t):
		nullable := t.Implements(zeroerType)
		return func(v reflect.Value) (any, error) {
			return pgtype.UUID{Bytes: uuidBytes(v), Valid: !nullable || !v.IsZero()}, nil
		}
	case t.Kind() == reflect.Pointer:
		inner := valueOf(t.Elem())
		return func(v reflect.Value) (any, error) {
			if v.IsNil() {
				return nil, nil
			}
			return inner(v.Elem())
		}
	case t == rawType:
		return func(v reflect.Value) (any, error) {
			if v.IsNil() {
				return nil, nil
			}
			return json.RawMessage(withoutZeroBytes(bytes.Clone(v.Bytes()))), nil
		}
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return func(v reflect.Value) (any, error) { return v.Bytes(), nil }
	case t.Implements(valuerType):
		return func(v reflect.Value) (any, error) { return v.Interface(), nil }
	case t.Implements(textMarshalerType):
		return textValue
	case t.Implements(jsonMarshalerType):
		return jsonValue
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value) (any, error) { return clean(v.String()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) (any, error) { return v.Int(), nil }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(v reflect.Value) (any, error) { return v.Uint(), nil }
	case reflect.Float32, reflect.Float64:
		return func(v reflect.Value) (any, error) { return v.Float(), nil }
	case reflect.Bool:
		return func(v reflect.Value) (any, error) { return v.Bool(), nil }
	case reflect.Slice:
		return sliceValue(t.Elem())
	default:
		return jsonValue
	}
}

// sliceValue: slices of plain values are arrays of the database, all others JSON.
func sliceValue(elem reflect.Type) func(reflect.Value) (any, error) {
	kind := elem.Kind()
	plain := isUUID(elem) || elem == timeType || !marshalsItself(elem) &&
		(kind == reflect.String || kind == reflect.Bool || kind >= reflect.Int && kind <= reflect.Float64)
	if !plain {
		return jsonValue
	}
	one := valueOf(elem)
	return func(v reflect.Value) (any, error) {
		values := make(pgtype.FlatArray[any], v.Len())
		for i := range values {
			var err error
			if values[i], err = one(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return values, nil
	}
}

func textValue(v reflect.Value) (any, error) {
	m, _ := reflect.TypeAssert[encoding.TextMarshaler](v)
	text, err := m.MarshalText()
	if err != nil || len(text) == 0 && v.Kind() != reflect.String {
		return nil, err
	}
	return clean(string(text)), nil
}

func jsonValue(v reflect.Value) (any, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return json.RawMessage("[]"), nil
	}
	encoded, err := json.Marshal(v.Interface())
	if err != nil || string(encoded) == "null" {
		return nil, err
	}
	return json.RawMessage(withoutZeroBytes(encoded)), nil
}

func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// withoutZeroBytes replaces the escape \u0000 in JSON, but not an escaped backslash before the text "u0000".
func withoutZeroBytes(doc []byte) []byte {
	zero := []byte(`\u0000`)
	for at := bytes.Index(doc, zero); at >= 0; {
		backslashes := 0
		for i := at; i >= 0 && doc[i] == '\\'; i-- {
			backslashes++
		}
		if backslashes%2 == 1 {
			copy(doc[at:], `\ufffd`)
		}
		next := bytes.Index(doc[at+1:], zero)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return doc
}
