package mailbox

import (
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// parseParams reads "type/subtype; name=value; …" with all that mail programs
// make of it: RFC 2231 pieces and charsets, encoded words in quotes, unquoted
// spaces, repeated names (the first counts).
func parseParams(s string) (value string, params map[string]string) {
	pieces := splitOutsideQuotes(s, ';')
	params = map[string]string{}
	extended := map[string][]segment{}
	for _, p := range pieces[1:] {
		name, v, ok := strings.Cut(p, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			continue
		}
		v = unquote(strings.TrimSpace(v))
		base, rest, isExtended := strings.Cut(name, "*")
		if isExtended {
			extended[base] = append(extended[base], newSegment(rest, v))
		} else if _, repeated := params[name]; !repeated {
			params[name] = decodeWords(v)
		}
	}
	for base, segments := range extended {
		params[base] = joinSegments(segments)
	}
	return strings.ToLower(strings.TrimSpace(unquote(pieces[0]))), params
}

// segment is one piece of an RFC 2231 value: name*0*=, name*1=, or name*=.
type segment struct {
	number  int
	percent bool
	value   string
}

func newSegment(suffix, value string) segment {
	digits, percent := strings.CutSuffix(suffix, "*")
	if suffix == "" {
		percent = true
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		n = 0
	}
	return segment{n, percent, value}
}

// joinSegments puts the bytes together before decoding them: a character may be
// cut between two pieces.
func joinSegments(segments []segment) string {
	sort.SliceStable(segments, func(i, j int) bool { return segments[i].number < segments[j].number })
	var raw []byte
	charset := ""
	for i, s := range segments {
		if !s.percent {
			raw = append(raw, s.value...)
			continue
		}
		if i == 0 {
			if parts := strings.SplitN(s.value, "'", 3); len(parts) == 3 {
				charset, s.value = parts[0], parts[2]
			}
		}
		raw = append(raw, percentDecode(s.value)...)
	}
	text, _ := decodeCharset(raw, charset)
	return oneLine(text)
}

func percentDecode(s string) []byte {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := hexValue(s[i+1]), hexValue(s[i+2]); high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// splitOutsideQuotes never returns an empty list.
func splitOutsideQuotes(s string, sep byte) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// unquote takes off quotes and undoes the escapes of quotes and backslashes;
// other backslashes stay, as in "C:\temp\a.doc".
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	s = strings.TrimSuffix(s[1:], `"`)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}

// fileName reduces a name to what may stand in a folder: no path, no control
// characters, a bounded length.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s))
	if s == "." || s == ".." {
		return ""
	}
	if r := []rune(s); len(r) > 200 {
		s = string(r[:180]) + string(r[len(r)-20:])
	}
	return s
}
