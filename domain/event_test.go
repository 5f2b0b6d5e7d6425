package domain_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

var update = flag.Bool("update", false, "write missing golden events")

// Every event type has a golden JSON; decoding and encoding it again gives the same, so a renamed field breaks here.
func TestGoldenEvents(t *testing.T) {
	t.Parallel()
	for _, info := range domain.AllEventTypes() {
		path := filepath.Join("testdata", "events", info.Name+".v"+strconv.Itoa(info.Version)+".json")
		if _, err := os.Stat(path); os.IsNotExist(err) && *update {
			sample := reflect.New(info.GoType)
			fill(sample.Elem(), 1)
			writeGolden(t, path, sample.Interface())
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s has no golden event: %v (go test ./domain -update writes it)", info.Name, err)
			continue
		}
		event, err := info.Decode(info.Version, golden)
		if err != nil {
			t.Errorf("%s: %v", info.Name, err)
			continue
		}
		again, err := json.MarshalIndent(event, "", "  ")
		if err != nil || !bytes.Equal(bytes.TrimSpace(golden), again) {
			t.Errorf("%s: golden event reads back differently\n%s\nwant\n%s", info.Name, again, golden)
		}
		for _, older := range info.Older {
			golden, err := os.ReadFile(filepath.Join("testdata", "events", info.Name+".v"+strconv.Itoa(older)+".json"))
			if err != nil {
				t.Errorf("%s: the older form %d has no golden event: %v", info.Name, older, err)
				continue
			}
			if _, err := info.Decode(older, golden); err != nil {
				t.Errorf("%s: older form %d: %v", info.Name, older, err)
			}
		}
	}
}

// Every text in an event says whose personal data it is, or that it is public. Codes (named string types) need no tag.
func TestEveryTextIsClassified(t *testing.T) {
	t.Parallel()
	for _, info := range domain.AllEventTypes() {
		unclassified(t, info.Name, info.GoType, map[reflect.Type]bool{})
	}
}

func unclassified(t *testing.T, path string, typ reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Array || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() {
		return
	}
	seen[typ] = true
	for f := range typ.Fields() {
		elem := f.Type
		for elem.Kind() == reflect.Pointer || elem.Kind() == reflect.Slice || elem.Kind() == reflect.Map {
			elem = elem.Elem()
		}
		_, pii := f.Tag.Lookup("pii")
		_, public := f.Tag.Lookup("public")
		if elem == reflect.TypeFor[string]() && !pii && !public {
			t.Errorf("%s.%s has neither a pii nor a public tag", path, f.Name)
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == "" && !f.Anonymous {
			t.Errorf("%s.%s has no json name", path, f.Name)
		}
		unclassified(t, path+"."+f.Name, elem, seen)
	}
}

func writeGolden(t *testing.T, path string, event any) {
	t.Helper()
	b, err := json.MarshalIndent(event, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fill sets every field to some value, so that a golden event shows all of them.
func fill(v reflect.Value, n int) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, n, 0, time.UTC)))
	case v.Type() == reflect.TypeFor[domain.Date]():
		v.SetString("2026-01-02")
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), n+i)
			}
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(n + i))
		}
	case v.Kind() == reflect.String:
		v.SetString("text " + strconv.Itoa(n))
	case v.CanInt():
		v.SetInt(int64(n))
	case v.CanFloat():
		v.SetFloat(float64(n) + 0.5)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	}
}
