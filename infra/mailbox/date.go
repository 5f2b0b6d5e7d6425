package mailbox

import (
	"regexp"
	"strings"
	"time"
)

// zones are the names found in mail; RFC 5322 asks for numbers since 2001, and
// Moscow never was among the names it knew.
var zones = map[string]string{"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000", "MSK": "+0300", "MSD": "+0400",
	"MSK-1": "+0200", "EET": "+0200", "EEST": "+0300", "CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200",
	"BST": "+0100", "WET": "+0000", "WEST": "+0100", "SAMT": "+0400", "YEKT": "+0500", "YEKST": "+0600", "OMST": "+0600",
	"NOVT": "+0700", "KRAT": "+0700", "IRKT": "+0800", "YAKT": "+0900", "VLAT": "+1000", "MAGT": "+1100", "PETT": "+1200",
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
	"JST": "+0900", "KST": "+0900", "IST": "+0530", "AEST": "+1000", "AEDT": "+1100"}

var (
	dateComment = regexp.MustCompile(`\([^()]*\)`)
	dayName     = regexp.MustCompile(`^[A-Za-z]{2,9}[.,]+\s*|^(?i:mon|tue|wed|thu|fri|sat|sun)\s+`)
	badClock    = regexp.MustCompile(`(\d\d?)\.(\d\d)(\.\d\d)?( |$)`)
)

var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 06 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 06 15:04 -0700",
	"2 January 2006 15:04:05 -0700", "2-Jan-2006 15:04:05 -0700", "2-Jan-06 15:04:05 -0700",
	"Jan 2 2006 15:04:05 -0700", "Jan 2, 2006 15:04:05 -0700", "Jan 2 15:04:05 2006 -0700", "Jan 2 15:04:05 -0700 2006",
	"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05Z07:00",
	"1/2/2006 15:04:05 -0700", "02.01.2006 15:04:05 -0700", "2 Jan 2006 -0700", "2 Jan 06 -0700",
}

// parseDate reads the date of RFC 5322 and of what came before and beside it. A
// date without a known zone is taken for UTC.
func parseDate(s string) (time.Time, bool) {
	s = s[:min(len(s), 200)]
	for strings.Contains(s, "(") && dateComment.MatchString(s) {
		s = dateComment.ReplaceAllString(s, " ")
	}
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimSpace(dayName.ReplaceAllString(s, ""))
	if len(s) < 6 || len(s) > 80 {
		return time.Time{}, false
	}
	s = withZone(s)
	for _, candidate := range []string{s, badClock.ReplaceAllString(s, "$1:$2$4")} {
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, candidate); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

var (
	numericZone = regexp.MustCompile(`[+-]\d\d:?\d\d$`)
	shortNumber = regexp.MustCompile(`:(\d)([: ]|$)`)
	// Filters lose the folding of their own lines, which then end up behind the date.
	trailing    = regexp.MustCompile(`^(.*\d:\d+(?::\d+)? [+-]\d{4}) .*$`)
	doubledZone = regexp.MustCompile(`(?:GMT|UTC|UT)([+-]\d)`)
)

// withZone ends the date with a numeric zone.
func withZone(s string) string {
	if strings.Contains(s, "T") && strings.Count(s, "-") >= 2 && !strings.Contains(s, " ") {
		return s // ISO 8601 keeps its own zone
	}
	// "GMT+0300" says the same twice.
	s = doubledZone.ReplaceAllString(s, "$1")
	s = strings.Replace(s, "+-", "-", 1)
	s = trailing.ReplaceAllString(s, "$1")
	for range 2 { // neighbours share a colon
		s = shortNumber.ReplaceAllString(s, ":0$1$2")
	}
	if m := numericZone.FindStringIndex(s); m != nil {
		if m[0] > 0 && s[m[0]-1] != ' ' {
			return s[:m[0]] + " " + s[m[0]:]
		}
		return s[:m[0]] + strings.ReplaceAll(s[m[0]:], ":", "")
	}
	i := strings.LastIndexByte(s, ' ')
	name := strings.ToUpper(s[i+1:])
	if offset, ok := zones[name]; ok {
		return strings.TrimSpace(s[:max(i, 0)]) + " " + offset
	}
	if i > 0 && name[0] >= 'A' && name[0] <= 'Z' && strings.Contains(s[:i], ":") && len(name) <= 5 {
		return s[:i] + " +0000"
	}
	return s + " +0000"
}
