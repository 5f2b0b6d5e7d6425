package spreadsheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook builds an XLSX file by the library itself.
func workbook(tb testing.TB, build func(f *excelize.File) error) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := build(f); err != nil {
		tb.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// parts of a workbook written by hand, for what the library would not write.
var handMade = map[string]string{
	"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
	"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<workbookPr date1904="1"/><sheets><sheet name="Hidden" sheetId="1" state="hidden" r:id="r9"/><sheet name="List" sheetId="2" r:id="r1"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/sheet2.xml"/>` +
		`<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`,
	"xl/styles.xml":            `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	"xl/worksheets/sheet2.xml": sheetXML(`<row r="1"><c r="A1" t="inlineStr"><is><t>secret</t></is></c></row>`),
}

func sheetXML(rows string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
}

// archive zips the hand-made parts with the given ones over them.
func archive(tb testing.TB, over map[string]string) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	all := map[string]string{}
	for _, m := range []map[string]string{handMade, over} {
		maps.Copy(all, m)
	}
	for name, content := range all {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func set(f *excelize.File, cells map[string]any) error {
	for cell, v := range cells {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			return err
		}
	}
	return nil
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	custom := `dd.mm.yyyy\ "г."`
	content := workbook(t, func(f *excelize.File) error {
		err := set(f, map[string]any{"A3": "ИНН", "B3": "Дата", "C3": "Сумма", "D3": "Формула",
			"A4": 7707083893, "B4": time.Date(2024, 3, 11, 0, 0, 0, 0, time.UTC), "C4": 1234.5, "D4": "=not a formula",
			"A6": "0105001241", "B6": time.Date(2024, 3, 11, 9, 30, 0, 0, time.UTC), "C6": true,
			"A7": 500100732259, "B7": 45362, "C7": 0.5})
		if err != nil {
			return err
		}
		date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
		if err != nil {
			return err
		}
		clock, err := f.NewStyle(&excelize.Style{NumFmt: 20})
		if err != nil {
			return err
		}
		return errors.Join(f.SetCellStyle("Sheet1", "B7", "B7", date), f.SetCellStyle("Sheet1", "C7", "C7", clock),
			f.SetCellFormula("Sheet1", "D6", "1+1"))
	})
	header, rows, err := read(t, content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if header != "ИНН|Дата|Сумма|Формула" {
		t.Errorf("header %q", header)
	}
	want := []string{"7707083893|2024-03-11|1234.5|=not a formula",
		"0105001241|2024-03-11T09:30:00|1| !formula_without_value",
		"500100732259|2024-03-11|12:00:00|"}
	if got := strings.Join(rows, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("rows\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestXLSXByHand(t *testing.T) {
	t.Parallel()
	head := `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="str"><v>b</v></c></row>`
	tests := []struct {
		name, rows string
		opts       Options
		want       string
	}{
		{"date of the 1904 calendar", `<row r="2"><c r="A2" s="1"><v>0</v></c></row>`, Options{}, "1904-01-01|"},
		{"no references", `<row><c><v>1</v></c><c><v>2</v></c></row>`, Options{}, "1|2"},
		{"exponent", `<row r="2"><c r="A2"><v>7.7070838930000001E9</v></c><c r="B2"><v>1.5E-3</v></c></row>`, Options{}, "7707083893|1.5E-3"},
		{"error value", `<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>`, Options{}, "#REF!| !cell_error"},
		{"text out of the table", `<row r="2"><c r="A2" t="s"><v>7</v></c><c r="B2"><v>1</v></c></row>`, Options{}, "|1 !cell_error"},
		{"not a number", `<row r="2"><c r="A2"><v>x</v></c></row>`, Options{}, "x| !bad_number"},
		{"date out of the calendar", `<row r="2"><c r="A2" s="1"><v>-5</v></c></row>`, Options{}, "-5| !bad_date"},
		{"wide row", `<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>4</v></c></row>`, Options{}, "1| !ragged_row"},
		{"gap", `<row r="900"><c r="B900"><v>2</v></c></row>`, Options{}, "|2"},
		{"sheet by name", ``, Options{Sheet: "hidden"}, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, rows, err := read(t, archive(t, map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + tc.rows)}), tc.opts)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows, "\n"); got != tc.want {
				t.Errorf("rows %q, want %q", got, tc.want)
			}
		})
	}
}

