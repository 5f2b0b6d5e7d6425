package mailbox

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// charsetNames are spellings found in mail that the index does not know.
var charsetNames = map[string]string{"win-1251": "windows-1251", "win1251": "windows-1251", "windows1251": "windows-1251",
	"cp-1251": "windows-1251", "1251": "windows-1251", "ansi-1251": "windows-1251", "koi8r": "koi8-r", "koi-8-r": "koi8-r",
	"cp-866": "ibm866", "dos-866": "ibm866", "ibm-866": "ibm866", "utf": "utf-8", "utf_8": "utf-8", "unicode-1-1-utf-8": "utf-8",
	"iso_8859-5": "iso-8859-5", "iso8859_5": "iso-8859-5", "x-gbk": "gbk", "gb2312_charset": "gb2312", "chinesebig5": "big5", "default": "", "default_charset": "",
	"cp936": "gbk", "cp949": "euc-kr", "ks_c_5601": "euc-kr"}

// lookup finds an encoding by its label; nil means UTF-8.
func lookup(label string) (e encoding.Encoding, known bool) {
	switch label {
	case "utf-8", "utf8":
		return nil, true
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312, true
	case "x-user-defined":
		return nil, false
	}
	e, err := htmlindex.Get(label)
	if err != nil || e == encoding.Replacement {
		return nil, false
	}
	if name, err := htmlindex.Name(e); err == nil && name == "utf-8" {
		return nil, true
	}
	return e, true
}

func normalLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	label, _, _ = strings.Cut(label, "*") // RFC 2231 puts a language behind
	if name, ok := charsetNames[label]; ok {
		return name
	}
	return label
}

// decodeCharset turns bytes into UTF-8 by the declared charset where it fits,
// and by the look of the bytes where it is missing, unknown or a lie. defect is
// "" or a code.
func decodeCharset(b []byte, label string) (text, defect string) {
	label = normalLabel(label)
	switch label {
	case "", "us-ascii", "ascii", "7bit", "8bit", "unknown-8bit", "x-unknown":
		return decodeUndeclared(b, label)
	}
	e, known := lookup(label)
	switch {
	case !known:
		text, _ = decodeUndeclared(b, "")
		return text, DefectCharsetUnknown
	case e == nil:
		return decodeUTF8(b)
	case isSingleByte(e) && looksUTF8(b):
		return string(b), DefectCharsetLies
	}
	decoded, err := e.NewDecoder().Bytes(b)
	if err != nil {
		defect = DefectBrokenBytes
	}
	return strings.ToValidUTF8(string(decoded), "\ufffd"), defect
}

func decodeUndeclared(b []byte, label string) (text, defect string) {
	if isASCII(b) {
		return string(b), ""
	}
	defect = DefectNoCharset
	if label == "us-ascii" || label == "ascii" {
		defect = DefectCharsetLies
	}
	if utf8.Valid(b) {
		return string(b), defect
	}
	return guess(b), defect
}

// decodeUTF8 keeps UTF-8 with a few broken bytes, and guesses where hardly
// anything is UTF-8.
func decodeUTF8(b []byte) (text, defect string) {
	if utf8.Valid(b) {
		return strings.TrimPrefix(string(b), "\ufeff"), ""
	}
	if good, bad := countRunes(b); good > 20*bad {
		return strings.ToValidUTF8(string(b), "\ufffd"), DefectBrokenBytes
	}
	return guess(b), DefectCharsetLies
}

// countRunes counts the multi-byte characters that are valid and the bytes that are not.
func countRunes(b []byte) (good, bad int) {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		b = b[size:]
	}
	return good, bad
}

// looksUTF8 is sure only from three characters on: one pair of bytes is valid
// by chance.
func looksUTF8(b []byte) bool {
	good, bad := countRunes(b)
	return bad == 0 && good >= 3
}

func isSingleByte(e encoding.Encoding) bool {
	_, ok := e.(*charmap.Charmap)
	return ok
}

// guess decodes by the charset that fits the bytes best.
func guess(b []byte) string { return decodeByte(b, likeliest(b)) }

func decodeByte(b []byte, e *charmap.Charmap) string {
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(text)
}

// likeliest tries the charsets of Russian mail and takes the one whose text
// looks most like Russian; what looks like none is taken for Western European.
func likeliest(b []byte) *charmap.Charmap {
	sample := b[:min(len(b), 16<<10)]
	best, bestScore := charmap.Windows1252, 2.0
	for _, e := range []*charmap.Charmap{charmap.Windows1251, charmap.KOI8R, charmap.CodePage866, charmap.ISO8859_5, charmap.MacintoshCyrillic} {
		if score := russianScore(sample, e); score > bestScore {
			best, bestScore = e, score
		}
	}
	return best
}

// frequency of the letters а…я in Russian text, in percent.
var frequency = [32]float64{8.0, 1.6, 4.5, 1.7, 3.0, 8.5, 0.9, 1.6, 7.4, 1.2, 3.5, 4.4, 3.2, 6.7, 11.0, 2.8,
	4.7, 5.5, 6.3, 2.6, 0.3, 1.0, 0.5, 1.4, 0.7, 0.4, 0.04, 1.9, 1.7, 0.3, 0.6, 2.0}

// frequentPairs holds the most frequent pairs of letters, by their places in the alphabet.
var frequentPairs = func() (table [32][32]bool) {
	for pair := range strings.FieldsSeq(pairs) {
		r := []rune(pair)
		table[r[0]-'а'][r[1]-'а'] = true
	}
	return table
}()

const pairs = "ст но то на ен ов ни ра во ко пр по ро ал ре ли не ос го ер ет ть ом ан та ел ва ог ат ит ны ес ор де ав те да ла ло"

// russianScore is the mean likeness to Russian per non-ASCII byte. KOI8-R and
// windows-1251 swap the cases of letters, so capitals within a word count against.
func russianScore(b []byte, e *charmap.Charmap) float64 {
	score, n := 0.0, 0
	previous := rune(' ')
	for _, c := range b {
		r := e.DecodeByte(c)
		if c >= 0x80 {
			n++
			score += letterScore(previous, r)
		}
		previous = r
	}
	if n == 0 {
		return 0
	}
	return score / float64(n)
}

func letterScore(previous, r rune) float64 {
	lower := unicode.ToLower(r)
	switch {
	case lower == 'ё':
		return 0.5
	case strings.ContainsRune("«»—–№…“”„\u00a0", r):
		return 0
	case lower < 'а' || lower > 'я':
		return -10
	case unicode.IsUpper(r) && unicode.IsLower(previous):
		return -8
	}
	score := frequency[lower-'а']
	if unicode.IsUpper(r) {
		score *= 0.9
	}
	if before := unicode.ToLower(previous); before >= 'а' && before <= 'я' && frequentPairs[before-'а'][lower-'а'] {
		score += 6
	}
	return score
}
