package mailbox

import (
	"bytes"
	"strings"
)

// decodeTransfer undoes the transfer encoding as far as it can be undone.
func decodeTransfer(encoding string, b []byte) (decoded []byte, defect string) {
	switch strings.ToLower(strings.Trim(encoding, " \t;\"'")) {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return b, ""
	case "base64":
		decoded, ok := decodeBase64(b)
		if !ok {
			defect = DefectBase64
		}
		return decoded, defect
	case "quoted-printable":
		decoded, ok := decodeQP(b)
		if !ok {
			defect = DefectQP
		}
		return decoded, defect
	default:
		return b, DefectEncoding
	}
}

// base64Value holds the six bits of each letter of the alphabet, 255 for others.
var base64Value = func() (v [256]byte) {
	for i := range v {
		v[i] = 255
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		v[c] = byte(i)
	}
	return v
}()

// decodeBase64 skips what is not of the alphabet and goes on behind padding,
// since pieces are often glued together. ok is false when there was anything
// but the alphabet and white space, or when the end is missing.
func decodeBase64(b []byte) (out []byte, ok bool) {
	out, ok = make([]byte, 0, len(b)*3/4), true
	var bits uint32
	n := 0
	for _, c := range b {
		if v := base64Value[c]; v != 255 {
			bits, n = bits<<6|uint32(v), n+1
			if n == 4 {
				out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
				bits, n = 0, 0
			}
			continue
		}
		switch c {
		case '\r', '\n', ' ', '\t':
		case '=':
			out = appendRest(out, bits, n)
			bits, n = 0, 0
		default:
			ok = false
		}
	}
	return appendRest(out, bits, n), ok && n == 0
}

// appendRest adds the whole bytes of an unfinished group of n letters.
func appendRest(out []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(bits>>4))
	case 3:
		return append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}

// decodeQP takes an equals sign that starts no code for itself.
func decodeQP(b []byte) (out []byte, ok bool) {
	out, ok = make([]byte, 0, len(b)), true
	for len(b) > 0 {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, b = b[:i+1], b[i+1:]
		} else {
			b = nil
		}
		var fine bool
		out, fine = appendQPLine(out, line)
		ok = ok && fine
	}
	return out, ok
}

func appendQPLine(out, line []byte) ([]byte, bool) {
	end := line[len(bytes.TrimRight(line, "\r\n")):]
	text := bytes.TrimRight(line, " \t\r\n")
	if bytes.HasSuffix(text, []byte("=")) && len(end) > 0 {
		text, end = text[:len(text)-1], nil // soft line break
	}
	ok := true
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			out = append(out, text[i])
			continue
		}
		if i+2 < len(text) {
			high, low := hexValue(text[i+1]), hexValue(text[i+2])
			if high >= 0 && low >= 0 {
				out = append(out, byte(high<<4|low))
				i += 2
				continue
			}
		}
		ok = false
		out = append(out, '=')
	}
	return append(out, end...), ok
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
