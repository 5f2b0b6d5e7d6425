package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Parse reads one raw mail. Exactly one of the results is meaningful: the
// refusal when it is not nil, else the message. The message keeps slices of
// raw, which must not be changed afterwards.
func Parse(raw []byte, opts Options) (Message, *Refusal) {
	opts = opts.withDefaults()
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return Message{}, &Refusal{Reason: ReasonEmpty}
	case int64(len(raw)) > opts.MaxMessage:
		return Message{}, tooLarge(opts)
	}
	w := &walker{opts: opts, msg: Message{Index: 1, SHA256: hexSum(raw)}, room: maxHeaders}
	h, body := splitHeader(bytes.TrimPrefix(raw, []byte("\ufeff")), &w.room, w.defect)
	h.body = body
	if w.room.exceeded() {
		return Message{}, largeHeaders()
	}
	if !h.isMail() {
		return Message{}, &Refusal{Reason: ReasonNotMail, Detail: "none of the usual header fields was found"}
	}
	w.envelope(&h)
	w.setText(w.part(&h, body, 0, "text/plain"))
	if w.parts > opts.MaxParts {
		return Message{}, &Refusal{Reason: ReasonTooManyParts, Detail: fmt.Sprintf("the limit is %d", opts.MaxParts)}
	}
	w.finishBounce(&h)
	if w.room.exceeded() {
		return Message{}, largeHeaders()
	}
	return w.msg, nil
}

func largeHeaders() *Refusal {
	return &Refusal{Reason: ReasonTooLarge, Detail: fmt.Sprintf("the headers take more than %d bytes", maxHeaders)}
}

