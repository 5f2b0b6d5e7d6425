package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Way is how something is read.
type Way string

// The ways of reading.
const (
	View   Way = "view"
	List   Way = "list"
	Search Way = "search"
	Report Way = "report"
	Export Way = "export"
)

// Ways are all ways of reading.
var Ways = []Way{View, List, Search, Report, Export}

// WayOf is how an operation reads, by its id and its path: what is about one record is a view of it.
func WayOf(operation, path string) Way {
	verb, _, _ := strings.Cut(operation, "-")
	switch {
	case verb == "export":
		return Export
	case verb == "search", verb == "find":
		return Search
	case strings.Contains(path, "{id}"):
		return View
	case verb == "report", strings.Contains(path, "/reports/"):
		return Report
	}
	return List
}

// guarded are the resources nothing of which is shown unless it is written down first.
var guarded = []Resource{Negotiations, Correspondence, Exports, ContactDetails, Emergency}

// Guarded reports whether a reading must be written down before the answer leaves.
func (r Resource) Guarded() bool { return slices.Contains(guarded, r) }

// ofRecords are operations of everybody's that show records: each of them is of the resource of its kind.
var ofRecords = []string{"get-record", "get-record-trail", "list-events"}

// Noted reports whether the access log tells of the operation's readings. One's own affairs are nobody else's business.
func Noted(operation string) bool {
	right, declared := operations[operation]
	return declared && (right.Resource != Own || slices.Contains(ofRecords, operation))
}

// Version names the policy that is in force: a digest of its tables.
func Version() string { return version() }

var version = sync.OnceValue(func() string {
	var b strings.Builder
	for _, role := range slices.Sorted(maps.Keys(table)) {
		for _, resource := range Resources {
			for _, action := range Actions {
				fmt.Fprintf(&b, "%s %s %s %d\n", role, resource, action, table[role][resource][action])
			}
		}
	}
	for _, id := range Operations() {
		fmt.Fprintf(&b, "%s %s %s\n", id, operations[id].Resource, operations[id].Action)
	}
	for _, category := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(&b, "%s %s\n", category, of[category])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
})
