package spreadsheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"
)

func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	return xml.NewTokenDecoder(&shallow{in: d})
}

// shallow ends where elements are nested deeper than in any workbook: a decoder keeps something of every open element, and
// a few kilobytes unpack to millions of them.
type shallow struct {
	in    *xml.Decoder
	depth int
}

const maxDepth = 100

var errTooDeep = errors.New("the XML is nested too deeply")

// Token implements xml.TokenReader.
func (s *shallow) Token() (xml.Token, error) {
	token, err := s.in.RawToken()
	switch token.(type) {
	case xml.StartElement:
		s.depth++
	case xml.EndElement:
		s.depth--
	}
	if s.depth > maxDepth {
		return nil, errTooDeep
	}
	return token, err
}

// checkDepth reads a part that the library will read whole, before it does. What else is wrong with it is the library's to
// find.
func checkDepth(f *zip.File) error {
	part, err := f.Open()
	if err != nil {
		return &FileError{Code: CodeBroken, Detail: f.Name, Err: err}
	}
	defer func() { _ = part.Close() }()
	dec := newDecoder(part)
	for {
		if _, err := dec.RawToken(); errors.Is(err, errTooDeep) {
			return &FileError{Code: CodeBroken, Detail: f.Name, Err: err}
		} else if err != nil {
			return nil // the end, or what is told when the part is used
		}
	}
}

// decodePart reads one small part of the workbook into v.
func (p *workbookParts) decodePart(name string, v any) error {
	f := p.files[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if f == nil {
		return &FileError{Code: CodeBroken, Detail: "the workbook has no part " + name}
	}
	part, err := f.Open()
	if err != nil {
		return &FileError{Code: CodeBroken, Detail: name, Err: err}
	}
	if err := newDecoder(part).Decode(v); err != nil {
		return errors.Join(&FileError{Code: CodeBroken, Detail: name, Err: err}, part.Close())
	}
	return part.Close()
}

// relations is a part that says which other parts belong to one.
type relations struct {
	Items []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

func (p *workbookParts) load() error {
	var root relations
	if err := p.decodePart("_rels/.rels", &root); err != nil {
		return err
	}
	for _, r := range root.Items {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return p.loadWorkbook(strings.TrimPrefix(path.Clean("/"+r.Target), "/"))
		}
	}
	return &FileError{Code: CodeUnsupported, Detail: "a zip archive without a workbook inside"}
}

func (p *workbookParts) loadWorkbook(name string) error {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			// Local name only: strict and transitional files use different namespaces.
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := p.decodePart(name, &book); err != nil {
		return err
	}
	p.date1904, _ = strconv.ParseBool(book.Properties.Date1904)
	dir, base := path.Split(name)
	var rels relations
	if err := p.decodePart(dir+"_rels/"+base+".rels", &rels); err != nil {
		return err
	}
	worksheets := map[string]*zip.File{}
	for _, r := range rels.Items {
		target := strings.ToLower(strings.TrimPrefix(path.Join("/", dir, r.Target), "/"))
		if strings.HasPrefix(r.Target, "/") {
			target = strings.ToLower(strings.TrimPrefix(path.Clean(r.Target), "/"))
		}
		switch {
		case strings.HasSuffix(r.Type, "/worksheet"):
			worksheets[r.ID] = p.files[target]
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			p.strings = p.files[target]
		case strings.HasSuffix(r.Type, "/styles") && p.files[target] != nil:
			if err := p.loadStyles(target); err != nil {
				return err
			}
		}
	}
	for _, s := range book.Sheets {
		for _, a := range s.Attrs {
			if a.Name.Local == "id" && worksheets[a.Value] != nil {
				hidden := s.State == "hidden" || s.State == "veryHidden"
				p.sheets = append(p.sheets, sheetPart{name: s.Name, hidden: hidden, file: worksheets[a.Value]})
			}
		}
	}
	return nil
}

func (p *workbookParts) loadStyles(name string) error {
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := p.decodePart(name, &sheet); err != nil {
		return err
	}
	custom := map[int]string{}
	for _, f := range sheet.Formats {
		custom[f.ID] = f.Code
	}
	p.styles = map[int]numberForm{}
	for i, c := range sheet.Cells {
		if code, ok := custom[c.Format]; ok {
			p.styles[i] = formOfCode(code)
		} else {
			p.styles[i] = formOfBuiltin(c.Format)
		}
	}
	return nil
}

// numberForm is what a cell's number format makes of its number.
type numberForm int

const (
	formNumber numberForm = iota
	formDate
	formTime
	formDateTime
)

// formOfBuiltin follows ECMA-376 part 1, 18.8.30; 27–36 and 50–58 are the
// calendars of East Asian locales. 46 is elapsed time, a number of hours.
func formOfBuiltin(id int) numberForm {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return formDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47:
		return formTime
	case id == 22:
		return formDateTime
	default:
		return formNumber
	}
}

// notPattern is all that stands in a format code without being a placeholder:
// quoted and escaped text, padding, colours, conditions and locales.
var notPattern = regexp.MustCompile(`"[^"]*"|\\.|[_*].|\[[^\]]*\]`)

