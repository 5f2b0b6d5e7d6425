// Package spreadsheet reads lists of counterparties saved as CSV or XLSX, and
// turns their rows into records by a declarative mapping file.
//
// The package knows nothing of the domain: rows go in as text, records come
// out as text. Every problem is a typed value that names the file, the row and
// the column: [*FileError] when reading cannot go on, [RowErrors] when one row
// is in doubt, [FieldError] when a mapped field is.
package spreadsheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Options bound and direct the reading. The zero value is ready to use.
type Options struct {
	// Sheet names the worksheet of an XLSX file; empty takes the first visible one.
	Sheet string
	// HeaderRow is the 1-based row of the column names; 0 takes the first row that is not empty.
	HeaderRow int
	// Separator of a CSV file; 0 guesses among ; , tab and |.
	Separator byte

	MaxFileBytes int64 // size as stored; default 256 MiB
	MaxTextBytes int64 // size of CSV text after gunzip; default 1 GiB
	UnzipBytes   int64 // all parts of an XLSX unpacked; default 64 MiB, some 150,000 rows of a usual list
	UnzipPart    int64 // parts larger than this are unpacked to a temporary file; default 16 MiB
	MaxRows      int   // default 1,048,576, the limit of Excel
	MaxColumns   int   // default 1,000
	MaxCellBytes int   // default 128 KiB; Excel itself stops at 32,767 characters
}

func (o Options) withDefaults() Options {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	defInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&o.MaxFileBytes, 256<<20)
	def(&o.MaxTextBytes, 1<<30)
	def(&o.UnzipBytes, 64<<20)
	def(&o.UnzipPart, 16<<20)
	o.UnzipPart = min(o.UnzipPart, o.UnzipBytes)
	defInt(&o.MaxRows, 1<<20)
	defInt(&o.MaxColumns, 1000)
	defInt(&o.MaxCellBytes, 128<<10)
	return o
}

// source is one format's stream of raw rows. next returns io.EOF at the end
// and a *FileError when it cannot go on.
type source interface {
	next() (rawRow, error)
	progress() (done, total int64)
	close() error
}

// rawRow is a row before it is matched with the header.
type rawRow struct {
	number, line int
	cells        []string
	problems     []RowError
	// padded tells that trailing empty cells are left out by the format itself,
	// so that a short row is no defect.
	padded bool
}

// Reader streams the rows of one list. It is not safe for concurrent use.
type Reader struct {
	file    string
	opts    Options
	src     source
	columns *columns
	count   int
	closers []io.Closer
}

// Open reads a .csv, .csv.gz, .txt or .xlsx file up to and including its
// header. The format is told by the content, not by the name.
func Open(path string, opts Options) (*Reader, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, &FileError{File: name, Code: CodeUnreadable, Err: err}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, errors.Join(&FileError{File: name, Code: CodeUnreadable, Err: err}, f.Close())
	}
	r, err := New(name, f, info.Size(), opts)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.closers = append(r.closers, f)
	return r, nil
}

// New is [Open] for content that is already at hand, such as an upload. size
// is in bytes; file is the name used in errors.
func New(file string, content io.ReaderAt, size int64, opts Options) (*Reader, error) {
	opts = opts.withDefaults()
	if size > opts.MaxFileBytes {
		return nil, &FileError{File: file, Code: CodeTooLarge,
			Detail: fmt.Sprintf("%d bytes, the limit is %d", size, opts.MaxFileBytes)}
	}
	src, err := openSource(file, content, size, opts)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file, opts: opts, src: src}
	if err := r.readHeader(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

var (
	magicZip  = []byte("PK\x03\x04")
	magicGzip = []byte{0x1f, 0x8b}
	magicOLE  = []byte{0xd0, 0xcf, 0x11, 0xe0}
)

func openSource(file string, content io.ReaderAt, size int64, opts Options) (source, error) {
	head := make([]byte, min(size, 8))
	if _, err := content.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, &FileError{File: file, Code: CodeUnreadable, Err: err}
	}
	switch {
	case size == 0:
		return nil, &FileError{File: file, Code: CodeEmpty}
	case bytes.HasPrefix(head, magicZip):
		return openXLSX(file, content, size, opts)
	case bytes.HasPrefix(head, magicOLE):
		return nil, &FileError{File: file, Code: CodeUnsupported,
			Detail: "an old .xls or a password-protected workbook: save it as .xlsx without a password"}
	default:
		return openCSV(file, content, size, bytes.HasPrefix(head, magicGzip), opts)
	}
}

