package onec

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

// What a file can make of itself, refused before it has cost much. Not parallel: what is allocated is counted for the whole
// process.
func TestBombs(t *testing.T) { //nolint:paralleltest // see above
	var laughs strings.Builder
	laughs.WriteString(`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x [<!ENTITY a "хахаха">`)
	for c := 'b'; c < 'l'; c++ {
		laughs.WriteString(`<!ENTITY ` + string(c) + ` "` + strings.Repeat("&"+string(c-1)+";", 10) + `">`)
	}
	laughs.WriteString(`]><Контрагент><Ид>1</Ид><Наименование>&k;</Наименование></Контрагент>`)
	inside := func(name string) string {
		return "<Контрагенты><Контрагент><Ид>1</Ид>" + strings.Repeat("<"+name+">", 200<<10)
	}
	for name, c := range map[string]struct {
		content string
		code    Code
	}{
		"entities upon entities":        {laughs.String(), CodeNotXML},
		"a file of ours":                {`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Контрагент><Ид>1</Ид><Наименование>&f;</Наименование></Контрагент>`, CodeNotXML},
		"a file of ours as parameter":   {`<!DOCTYPE x [<!ENTITY % f SYSTEM "file:///etc/passwd"> %f;]><Контрагент><Ид>&root;</Ид></Контрагент>`, CodeNotXML},
		"documents of depth":            {strings.Repeat("<Документ>", 8<<20), CodeTooDeep},
		"a counterparty of depth":       {inside("a"), CodeNotXML},
		"representatives of depth":      {inside("Представители><Представитель"), CodeElementSize},
		"a name without end":            {"<Контрагенты><" + strings.Repeat("а", 32<<20), CodeElementSize},
		"a text without end":            {"<Контрагенты>" + strings.Repeat("а", 32<<20), CodeElementSize},
		"a comment without end":         {"<Контрагенты><!--" + strings.Repeat("а", 32<<20), CodeElementSize},
		"a declaration without end":     {"<!DOCTYPE x [" + strings.Repeat("<!ENTITY a 'b'>", 2<<20), CodeElementSize},
		"attributes without end":        {"<Контрагенты" + strings.Repeat(" а='б'", 4<<20), CodeElementSize},
		"a workbook":                    {"PK\x03\x04" + strings.Repeat("\x00", 1<<20), CodeNotXML},
		"a packed file":                 {"\x1f\x8b\x08" + strings.Repeat("\x00", 1<<20), CodeNotXML},
		"a counterparty of many fields": {"<Контрагент>" + strings.Repeat("<ЗначенияРеквизитов><ЗначениеРеквизита/></ЗначенияРеквизитов>", 1<<20), CodeElementSize},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // as above
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			all, _, err := readString(c.content, Options{})
			runtime.ReadMemStats(&after)
			if e, ok := errors.AsType[*Error](err); !ok || e.Code != c.code || len(all) > 0 {
				t.Errorf("%d counterparties, %.200v, want %s", len(all), err, c.code)
			} else if strings.Contains(err.Error(), "root:") {
				t.Errorf("it said %v", err)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 64 {
				t.Errorf("%d KB cost %d MB", len(c.content)>>10, got)
			}
		})
	}
}
