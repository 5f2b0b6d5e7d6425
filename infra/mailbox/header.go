package mailbox

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// field is one header line: its name in lower case and its value as raw bytes,
// unfolded.
type field struct {
	name string
	raw  []byte
}

// header is the block before the blank line. Values are converted to UTF-8
// when they are asked for, because the charset may be told by another field.
type header struct {
	fields []field
	report func(defect string)
	body   []byte // of the whole mail, to learn its charset from

	raw8 *rawCharset // how raw 8-bit fields are read, once it is known
}

// rawCharset is a label the mail gives, or a charset found by guess.
type rawCharset struct {
	label   string
	guessed *charmap.Charmap
}

// knownFields tell a mail from other text that happens to hold colons.
var knownFields = map[string]bool{"from": true, "to": true, "cc": true, "subject": true, "date": true, "message-id": true,
	"received": true, "return-path": true, "delivered-to": true, "sender": true, "reply-to": true, "mime-version": true,
	"content-type": true, "content-transfer-encoding": true, "x-mailer": true, "status": true}

// headerRoom is what the headers of a mail and of its parts may take together. Mails of real life stay below a tenth of it;
// without a bound, millions of empty fields or addresses would cost a hundred times their size.
type headerRoom int

const (
	maxHeaders = 4 << 20
	fieldCost  = 16 // of any line, however short
)

// take tells whether there is room for a line.
func (r *headerRoom) take(line []byte) bool {
	*r -= headerRoom(len(line) + fieldCost)
	return *r >= 0
}

func (r *headerRoom) exceeded() bool { return *r < 0 }

// splitHeader parts the header from the body and mends what is broken between. It ends where there is no more room.
func splitHeader(raw []byte, room *headerRoom, report func(string)) (header, []byte) {
	h := header{report: report}
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	if line, rest := cutLine(raw); isBoxLine(bytes.TrimPrefix(line, []byte(">"))) {
		raw = rest
	}
	for len(raw) > 0 {
		line, rest := cutLine(raw)
		if len(line) == 0 {
			return h, rest
		}
		if !room.take(line) {
			return h, nil
		}
		if !h.take(line, rest) {
			report(DefectNoBlankLine)
			return h, raw
		}
		raw = rest
	}
	return h, nil
}

// isBoxLine tells the line that starts a mail in an mbox from the field
// "From : …" with a space too many.
func isBoxLine(line []byte) bool {
	_, _, isField := splitField(line)
	return !isField && bytes.HasPrefix(line, []byte("From "))
}

// take adds a line to the header, or tells that the body starts with it.
func (h *header) take(line, rest []byte) bool {
	folded := line[0] == ' ' || line[0] == '\t'
	if folded && len(h.fields) > 0 {
		last := &h.fields[len(h.fields)-1]
		last.raw = append(append(last.raw, ' '), bytes.TrimSpace(line)...)
		return true
	}
	if name, value, ok := splitField(bytes.TrimLeft(line, " \t")); ok {
		if folded {
			h.report(DefectHeaderStart)
		}
		h.fields = append(h.fields, field{name, bytes.Clone(bytes.TrimSpace(value))})
		return true
	}
	if !h.goesOn(line, rest) {
		return false
	}
	if len(h.fields) == 0 {
		h.report(DefectHeaderStart)
		return true
	}
	h.report(DefectHeaderFold)
	last := &h.fields[len(h.fields)-1]
	last.raw = append(append(last.raw, ' '), bytes.TrimSpace(line)...)
	return true
}

// goesOn looks past a line that is no field: when only header lines follow up
// to the blank line, the line is a fold that lost its white space.
func (h *header) goesOn(line, rest []byte) bool {
	known := false
	for i := 0; i < 30 && len(rest) > 0; i++ {
		var next []byte
		next, rest = cutLine(rest)
		if len(next) == 0 {
			if i == 0 {
				return len(h.fields) > 0 && bytes.ContainsAny(line, "=;")
			}
			return known || len(h.fields) > 0
		}
		name, _, ok := splitField(next)
		if !ok && next[0] != ' ' && next[0] != '\t' {
			return false
		}
		known = known || knownFields[name]
	}
	return known
}

func cutLine(b []byte) (line, rest []byte) {
	before, after, ok := bytes.Cut(b, []byte{'\n'})
	if !ok {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(before, []byte("\r")), after
}

func splitField(line []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i < 1 || i > 200 {
		return "", nil, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	for _, c := range n {
		if c <= ' ' || c >= 0x7f {
			return "", nil, false
		}
	}
	return strings.ToLower(string(n)), line[i+1:], len(n) > 0
}

func (h *header) isMail() bool {
	for _, f := range h.fields {
		if knownFields[f.name] {
			return true
		}
	}
	return false
}

func (h *header) has(name string) bool {
	for _, f := range h.fields {
		if f.name == name {
			return true
		}
	}
	return false
}

// raw returns the first field of a name in UTF-8, encoded words left alone.
func (h *header) raw(name string) string {
	for _, f := range h.fields {
		if f.name == name {
			return h.utf8(f.raw)
		}
	}
	return ""
}

// all joins the fields of a name with commas: addresses may be spread over several.
func (h *header) all(name string) string {
	var values []string
	for _, f := range h.fields {
		if f.name == name {
			values = append(values, h.utf8(f.raw))
		}
	}
	return strings.Join(values, ", ")
}

// text returns a field with its encoded words decoded.
func (h *header) text(name string) string { return decodeWords(h.raw(name)) }

// utf8 converts raw 8-bit bytes, which no rule allows, by the charset the mail
// names first, or by guess from what is there of such bytes.
func (h *header) utf8(raw []byte) string {
	if isASCII(raw) {
		return string(raw)
	}
	h.report(DefectRawHeader)
	if utf8.Valid(raw) {
		return string(raw)
	}
	if h.raw8 == nil {
		h.raw8 = h.findCharset()
	}
	if h.raw8.guessed != nil {
		return decodeByte(raw, h.raw8.guessed)
	}
	s, _ := decodeCharset(raw, h.raw8.label)
	return s
}

func (h *header) findCharset() *rawCharset {
	label := h.charset()
	if _, known := lookup(label); known && label != "utf-8" && label != "us-ascii" {
		return &rawCharset{label: label}
	}
	// One short field says little, all of them and the body say more.
	var sample []byte
	for _, f := range h.fields {
		if !isASCII(f.raw) && len(sample) < 8<<10 {
			sample = append(append(sample, f.raw...), ' ')
		}
	}
	return &rawCharset{guessed: likeliest(append(sample, h.body[:min(len(h.body), 16<<10)]...))}
}

var anyCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?([\w:.-]{1,40})`)

// charset is the first one named in the mail, in its own header or within.
func (h *header) charset() string {
	for _, f := range h.fields {
		if m := anyCharset.FindSubmatch(f.raw); m != nil && f.name == "content-type" {
			return normalLabel(string(m[1]))
		}
	}
	if m := anyCharset.FindSubmatch(h.body[:min(len(h.body), 16<<10)]); m != nil {
		return normalLabel(string(m[1]))
	}
	return ""
}
