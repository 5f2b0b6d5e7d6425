package spreadsheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// xlsxSource pairs two streams over one worksheet: excelize gives the values,
// and a scan of the same XML gives what excelize's stream does not tell: which
// cells are dates, where a formula has no value, and whether the XML is whole
// (excelize takes a broken end for the end).
type xlsxSource struct {
	file   string
	opts   Options
	parts  *workbookParts
	book   *excelize.File
	rows   *excelize.Rows
	scan   *sheetScan
	ahead  *scannedRow // row of the scan not reached by excelize yet
	number int
}

func openXLSX(file string, content io.ReaderAt, size int64, opts Options) (source, error) {
	parts, err := openParts(content, size, opts)
	if err != nil {
		return nil, inFile(file, err)
	}
	sheet, err := parts.sheet(opts.Sheet)
	if err != nil {
		return nil, inFile(file, err)
	}
	s := &xlsxSource{file: file, opts: opts, parts: parts}
	if err := s.open(io.NewSectionReader(content, 0, size), sheet); err != nil {
		return nil, errors.Join(inFile(file, err), s.close())
	}
	return s, nil
}

func (s *xlsxSource) open(content io.Reader, sheet sheetPart) error {
	var err error
	if s.scan, err = newSheetScan(sheet.file); err != nil {
		return err
	}
	if s.ahead, err = s.scan.next(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	err = guard(func() error {
		s.book, err = excelize.OpenReader(content, excelize.Options{
			RawCellValue: true, UnzipSizeLimit: s.opts.UnzipBytes, UnzipXMLSizeLimit: s.opts.UnzipPart})
		if err != nil {
			return err
		}
		s.rows, err = s.book.Rows(sheet.name)
		return err
	})
	if err != nil {
		return &FileError{Code: CodeBroken, Err: err}
	}
	return nil
}

// guard turns a panic of the XLSX library on a crafted file into an error: a
// stranger's upload must not stop the process.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the workbook is malformed: %v", p)
		}
	}()
	return f()
}

// inFile completes a *FileError with the file's name.
func inFile(file string, err error) error {
	if fe, ok := errors.AsType[*FileError](err); ok {
		fe.File = file
		return fe
	}
	return &FileError{File: file, Code: CodeBroken, Err: err}
}

func (s *xlsxSource) progress() (int64, int64) { return s.scan.done.n.Load(), s.scan.size }

func (s *xlsxSource) close() error {
	var errs []error
	if s.scan != nil {
		// Closing before the end of the part reports a checksum that was never
		// reached; only the release matters here.
		_ = s.scan.part.Close()
	}
	if s.rows != nil {
		errs = append(errs, s.rows.Close())
	}
	if s.book != nil {
		errs = append(errs, s.book.Close())
	}
	return errors.Join(errs...)
}

func (s *xlsxSource) next() (rawRow, error) {
	cells, more, err := s.values()
	if err != nil {
		return rawRow{}, &FileError{File: s.file, Row: s.number, Code: CodeBroken, Err: err}
	}
	if !more {
		return rawRow{}, s.atEnd()
	}
	s.number++
	row := rawRow{number: s.number, line: s.number, cells: cells, padded: true}
	if s.ahead == nil || s.ahead.number > s.number {
		if !blank(cells) {
			return row, s.disagree()
		}
		return row, nil
	}
	if len(cells) > s.opts.MaxColumns {
		return row, &FileError{File: s.file, Row: row.number, Code: CodeTooManyCols,
			Detail: fmt.Sprintf("the limit is %d", s.opts.MaxColumns)}
	}
	if err := s.refine(&row, s.ahead.cells); err != nil {
		return row, err
	}
	return row, s.advance()
}

func (s *xlsxSource) values() (cells []string, more bool, err error) {
	err = guard(func() error {
		if more = s.rows.Next(); !more {
			return s.rows.Error()
		}
		cells, err = s.rows.Columns(excelize.Options{RawCellValue: true})
		return err
	})
	return cells, more, err
}

// advance moves the scan to its next row.
func (s *xlsxSource) advance() error {
	ahead, err := s.scan.next()
	if errors.Is(err, io.EOF) {
		s.ahead = nil
		return nil
	}
	if err != nil {
		return inFile(s.file, err)
	}
	s.ahead = ahead
	return nil
}

// atEnd believes in the end only when both streams came to it.
func (s *xlsxSource) atEnd() error {
	if s.ahead != nil {
		return s.disagree()
	}
	return io.EOF
}

func (s *xlsxSource) disagree() error {
	return &FileError{File: s.file, Row: s.number, Code: CodeBroken, Detail: "the rows of the worksheet are not in order"}
}

// refine replaces raw values by what the user sees in their cells.
func (s *xlsxSource) refine(row *rawRow, scanned []scannedCell) error {
	for _, c := range scanned {
		if c.column >= len(row.cells) {
			if c.formula && !c.value {
				row.cells = append(row.cells, make([]string, c.column+1-len(row.cells))...)
			} else {
				continue
			}
		}
		cell := &row.cells[c.column]
		if len(*cell) > s.opts.MaxCellBytes {
			return &FileError{File: s.file, Row: row.number, Code: CodeCellTooLong,
				Detail: fmt.Sprintf("column %d, the limit is %d bytes", c.column+1, s.opts.MaxCellBytes)}
		}
		if code, detail := s.refineCell(cell, c); code != "" {
			row.problems = append(row.problems, RowError{File: s.file, Row: row.number, Line: row.number,
				Column: columnName(c.column), Code: code, Value: *cell, Detail: detail})
		}
	}
	return nil
}

