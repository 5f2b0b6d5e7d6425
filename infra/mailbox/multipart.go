package mailbox

import "bytes"

// splitBody is a multipart body taken apart.
type splitBody struct {
	preamble []byte
	parts    [][]byte
	closed   bool
}

// splitParts cuts a body at the lines of its boundary, without the line end
// before each. At most limit parts are cut, the last holding the rest.
func splitParts(body []byte, boundary string, limit int) splitBody {
	var s splitBody
	delimiter := append([]byte("--"), boundary...)
	start, pos, inside := 0, 0, false
	finish := func(end int) {
		if inside {
			s.parts = append(s.parts, trimLineEnd(body[start:max(start, end)]))
		} else {
			s.preamble = body[:end]
		}
	}
	for pos < len(body) {
		next := pos + lineLength(body[pos:])
		last, ok := isDelimiter(body[pos:next], delimiter)
		if ok && len(s.parts) < limit {
			finish(pos)
			start, inside = next, true
			if last {
				s.closed = true
				return s
			}
		}
		pos = next
	}
	if inside {
		finish(len(body))
	}
	return s
}

// isDelimiter tells a boundary line, and whether it is the closing one. White
// space behind it is allowed.
func isDelimiter(line, delimiter []byte) (last, ok bool) {
	rest, ok := bytes.CutPrefix(line, delimiter)
	if !ok {
		return false, false
	}
	rest = bytes.TrimRight(rest, " \t\r\n")
	return string(rest) == "--", len(rest) == 0 || string(rest) == "--"
}

func lineLength(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// guessBoundary takes the first line that looks like a boundary and comes again
// soon enough to be found without reading the mail once per line.
func guessBoundary(body []byte) string {
	for pos := 0; pos < len(body) && pos < 4096; {
		next := pos + lineLength(body[pos:])
		line := bytes.TrimRight(body[pos:next], " \t\r\n")
		if len(line) > 6 && bytes.HasPrefix(line, []byte("--")) && bytes.Contains(body[next:min(len(body), next+64<<10)], line) {
			return string(line[2:])
		}
		pos = next
	}
	return ""
}

// splitPart parts a part's header from its body. A part may have no header:
// then it starts with the blank line, or, against the rules, with the text.
func splitPart(p []byte, room *headerRoom, report func(string)) (header, []byte) {
	line, rest := cutLine(p)
	if len(line) == 0 {
		return header{report: report}, rest
	}
	return splitHeader(p, room, report)
}
