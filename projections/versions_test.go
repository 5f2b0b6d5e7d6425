package projections_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/projections"
)

var update = flag.Bool("update", false, "write the golden versions")

// A projection whose schema or handlers change must get a new version, or old rows would stay beside new ones. The golden
// file holds, for each projection, its version and the digest of the files it is made of.
func TestVersionsFollowChanges(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, p := range projections.All {
		lines = append(lines, fmt.Sprintf("%s %d %s", p.Name, p.Version, digest(t, p)))
	}
	slices.Sort(lines)
	got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", "versions.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("projections changed; give those that are in use a new Version, then go test ./projections -update\n%s\nwant\n%s", got, want)
	}
}

// digest covers the schema and the source files that hold the projection's handlers: those named after it.
func digest(t *testing.T, p projections.Projection) string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	h.Write([]byte(p.Schema))
	for _, file := range files {
		name := strings.TrimSuffix(file, ".go")
		if strings.HasSuffix(file, "_test.go") || (name != p.Name && !strings.HasPrefix(name, p.Name+"_")) {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(source)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Names become schemas and their tables views in one schema: both are unique.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range projections.All {
		if seen[p.Name] || p.Version < 1 || p.Schema == "" {
			t.Errorf("projection %q is declared wrongly", p.Name)
		}
		seen[p.Name] = true
	}
}