func formOfCode(code string) numberForm {
	if elapsed.MatchString(code) {
		return formNumber
	}
	pattern := strings.ToLower(notPattern.ReplaceAllString(code, ""))
	pattern, _, _ = strings.Cut(pattern, ";")
	pattern = fractions.ReplaceAllString(pattern, "s")
	pattern = strings.NewReplacer("general", "", "am/pm", "", "a/p", "").Replace(pattern)
	if strings.ContainsAny(pattern, "#0?") {
		return formNumber
	}
	hours := strings.ContainsAny(pattern, "hs")
	days := strings.ContainsAny(pattern, "yd") || !hours && strings.Contains(pattern, "mm")
	switch {
	case days && hours:
		return formDateTime
	case days:
		return formDate
	case hours:
		return formTime
	default:
		return formNumber
	}
}

var (
	elapsed   = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	fractions = regexp.MustCompile(`s[.,]0+`)
)

// scannedCell is what the worksheet's XML says of a cell beside its value.
type scannedCell struct {
	column         int // 0-based
	style          int
	kind           string // "", n, s, str, inlineStr, b, d, e
	formula, value bool
	shared         int // index of the shared string, for kind s
}

type scannedRow struct {
	number int // 1-based
	cells  []scannedCell
}

// sheetScan walks a worksheet part row by row.
type sheetScan struct {
	part io.ReadCloser
	done *countingReader
	size int64
	dec  *xml.Decoder
	last int
}

func newSheetScan(f *zip.File) (*sheetScan, error) {
	part, err := f.Open()
	if err != nil {
		return nil, err
	}
	done := &countingReader{r: part}
	return &sheetScan{part: part, done: done, size: int64(f.UncompressedSize64), dec: newDecoder(done)}, nil
}

// next returns io.EOF after the end of the data, and a *FileError when the XML
// ends or breaks before.
func (s *sheetScan) next() (*scannedRow, error) {
	for {
		token, err := s.dec.RawToken()
		if err != nil {
			return nil, s.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return s.row(t)
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return nil, io.EOF
			}
		}
	}
}

func (s *sheetScan) broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &FileError{Row: s.last, Code: CodeBroken, Detail: "after this row", Err: err}
}

func (s *sheetScan) row(start xml.StartElement) (*scannedRow, error) {
	row := &scannedRow{number: s.last + 1}
	if r := attr(start, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= s.last || n > 1<<20 {
			return nil, &FileError{Row: s.last, Code: CodeBroken, Detail: fmt.Sprintf("row number %q after this row", r)}
		}
		row.number = n
	}
	s.last = row.number
	for {
		token, err := s.dec.RawToken()
		if err != nil {
			return nil, s.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if err := s.cell(row, t); err != nil {
				return nil, err
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return row, nil
			}
		}
	}
}

func (s *sheetScan) cell(row *scannedRow, start xml.StartElement) error {
	previous := -1
	if n := len(row.cells); n > 0 {
		previous = row.cells[n-1].column
	}
	c := scannedCell{column: previous + 1, kind: attr(start, "t")}
	c.style, _ = strconv.Atoi(attr(start, "s"))
	if r := attr(start, "r"); r != "" {
		c.column = columnOf(r)
	}
	if c.column <= previous || c.column >= 1<<14 {
		return &FileError{Row: row.number, Code: CodeBroken, Detail: fmt.Sprintf("cell %q is out of order", attr(start, "r"))}
	}
	if err := s.inside(&c); err != nil {
		return err
	}
	row.cells = append(row.cells, c)
	return nil
}

// inside reads up to the end of a cell.
func (s *sheetScan) inside(c *scannedCell) error {
	inValue := false
	for {
		token, err := s.dec.RawToken()
		if err != nil {
			return s.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			c.formula = c.formula || t.Name.Local == "f"
			c.value = c.value || t.Name.Local == "v" || t.Name.Local == "is"
			inValue = t.Name.Local == "v"
		case xml.CharData:
			if inValue && c.kind == "s" {
				c.shared, _ = strconv.Atoi(strings.TrimSpace(string(t)))
			}
		case xml.EndElement:
			if t.Name.Local == "c" {
				return nil
			}
			inValue = false
		}
	}
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf turns "AB12" into 27; it gives a number out of range for anything else.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref); i++ {
		switch c := ref[i] | 0x20; {
		case c >= 'a' && c <= 'z' && n < 1<<15:
			n = n*26 + int(c-'a') + 1
		case ref[i] >= '0' && ref[i] <= '9' && i > 0:
			return n - 1
		default:
			return -1
		}
	}
	return -1
}

// countElements counts the elements of a local name in a part; an unreadable
// part has none.
func countElements(f *zip.File, local string) int {
	if f == nil {
		return 0
	}
	part, err := f.Open()
	if err != nil {
		return 0
	}
	defer func() { _ = part.Close() }()
	n, dec := 0, newDecoder(part)
	for {
		token, err := dec.RawToken()
		if err != nil {
			return n
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == local {
			n++
		}
	}
}
