// Package onec reads counterparties from CommerceML 2.x and 3.x, the XML in
// which 1C exchanges data with other programs.
//
// Real files break the schema in every direction, so the reading is tolerant:
// elements are known by local name whatever the namespace, a counterparty is
// found wherever it stands, and what looks wrong is kept and reported. The
// package knows nothing of the domain.
package onec

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Options bound the reading. The zero value is ready to use.
type Options struct {
	MaxBytes        int64 // of the whole file; default 1 GiB
	MaxElementBytes int64 // of one counterparty or one token; default 1 MiB
	MaxDepth        int   // of nested elements; default 64
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 30
	}
	if o.MaxElementBytes <= 0 {
		o.MaxElementBytes = 1 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 64
	}
	return o
}

// Code names a kind of problem; user interfaces translate it.
type Code string

// Errors that end the reading, then problems of one counterparty.
const (
	CodeUnreadable  Code = "unreadable"
	CodeNotXML      Code = "not_xml"
	CodeNotCML      Code = "not_commerceml"
	CodeTooLarge    Code = "too_large"
	CodeElementSize Code = "element_too_large"
	CodeTooDeep     Code = "nested_too_deeply"
	CodeCharset     Code = "unknown_charset"

	CodeNoID       Code = "no_id"
	CodeNoName     Code = "no_name"
	CodeKindUnsure Code = "kind_unsure"
	CodeBadINN     Code = "bad_inn"
	CodeBadKPP     Code = "bad_kpp"
	CodeBadOGRN    Code = "bad_ogrn"
	CodeNoValue    Code = "contact_without_value"
	CodeDupID      Code = "repeated_id"
)

// Error ends the reading of a file.
type Error struct {
	File   string
	Line   int // 1-based, 0 where unknown
	Code   Code
	Detail string
	Err    error // the cause, may be nil
}

func (e *Error) Error() string {
	s := e.File + ": "
	if e.Line > 0 {
		s += fmt.Sprintf("line %d: ", e.Line)
	}
	s += string(e.Code)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Problem is a doubt about one counterparty, which is delivered all the same.
type Problem struct {
	File   string
	Line   int    // where the counterparty starts
	ID     string // of the counterparty, may be empty
	Field  string // element of CommerceML, such as "ИНН"
	Code   Code
	Value  string
	Detail string
}

func (p Problem) Error() string {
	return fmt.Sprintf("%s: line %d: %s: %s %q %s", p.File, p.Line, p.Field, p.Code, p.Value, p.Detail)
}

// Summary tells what a file held; it is complete when the iteration has ended.
type Summary struct {
	SchemaVersion  string // attribute ВерсияСхемы
	Formed         string // attribute ДатаФормирования, as written
	Counterparties int
	// Elements counts the start tags of all other elements by local name, those
	// inside a counterparty left out. Beyond a thousand names the rest is
	// counted under "…".
	Elements map[string]int
	Bytes    int64 // read so far
}

// Reader streams the counterparties of one file. It is not safe for concurrent use.
type Reader struct {
	file    string
	opts    Options
	budget  *budgetReader
	dec     *xml.Decoder
	path    []string
	summary Summary
	seen    map[string]int // line by id
	closer  io.Closer
}

// Open reads a file by path.
func Open(path string, opts Options) (*Reader, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: name, Code: CodeUnreadable, Err: err}
	}
	r, err := NewReader(name, f, opts)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.closer = f
	return r, nil
}

// NewReader reads XML from a stream; file is the name used in errors.
func NewReader(file string, in io.Reader, opts Options) (*Reader, error) {
	opts = opts.withDefaults()
	r := &Reader{file: file, opts: opts, seen: map[string]int{}, summary: Summary{Elements: map[string]int{}}}
	r.budget = &budgetReader{in: in, total: opts.MaxBytes, step: opts.MaxElementBytes}
	buffered := bufio.NewReaderSize(r.budget, bufferBytes)
	head, err := buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{File: file, Code: CodeUnreadable, Err: err}
	}
	bom := bytes.HasPrefix(head, []byte("\ufeff"))
	if bom {
		_, _ = buffered.Discard(3)
	}
	r.dec = xml.NewDecoder(buffered)
	r.dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if bom {
			// Some exports keep "windows-1251" in the declaration of a file that
			// was saved as UTF-8 with BOM; the BOM is right.
			return in, nil
		}
		enc, err := htmlindex.Get(label)
		if err != nil {
			return nil, &Error{File: file, Code: CodeCharset, Detail: label}
		}
		return enc.NewDecoder().Reader(in), nil
	}
	return r, nil
}

// Close releases the file behind [Open].
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// Summary tells what was met so far.
func (r *Reader) Summary() Summary {
	r.summary.Bytes = r.budget.read
	return r.summary
}