func tooLarge(opts Options) *Refusal {
	return &Refusal{Reason: ReasonTooLarge, Detail: fmt.Sprintf("the limit is %d bytes", opts.MaxMessage)}
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// walker collects one message while it goes through the parts.
type walker struct {
	opts     Options
	msg      Message
	parts    int
	room     headerRoom
	isReport bool // a multipart/report on delivery, or a delivery status inside
	status   []BounceRecipient
	original string
}

func (w *walker) defect(code string) {
	if code != "" && !slices.Contains(w.msg.Defects, code) {
		w.msg.Defects = append(w.msg.Defects, code)
	}
}

func (w *walker) envelope(h *header) {
	m := &w.msg
	if ids := messageIDs(h.raw("message-id")); len(ids) > 0 {
		m.MessageID = ids[0]
	} else {
		m.MessageID = strings.Trim(h.text("message-id"), "<> ")
	}
	m.InReplyTo, m.References = messageIDs(h.raw("in-reply-to")), messageIDs(h.raw("references"))
	m.Subject = h.text("subject")
	m.From, m.To, m.Cc = parseAddresses(h.all("from")), parseAddresses(h.all("to")), parseAddresses(h.all("cc"))
	m.ReplyTo = parseAddresses(h.all("reply-to"))
	if len(m.From) == 0 {
		w.defect(DefectNoFrom)
		m.From = parseAddresses(h.all("sender"))
	}
	if m.MessageID == "" {
		w.defect(DefectNoMessageID)
	}
	w.date(h)
	m.AutoSubmitted = autoSubmitted(h)
	precedence := strings.ToLower(h.text("precedence"))
	m.Bulk = precedence == "bulk" || precedence == "list" || precedence == "junk" || h.has("list-id") || h.has("list-unsubscribe")
}

// date falls back on the time the last relay wrote down.
func (w *walker) date(h *header) {
	var ok bool
	if w.msg.Date, ok = parseDate(h.text("date")); ok {
		return
	}
	w.defect(map[bool]string{true: DefectBadDate, false: DefectNoDate}[h.has("date")])
	received := h.text("received")
	if i := strings.LastIndexByte(received, ';'); i >= 0 {
		if w.msg.Date, ok = parseDate(received[i+1:]); ok {
			w.defect(DefectDateFromRelay)
		}
	}
}

// autoSubmitted knows RFC 3834 and the habits older than it.
func autoSubmitted(h *header) string {
	value, _, _ := strings.Cut(strings.ToLower(h.text("auto-submitted")), ";")
	value = strings.TrimSpace(value)
	switch {
	case value != "" && value != "no":
		return value
	case h.has("x-autoreply") || h.has("x-autorespond") || strings.EqualFold(h.text("precedence"), "auto_reply"):
		return "auto-replied"
	default:
		return ""
	}
}

// segment is a stretch of readable text.
type textSegment struct {
	text string
	html bool
}

func (s textSegment) blank() bool { return strings.TrimSpace(s.text) == "" }

// part reads one part and returns its text; everything else is filed in the
// message on the way.
func (w *walker) part(h *header, body []byte, depth int, defaultType string) []textSegment {
	if w.parts++; w.parts > w.opts.MaxParts {
		return nil
	}
	mediaType, params := w.contentType(h, defaultType)
	switch {
	case strings.HasPrefix(mediaType, "multipart/") && depth >= w.opts.MaxDepth:
		w.defect(DefectTooDeep)
		w.attach(h, body, "application/octet-stream", params)
		return nil
	case strings.HasPrefix(mediaType, "multipart/"):
		return w.multipart(h, body, depth, mediaType, params)
	default:
		return w.leaf(h, body, depth, mediaType, params)
	}
}

func (w *walker) contentType(h *header, defaultType string) (string, map[string]string) {
	raw := h.raw("content-type")
	mediaType, params := parseParams(raw)
	if i := strings.IndexAny(mediaType, " \t,"); i > 0 {
		mediaType = mediaType[:i]
	}
	if mediaType == "text" {
		mediaType = "text/plain"
	}
	if strings.Count(mediaType, "/") != 1 || strings.HasSuffix(mediaType, "/") || strings.HasPrefix(mediaType, "/") {
		if h.has("content-type") {
			w.defect(DefectContentType)
		}
		mediaType = defaultType
	}
	return mediaType, params
}

func (w *walker) multipart(h *header, body []byte, depth int, mediaType string, params map[string]string) []textSegment {
	boundary, given := params["boundary"]
	if !given {
		w.defect(DefectNoBoundary)
		if boundary = guessBoundary(body); boundary == "" {
			return w.text(h, body, "text/plain", params)
		}
	}
	w.isReport = w.isReport || mediaType == "multipart/report" && isDeliveryReport(params["report-type"])
	split := splitParts(body, boundary, w.opts.MaxParts-w.parts+1)
	if !split.closed {
		w.defect(DefectNotClosed)
	}
	if len(split.parts) == 0 {
		w.defect(DefectNoParts)
		return w.text(h, body, "text/plain", params)
	}
	defaultType := "text/plain"
	if mediaType == "multipart/digest" {
		defaultType = "message/rfc822"
	}
	var children [][]textSegment
	for _, p := range split.parts {
		ph, pbody := splitPart(p, &w.room, w.defect)
		children = append(children, w.part(&ph, pbody, depth+1, defaultType))
	}
	if mediaType == "multipart/alternative" {
		return choose(children)
	}
	all := slices.Concat(children...)
	if !slices.ContainsFunc(all, func(s textSegment) bool { return !s.blank() }) {
		// Some senders of reports write all there is to read before the first part.
		return append(w.preamble(split.preamble), all...)
	}
	return all
}

// isDeliveryReport sorts out receipts and complaints about spam.
func isDeliveryReport(kind string) bool {
	return kind == "" || strings.EqualFold(kind, "delivery-status") || strings.EqualFold(kind, "global-delivery-status")
}

func (w *walker) preamble(b []byte) []textSegment {
	text, _ := decodeCharset(b, "")
	lower := strings.ToLower(text)
	if strings.Contains(lower, "multi-part") || strings.Contains(lower, "multipart") || strings.Contains(lower, "mime") {
		return nil
	}
	return []textSegment{{text: cleanText(text)}}
}

// choose takes the first alternative with plain text, else the last with any.
func choose(children [][]textSegment) []textSegment {
	var best []textSegment
	for _, child := range children {
		plain, some := false, false
		for _, s := range child {
			some = some || !s.blank()
			plain = plain || !s.blank() && !s.html
		}
		if plain {
			return child
		}
		if some || best == nil {
			best = child
		}
	}
	return best
}

// leaf files a part that has no parts of its own.
func (w *walker) leaf(h *header, body []byte, depth int, mediaType string, params map[string]string) []textSegment {
	disposition, name := dispositionOf(h, params)
	isText := mediaType == "text/plain" || mediaType == "text/html" || strings.HasPrefix(mediaType, "text/") && name == "" && depth == 0
	switch {
	case mediaType == "text/calendar" && disposition != "attachment":
		w.calendar(h, body, params)
		return nil
	case isText && disposition != "attachment" && (name == "" || depth == 0):
		return w.text(h, body, mediaType, params)
	}
	w.attach(h, body, mediaType, params)
	return nil
}

func dispositionOf(h *header, params map[string]string) (disposition, name string) {
	disposition, dp := parseParams(h.raw("content-disposition"))
	if name = fileName(dp["filename"]); name == "" {
		name = fileName(params["name"])
	}
	return disposition, name
}

func (w *walker) decoded(h *header, body []byte) []byte {
	decoded, defect := decodeTransfer(h.raw("content-transfer-encoding"), body)
	w.defect(defect)
	return decoded
}

func (w *walker) text(h *header, body []byte, mediaType string, params map[string]string) []textSegment {
	decoded := w.decoded(h, body)
	if strings.EqualFold(h.raw("content-transfer-encoding"), "base64") && looksLikeWords(body) {
		decoded = body
	}
	label := params["charset"]
	isHTML := mediaType == "text/html"
	if label == "" && isHTML {
		label = metaCharset(decoded)
	}
	text, defect := decodeCharset(decoded, label)
	w.defect(defect)
	if isHTML {
		var whole bool
		if text, whole = htmlText(text, w.opts.MaxText); !whole {
			w.defect(DefectTextCut)
		}
	}
	return []textSegment{{cleanText(text), isHTML}}
}

// looksLikeWords tells text that is labelled base64 but was never encoded: its
// lines have spaces inside.
func looksLikeWords(b []byte) bool {
	spaced, lines := 0, 0
	for rest := b[:min(len(b), 4096)]; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines++
		}
		if bytes.IndexByte(line, ' ') > 0 {
			spaced++
		}
	}
	return spaced*2 > lines
}