func TestXLSXRefused(t *testing.T) {
	t.Parallel()
	head := `<row r="1"><c r="A1" t="str"><v>a</v></c></row>`
	good := map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head)}
	tests := []struct {
		name  string
		parts map[string]string
		opts  Options
		code  Code
	}{
		{"bomb", map[string]string{"xl/media/x": strings.Repeat("0", 5<<20)}, Options{UnzipBytes: 1 << 20}, CodeZipBomb},
		{"cut XML", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head)[:140]}, Options{}, CodeBroken},
		{"cut between rows", map[string]string{"xl/worksheets/sheet1.xml": strings.TrimSuffix(sheetXML(head), `</sheetData></worksheet>`)}, Options{}, CodeBroken},
		{"rows out of order", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + `<row r="3"/><row r="2"/>`)}, Options{}, CodeBroken},
		{"cells out of order", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + `<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>`)}, Options{}, CodeBroken},
		{"row beyond Excel", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + `<row r="99999999"/>`)}, Options{}, CodeBroken},
		{"wide row", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + `<row r="2"><c r="XFD2"><v>1</v></c></row>`)}, Options{}, CodeTooManyCols},
		{"long cell", map[string]string{"xl/worksheets/sheet1.xml": sheetXML(head + `<row r="2"><c r="A2" t="str"><v>` + strings.Repeat("x", 99) + `</v></c></row>`)}, Options{MaxCellBytes: 50}, CodeCellTooLong},
		{"no such sheet", good, Options{Sheet: "Other"}, CodeNoSheet},
		{"no workbook", map[string]string{"_rels/.rels": `<Relationships/>`}, Options{}, CodeUnsupported},
		{"broken styles", map[string]string{"xl/styles.xml": `<styleSheet><cellXfs>`, "xl/worksheets/sheet1.xml": sheetXML(head)}, Options{}, CodeBroken},
		{"no rows", map[string]string{"xl/worksheets/sheet1.xml": sheetXML("")}, Options{}, CodeEmpty},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(t, archive(t, tc.parts), tc.opts)
			var fe *FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || fe.File != "list" {
				t.Errorf("error %v, want %s", err, tc.code)
			}
		})
	}
}

func TestNumberForms(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]numberForm{
		"General": formNumber, "0.00": formNumber, `#,##0.00\ "руб."`: formNumber, `#,##0.00\ [$₽-419]`: formNumber,
		"0.00E+00": formNumber, "@": formNumber, `"d"0`: formNumber, "[h]:mm:ss": formNumber, "# ?/?": formNumber,
		"dd.mm.yyyy": formDate, "yyyy-mm-dd;@": formDate, `[$-419]d\ mmmm\ yyyy;@`: formDate, "mmm": formDate,
		"h:mm": formTime, "mm:ss.0": formTime, "h:mm AM/PM": formTime, "dd.mm.yyyy h:mm": formDateTime,
	} {
		if got := formOfCode(code); got != want {
			t.Errorf("%s is %d, want %d", code, got, want)
		}
	}
}

func TestXLSXLargeListIsComplete(t *testing.T) {
	t.Parallel()
	const n = 20000
	content := workbook(t, func(f *excelize.File) error {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		if err := w.SetRow("A1", []any{"Код", "Имя"}); err != nil {
			return err
		}
		for i := range n {
			if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{i, fmt.Sprintf("Имя %d", i)}); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	// A small part limit sends the worksheet through a temporary file.
	_, rows, err := read(t, content, Options{UnzipPart: 100 << 10})
	if err != nil || len(rows) != n || rows[n-1] != "19999|Имя 19999" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