// bufferBytes is how far the buffers may read ahead of the decoder.
const bufferBytes = 32 << 10

var (
	errTooLarge    = errors.New("the file is larger than the limit")
	errElementSize = errors.New("an element is larger than the limit")
)

// budgetReader bounds what the decoder may swallow in one step, because it
// builds every token and element in memory before anybody can look at it.
type budgetReader struct {
	in    io.Reader
	total int64 // bytes left in all
	step  int64 // bytes one step may take
	left  int64 // bytes left in this step
	read  int64
}

func (b *budgetReader) renew() { b.left = b.step + 2*bufferBytes }

func (b *budgetReader) Read(p []byte) (int, error) {
	if b.read == 0 {
		b.renew()
	}
	switch {
	case b.total <= 0:
		// One more byte decides whether the file ends just at the limit.
		n, err := b.in.Read(make([]byte, 1))
		if n == 0 && err != nil {
			return 0, err
		}
		return 0, errTooLarge
	case b.left <= 0:
		return 0, errElementSize
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.total, b.left)])
	b.total -= int64(n)
	b.left -= int64(n)
	b.read += int64(n)
	return n, err
}

// Counterparties iterates over the counterparties in the order of the file. An
// error is an [*Error] beside an empty value, and nothing follows it.
func (r *Reader) Counterparties() iter.Seq2[Counterparty, error] {
	return func(yield func(Counterparty, error) bool) {
		for {
			start, err := r.nextElement()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Counterparty{}, err)
				return
			}
			if start.Name.Local != "Контрагент" {
				continue
			}
			c, err := r.decode(start)
			if err != nil {
				yield(Counterparty{}, err)
				return
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// nextElement goes to the next start tag; a counterparty's is left for decode,
// every other is counted and entered. io.EOF is the end of a whole document.
func (r *Reader) nextElement() (xml.StartElement, error) {
	for {
		r.budget.renew()
		token, err := r.dec.Token()
		if errors.Is(err, io.EOF) && r.summary.SchemaVersion == "" && len(r.summary.Elements) == 0 && r.summary.Counterparties == 0 {
			return xml.StartElement{}, r.fail(CodeNotXML, "there is no element at all", nil)
		}
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, io.EOF
		}
		if err != nil {
			return xml.StartElement{}, r.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, r.enter(t)
		case xml.EndElement:
			r.path = r.path[:len(r.path)-1]
		}
	}
}

// roots are the documents that may hold counterparties: the exchange document,
// and the fragments some programs send alone.
var roots = map[string]bool{"КоммерческаяИнформация": true, "Контрагенты": true, "Контрагент": true, "Контейнер": true, "Документ": true}

func (r *Reader) enter(t xml.StartElement) error {
	name := t.Name.Local
	if len(r.path) == 0 && !roots[name] {
		return r.fail(CodeNotCML, "the document is <"+name+">", nil)
	}
	if name == "Контрагент" {
		return nil
	}
	if len(r.path) >= r.opts.MaxDepth {
		return r.fail(CodeTooDeep, fmt.Sprintf("the limit is %d", r.opts.MaxDepth), nil)
	}
	r.path = append(r.path, name)
	r.count(name)
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "ВерсияСхемы":
			r.summary.SchemaVersion = a.Value
		case "ДатаФормирования":
			r.summary.Formed = a.Value
		}
	}
	return nil
}

func (r *Reader) count(name string) {
	if _, known := r.summary.Elements[name]; !known && len(r.summary.Elements) >= 1000 {
		name = "…"
	}
	r.summary.Elements[name]++
}

func (r *Reader) fail(code Code, detail string, err error) *Error {
	line, _ := r.dec.InputPos()
	return &Error{File: r.file, Line: line, Code: code, Detail: detail, Err: err}
}

// broken finds the right name for an error of the decoder.
func (r *Reader) broken(err error) error {
	var own *Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, errTooLarge):
		return r.fail(CodeTooLarge, fmt.Sprintf("the limit is %d bytes", r.opts.MaxBytes), nil)
	case errors.Is(err, errElementSize):
		return r.fail(CodeElementSize, fmt.Sprintf("the limit is %d bytes", r.opts.MaxElementBytes), nil)
	case errors.As(err, &syntax):
		return &Error{File: r.file, Line: syntax.Line, Code: CodeNotXML, Detail: syntax.Msg}
	default:
		return r.fail(CodeNotXML, "", err)
	}
}

func (r *Reader) decode(start xml.StartElement) (Counterparty, error) {
	line, _ := r.dec.InputPos()
	var raw rawCounterparty
	if err := r.dec.DecodeElement(&raw, &start); err != nil {
		return Counterparty{}, r.broken(err)
	}
	c := raw.counterparty()
	c.Line, c.Path = line, strings.Join(r.path, "/")
	r.summary.Counterparties++
	r.check(&c)
	return c, nil
}
