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

// Keepable refuses a command or a part of one in which an instant, however deep, cannot be kept. The zero time is none.
func Keepable(v any) error {
	var wrong Invalid
	checkInstants(reflect.ValueOf(v), "", &wrong)
	return wrong.Err()
}

// CheckInstant records an instant that cannot be kept.
func (v *Invalid) CheckInstant(field string, at time.Time) {
	year := at.UTC().Year()
	v.Check(at.IsZero() || firstYear <= year && year <= lastYear, field, "range", "lies outside the years 1900 to 2200")
}

func checkInstants(v reflect.Value, field string, wrong *Invalid) {
	if !v.IsValid() || !holdsInstants(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if v.CanInterface() {
				wrong.CheckInstant(field, v.Interface().(time.Time))
			}
			return
		}
		for i := range v.NumField() {
			checkInstants(v.Field(i), pathTo(field, v.Type().Field(i)), wrong)
		}
	case reflect.Pointer:
		checkInstants(v.Elem(), field, wrong)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			checkInstants(v.Index(i), field+"["+strconv.Itoa(i)+"]", wrong)
		}
	}
}

func pathTo(outer string, f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Anonymous && name == "":
		return outer
	case outer == "":
		return name
	}
	return outer + "." + name
}
