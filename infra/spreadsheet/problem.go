package spreadsheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Code names a kind of problem; user interfaces translate it.
type Code string

// Problems of a whole file.
const (
	CodeUnreadable    Code = "unreadable"
	CodeEmpty         Code = "empty"
	CodeTooLarge      Code = "too_large"
	CodeZipBomb       Code = "zip_bomb"
	CodeUnsupported   Code = "unsupported_format"
	CodeBroken        Code = "broken_file"
	CodeNoSheet       Code = "no_sheet"
	CodeTooManyRows   Code = "too_many_rows"
	CodeTooManyCols   Code = "too_many_columns"
	CodeCellTooLong   Code = "cell_too_long"
	CodeUnclosedQuote Code = "unclosed_quote"
	CodeMissingColumn Code = "missing_column"
	CodeBadMapping    Code = "bad_mapping"
)

// Problems of one row or field.
const (
	CodeRagged        Code = "ragged_row"
	CodeStrayQuote    Code = "stray_quote"
	CodeBadText       Code = "bad_text"
	CodeCellError     Code = "cell_error"
	CodeNoCachedValue Code = "formula_without_value"
	CodeBadDate       Code = "bad_date"
	CodeBadNumber     Code = "bad_number"
	CodeBadEmail      Code = "bad_email"
	CodeBadPhone      Code = "bad_phone"
	CodeBadINN        Code = "bad_inn"
	CodeINNZero       Code = "inn_leading_zero"
	CodeUnmapped      Code = "unmapped_value"
	CodeRequired      Code = "required"
)

// explanations are for the person who gets the error report.
var explanations = map[Code]string{
	CodeRagged:        "число ячеек не совпадает с заголовком",
	CodeStrayQuote:    "кавычка внутри ячейки не удвоена",
	CodeBadText:       "есть недопустимые символы",
	CodeCellError:     "в ячейке ошибка вычисления",
	CodeNoCachedValue: "формула без сохранённого значения",
	CodeBadDate:       "не удалось прочитать дату",
	CodeBadNumber:     "не удалось прочитать число",
	CodeBadEmail:      "не похоже на адрес электронной почты",
	CodeBadPhone:      "не похоже на номер телефона",
	CodeBadINN:        "ИНН не проходит проверку",
	CodeINNZero:       "к ИНН добавлен потерянный ноль в начале",
	CodeUnmapped:      "значению нет соответствия",
	CodeRequired:      "обязательное поле не заполнено",
	CodeUnclosedQuote: "кавычка не закрыта",
	CodeCellTooLong:   "ячейка слишком длинная",
	CodeTooManyRows:   "слишком много строк",
	CodeTooManyCols:   "слишком много колонок",
	CodeBroken:        "файл повреждён",
	CodeMissingColumn: "в заголовке нет колонки",
}

// FileError ends the reading of a file.
type FileError struct {
	File      string
	Row, Line int // where known, else 0
	Code      Code
	Detail    string
	Err       error // the cause, may be nil
}

func (e *FileError) Error() string {
	return place(e.File, e.Row, e.Line) + describe(e.Code, e.Detail, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// RowError is a problem of one row; the row itself was read.
type RowError struct {
	File      string
	Row, Line int
	Column    string // column of the list, where one is to blame
	Field     string // field of the record, where one is to blame
	Code      Code
	Value     string // what was found
	Detail    string
	Note      bool // nothing is wrong with the result, the user should only know
}

func (e RowError) Error() string {
	s := place(e.File, e.Row, e.Line)
	if e.Column != "" {
		s += "column " + strconv.Quote(e.Column) + ": "
	}
	s += describe(e.Code, e.Detail, nil)
	if e.Value != "" {
		s += " (" + strconv.Quote(shorten(e.Value, 80)) + ")"
	}
	return s
}

// RowErrors are all problems of one row.
type RowErrors []RowError

func (e RowErrors) Error() string {
	parts := make([]string, len(e))
	for i := range e {
		parts[i] = e[i].Error()
	}
	return strings.Join(parts, "; ")
}

// FieldError is a problem met while a row was mapped to a record.
type FieldError struct {
	Field  string // field of the record, such as "inn" or "phones"
	Column string // column it came from, where there is one
	Code   Code
	Value  string
	Detail string
	Note   bool // the record is right, the user should only know
}

func (e FieldError) Error() string {
	return fmt.Sprintf("field %s: %s", e.Field, describe(e.Code, e.Detail, nil))
}

// In adds the place to a field's problem.
func (e FieldError) In(file string, row Row) RowError {
	return RowError{File: file, Row: row.Number, Line: row.Line, Column: e.Column, Field: e.Field,
		Code: e.Code, Value: e.Value, Detail: e.Detail, Note: e.Note}
}

func place(file string, row, line int) string {
	s := file + ": "
	if row > 0 {
		s += fmt.Sprintf("row %d: ", row)
	}
	if line > 0 && line != row {
		s += fmt.Sprintf("line %d: ", line)
	}
	return s
}

func describe(code Code, detail string, err error) string {
	s := string(code)
	if detail != "" {
		s += ": " + detail
	}
	if err != nil {
		s += ": " + err.Error()
	}
	return s
}

func shorten(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes]) + "…"
}

// WriteErrors writes a report that Excel with Russian settings opens as it is:
// UTF-8 with BOM, semicolons, CRLF. Values that a spreadsheet would run as a
// formula are disarmed with a leading apostrophe.
func WriteErrors(w io.Writer, errs []RowError) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	_ = out.Write([]string{"Файл", "Строка", "Колонка", "Поле", "Код", "Что не так", "Значение", "Подробности"})
	for _, e := range errs {
		record := []string{e.File, strconv.Itoa(e.Row), e.Column, e.Field, string(e.Code),
			explanations[e.Code], e.Value, e.Detail}
		for i := range record {
			record[i] = guarded(record[i], true)
		}
		_ = out.Write(record)
	}
	out.Flush()
	return out.Error()
}
