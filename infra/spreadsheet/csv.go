package spreadsheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// csvSource reads delimited text. encoding/csv is not used here: it has no
// bound on the size of a cell, and it cannot go on after a stray quote, which
// lists from 1C have («"ООО "Ромашка""»).
type csvSource struct {
	file   string
	opts   Options
	in     *bufio.Reader
	sep    byte
	done   *countingReader
	size   int64
	line   int // line of the next byte
	number int // rows read
	buf    []byte
}

// countingReader counts compressed bytes for the progress bar, which another
// goroutine may ask for.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func openCSV(file string, content io.ReaderAt, size int64, zipped bool, opts Options) (source, error) {
	text, err := textReader(io.NewSectionReader(content, 0, size), zipped)
	if err != nil {
		return nil, &FileError{File: file, Code: CodeBroken, Err: err}
	}
	shape, err := sniffText(text, opts.MaxTextBytes)
	if err != nil {
		return nil, &FileError{File: file, Code: sniffCode(err), Err: err}
	}
	done := &countingReader{r: io.NewSectionReader(content, 0, size)}
	text, err = textReader(done, zipped)
	if err != nil {
		return nil, &FileError{File: file, Code: CodeBroken, Err: err}
	}
	if text, err = shape.decode(text); err != nil {
		return nil, &FileError{File: file, Code: CodeBroken, Err: err}
	}
	s := &csvSource{file: file, opts: opts, in: bufio.NewReaderSize(text, 64<<10), done: done, size: size, line: 1}
	s.sep = s.separatorLine()
	switch {
	case opts.Separator != 0:
		s.sep = opts.Separator
	case s.sep == 0:
		s.sep = guessSeparator(shape.sample, opts)
	}
	return s, nil
}

func textReader(r io.Reader, zipped bool) (io.Reader, error) {
	if !zipped {
		return r, nil
	}
	return gzip.NewReader(r)
}

func sniffCode(err error) Code {
	switch {
	case errors.Is(err, errTooMuchText):
		return CodeTooLarge
	case errors.Is(err, errBinary):
		return CodeUnsupported
	default:
		return CodeBroken
	}
}

// separatorLine takes Excel's own hint, a first line of "sep=;".
func (s *csvSource) separatorLine() byte {
	head, _ := s.in.Peek(7)
	if len(head) < 6 || !bytes.EqualFold(head[:4], []byte("sep=")) || head[5] != '\r' && head[5] != '\n' {
		return 0
	}
	n := 6
	if head[5] == '\r' && len(head) > 6 && head[6] == '\n' {
		n = 7
	}
	_, _ = s.in.Discard(n)
	s.line++
	s.number++
	return head[4]
}

// guessSeparator tries each candidate on the first rows and takes the one that
// gives the widest table of equal rows.
func guessSeparator(sample []byte, opts Options) byte {
	best, bestScore := byte(';'), 0.0
	for _, sep := range []byte{';', '\t', ',', '|'} {
		if score := separatorScore(sample, sep, opts); score > bestScore {
			best, bestScore = sep, score
		}
	}
	return best
}

func separatorScore(sample []byte, sep byte, opts Options) float64 {
	s := &csvSource{opts: opts, in: bufio.NewReader(bytes.NewReader(sample)), sep: sep, line: 1}
	widths, rows := map[int]int{}, 0
	for rows < 50 {
		raw, err := s.next()
		if err != nil {
			break
		}
		if !blank(raw.cells) {
			widths[len(raw.cells)]++
			rows++
		}
	}
	score := 0.0
	for width, n := range widths {
		// Agreement of the rows weighs more than width: a comma inside addresses
		// makes wide rows, but not equally wide ones.
		share := float64(n) / float64(rows)
		score = max(score, float64(width-1)*share*share*share)
	}
	return score
}

func (s *csvSource) progress() (int64, int64) { return s.done.n.Load(), s.size }
func (s *csvSource) close() error             { return nil }

func (s *csvSource) next() (rawRow, error) {
	row := rawRow{number: s.number + 1, line: s.line}
	for {
		last, err := s.cell(&row)
		if errors.Is(err, io.EOF) && len(row.cells) == 0 {
			return row, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return row, s.fatal(row, err)
		}
		if len(row.cells) > s.opts.MaxColumns {
			return row, &FileError{File: s.file, Row: row.number, Line: row.line, Code: CodeTooManyCols,
				Detail: fmt.Sprintf("the limit is %d", s.opts.MaxColumns)}
		}
		// The end of the text ends its last row, too.
		if last || errors.Is(err, io.EOF) {
			s.number++
			return row, nil
		}
	}
}

