package domain

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Instants outside these years are slips of the finger, and at the ends of the calendar not every store and reader can
// keep them: a zone moves them beyond the years that JSON and Postgres write alike.
const (
	firstYear = 1900
	lastYear  = 2200
)

// Keepable refuses a command in which an instant, however deep, cannot be kept. The zero time is none.
func Keepable(command any) error {
	var wrong Invalid
	Visit(command, func(field string, v reflect.Value) bool {
		if v.CanInterface() {
			if at, ok := reflect.TypeAssert[time.Time](v); ok {
				wrong.CheckInstant(field, at)
			}
		}
		return holdsInstants(v.Type())
	})
	return wrong.Err()
}

// CheckInstant records an instant that cannot be kept.
func (v *Invalid) CheckInstant(field string, at time.Time) {
	year := at.UTC().Year()
	v.Check(at.IsZero() || firstYear <= year && year <= lastYear, field, "range", "lies outside the years 1900 to 2200")
}

// Visit shows v and everything that is given from outside in it, each with its JSON path, and looks inside where visit
// says so.
func Visit(v any, visit func(field string, v reflect.Value) (inside bool)) {
	visitAt("", reflect.ValueOf(v), visit)
}

func visitAt(field string, v reflect.Value, visit func(string, reflect.Value) bool) {
	if !v.IsValid() || !visit(field, v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		visitAt(field, v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			visitAt(field+"["+strconv.Itoa(i)+"]", v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, given := nameOf(v.Type().Field(i)); given {
				visitAt(strings.Trim(field+"."+name, "."), v.Field(i), visit)
			}
		}
	}
}

// nameOf is a field's name in JSON, "" for an embedded one; false for what does not come from outside.
func nameOf(f reflect.StructField) (name string, given bool) {
	name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
	if f.Anonymous && name == "" {
		return "", true
	}
	return name, f.IsExported() && name != "-"
}
