package spreadsheet

import (
	"regexp"
	"strings"
)

// A cell that begins with one of these is a formula to a spreadsheet program, wherever it came from.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// harmless are phone numbers, also several, plain numbers and percentages: they may start with a sign, and
// an apostrophe before them would only be in the way.
var harmless = regexp.MustCompile(`^[+-]?[0-9 ().,%\x{a0}-]*(, \+[0-9 ().\x{a0}-]*)*$`)

// guarded puts an apostrophe before what would be taken for a formula; a column of numbers spares its numbers. A cell that
// looks guarded already gets one more, so that [unguarded] gives back every cell as it was.
func guarded(cell string, number bool) string {
	bare := strings.TrimLeft(cell, "'")
	if !isFormula(bare) || number && bare == cell && harmless.MatchString(strings.TrimLeft(cell, " \u00a0")) {
		return cell
	}
	return "'" + cell
}

// unguarded takes the apostrophe of a guarded cell away.
func unguarded(cell string) string {
	rest, ok := strings.CutPrefix(cell, "'")
	if ok && isFormula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

// isFormula looks behind leading blanks, and knows the full-width twins of the signs, which some programs fold.
func isFormula(cell string) bool {
	cell = strings.TrimLeft(cell, " \u00a0")
	return cell != "" && strings.IndexAny(cell, formulaSigns) == 0
}