func (s *xlsxSource) refineCell(cell *string, c scannedCell) (Code, string) {
	switch {
	case c.formula && !c.value:
		return CodeNoCachedValue, "open and save the workbook in a spreadsheet program"
	case c.kind == "e":
		return CodeCellError, ""
	case c.kind == "s" && *cell == "" && c.value && c.shared >= s.parts.sharedCount():
		return CodeCellError, "the cell points to a text that is not in the file"
	case c.kind != "" && c.kind != "n" || *cell == "":
		return "", ""
	}
	number, err := strconv.ParseFloat(strings.TrimSpace(*cell), 64)
	if err != nil {
		return CodeBadNumber, ""
	}
	if form := s.parts.format(c.style); form != formNumber {
		return s.date(cell, number, form)
	}
	*cell = plainNumber(*cell, number)
	return "", ""
}

// date writes a serial day as "2006-01-02", with "T15:04:05" where there is a
// time of day, and as "15:04:05" where there is no day.
func (s *xlsxSource) date(cell *string, serial float64, form numberForm) (Code, string) {
	if serial < 0 || serial > maxSerial {
		return CodeBadDate, "the number is not a day of the calendar"
	}
	t, err := excelize.ExcelDateToTime(serial, s.parts.date1904)
	if err != nil {
		return CodeBadDate, err.Error()
	}
	// Serial days are binary fractions: 09:30 comes as 09:29:59.999.
	t = t.Round(time.Second)
	switch {
	case serial < 1 && form != formDate:
		*cell = t.Format("15:04:05")
	case serial == math.Trunc(serial) || form == formDate:
		*cell = t.Format("2006-01-02")
	default:
		*cell = t.Format("2006-01-02T15:04:05")
	}
	return "", ""
}

// maxSerial is 31 December 9999, the last day Excel knows.
const maxSerial = 2958466

// plainNumber undoes the exponent some programs write for long whole numbers,
// such as a taxpayer number.
func plainNumber(raw string, number float64) string {
	if !strings.ContainsAny(raw, "eE") || math.Abs(number) >= 1e15 || number != math.Trunc(number) {
		return strings.TrimSpace(raw)
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

func columnName(zeroBased int) string {
	name, err := excelize.ColumnNumberToName(zeroBased + 1)
	if err != nil {
		return strconv.Itoa(zeroBased + 1)
	}
	return name
}

// workbookParts is the inside of an XLSX file as far as it is needed.
type workbookParts struct {
	files    map[string]*zip.File // by lower-case name
	sheets   []sheetPart
	styles   map[int]numberForm // by index of the cell style
	date1904 bool
	strings  *zip.File
	shared   int // number of shared strings, -1 until counted
}

type sheetPart struct {
	name   string
	hidden bool
	file   *zip.File
}

// maxParts bounds the directory of the archive; a workbook of a hundred sheets
// has a few hundred parts.
const maxParts = 4096

func openParts(content io.ReaderAt, size int64, opts Options) (*workbookParts, error) {
	if size > opts.UnzipBytes {
		return nil, &FileError{Code: CodeTooLarge, Detail: fmt.Sprintf("%d bytes, the limit is %d", size, opts.UnzipBytes)}
	}
	archive, err := zip.NewReader(content, size)
	if err != nil {
		return nil, &FileError{Code: CodeBroken, Err: err}
	}
	if len(archive.File) > maxParts {
		return nil, &FileError{Code: CodeZipBomb, Detail: fmt.Sprintf("%d parts, the limit is %d", len(archive.File), maxParts)}
	}
	p := &workbookParts{files: map[string]*zip.File{}, shared: -1}
	var total uint64
	for _, f := range archive.File {
		// archive/zip itself refuses a part that grows beyond its stated size.
		if total += f.UncompressedSize64; f.UncompressedSize64 > uint64(opts.UnzipBytes) || total > uint64(opts.UnzipBytes) {
			return nil, &FileError{Code: CodeZipBomb, Detail: fmt.Sprintf("it unpacks to more than %d bytes", opts.UnzipBytes)}
		}
		p.files[strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))] = f
	}
	for name, f := range p.files {
		// Worksheets are read row by row, and with them their depth.
		if strings.HasPrefix(name, "xl/worksheets/") || !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		if err := checkDepth(f); err != nil {
			return nil, err
		}
	}
	return p, p.load()
}

func (p *workbookParts) sheet(name string) (sheetPart, error) {
	var names []string
	for _, s := range p.sheets {
		if name == "" && !s.hidden || name != "" && strings.EqualFold(s.name, name) {
			return s, nil
		}
		names = append(names, s.name)
	}
	return sheetPart{}, &FileError{Code: CodeNoSheet,
		Detail: fmt.Sprintf("%q is not among: %s", name, strings.Join(names, ", "))}
}

func (p *workbookParts) format(style int) numberForm { return p.styles[style] }

// sharedCount counts the texts of the workbook when a reference is in doubt.
func (p *workbookParts) sharedCount() int {
	if p.shared < 0 {
		p.shared = countElements(p.strings, "si")
	}
	return p.shared
}
