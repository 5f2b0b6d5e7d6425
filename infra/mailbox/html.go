package mailbox

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var metaCharsetShape = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{1,40})`)

// metaCharset finds the charset an HTML page declares of itself.
func metaCharset(page []byte) string {
	m := metaCharsetShape.FindSubmatch(page[:min(len(page), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// htmlText turns a page into text for reading: blocks become lines, cells are
// set apart, pictures give their alternative text. It works on tokens, not on
// a tree, so that no page can make it deep or slow. limit is in bytes; whole
// tells that the page was read to its end.
func htmlText(page string, limit int) (text string, whole bool) {
	t := textBuilder{limit: limit}
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for t.out.Len() <= limit {
		switch z.Next() {
		case html.ErrorToken:
			// The end, or a single token beyond any sense; the text so far stands.
			return t.text(), errors.Is(z.Err(), io.EOF)
		case html.TextToken:
			if t.silent == 0 {
				t.write(string(z.Text()))
			}
		case html.StartTagToken:
			t.open(z.Token())
		case html.SelfClosingTagToken:
			token := z.Token()
			if !silentTags[token.DataAtom] {
				t.open(token)
			}
		case html.EndTagToken:
			t.close(z.Token().DataAtom)
		}
	}
	return t.text(), false
}

// silentTags hold no text for reading, or hold markup that the tokenizer gives
// as text.
var silentTags = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true,
	atom.Noscript: true, atom.Iframe: true, atom.Noframes: true, atom.Noembed: true}

var blockTags = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true,
	atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Blockquote: true,
	atom.Pre: true, atom.Hr: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true, atom.Address: true,
	atom.Dt: true, atom.Dd: true, atom.Center: true, atom.Form: true, atom.Body: true}

// textBuilder writes text with white space as a browser would show it.
type textBuilder struct {
	out    strings.Builder
	limit  int
	silent int // depth inside tags whose text is not for reading
	pre    int // depth inside preformatted text
	breaks int // line ends at the end of out
	space  bool
}

func (t *textBuilder) open(token html.Token) {
	tag := token.DataAtom
	switch {
	case silentTags[tag]:
		t.silent++
	case tag == atom.Br:
		t.lineBreak()
	case tag == atom.P:
		t.paragraph()
	case tag == atom.Td, tag == atom.Th:
		t.space = true
	case tag == atom.Img:
		for _, a := range token.Attr {
			if a.Key == "alt" && t.silent == 0 {
				t.write(a.Val)
			}
		}
	case blockTags[tag]:
		t.newLine()
	}
	switch tag {
	case atom.Li:
		t.write("- ")
	case atom.Pre:
		t.pre++
	}
}

func (t *textBuilder) close(tag atom.Atom) {
	switch {
	case silentTags[tag]:
		t.silent = max(t.silent-1, 0)
	case tag == atom.P:
		t.paragraph()
	case blockTags[tag]:
		t.newLine()
	}
	if tag == atom.Pre {
		t.pre = max(t.pre-1, 0)
	}
}

// newLine ends a line that has anything on it.
func (t *textBuilder) newLine() {
	if t.out.Len() > 0 && t.breaks == 0 {
		t.lineBreak()
	}
	t.space = false
}

// paragraph leaves one empty line.
func (t *textBuilder) paragraph() {
	t.newLine()
	if t.out.Len() > 0 && t.breaks == 1 {
		t.lineBreak()
	}
}

func (t *textBuilder) lineBreak() {
	t.out.WriteByte('\n')
	t.breaks++
	t.space = false
}

func (t *textBuilder) write(s string) {
	for _, r := range s {
		switch {
		case t.pre > 0 && r == '\n':
			t.lineBreak()
			continue
		case t.pre > 0 && (r == ' ' || r == '\t'):
			t.out.WriteRune(r)
			t.breaks = 0
			continue
		case r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '\f':
			t.space = t.space || t.breaks == 0
			continue
		case r == '\u200b' || r == '\u00ad':
			continue // invisible, often by the hundred in newsletters
		}
		if t.space && t.out.Len() > 0 && t.breaks == 0 {
			t.out.WriteByte(' ')
		}
		t.space, t.breaks = false, 0
		t.out.WriteRune(r)
	}
}

var manyBreaks = regexp.MustCompile(`\n{3,}`)

func (t *textBuilder) text() string {
	s := strings.TrimSpace(t.out.String())
	if s == "" {
		return ""
	}
	return manyBreaks.ReplaceAllString(s, "\n\n") + "\n"
}
