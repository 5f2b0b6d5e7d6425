package spreadsheet

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// sampleBytes is how much text is kept to guess the separator.
const sampleBytes = 64 << 10

// textShape is what one pass over a text file tells about it.
type textShape struct {
	decoder encoding.Encoding // nil means UTF-8
	bom     int               // bytes to skip
	sample  []byte            // decoded start of the text
}

// sniffText reads the whole text, because a list may be plain ASCII for a
// thousand rows before the first Russian letter. limit is in bytes.
func sniffText(r io.Reader, limit int64) (textShape, error) {
	var (
		s     sniffer
		buf   = make([]byte, 64<<10)
		total int64
	)
	for {
		n, err := r.Read(buf)
		total += int64(n)
		if total > limit {
			return textShape{}, errTooMuchText
		}
		s.write(buf[:n])
		if errors.Is(err, io.EOF) {
			return s.shape()
		}
		if err != nil {
			return textShape{}, err
		}
	}
}

var (
	errTooMuchText = errors.New("the text is larger than the limit")
	errBinary      = errors.New("the file is neither text nor a known spreadsheet")
)

// sniffer counts what tells the encodings apart.
type sniffer struct {
	sample         []byte
	carry          []byte // start of a rune cut by the end of a chunk
	good, bad      int    // multi-byte runes that are valid UTF-8, bytes that are not
	nulEven, nulOd int    // zero bytes at even and odd places of the sample
}

func (s *sniffer) write(p []byte) {
	for i, room := 0, sampleBytes-len(s.sample); i < min(len(p), room); i++ {
		if p[i] == 0 && len(s.sample)%2 == 0 {
			s.nulEven++
		} else if p[i] == 0 {
			s.nulOd++
		}
		s.sample = append(s.sample, p[i])
	}
	if len(s.carry) > 0 {
		p = append(s.carry, p...)
		s.carry = nil
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		if !utf8.FullRune(p) {
			s.carry = bytes.Clone(p)
			return
		}
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			s.bad++
		} else {
			s.good++
		}
		p = p[size:]
	}
}

func (s *sniffer) shape() (textShape, error) {
	s.bad += len(s.carry)
	var shape textShape
	switch {
	case bytes.HasPrefix(s.sample, []byte{0xef, 0xbb, 0xbf}):
		shape.bom = 3
	case bytes.HasPrefix(s.sample, []byte{0xff, 0xfe}):
		shape.bom, shape.decoder = 2, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(s.sample, []byte{0xfe, 0xff}):
		shape.bom, shape.decoder = 2, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case s.nulOd > 2*s.nulEven:
		shape.decoder = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case s.nulEven > 2*s.nulOd:
		shape.decoder = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case s.nulEven+s.nulOd > 0:
		return shape, errBinary
	case s.bad*20 > s.good:
		// A few broken bytes in a long UTF-8 text do not make it windows-1251:
		// they are reported where they stand.
		shape.decoder = charmap.Windows1251
	}
	shape.sample = s.sample[shape.bom:]
	if shape.decoder != nil {
		// The sample may end within a character; what was decoded is enough.
		decoded, _ := shape.decoder.NewDecoder().Bytes(shape.sample)
		shape.sample = decoded
	}
	return shape, nil
}

// decode turns the raw stream into UTF-8 without a BOM. Invalid UTF-8 is left
// as it is, for the rows to report.
func (s textShape) decode(r io.Reader) (io.Reader, error) {
	if _, err := io.CopyN(io.Discard, r, int64(s.bom)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if s.decoder == nil {
		return r, nil
	}
	return s.decoder.NewDecoder().Reader(r), nil
}
