package domain

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Record is a category without its type parameter: what every kind of aggregate offers to the audit trail and to
// questions about the past.
type Record interface {
	// Name is the stream category.
	Name() string
	// StreamOf is the stream of the aggregate with this id (its text form).
	StreamOf(id string) string
	// Zero is the state of an aggregate that does not exist.
	Zero() any
	// Fold returns the state after the event; the given state stays as it was.
	Fold(state any, r Recorded) (any, error)
}

var records = map[string]Record{}

// RecordNamed finds a category by name.
func RecordNamed(name string) (Record, bool) { r, ok := records[name]; return r, ok }

// AllRecords lists the categories by name.
func AllRecords() []Record {
	all := make([]Record, 0, len(records))
	for _, r := range records {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Record) int { return strings.Compare(a.Name(), b.Name()) })
	return all
}

// StreamOf implements Record.
func (c *Category[S]) StreamOf(id string) string { return c.name + "-" + id }

// Zero implements Record.
func (c *Category[S]) Zero() any { return *new(S) }

// Fold implements Record.
func (c *Category[S]) Fold(state any, r Recorded) (any, error) {
	s, ok := state.(S)
	if !ok {
		return nil, fmt.Errorf("state %T is not of category %s", state, c.name)
	}
	e, err := c.Decode(r)
	if err != nil {
		return nil, err
	}
	e.Apply(&s)
	return s, nil
}

// Difference is one field of a record before and after an event, by its path such as "state" or "authority.max_discount_bp".
type Difference struct {
	Field  string `json:"field" doc:"Path of the field"`
	Before any    `json:"before,omitempty" doc:"Its value before; absent when it had none"`
	After  any    `json:"after,omitempty" doc:"Its value after; absent when it has none"`
}

// Differences lists the fields in which two states differ, by path.
func Differences(before, after any) []Difference {
	var all []Difference
	differ("", Describe(before), Describe(after), &all)
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Field, b.Field) })
	return all
}

func differ(path string, before, after any, all *[]Difference) {
	b, bIsMap := before.(map[string]any)
	a, aIsMap := after.(map[string]any)
	if (bIsMap || before == nil) && (aIsMap || after == nil) && (bIsMap || aIsMap) {
		for key := range union(b, a) {
			inner := key
			if path != "" {
				inner = path + "." + key
			}
			differ(inner, b[key], a[key], all)
		}
		return
	}
	if !reflect.DeepEqual(before, after) {
		*all = append(*all, Difference{Field: path, Before: before, After: after})
	}
}

func union(a, b map[string]any) map[string]bool {
	keys := make(map[string]bool, len(a)+len(b))
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}

// Describe turns a state into plain values: maps with snake_case keys, lists, texts, numbers and bools. Empty values are
// left out of maps, so a field that was never set does not show.
func Describe(v any) any { return describe(reflect.ValueOf(v)) }

func describe(v reflect.Value) any {
	if !v.IsValid() || v.IsZero() {
		return nil
	}
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return t.UTC().Format(time.RFC3339Nano)
	}
	if s, ok := reflect.TypeAssert[fmt.Stringer](v); ok && v.Kind() == reflect.Array {
		return s.String()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return describe(v.Elem())
	case reflect.Struct:
		return describeStruct(v)
	case reflect.Map:
		return describeMap(v)
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = describe(v.Index(i))
		}
		return list
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	}
	if v.CanInt() {
		return v.Int()
	}
	if v.CanUint() {
		return v.Uint()
	}
	return v.Interface()
}

func describeStruct(v reflect.Value) any {
	m := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		value := describe(v.Field(i))
		if value == nil {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = snake(f.Name)
		}
		m[name] = value
	}
	return m
}

func describeMap(v reflect.Value) any {
	m := map[string]any{}
	for _, k := range v.MapKeys() {
		value := describe(v.MapIndex(k))
		if value == nil {
			value = true
		}
		m[fmt.Sprint(k.Interface())] = value
	}
	return m
}

// snake turns "LegalName" into "legal_name" and "INN" into "inn".
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || (i+1 < len(runes) && unicode.IsLower(runes[i+1]))) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