func (s *csvSource) fatal(row rawRow, err error) error {
	fe := &FileError{File: s.file, Row: row.number, Line: row.line, Code: CodeBroken, Err: err}
	if bad, ok := errors.AsType[*cellFault](err); ok {
		fe.Code, fe.Line, fe.Detail, fe.Err = bad.code, bad.line, bad.detail, nil
	}
	return fe
}

// cellFault is a cell after which the rest of the text cannot be trusted.
type cellFault struct {
	code   Code
	line   int
	detail string
}

func (f *cellFault) Error() string { return string(f.code) + ": " + f.detail }

// cell reads one cell with the separator or line end behind it. io.EOF comes
// alone when nothing was left, or with a last cell appended to the row.
func (s *csvSource) cell(row *rawRow) (last bool, err error) {
	s.buf = s.buf[:0]
	b, err := s.readByte()
	if err != nil {
		if errors.Is(err, io.EOF) && len(row.cells) > 0 {
			row.cells = append(row.cells, "")
		}
		return true, err
	}
	if b == '"' {
		return s.quoted(row)
	}
	return s.plain(row, b)
}

func (s *csvSource) plain(row *rawRow, b byte) (bool, error) {
	for {
		if b == s.sep || b == '\n' {
			s.keep(row)
			return b == '\n', nil
		}
		if len(s.buf) >= s.opts.MaxCellBytes {
			return true, &cellFault{CodeCellTooLong, s.line, fmt.Sprintf("the limit is %d bytes", s.opts.MaxCellBytes)}
		}
		s.buf = append(s.buf, b)
		next, err := s.readByte()
		if err != nil {
			s.keep(row)
			return true, err
		}
		b = next
	}
}

// quoted reads a cell after its opening quote. A quote followed by neither a
// quote nor the end of the cell is taken as text and reported.
func (s *csvSource) quoted(row *rawRow) (bool, error) {
	start := s.line
	for {
		b, err := s.readByte()
		if errors.Is(err, io.EOF) {
			return true, &cellFault{CodeUnclosedQuote, start, "nothing after this line was read"}
		}
		if err != nil {
			return true, err
		}
		if len(s.buf) >= s.opts.MaxCellBytes {
			return true, &cellFault{CodeUnclosedQuote, start,
				fmt.Sprintf("the quoted cell passed the limit of %d bytes", s.opts.MaxCellBytes)}
		}
		if b != '"' {
			s.buf = append(s.buf, b)
			continue
		}
		b, err = s.readByte()
		switch {
		case err == nil && b == '"':
			s.buf = append(s.buf, '"')
		case err != nil || b == s.sep || b == '\n':
			s.keep(row)
			return err != nil || b == '\n', err
		default:
			s.buf = append(s.buf, '"')
			return s.afterStray(row, b)
		}
	}
}

// afterStray reads on as plain text, so that the cell ends with its row and
// cannot swallow the file; the last quote is the closing one.
func (s *csvSource) afterStray(row *rawRow, b byte) (bool, error) {
	before := len(row.cells)
	last, err := s.plain(row, b)
	if n := len(row.cells) - 1; n >= before {
		row.cells[n] = strings.TrimSuffix(strings.TrimRight(row.cells[n], " "), `"`)
		row.problems = append(row.problems, RowError{File: s.file, Row: row.number, Line: row.line,
			Code: CodeStrayQuote, Value: row.cells[n]})
	}
	return last, err
}

func (s *csvSource) keep(row *rawRow) {
	cell := string(s.buf)
	if !utf8.ValidString(cell) {
		cell = strings.ToValidUTF8(cell, "\ufffd")
		row.problems = append(row.problems, RowError{File: s.file, Row: row.number, Line: row.line,
			Code: CodeBadText, Value: cell})
	}
	row.cells = append(row.cells, unguarded(cell))
}

// readByte folds CRLF and a lone CR to LF and counts lines.
func (s *csvSource) readByte() (byte, error) {
	b, err := s.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if b == '\r' {
		if next, err := s.in.Peek(1); err == nil && next[0] == '\n' {
			_, _ = s.in.Discard(1)
		}
		b = '\n'
	}
	if b == '\n' {
		s.line++
	}
	return b, nil
}
