package httpapi_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

// schemas judges values by the published schemas, without the library that the server judges with.
type schemas struct{ registry huma.Registry }

func (s schemas) resolve(schema *huma.Schema) *huma.Schema {
	for schema != nil && schema.Ref != "" {
		schema = s.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

// faults lists where a decoded JSON value does not fit.
func (s schemas) faults(schema *huma.Schema, value any, at string) []string {
	schema = s.resolve(schema)
	switch {
	case schema == nil, value == nil && (schema.Nullable || schema.Type == ""):
		return nil
	case len(schema.Enum) > 0 && !slices.Contains(schema.Enum, value):
		return []string{fmt.Sprintf("%s: %.80v is not among the choices", at, value)}
	}
	switch schema.Type {
	case huma.TypeObject:
		return s.objectFaults(schema, value, at)
	case huma.TypeArray:
		return s.arrayFaults(schema, value, at)
	case huma.TypeString:
		return stringFaults(schema, value, at)
	case huma.TypeInteger, huma.TypeNumber:
		return numberFaults(schema, value, at)
	case huma.TypeBoolean:
		if _, ok := value.(bool); !ok {
			return []string{fmt.Sprintf("%s: %.80v is no boolean", at, value)}
		}
	}
	return nil
}

func (s schemas) objectFaults(schema *huma.Schema, value any, at string) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %.80v is no object", at, value)}
	}
	var wrong []string
	for _, name := range schema.Required {
		if _, given := object[name]; !given {
			wrong = append(wrong, at+"."+name+" is missing")
		}
	}
	for name, inner := range object {
		property, known := schema.Properties[name]
		others, hasOthers := schema.AdditionalProperties.(*huma.Schema)
		switch {
		case known:
			if inner == nil && !slices.Contains(schema.Required, name) {
				continue // null is how some write "absent"
			}
			wrong = append(wrong, s.faults(property, inner, at+"."+name)...)
		case hasOthers:
			wrong = append(wrong, s.faults(others, inner, at+"."+name)...)
		case schema.AdditionalProperties == false:
			wrong = append(wrong, fmt.Sprintf("%s: there is no property %.80q", at, name))
		}
	}
	return wrong
}

func (s schemas) arrayFaults(schema *huma.Schema, value any, at string) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %.80v is no array", at, value)}
	}
	var wrong []string
	if schema.MaxItems != nil && len(list) > *schema.MaxItems || schema.MinItems != nil && len(list) < *schema.MinItems {
		wrong = append(wrong, fmt.Sprintf("%s has %d elements", at, len(list)))
	}
	for i, element := range list {
		wrong = append(wrong, s.faults(schema.Items, element, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return wrong
}

func stringFaults(schema *huma.Schema, value any, at string) []string {
	text, ok := value.(string)
	if !ok {
		return []string{fmt.Sprintf("%s: %.80v is no text", at, value)}
	}
	length := utf8.RuneCountInString(text)
	if schema.MaxLength != nil && length > *schema.MaxLength || schema.MinLength != nil && length < *schema.MinLength {
		return []string{fmt.Sprintf("%s has %d characters", at, length)}
	}
	if schema.Pattern != "" && !regexp.MustCompile(schema.Pattern).MatchString(text) {
		return []string{fmt.Sprintf("%s: %.80q does not match %s", at, text, schema.Pattern)}
	}
	var err error
	switch schema.Format {
	case "uuid":
		_, err = uuid.Parse(text)
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	case "date-time":
		_, err = time.Parse(time.RFC3339Nano, text)
	}
	if err != nil {
		return []string{fmt.Sprintf("%s: %.80q is no %s", at, text, schema.Format)}
	}
	return nil
}

func numberFaults(schema *huma.Schema, value any, at string) []string {
	number, ok := value.(float64)
	switch {
	case !ok,
		schema.Type == huma.TypeInteger && number != math.Trunc(number),
		schema.Minimum != nil && number < *schema.Minimum,
		schema.Maximum != nil && number > *schema.Maximum:
		return []string{fmt.Sprintf("%s: %.80v is no such number", at, value)}
	}
	return nil
}

// decoded is a JSON text as plain values; false for what is none.
func decoded(text []byte) (any, bool) {
	var value any
	err := json.Unmarshal(text, &value)
	return value, err == nil
}
