package spreadsheet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// read opens content, and gives the rows as "a|b" with the codes of their
// problems behind, and the error that ended the reading.
func read(t *testing.T, content []byte, opts Options) (header string, rows []string, fatal error) {
	t.Helper()
	r, err := New("list", bytes.NewReader(content), int64(len(content)), opts)
	if err != nil {
		return "", nil, err
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	for row, err := range r.Rows() {
		var problems RowErrors
		if err != nil && !errors.As(err, &problems) {
			fatal = err
			break
		}
		text := strings.Join(row.cells, "|")
		for _, p := range problems {
			text += " !" + string(p.Code)
		}
		rows = append(rows, text)
	}
	return strings.Join(r.Header(), "|"), rows, fatal
}

func encode(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	russian := "Наименование;ИНН\r\n«Ёлка»;7707083893\r\n"
	tests := []struct {
		name    string
		content []byte
		opts    Options
		header  string
		rows    []string
	}{
		{"utf-8 with BOM", []byte("\ufeff" + russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"utf-8 without BOM", []byte(russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"windows-1251", encode(t, charmap.Windows1251, russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"utf-16 little endian", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"utf-16 big endian", encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"utf-16 without BOM", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), russian), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"gzip", zipped(t, []byte(russian)), Options{}, "Наименование|ИНН", []string{"«Ёлка»|7707083893"}},
		{"ASCII for long, then windows-1251", append([]byte("a;b\n"+strings.Repeat("1;2\n", 40000)), 0xcf, ';', 0xf0), Options{},
			"a|b", append(repeated("1|2", 40000), "П|р")},
		{"comma", []byte("a,b,c\n1,2,3\n"), Options{}, "a|b|c", []string{"1|2|3"}},
		{"tab", []byte("a\tb\n1,5\t2\n"), Options{}, "a|b", []string{"1,5|2"}},
		{"pipe", []byte("a|b\n1|2\n"), Options{}, "a|b", []string{"1|2"}},
		{"semicolon beside commas in cells", []byte("имя;адрес\nА;Москва, ул. Мира, 1\nБ;Тверь, 2\n"), Options{}, "имя|адрес", []string{"А|Москва, ул. Мира, 1", "Б|Тверь, 2"}},
		{"separator hint of Excel", []byte("sep=,\r\na,b\r\n1;2,3\r\n"), Options{}, "a|b", []string{"1;2|3"}},
		{"separator by option", []byte("a,b;c\n1,2;3\n"), Options{Separator: ';'}, "a,b|c", []string{"1,2|3"}},
		{"one column", []byte("имя\nА\nБ\n"), Options{}, "имя", []string{"А", "Б"}},
		{"quoted cell of several lines", []byte("a;b\n\"1\r\nx;\"\"y\"\"\";2\n"), Options{}, "a|b", []string{"1\nx;\"y\"|2"}},
		{"lone carriage returns", []byte("a;b\r1;2\r3;4\r"), Options{}, "a|b", []string{"1|2", "3|4"}},
		{"no line end at the end", []byte("a;b\n1;2"), Options{}, "a|b", []string{"1|2"}},
		{"empty last cell at the end", []byte("a;b\n1;"), Options{}, "a|b", []string{"1|"}},
		{"quoted cell at the end", []byte("a;b\n1;\"2\""), Options{}, "a|b", []string{"1|2"}},
		{"short row", []byte("a;b;c\n1;2\n3;4;5\n"), Options{}, "a|b|c", []string{"1|2| !ragged_row", "3|4|5"}},
		{"long row", []byte("a;b\n1;2;3\n4;5;\n"), Options{}, "a|b", []string{"1|2 !ragged_row", "4|5"}},
		{"naive quotes of 1C", []byte("имя;инн\n\"ООО \"Ромашка\"\";77\nБ;78\n"), Options{}, "имя|инн", []string{"ООО \"Ромашка\"|77 !stray_quote", "Б|78"}},
		{"quote inside a plain cell", []byte("a;b\nx 5\" y;2\n"), Options{}, "a|b", []string{"x 5\" y|2"}},
		{"broken bytes in long utf-8", []byte("имя;б\n" + strings.Repeat("яяя;ю\n", 20) + "\xff;z\n"), Options{}, "имя|б", append(repeated("яяя|ю", 20), "\ufffd|z !bad_text")},
		{"repeated and empty names", []byte("Тел;;тел\n1;2;3\n"), Options{}, "Тел|#2|тел (2)", []string{"1|2|3"}},
		{"blank rows", []byte("\n\na;b\n\n;\n1;2\n\n"), Options{}, "a|b", []string{"1|2"}},
		{"header row by option", []byte("Список контрагентов;\n;\na;b\n1;2\n"), Options{HeaderRow: 3}, "a|b", []string{"1|2"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			header, rows, err := read(t, tc.content, tc.opts)
			if err != nil {
				t.Fatal(err)
			}
			if header != tc.header {
				t.Errorf("header %q, want %q", header, tc.header)
			}
			if got, want := strings.Join(rows, "\n"), strings.Join(tc.rows, "\n"); got != want {
				t.Errorf("rows\n%.300s\nwant\n%.300s", got, want)
			}
		})
	}
}

func repeated(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	big := zipped(t, bytes.Repeat([]byte("a;b\n"), 1000))
	tests := []struct {
		name    string
		content []byte
		opts    Options
		code    Code
		line    int
	}{
		{"empty", nil, Options{}, CodeEmpty, 0},
		{"only blank lines", []byte("\n \n;;\n"), Options{}, CodeEmpty, 0},
		{"header row beyond the end", []byte("a;b\n"), Options{HeaderRow: 5}, CodeEmpty, 0},
		{"old xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Options{}, CodeUnsupported, 0},
		{"binary", []byte("\x7fELF\x00\x00\x00\x01\x00\x00\x00"), Options{}, CodeUnsupported, 0},
		{"broken gzip", zipped(t, []byte("a;b\n1;2\n"))[:20], Options{}, CodeBroken, 0},
		{"gzip bomb", big, Options{MaxTextBytes: 100}, CodeTooLarge, 0},
		{"large file", []byte("a;b\n1;2\n"), Options{MaxFileBytes: 4}, CodeTooLarge, 0},
		{"unclosed quote", []byte("a;b\n1;2\n3;\"x\n4;5\n"), Options{}, CodeUnclosedQuote, 3},
		{"cell too long", []byte("a;b\n1;2\n3;" + strings.Repeat("x", 99)), Options{MaxCellBytes: 50}, CodeCellTooLong, 3},
		{"too many rows", []byte("a;b\n1;2\n3;4\n"), Options{MaxRows: 1}, CodeTooManyRows, 3},
		{"too many columns", []byte("a;b\n1;2;3;4;5\n"), Options{MaxColumns: 4}, CodeTooManyCols, 2},
		{"no zip directory", []byte("PK\x03\x04 nothing else"), Options{}, CodeBroken, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(t, tc.content, tc.opts)
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Fatalf("error %v, want a *FileError", err)
			}
			if fe.Code != tc.code || fe.Line != tc.line || fe.File != "list" {
				t.Errorf("got %q line %d (%v), want %q line %d", fe.Code, fe.Line, err, tc.code, tc.line)
			}
		})
	}
}

func TestOpenTellsPlaceAndProgress(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("a;b\n\"1\n2\";x\ny\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var last Row
	var problem RowErrors
	for row, err := range r.Rows() {
		last = row
		if err != nil && !errors.As(err, &problem) {
			t.Fatal(err)
		}
	}
	if last.Number != 3 || last.Line != 4 || last.Get(" A ") != "y" || last.Has("c") {
		t.Errorf("row %+v", last)
	}
	if len(problem) != 1 || problem[0].Row != 3 || problem[0].File != "list.csv" {
		t.Errorf("problem %+v", problem)
	}
	if done, total := r.Progress(); done != total || total != 14 {
		t.Errorf("progress %d of %d", done, total)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, path := range []string{filepath.Join(t.TempDir(), "none.csv"), t.TempDir()} {
		_, err := Open(path, Options{})
		var fe *FileError
		if !errors.As(err, &fe) || fe.Code != CodeUnreadable {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	err := WriteErrors(&buf, []RowError{
		{File: "список.csv", Row: 5, Column: "ИНН", Field: "inn", Code: CodeBadINN, Value: "=cmd|'/c calc'!A1"},
		{File: "список.csv", Row: 6, Code: CodeBadPhone, Value: "+7 (495) 111-22-33", Detail: "a;b\"c"},
		{File: "список.csv", Row: 7, Code: CodeBadNumber, Value: " @SUM(1)"},
		{File: "список.csv", Row: 8, Code: CodeBadNumber, Value: "-5,00"},
		{File: "список.csv", Row: 9, Code: CodeBadNumber, Value: "＝1+A1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffФайл;Строка;Колонка;Поле;Код;Что не так;Значение;Подробности\r\n" +
		"список.csv;5;ИНН;inn;bad_inn;ИНН не проходит проверку;'=cmd|'/c calc'!A1;\r\n" +
		"список.csv;6;;;bad_phone;не похоже на номер телефона;+7 (495) 111-22-33;\"a;b\"\"c\"\r\n" +
		"список.csv;7;;;bad_number;не удалось прочитать число;' @SUM(1);\r\n" +
		"список.csv;8;;;bad_number;не удалось прочитать число;-5,00;\r\n" +
		"список.csv;9;;;bad_number;не удалось прочитать число;'＝1+A1;\r\n"
	if buf.String() != want {
		t.Errorf("got\n%s\nwant\n%s", buf.String(), want)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	e := RowError{File: "a.csv", Row: 7, Line: 9, Column: "ИНН", Code: CodeBadINN, Value: "12", Detail: "short"}
	if got, want := e.Error(), `a.csv: row 7: line 9: column "ИНН": bad_inn: short ("12")`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	f := &FileError{File: "a.csv", Row: 3, Line: 3, Code: CodeBroken, Err: os.ErrClosed}
	if got, want := f.Error(), "a.csv: row 3: broken_file: file already closed"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
