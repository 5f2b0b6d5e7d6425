package spreadsheet

import (
	"fmt"
	"iter"
	"strings"
)

// Row is one line of a list. It stays valid after the iteration went on.
type Row struct {
	// Number is the 1-based row as a spreadsheet program counts it; the header is counted too.
	Number int
	// Line is the 1-based physical line where the row starts in a text file;
	// it differs from Number after cells of several lines.
	Line int

	cells   []string
	columns *columns
}

// NewRow makes a row by hand, for callers whose rows come from elsewhere.
// Missing values are empty, surplus ones are dropped.
func NewRow(number int, header, values []string) Row {
	cells := make([]string, len(header))
	copy(cells, values)
	return Row{Number: number, Line: number, cells: cells, columns: newColumns(header)}
}

// Get returns the cell of a column, "" when there is no such column. Names are
// compared without regard to case and to runs of white space.
func (r Row) Get(column string) string {
	i, ok := r.columns.find(column)
	if !ok || i >= len(r.cells) {
		return ""
	}
	return r.cells[i]
}

// Has tells whether the list has the column at all.
func (r Row) Has(column string) bool {
	_, ok := r.columns.find(column)
	return ok
}

// Cells iterates over column name and value in the order of the header.
func (r Row) Cells() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, v := range r.cells {
			if !yield(r.columns.names[i], v) {
				return
			}
		}
	}
}

// columns is a header: names as shown, and their places by folded name.
type columns struct {
	names []string
	index map[string]int
}

func newColumns(header []string) *columns {
	c := &columns{index: make(map[string]int, len(header))}
	for i, name := range header {
		name = squeeze(name)
		if name == "" {
			name = fmt.Sprintf("#%d", i+1)
		}
		c.names = append(c.names, c.unique(name))
		c.index[foldName(c.names[i])] = i
	}
	return c
}

func (c *columns) unique(name string) string {
	candidate := name
	for n := 2; ; n++ {
		if _, taken := c.index[foldName(candidate)]; !taken {
			return candidate
		}
		candidate = fmt.Sprintf("%s (%d)", name, n)
	}
}

func (c *columns) find(name string) (int, bool) {
	if c == nil {
		return 0, false
	}
	i, ok := c.index[foldName(name)]
	return i, ok
}

func foldName(name string) string { return strings.ToLower(squeeze(name)) }

// squeeze trims and turns every run of white space into one space, as Excel's TRIM.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
