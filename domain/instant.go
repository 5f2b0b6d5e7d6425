package domain

import (
	"reflect"
	"sync"
	"time"
)

// InUTC returns v with every instant in it, however deep, in UTC and in whole microseconds, which is what every store
// and reader keeps. v shares no changed memory with the result; fields that are not exported stay as they are.
func InUTC[T any](v T) T {
	given := reflect.ValueOf(v)
	if !given.IsValid() || !holdsInstants(given.Type()) {
		return v
	}
	settled := reflect.New(given.Type()).Elem()
	settled.Set(given)
	toUTC(settled)
	return settled.Interface().(T)
}

// toUTC changes an addressable value in place; what lies behind pointers, slices and maps is copied first.
func toUTC(v reflect.Value) {
	if !v.CanSet() || !holdsInstants(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](v); ok {
			v.Set(reflect.ValueOf(at.UTC().Truncate(time.Microsecond)))
			return
		}
		for _, field := range v.Fields() {
			toUTC(field)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			toUTC(own.Elem())
			v.Set(own)
		}
	case reflect.Slice:
		if !v.IsNil() {
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			for i := range own.Len() {
				toUTC(own.Index(i))
			}
			v.Set(own)
		}
	case reflect.Array:
		for i := range v.Len() {
			toUTC(v.Index(i))
		}
	case reflect.Map:
		if !v.IsNil() {
			own := reflect.MakeMapWithSize(v.Type(), v.Len())
			for key, value := range v.Seq2() {
				mine := reflect.New(value.Type()).Elem()
				mine.Set(value)
				toUTC(mine)
				own.SetMapIndex(key, mine)
			}
			v.Set(own)
		}
	}
}

// withInstants remembers of each type whether a value of it can hold an instant: most events hold none.
var withInstants sync.Map

func holdsInstants(t reflect.Type) bool {
	if known, ok := withInstants.Load(t); ok {
		return known.(bool)
	}
	holds := reachesTime(t, map[reflect.Type]bool{})
	withInstants.Store(t, holds)
	return holds
}

func reachesTime(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == reflect.TypeFor[time.Time]() {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for f := range t.Fields() {
			if reachesTime(f.Type, seen) {
				return true
			}
		}
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return reachesTime(t.Elem(), seen)
	}
	return false
}
