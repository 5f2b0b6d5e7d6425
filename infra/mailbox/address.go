package mailbox

import (
	"regexp"
	"strings"
)

// addressScan reads an address list letter by letter; net/mail refuses a whole
// list for one bad address in it.
type addressScan struct {
	out                  []Address
	plain, angle, remark strings.Builder
	hasAngle             bool
	named                int // length of plain when the angle bracket was closed
}

// parseAddresses reads "Name <a@b>, c@d (Name), group: e@f;" and keeps what it
// can of anything else.
func parseAddresses(s string) []Address {
	var a addressScan
	lastSemicolon := strings.LastIndexByte(s, ';')
	for i := 0; i < len(s); i++ {
		if word := wordAt(s, i); word > 0 {
			// Encoded words may hold commas and brackets.
			a.plain.WriteString(s[i : i+word])
			i += word - 1
			continue
		}
		switch s[i] {
		case '"':
			i = a.quoted(s, i+1)
		case '(':
			i = a.comment(s, i+1)
		case '<':
			i = a.inAngle(s, i+1)
		case ',', ';':
			a.flush()
		case ':':
			if i < lastSemicolon && !a.hasAngle {
				a.plain.Reset() // the name of a group
			} else {
				a.plain.WriteByte(':')
			}
		default:
			a.plain.WriteByte(s[i])
		}
	}
	a.flush()
	return a.out
}

var encodedWordHere = regexp.MustCompile(`^=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=`)

// wordAt is the length of the encoded word that starts here, or 0.
func wordAt(s string, i int) int {
	if s[i] != '=' || i+1 >= len(s) || s[i+1] != '?' {
		return 0
	}
	return len(encodedWordHere.FindString(s[i:]))
}

// quoted takes a quoted name; a quote that is never closed is left out.
func (a *addressScan) quoted(s string, i int) int {
	if strings.IndexByte(s[i:], '"') < 0 {
		return i - 1
	}
	for ; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		a.plain.WriteByte(s[i])
	}
	return i
}

func (a *addressScan) comment(s string, i int) int {
	depth := 1
	for ; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
		a.remark.WriteByte(s[i])
	}
	return i
}

func (a *addressScan) inAngle(s string, i int) int {
	if a.hasAngle {
		// Two addresses without a comma between: what stands there is the second's name.
		plain := a.plain.String()
		a.plain.Reset()
		a.plain.WriteString(plain[:a.named])
		a.flush()
		a.plain.WriteString(plain[a.named:])
	}
	a.hasAngle, a.named = true, a.plain.Len()
	for ; i < len(s) && s[i] != '>'; i++ {
		a.angle.WriteByte(s[i])
	}
	return i
}

func (a *addressScan) flush() {
	plain := decodeWords(strings.Join(strings.Fields(a.plain.String()), " "))
	remark := decodeWords(a.remark.String())
	addr := Address{Name: plain, Addr: cleanAddr(a.angle.String())}
	if !a.hasAngle {
		addr = bareAddress(plain)
	}
	if addr.Name == "" {
		addr.Name = remark
	}
	if addr.Name == addr.Addr {
		addr.Name = ""
	}
	if addr != (Address{}) {
		a.out = append(a.out, addr)
	}
	a.plain.Reset()
	a.angle.Reset()
	a.remark.Reset()
	a.hasAngle = false
}

// bareAddress takes text without angle brackets for an address if it can be
// one, else for a name.
func bareAddress(s string) Address {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.Contains(w, "@") && (len(words) == 1 || i == len(words)-1) {
			return Address{Name: strings.Join(words[:i], " "), Addr: cleanAddr(w)}
		}
	}
	return Address{Name: s}
}

func cleanAddr(s string) string {
	s = strings.Join(strings.Fields(decodeWords(s)), "")
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	return s
}

var bracketed = regexp.MustCompile(`<([^<>]+)>`)

// messageIDs reads a list of ids; text without brackets is one id per word.
func messageIDs(s string) []string {
	s = oneLine(s)
	var out []string
	for _, m := range bracketed.FindAllStringSubmatch(s, -1) {
		if id := strings.Join(strings.Fields(m[1]), ""); id != "" {
			out = append(out, id)
		}
	}
	if out != nil || strings.ContainsAny(s, "<>") {
		return out
	}
	for w := range strings.FieldsSeq(s) {
		if strings.Contains(w, "@") {
			out = append(out, w)
		}
	}
	return out
}
