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
		"openapi.json": (&openapiCommand{}).Run,
		"events.md":    (&eventsCommand{}).Run,
	} {
		var fresh bytes.Buffer
		if err := generate(&console{out: &fresh}); err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, fresh.Bytes()) {
			t.Errorf("docs/%s is stale: run make generate", name)
		}
	}
}
