package mailbox

import (
	"regexp"
	"strings"
	"unicode"
)

var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes RFC 2047 words wherever they stand. Neighbours of one
// charset are joined as bytes first: many programs cut the text between the
// bytes of one character.
func decodeWords(s string) string {
	// Some programs encode what is encoded already; more than one layer is a prank.
	for range 2 {
		if !strings.Contains(s, "=?") {
			break
		}
		s = decodeWordsOnce(s)
	}
	return strings.TrimSpace(oneLine(s))
}

func decodeWordsOnce(s string) string {
	var (
		out     strings.Builder
		pending []byte
		charset string
		end     int
	)
	flush := func() {
		text, _ := decodeCharset(pending, charset)
		out.WriteString(text)
		pending = pending[:0]
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[end:m[0]]
		label := normalLabel(s[m[2]:m[3]])
		adjacent := end > 0 && strings.TrimSpace(between) == ""
		if !adjacent || label != charset {
			flush()
		}
		if !adjacent {
			out.WriteString(between)
		}
		charset = label
		pending = append(pending, decodeWord(s[m[4]], s[m[6]:m[7]])...)
		end = m[1]
	}
	flush()
	out.WriteString(s[end:])
	return out.String()
}

func decodeWord(encoding byte, text string) []byte {
	if encoding == 'b' || encoding == 'B' {
		b, _ := decodeBase64([]byte(text))
		return b
	}
	b, _ := decodeQP([]byte(strings.ReplaceAll(text, "_", "=20")))
	return b
}

// oneLine keeps control characters of a decoded word from making new lines or
// fields out of one value.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
