package httpapi_test

import (
	"strings"
)

// injections are texts that somebody else's parser might take for orders: SQL, HTML, templates, paths, shells, formulas,
// headers, logs. No answer may look any different because of them.
var injections = []string{
	`' OR '1'='1`, `'; DROP TABLE identity.account; --`, `1; SELECT pg_sleep(5)`, `' UNION SELECT login, password_hash FROM identity.account --`,
	`") OR 1=1 --`, `' || (SELECT version()) || '`, `%' OR 1=1 --`, `\'; --`, `$$; SELECT 1; $$`, `1/**/OR/**/1=1`,
	`%`, `_`, `%%%%%%%%%%%%%%%%%%%%`, `\`, `*:*`, `foo & | !`, `:* <-> '`, `(((((((((((`,
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `javascript:alert(1)`, `{{constructor.constructor('alert(1)')()}}`,
	`{{.}}{{printf "%s" .}}`, `${7*7}`, `#{7*7}`, `<!--#exec cmd="id"-->`, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`,
	`../../../../etc/passwd`, `..\..\windows\win.ini`, `%2e%2e%2fetc%2fpasswd`, `file:///etc/passwd`, `http://169.254.169.254/latest/meta-data/`,
	`; cat /etc/passwd`, `$(id)`, "`id`", `| id`, `=HYPERLINK("http://example.org","x")`, `+cmd|' /C calc'!A0`, `@SUM(1+1)`,
	"a\r\nSet-Cookie: stolen=1", "line\n{\"level\":\"ERROR\",\"msg\":\"forged\"}", "\x1b[31mred\x1b[0m", "zero\x00byte",
	"\u202egnp.exe\u202c", "\u2066isolate\u2069", "zero\u200bwidth\ufeff", "и\u0306\u0301\u0302\u0303", "\ufffd\uffff", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 😀👩‍👩‍👧‍👦", "ﷺ", "\u0085\u2028\u2029",
	`null`, `undefined`, `NaN`, `-1`, `__proto__`, `{"$ne":null}`, `(?:a+)+$`, `"`, `'`, " ", "\t",
	"a}b.c[0].d/e%00", strings.Repeat("я", 190),
}

// Values that almost fit their formats.
var (
	oddIDs = []any{"", "0", "not-a-uuid", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{6c65746f-7069-5373-8000-000000000001}",
		"urn:uuid:6c65746f-7069-5373-8000-000000000001", "6c65746f706953738000000000000001", "6C65746F-7069-5373-8000-000000000001",
		"6c65746f-7069-5373-8000-00000000000", "6c65746f-7069-5373-8000-000000000001 ", "6c65746f-7069-5373-8000-00000000000g", 7.0, nil}
	oddDates = []any{"", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "2026-02-30", "2026-13-01", "2026-2-3", "23.11.2026", "2026-11-23T00:00:00Z",
		"3000-01-01", "1000-01-01", "2026-11-23 ", "２０２６-11-23", "tomorrow", "infinity", "epoch", 20261123.0}
	oddInstants = []any{"", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-11-23", "2026-11-23T25:00:00Z",
		"2026-11-23T10:00:00", "2026-11-23T10:00:00+99:00", "2026-11-23T10:00:60Z", "1900-01-01T00:00:00Z", "3000-01-01T00:00:00Z", "now", "infinity", "2026-11-23T10:00:00.123456789123Z", 0.0}
	oddNumbers = []any{0.0, -1.0, 0.5, 1e9, 2147483648.0, 9007199254740993.0, 9.3e18, -9.3e18, 1e308, "1", true, nil}
	oddValues  = []any{nil, true, 12345.0, -1.0, "text", "", []any{}, map[string]any{}, []any{nil}, []any{[]any{}}, map[string]any{"a": 1.0}, map[string]any{"": nil}}
	oddNames   = []string{"evil", "id", "state", "actor", "Actor", "on_behalf_of", "command_id", "recorded_at", "roles", "__proto__", "", "\x00", "$ref", strings.Repeat("n", 3000)}
)

// brokenTexts are bodies that are no JSON, or JSON that two readers could read differently.
func brokenTexts(valid []byte) map[string][]byte {
	text := string(valid)
	twice := text
	if i := strings.IndexByte(text, '"'); i > 0 && strings.HasSuffix(text, "}") {
		twice = text[:len(text)-1] + "," + text[i:]
	}
	broken := map[string][]byte{
		"empty": {}, "cut": valid[:len(valid)/2], "trailing": []byte(text + "}"), "two": []byte(text + text), "twice": []byte(twice),
		"comment": []byte("/* */" + text), "mark": []byte("\xef\xbb\xbf" + text), "bytes": []byte(strings.Replace(text, `":"`, "\":\"\xff\xfe", 1) + "\xff"),
		"wide": []byte("{\x00}\x00"), "NaN": []byte(`{"a":NaN}`), "quotes": []byte(strings.ReplaceAll(text, `"`, `'`) + "'"), "huge number": []byte(`{"a":1e999}`),
		"deep":   []byte(strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)),
		"arrays": []byte(strings.Repeat("[", 100_000)), "form": []byte("a=1&b=2"), "null": []byte("null"), "list": []byte("[" + text + "]"),
	}
	if twice == text {
		delete(broken, "twice")
	}
	return broken
}
