package mailbox

import (
	"bytes"
	"strings"
)

// readReport looks into the parts a delivery report is made of, RFC 3464 and
// its twin for addresses in UTF-8, RFC 6533.
func (w *walker) readReport(a *Attachment) {
	switch a.MIME {
	case "message/delivery-status", "message/global-delivery-status":
		w.isReport = true
		w.status = append(w.status, deliveryStatus(a.Content, &w.room)...)
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
		h, _ := splitHeader(a.Content, &w.room, func(string) {})
		if a.Name == "" && a.MIME != "text/rfc822-headers" {
			a.Name = fileName(strings.NewReplacer("/", "-", `\`, "-").Replace(h.text("subject")))
			if a.Name != "" {
				a.Name += ".eml"
			}
		}
		if ids := messageIDs(h.raw("message-id")); len(ids) > 0 && w.original == "" {
			w.original = ids[0]
		}
	}
}

// deliveryStatus also reads reports that a gateway has encoded behind their
// first fields.
func deliveryStatus(content []byte, room *headerRoom) []BounceRecipient {
	if out := statusGroups(content, room); out != nil {
		return out
	}
	h, body := splitHeader(content, room, func(string) {})
	decoded, _ := decodeTransfer(h.raw("content-transfer-encoding"), body)
	return statusGroups(decoded, room)
}

// statusGroups reads the groups of fields, one per recipient, behind the group
// about the reporting server.
func statusGroups(content []byte, room *headerRoom) []BounceRecipient {
	var out []BounceRecipient
	for group := range bytes.SplitSeq(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte("\n\n")) {
		h, _ := splitHeader(group, room, func(string) {})
		recipient := h.text("final-recipient")
		if recipient == "" {
			recipient = h.text("original-recipient")
		}
		if recipient == "" {
			continue
		}
		status, _, _ := strings.Cut(h.text("status"), " ")
		out = append(out, BounceRecipient{Address: afterType(recipient), Action: strings.ToLower(h.text("action")),
			Status: status, Diagnostic: afterType(h.text("diagnostic-code"))})
		if len(out) >= 1000 {
			break
		}
	}
	return out
}

// afterType drops the "rfc822;" or "smtp;" before a value.
func afterType(s string) string {
	if before, after, ok := strings.Cut(s, ";"); ok && !strings.ContainsAny(before, "@ ") {
		return strings.TrimSpace(after)
	}
	return s
}

// finishBounce decides whether the mail is a report. Servers that know no
// report format still send with an empty return path.
func (w *walker) finishBounce(h *header) {
	sender := ""
	if len(w.msg.From) > 0 {
		sender = strings.ToLower(w.msg.From[0].Addr)
	}
	returnPath := strings.Join(strings.Fields(h.raw("return-path")), "")
	daemon := strings.HasPrefix(sender, "mailer-daemon") || strings.HasPrefix(sender, "postmaster@")
	if w.isReport || daemon && returnPath == "<>" {
		w.msg.Bounce = &Bounce{Recipients: w.status, OriginalID: w.original}
	}
}
