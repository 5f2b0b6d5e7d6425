package wording_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// said fails the test for a code without words in one of the languages.
func said(t *testing.T, code string) {
	t.Helper()
	for _, lang := range []wording.Lang{wording.Russian, wording.English} {
		if wording.All(lang)[code] == "" {
			t.Errorf("%s has no words in %q", code, lang)
		}
	}
}

// Every kind of record, every event and every door has a name.
func TestNamesAreComplete(t *testing.T) {
	t.Parallel()
	for _, record := range domain.AllRecords() {
		said(t, "kind."+record.Name())
	}
	for _, info := range domain.AllEventTypes() {
		said(t, "event."+info.Name)
	}
	for _, source := range []domain.Source{domain.SourceUI, domain.SourceAPI, domain.SourceImport, domain.SourcePolicy, domain.SourceTelephony} {
		said(t, "source."+string(source))
	}
}

// No rule says no without telling the person why and what to do.
func TestRefusalsAreWorded(t *testing.T) {
	t.Parallel()
	for _, code := range domain.AllRefusals() {
		said(t, "refusal."+code)
	}
	for lang, language := range map[wording.Lang]*unicode.RangeTable{wording.Russian: unicode.Cyrillic, wording.English: unicode.Latin} {
		for code, sentence := range wording.All(lang) {
			first, _ := utf8.DecodeRuneInString(sentence)
			if strings.HasPrefix(code, "refusal.") && (!strings.HasSuffix(sentence, ".") || !unicode.IsUpper(first) || !unicode.Is(language, first)) {
				t.Errorf("%s in %q is no sentence: %s", code, lang, sentence)
			}
		}
	}
}

// Names stand within sentences and tables: they begin small, save for abbreviations.
func TestNamesBeginSmall(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Sorted(maps.Keys(wording.All(wording.Russian))) {
		family, _, _ := strings.Cut(code, ".")
		name := []rune(wording.Word(code, wording.Russian))
		if slices.Contains([]string{"field", "kind", "event", "source"}, family) && unicode.IsUpper(name[0]) && !unicode.IsUpper(name[1]) {
			t.Errorf("%s begins with a capital: %s", code, string(name))
		}
	}
}

// Whatever field an audit trail can show has a name.
func TestFieldsAreNamed(t *testing.T) {
	t.Parallel()
	for _, record := range domain.AllRecords() {
		state := reflect.New(reflect.TypeOf(record.Zero())).Elem()
		fill(state)
		for name := range fields(domain.Describe(state.Interface())) {
			if wording.All(wording.Russian)["field."+name] == "" {
				t.Errorf("%s: the field %s has no words", record.Name(), name)
			}
		}
	}
}

// anything is the text in a filled state; as the key of a map it is no field.
const anything = "·"

// fill gives every part of a value something that is not empty.
func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Array:
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(anything)
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.Set(reflect.ValueOf(1).Convert(v.Type()))
	}
}

// fields are the names of all fields in a described state, those of nested values with them.
func fields(described any) map[string]bool {
	names := map[string]bool{}
	collect(described, names)
	return names
}

func collect(described any, names map[string]bool) {
	switch value := described.(type) {
	case map[string]any:
		for name, inner := range value {
			if uuid.Validate(name) != nil && name != anything {
				names[name] = true
			}
			collect(inner, names)
		}
	case []any:
		for _, inner := range value {
			collect(inner, names)
		}
	}
}
