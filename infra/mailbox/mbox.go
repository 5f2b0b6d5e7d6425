package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// mboxMail is one mail of an mbox; large ones are measured, not kept.
type mboxMail struct {
	raw  []byte
	size int64
}

// mboxReader cuts an mbox at its "From " lines. The form has no rule that all
// programs keep, so a line counts as a cut when a header field follows it, and
// when it stands behind an empty line or has the usual shape.
type mboxReader struct {
	in        *bufio.Reader
	limit     int64
	lineStart bool
	blank     bool // the line before was empty
	pending   bool // a cut was read, its mail starts here
	err       error
}

func newMbox(in io.Reader, limit int64) *mboxReader {
	return &mboxReader{in: bufio.NewReaderSize(in, 64<<10), limit: limit, lineStart: true, blank: true}
}

var (
	fromLine    = regexp.MustCompile(`^From (-|\S+@\S+|MAILER-DAEMON)([ \t\r\n]|$)`)
	headerStart = regexp.MustCompile(`^(>From |[!-9;-~]{1,76}[ \t]*:)`)
	quotedFrom  = regexp.MustCompile(`^>+From `)
)

// next returns io.EOF behind the last mail.
func (m *mboxReader) next() (mboxMail, error) {
	var mail mboxMail
	for m.err == nil {
		chunk, err := m.in.ReadSlice('\n')
		wholeLine := err == nil
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
		}
		m.err = err
		if m.lineStart && m.isCut(chunk) {
			started := m.pending || mail.size > 0
			m.pending, m.blank, m.lineStart = true, false, wholeLine
			if started {
				return mail.trimmed(), nil
			}
			continue
		}
		m.keep(&mail, chunk)
		m.blank = m.lineStart && len(bytes.TrimRight(chunk, "\r\n")) == 0
		m.lineStart = wholeLine
	}
	if !errors.Is(m.err, io.EOF) {
		return mail, m.err
	}
	if m.pending || mail.size > 0 {
		m.pending = false
		return mail.trimmed(), nil
	}
	return mail, io.EOF
}

func (m *mboxReader) isCut(line []byte) bool {
	if !isBoxLine(line) || !m.blank && !fromLine.Match(line) {
		return false
	}
	next, _ := m.in.Peek(128)
	return headerStart.Match(next)
}

func (m *mboxReader) keep(mail *mboxMail, chunk []byte) {
	if m.lineStart && quotedFrom.Match(chunk) {
		chunk = chunk[1:]
	}
	mail.size += int64(len(chunk))
	if mail.size <= m.limit {
		mail.raw = append(mail.raw, chunk...)
	} else {
		mail.raw = nil
	}
}

// trimmed drops the empty line that belongs to the box, not to the mail.
func (m mboxMail) trimmed() mboxMail {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(m.raw, []byte(end)) {
			m.raw = m.raw[:len(m.raw)-len(end)/2]
			break
		}
	}
	return m
}
