package spreadsheet

import (
	"bytes"
	"errors"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

var tight = Options{MaxFileBytes: 1 << 20, MaxTextBytes: 1 << 20, UnzipBytes: 1 << 20, MaxRows: 5000, MaxColumns: 100, MaxCellBytes: 1000}

// mustHold reads everything and checks what the reader promises for any input.
func mustHold(t *testing.T, content []byte) {
	t.Helper()
	r, err := New("fuzz", bytes.NewReader(content), int64(len(content)), tight)
	var fe *FileError
	if err != nil {
		if !errors.As(err, &fe) || fe.Code == "" || fe.File != "fuzz" {
			t.Fatalf("untyped error %v", err)
		}
		return
	}
	defer func() { _ = r.Close() }()
	width, last := len(r.Header()), 0
	for row, err := range r.Rows() {
		var problems RowErrors
		switch {
		case errors.As(err, &fe):
			if row.Number != 0 || fe.File != "fuzz" {
				t.Fatalf("row %d beside %v", row.Number, err)
			}
			return
		case err != nil && (!errors.As(err, &problems) || len(problems) == 0):
			t.Fatalf("untyped error %v", err)
		}
		if len(row.cells) != width || row.Number <= last {
			t.Fatalf("row %d after %d has %d cells of %d", row.Number, last, len(row.cells), width)
		}
		last = row.Number
	}
}

func FuzzCSV(f *testing.F) {
	cp1251, err := charmap.Windows1251.NewEncoder().String("Имя;ИНН\nРомашка;7707083893\n")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "a;b\n1;2\n", "\ufeffa,b\r\n\"1\n2\",\"x\"\"y\"\r\n", "sep=|\na|b\n", "a;b\n\"ООО \"Р\"\";2", cp1251,
		"\xff\xfea\x00;\x00b\x00\n\x00", "a\tb\r1\t2\r", "a;b\n\"1;2\n", "\x1f\x8b\x08", "a;b;c\n1\n1;2;3;4\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		mustHold(t, content)
	})
}

// FuzzXLSX varies the parts a stranger would tamper with.
func FuzzXLSX(f *testing.F) {
	f.Add(sheetXML(`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2" s="1"><v>45000</v></c></row>`), handMade["xl/styles.xml"], `<sst><si><t>x</t></si></sst>`)
	f.Add(sheetXML(`<row><c t="s"><v>0</v></c><c t="s"><v>-1</v></c></row><row><c><f>1+1</f></c><c t="e"><v>#N/A</v></c></row>`), `<styleSheet/>`, `<sst/>`)
	f.Add(sheetXML(`<row r="1048576"><c r="XFD1048576"><v>1e308</v></c></row>`), `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="dd.mm"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`, ``)
	rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/>` +
		`<Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	f.Fuzz(func(t *testing.T, sheet, styles, strings string) {
		mustHold(t, archive(t, map[string]string{"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles, "xl/sharedStrings.xml": strings,
			"xl/_rels/workbook.xml.rels": rels}))
	})
}

// FuzzWorkbookFile damages a whole file.
func FuzzWorkbookFile(f *testing.F) {
	f.Add(workbook(f, func(x *excelize.File) error { return set(x, map[string]any{"A1": "a", "A2": 1}) }))
	f.Add(archive(f, map[string]string{"xl/worksheets/sheet1.xml": sheetXML("")}))
	f.Fuzz(func(t *testing.T, content []byte) {
		mustHold(t, content)
	})
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte(sampleMapping))
	f.Add([]byte("source: x\nfields: {legal_name: A, phones: [{column: B, region: US}]}\n"))
	f.Add([]byte("source: &a [*a]\n"))
	f.Add([]byte("- - - - x"))
	f.Add([]byte("source: x\nfields:\n  legal_name: |\n    A\n  region: {map: {a: b}, column: c}\n"))
	row := NewRow(2, sampleHeader, sampleHeader)
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := ParseMapping("fuzz", src)
		if err != nil {
			if _, ok := errors.AsType[*FileError](err); !ok {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		m.Check(sampleHeader)
		_, errs := m.Apply(row)
		for _, e := range errs {
			if e.Field == "" || e.Code == "" {
				t.Fatalf("nameless problem %+v", e)
			}
		}
	})
}
