package spreadsheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Column is one of a table that is written.
type Column struct {
	Name string
	// Number says that the column holds phone numbers or numbers: a sign before digits is no formula there.
	Number bool
}

// Writer writes a table row by row, in a form that [Reader] reads back as it was and that no program runs.
type Writer interface {
	Write(cells []string) error
	// Close completes the file; what it is written to stays open.
	Close() error
}

// NewCSVWriter writes text as Excel expects it, with a mark of UTF-8 at the beginning. The separator is the one of the
// reader's country.
func NewCSVWriter(w io.Writer, separator rune, columns []Column) (Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = separator, true
	c := &csvWriter{out: out, columns: columns}
	return c, c.Write(names(columns))
}

func names(columns []Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return list
}

type csvWriter struct {
	out     *csv.Writer
	columns []Column
}

// Write implements [Writer].
func (c *csvWriter) Write(cells []string) error {
	record := make([]string, len(cells))
	for i, cell := range cells {
		record[i] = guarded(writable(cell), i < len(c.columns) && c.columns[i].Number)
	}
	return c.out.Write(record)
}

// Close implements [Writer].
func (c *csvWriter) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// NewXLSXWriter writes a workbook of one sheet. Every cell is a text, so nothing of it can be a formula.
func NewXLSXWriter(w io.Writer, columns []Column) (Writer, error) {
	book := excelize.NewFile()
	if err := book.SetDocProps(&excelize.DocProperties{Creator: "Letopis"}); err != nil {
		return nil, errors.Join(err, book.Close())
	}
	rows, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	x := &xlsxWriter{to: w, book: book, rows: rows}
	return x, x.Write(names(columns))
}

type xlsxWriter struct {
	to     io.Writer
	book   *excelize.File
	rows   *excelize.StreamWriter
	number int
}

// longestCell is what a cell of Excel holds, in units of UTF-16.
const longestCell = excelize.TotalCellChars

// Write implements [Writer].
func (x *xlsxWriter) Write(cells []string) error {
	x.number++
	at, err := excelize.CoordinatesToCellName(1, x.number)
	if err != nil {
		return err
	}
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = clipped(writable(cell), longestCell)
	}
	return x.rows.SetRow(at, row)
}

// Close implements [Writer].
func (x *xlsxWriter) Close() error {
	err := x.rows.Flush()
	if err == nil {
		_, err = x.book.WriteTo(x.to)
	}
	return errors.Join(err, x.book.Close())
}

// writable is a text as both forms can hold it: with one kind of line end, and without the characters that no XML has.
func writable(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, s)
}

// clipped says that it is not all of a text.
func clipped(s string, units int) string {
	left, end := units, 0
	for i, r := range s {
		left -= utf16Units(r)
		if left < 0 {
			return s[:end] + "…"
		}
		if left >= 1 {
			end = i + utf8.RuneLen(r)
		}
	}
	return s
}

func utf16Units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}