func (r *Reader) readHeader() error {
	for {
		raw, err := r.src.next()
		if errors.Is(err, io.EOF) {
			return &FileError{File: r.file, Code: CodeEmpty, Detail: "no header row"}
		}
		if err != nil {
			return err
		}
		if raw.number < r.opts.HeaderRow {
			continue
		}
		if r.opts.HeaderRow > 0 && raw.number > r.opts.HeaderRow || r.opts.HeaderRow > 0 && blank(raw.cells) {
			return &FileError{File: r.file, Row: r.opts.HeaderRow, Code: CodeEmpty, Detail: "the header row is empty"}
		}
		if blank(raw.cells) {
			continue
		}
		r.columns = newColumns(raw.cells)
		return nil
	}
}

// Header returns the column names in their order. A repeated name gets a
// number ("Phone (2)"), an empty one its place ("#3"), so that none is lost.
func (r *Reader) Header() []string {
	return append([]string(nil), r.columns.names...)
}

// File returns the name used in errors.
func (r *Reader) File() string { return r.file }

// Progress returns the bytes read so far and the bytes in all. For XLSX they
// are the unpacked bytes of the worksheet.
func (r *Reader) Progress() (done, total int64) { return r.src.progress() }

// Close releases the file and any temporary files.
func (r *Reader) Close() error {
	errs := []error{r.src.close()}
	for _, c := range r.closers {
		errs = append(errs, c.Close())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Rows iterates over the rows below the header, skipping rows without any
// value. The error is nil, or [RowErrors] beside a row that was read but is in
// doubt, or a [*FileError] with an empty row, after which nothing follows.
// Ranging a second time goes on where the first stopped.
func (r *Reader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			raw, err := r.src.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && r.count >= r.opts.MaxRows {
				err = &FileError{File: r.file, Row: raw.number, Line: raw.line, Code: CodeTooManyRows,
					Detail: fmt.Sprintf("the limit is %d", r.opts.MaxRows)}
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			r.count++
			if blank(raw.cells) && len(raw.problems) == 0 {
				continue
			}
			if !yield(r.finish(raw)) {
				return
			}
		}
	}
}

// finish fits a raw row to the header's width and reports where it did not fit.
func (r *Reader) finish(raw rawRow) (Row, error) {
	width := len(r.columns.names)
	problems := raw.problems
	ragged := func(detail string, value string) {
		problems = append(problems, RowError{File: r.file, Row: raw.number, Line: raw.line, Code: CodeRagged,
			Value: value, Detail: detail})
	}
	if n := len(raw.cells); n < width && !raw.padded {
		ragged(fmt.Sprintf("%d cells, the header has %d", n, width), "")
	}
	if n := len(raw.cells); n > width {
		if rest := raw.cells[width:]; !blank(rest) {
			ragged(fmt.Sprintf("%d cells, the header has %d", n, width), strings.Join(rest, " | "))
		}
		raw.cells = raw.cells[:width]
	}
	for len(raw.cells) < width {
		raw.cells = append(raw.cells, "")
	}
	row := Row{Number: raw.number, Line: raw.line, cells: raw.cells, columns: r.columns}
	if len(problems) > 0 {
		return row, RowErrors(problems)
	}
	return row, nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
