package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"runtime"
	"strings"
	"testing"
)

// What a small file can make of itself, refused before it has cost much. Not parallel: what is allocated is counted for the
// whole process.
func TestBombs(t *testing.T) { //nolint:paralleltest // see above
	entities := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">` + func() string {
		var b strings.Builder
		for i := range 20 {
			b.WriteString(`<!ENTITY ` + string(rune('b'+i)) + ` "` + strings.Repeat("&"+string(rune('a'+i))+";", 10) + `">`)
		}
		return b.String()
	}() + `]>`
	head := `<row r="1"><c r="A1" t="str"><v>a</v></c></row>`
	row := func(value string) string { return `<row r="2"><c r="A2" t="str"><v>` + value + `</v></c></row>` }
	sheet := func(xml string) map[string]string { return map[string]string{"xl/worksheets/sheet1.xml": xml} }
	for name, c := range map[string]struct {
		content []byte
		code    Code
	}{
		"a part of 200 MB":                {archive(t, sheet(sheetXML(head+row(strings.Repeat("0", 200<<20))))), CodeZipBomb},
		"many parts":                      {archive(t, manyParts(10_000)), CodeZipBomb},
		"a part that lies about its size": {lying(t, strings.Repeat("0", 100<<20)), CodeBroken},
		"the same bytes as many parts":    {overlapping(t, 1000, 1<<20), CodeZipBomb},
		"an archive in an archive":        {archive(t, map[string]string{"_rels/.rels": `<Relationships/>`, "inner.zip": string(archive(t, sheet(sheetXML(head))))}), CodeUnsupported},
		"an archive for a worksheet":      {archive(t, sheet(string(archive(t, sheet(sheetXML(head)))))), CodeBroken},
		"a worksheet of depth":            {archive(t, sheet(strings.Repeat("<a>", 10<<20))), CodeBroken},
		"a row of depth":                  {archive(t, sheet(sheetXML(head+`<row r="2">`+strings.Repeat("<a>", 10<<20)))), CodeBroken},
		"a cell of depth":                 {archive(t, sheet(sheetXML(head+`<row r="2"><c r="A2">`+strings.Repeat("<a>", 10<<20)))), CodeBroken},
		"styles of depth":                 {archive(t, map[string]string{"xl/styles.xml": strings.Repeat("<a>", 10<<20)}), CodeBroken},
		"texts of depth":                  {archive(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si>", 10<<20), "xl/worksheets/sheet1.xml": sheetXML(head)}), CodeBroken},
		"a workbook of depth":             {archive(t, map[string]string{"xl/workbook.xml": strings.Repeat("<sheets>", 5<<20)}), CodeBroken},
		"entities upon entities":          {archive(t, sheet(entities+sheetXML(head+row("&u;")))), CodeBroken},
		"entities in the styles":          {archive(t, map[string]string{"xl/styles.xml": entities + `<styleSheet><numFmts><numFmt numFmtId="&u;"/></numFmts></styleSheet>`}), CodeBroken},
		"a file of ours":                  {archive(t, sheet(`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>`+sheetXML(head+row("&f;")))), CodeBroken},
		"an address of ours":              {archive(t, sheet(`<!DOCTYPE x SYSTEM "http://169.254.169.254/x.dtd">`+sheetXML(head+row("&f;")))), CodeBroken},
		"text packed by gzip":             {zipped(t, bytes.Repeat([]byte("a;b\n"), 300<<18)), CodeTooLarge},
		"a cell without end":              {[]byte("a;b\n\"" + strings.Repeat("x", 20<<20)), CodeUnclosedQuote},
		"a row without end":               {[]byte("a;b\n" + strings.Repeat(";", 20<<20)), CodeTooManyCols},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // as above
			opts := Options{}
			if c.code == CodeTooLarge {
				opts.MaxTextBytes = 64 << 20
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, rows, err := read(t, c.content, opts)
			runtime.ReadMemStats(&after)
			if fe, ok := errors.AsType[*FileError](err); !ok || fe.Code != c.code {
				t.Errorf("%d rows, %v, want %s", len(rows), err, c.code)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 64 {
				t.Errorf("a file of %d KB cost %d MB", len(c.content)>>10, got)
			}
			for _, row := range rows {
				if strings.Contains(row, "root:") || len(row) > 1000 {
					t.Errorf("it said %.100s", row)
				}
			}
		})
	}
}

func manyParts(n int) map[string]string {
	parts := make(map[string]string, n)
	for i := range n {
		parts["xl/media/"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26)] = ""
	}
	return parts
}

// lying is a workbook whose directory tells of a worksheet of a hundred bytes.
func lying(t *testing.T, text string) []byte {
	t.Helper()
	content := archive(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>` + text})
	at := bytes.LastIndex(content, []byte("xl/worksheets/sheet1.xml"))
	directory := content[at-46:]
	if binary.LittleEndian.Uint32(directory) != 0x02014b50 {
		t.Fatal("no entry of the directory")
	}
	binary.LittleEndian.PutUint32(directory[24:], 100)
	return content
}

// overlapping is an archive whose directory names the same packed bytes many times.
func overlapping(t *testing.T, times, size int) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	raw := bytes.Repeat([]byte("0"), size)
	parts := maps.Clone(handMade)
	for name, content := range parts {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range times {
		part, err := w.CreateRaw(&zip.FileHeader{Name: "xl/media/" + strings.Repeat("z", i+1), Method: zip.Store, CRC32: crc32.ChecksumIEEE(raw),
			UncompressedSize64: uint64(size), CompressedSize64: 0})
		if err == nil {
			_, err = part.Write(nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
