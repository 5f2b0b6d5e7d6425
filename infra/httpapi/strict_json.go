package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// strictJSON takes only what every reader understands alike. A name given twice is the dangerous one: the validation
// sees the last, while decoding puts both into one struct.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, v any) error {
	if _, validating := v.(*any); validating {
		if err := unambiguous(data); err != nil {
			return err
		}
	}
	err := json.Unmarshal(data, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s cannot be a %s", wrong.Field, wrong.Value)
	}
	return err
}}

// deepest is how many objects and lists may lie within each other; no operation needs half of it.
const deepest = 32

var (
	errNotUTF8 = errors.New("the text is not UTF-8")
	errTwice   = errors.New("a name is given twice")
	errTooDeep = errors.New("objects and lists lie too deep within each other")
)

func unambiguous(data []byte) error {
	if !utf8.Valid(data) {
		return errNotUTF8
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := scan(decoder, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil // what is cut off or goes on is told by decoding
}

func scan(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	opened, nested := token.(json.Delim)
	switch {
	case err != nil || !nested:
		return err
	case depth == deepest:
		return errTooDeep
	}
	names := map[string]bool{}
	for decoder.More() {
		if opened == '{' {
			name, err := decoder.Token()
			text, _ := name.(string)
			if err != nil {
				return err
			}
			if names[text] {
				return errTwice
			}
			names[text] = true
		}
		if err := scan(decoder, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
