package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The generated files that are committed are those that this code generates.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	for name, generate := range map[string]func(*console) error{
		"docs/openapi.json":                (&openapiCommand{}).Run,
		"docs/access.md":                   (&accessCommand{}).Run,
		"docs/events.md":                   (&eventsCommand{}).Run,
		"web/src/i18n/ru/words.gen.json":   (&wordsCommand{Lang: "ru", Part: "names"}).Run,
		"web/src/i18n/en/words.gen.json":   (&wordsCommand{Lang: "en", Part: "names"}).Run,
		"web/src/i18n/ru/details.gen.json": (&wordsCommand{Lang: "ru", Part: "details"}).Run,
		"web/src/i18n/en/details.gen.json": (&wordsCommand{Lang: "en", Part: "details"}).Run,
	} {
		var fresh bytes.Buffer
		if err := generate(&console{out: &fresh}); err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, fresh.Bytes()) {
			t.Errorf("%s is stale: run make generate", name)
		}
	}
}
