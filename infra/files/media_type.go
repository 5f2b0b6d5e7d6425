package files

import (
	"bytes"
	"net/http"
	"path"
	"strings"

	"github.com/letopis-crm/letopis/domain"
)

// kind is a kind of file that may be named as what it is.
type kind struct{ mediaType, sniffed string }

const (
	zipped = "application/zip"
	text   = "text/plain; charset=utf-8"
	// compound is the container of the older office formats.
	compound = "application/x-ole-storage"
)

// kinds are the types that a download may bear, by extension: nothing that a browser would run. The content must be of the
// same kind as the extension says, or the file is just bytes.
var kinds = map[string]kind{
	".pdf":  {"application/pdf", "application/pdf"},
	".png":  {"image/png", "image/png"},
	".jpg":  {"image/jpeg", "image/jpeg"},
	".jpeg": {"image/jpeg", "image/jpeg"},
	".gif":  {"image/gif", "image/gif"},
	".webp": {"image/webp", "image/webp"},
	".zip":  {zipped, zipped},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipped},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipped},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", zipped},
	".odt":  {"application/vnd.oasis.opendocument.text", zipped},
	".ods":  {"application/vnd.oasis.opendocument.spreadsheet", zipped},
	".odp":  {"application/vnd.oasis.opendocument.presentation", zipped},
	".doc":  {"application/msword", compound},
	".xls":  {"application/vnd.ms-excel", compound},
	".ppt":  {"application/vnd.ms-powerpoint", compound},
	".txt":  {"text/plain", text},
	".csv":  {"text/csv", text},
	".eml":  {"message/rfc822", text},
}

// mediaType is what a file with this beginning and this name is, as far as it is on the list.
func mediaType(head []byte, name string) string {
	known, ok := kinds[strings.ToLower(path.Ext(name))]
	if !ok || sniff(head) != known.sniffed {
		return domain.AnyBytes
	}
	return known.mediaType
}

func sniff(head []byte) string {
	if bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		return compound
	}
	return http.DetectContentType(head)
}