// cleanText folds line ends and drops characters that databases refuse.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfeff {
			return -1
		}
		return r
	}, s)
}

func (w *walker) setText(segments []textSegment) {
	var out strings.Builder
	for _, s := range segments {
		if s.blank() && len(segments) > 1 {
			continue
		}
		if out.Len() > 0 && !strings.HasSuffix(out.String(), "\n") {
			out.WriteByte('\n')
		}
		if room := w.opts.MaxText - out.Len(); len(s.text) > room {
			w.defect(DefectTextCut)
			s.text = strings.ToValidUTF8(s.text[:max(room, 0)], "")
		}
		out.WriteString(s.text)
		w.msg.HTML = w.msg.HTML || s.html
	}
	w.msg.Text = out.String()
}

func (w *walker) attachment(h *header, body []byte, mediaType string, params map[string]string) Attachment {
	disposition, name := dispositionOf(h, params)
	content := w.decoded(h, body)
	return Attachment{Name: name, MIME: mediaType, Charset: normalLabel(params["charset"]),
		ContentID: strings.Trim(h.text("content-id"), "<> "), Inline: disposition == "inline",
		Size: int64(len(content)), SHA256: hexSum(content), Content: content}
}

func (w *walker) calendar(h *header, body []byte, params map[string]string) {
	w.msg.Calendars = append(w.msg.Calendars, w.attachment(h, body, "text/calendar", params))
}

func (w *walker) attach(h *header, body []byte, mediaType string, params map[string]string) {
	a := w.attachment(h, body, mediaType, params)
	w.readReport(&a)
	w.msg.Attachments = append(w.msg.Attachments, a)
}
