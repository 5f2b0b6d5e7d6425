// Package mailbox reads mail as it lies in files: single mails (.eml), mbox
// files, Maildir folders, and tar archives of mails.
//
// Real mail is broken in every way there is. The reading therefore never gives
// up on a mail because of one bad part: what could be read is delivered, and
// each departure from the rules is named in [Message.Defects]. A file that is
// no mail at all becomes a [Refusal]. The package knows nothing of the domain.
package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options bound the reading. The zero value is ready to use.
type Options struct {
	MaxMessage int64 // bytes of one raw mail; default 32 MiB
	MaxTotal   int64 // bytes of one archive after unpacking; default 4 GiB
	MaxText    int   // bytes of a mail's text, the rest is cut off and named a defect; default 1 MiB
	MaxParts   int   // of one mail; default 1,000
	MaxDepth   int   // of nested multiparts; default 20
}

func (o Options) withDefaults() Options {
	if o.MaxMessage <= 0 {
		o.MaxMessage = 32 << 20
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = 4 << 30
	}
	if o.MaxText <= 0 {
		o.MaxText = 1 << 20
	}
	if o.MaxParts <= 0 {
		o.MaxParts = 1000
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 20
	}
	return o
}

// Message is one mail. All text is valid UTF-8 with "\n" as line end.
type Message struct {
	File   string // where it came from; "archive.tar.gz/name" within an archive
	Index  int    // 1-based place within the file
	SHA256 string // of the raw bytes, in hex

	MessageID  string // without angle brackets; "" when the mail has none
	InReplyTo  []string
	References []string
	Date       time.Time // zero when there is none that can be read
	From       []Address
	To, Cc     []Address
	ReplyTo    []Address
	Subject    string

	Text        string       // readable text of the mail
	HTML        bool         // some of Text was converted from HTML, for want of plain text
	Calendars   []Attachment // text/calendar parts that are the mail itself, an invitation
	Attachments []Attachment // in the order of the mail

	AutoSubmitted string  // "auto-replied", "auto-generated" …; "" for mail of a person
	Bulk          bool    // sent by a list or to many
	Bounce        *Bounce // set for reports of failed or delayed delivery

	Defects []string // codes, each once, in the order they were met
}

// Address is a name and an address, of which either may be empty.
type Address struct{ Name, Addr string }

// Attachment is a part of the mail that is not its text.
type Attachment struct {
	Name      string // base name, "" when the mail gives none
	MIME      string // lower case, such as "application/pdf"
	Charset   string // as declared, for text
	ContentID string // without angle brackets, for pictures inside HTML
	Inline    bool
	Size      int64  // bytes after transfer decoding
	SHA256    string // of the decoded bytes, in hex
	Content   []byte
}

// Text decodes the content of a text attachment; ok is false for other types.
func (a Attachment) Text() (text string, ok bool) {
	if !strings.HasPrefix(a.MIME, "text/") {
		return "", false
	}
	text, _ = decodeCharset(a.Content, a.Charset)
	return cleanText(text), true
}

// Bounce tells which deliveries failed.
type Bounce struct {
	Recipients []BounceRecipient // empty when the report does not name them in a form for machines
	// OriginalID is the message id of the mail that was not delivered, where known.
	OriginalID string
}

// BounceRecipient is one recipient of a delivery report.
type BounceRecipient struct {
	Address    string
	Action     string // failed, delayed, delivered, relayed, expanded
	Status     string // such as 5.1.1
	Diagnostic string
}

// Failed tells whether any delivery has failed for good.
func (b *Bounce) Failed() bool {
	return b != nil && slices.ContainsFunc(b.Recipients, func(r BounceRecipient) bool { return r.Action == "failed" })
}

// Reason says why something is no message.
type Reason string

// Reasons of a refusal.
const (
	ReasonUnreadable    Reason = "unreadable"
	ReasonEmpty         Reason = "empty"
	ReasonNotMail       Reason = "not_a_mail"
	ReasonTooLarge      Reason = "too_large"
	ReasonTooManyParts  Reason = "too_many_parts"
	ReasonBrokenArchive Reason = "broken_archive"
	ReasonNestedArchive Reason = "nested_archive"
	ReasonUnsupported   Reason = "unsupported_format"
)

// Refusal names what could not become a message.
type Refusal struct {
	File   string
	Index  int // 1-based place within the file, 0 when the file as a whole is meant
	Reason Reason
	Detail string
}

func (r *Refusal) Error() string {
	s := r.File
	if r.Index > 0 {
		s += fmt.Sprintf(" (mail %d)", r.Index)
	}
	s += ": " + string(r.Reason)
	if r.Detail != "" {
		s += ": " + r.Detail
	}
	return s
}

// Codes of defects.
const (
	DefectHeaderStart    = "header_starts_with_garbage"
	DefectHeaderFold     = "header_badly_folded"
	DefectNoBlankLine    = "no_blank_line_after_header"
	DefectRawHeader      = "raw_8bit_header"
	DefectNoFrom         = "no_from"
	DefectNoMessageID    = "no_message_id"
	DefectNoDate         = "no_date"
	DefectBadDate        = "bad_date"
	DefectDateFromRelay  = "date_from_received"
	DefectNoCharset      = "charset_missing"
	DefectCharsetLies    = "charset_lies"
	DefectCharsetUnknown = "charset_unknown"
	DefectBrokenBytes    = "broken_bytes"
	DefectBase64         = "bad_base64"
	DefectQP             = "bad_quoted_printable"
	DefectEncoding       = "unknown_transfer_encoding"
	DefectContentType    = "bad_content_type"
	DefectNoBoundary     = "multipart_without_boundary"
	DefectNoParts        = "multipart_without_parts"
	DefectNotClosed      = "multipart_not_closed"
	DefectTooDeep        = "nested_too_deeply"
	DefectTextCut        = "text_cut"
)
