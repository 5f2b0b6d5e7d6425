package domain

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AttachedFile is a file beside a record of any kind. Its content lies in the store of files under its digest; the log
// holds what the file is called and that it was there.
type AttachedFile struct {
	About     Ref
	Name      string
	MediaType string
	Size      int64
	SHA256    string `json:"sha256"`
	Author    EmployeeID
	Note      string
	Concerns  []CounterpartyID
	Involved  []EmployeeID
	Withdrawn string // why
	State     AttachedFileState
}

// AttachedFileID identifies an attached file.
type AttachedFileID = ID[AttachedFile]

// AttachedFileState is where an attached file stands.
type AttachedFileState string

// The states; the zero value means that there is none.
const (
	FileAttached  AttachedFileState = "attached"
	FileWithdrawn AttachedFileState = "withdrawn"
)

// StoredFile is what the store of files knows of a content. The media type depends on the name, too.
type StoredFile struct {
	SHA256    string
	Size      int64
	MediaType string
}

// AnyBytes is the media type of a file of which nothing better can be said, or may be.
const AnyBytes = "application/octet-stream"

// Refusals of files and attachments.
var (
	ErrFileWithdrawn = Refuse("attachment.withdrawn", "the attachment was withdrawn")
	ErrNoFile        = Refuse("file.not_found", "there is no such file; upload it first")
	ErrFileEmpty     = Refuse("file.empty", "the file is empty")
	ErrFileTooLarge  = Refuse("file.too_large", "the file is larger than this server takes")
	ErrFileNoRoom    = Refuse("file.no_room", "the server has no room for the file")
)

// AttachedFiles are the streams "attachment-<id>".
var AttachedFiles = NewCategory("attachment",
	Type[FileWasAttached]("attachment.attached"),
	Type[FileWasRenamed]("attachment.renamed"),
	Type[FileWasDescribed]("attachment.described"),
	Type[FileWasWithdrawn]("attachment.withdrawn"),
)

// FileWasAttached puts a file beside a record. Concerns and Involved are the counterparties and employees of that record
// at the time. Every later event of the attachment names the record too: who may know of it depends on it.
type FileWasAttached struct {
	About     Ref              `json:"about"`
	Name      string           `json:"name" pii:"counterparty"`
	MediaType string           `json:"media_type" public:"one of a list"`
	Size      int64            `json:"size"`
	SHA256    string           `json:"sha256" public:"says nothing without the file"`
	Author    EmployeeID       `json:"author_id"`
	Note      string           `json:"note,omitempty" pii:"counterparty"`
	Concerns  []CounterpartyID `json:"concerned_ids,omitempty"`
	Involved  []EmployeeID     `json:"involved_ids,omitempty"`
}

// FileWasRenamed gives the file another name, and with it the type that fits the name.
type FileWasRenamed struct {
	About     Ref    `json:"about"`
	OldName   string `json:"old_name" pii:"counterparty"`
	Name      string `json:"name" pii:"counterparty"`
	MediaType string `json:"media_type" public:"one of a list"`
}

// FileWasDescribed says anew what the file is.
type FileWasDescribed struct {
	About Ref    `json:"about"`
	Name  string `json:"name" pii:"counterparty"`
	Note  string `json:"note,omitempty" pii:"counterparty"`
}

// FileWasWithdrawn takes the file from the record. Its content stays: the log says that it was there.
type FileWasWithdrawn struct {
	About  Ref    `json:"about"`
	Name   string `json:"name" pii:"counterparty"`
	Reason string `json:"reason" pii:"counterparty"`
}

func (e FileWasAttached) Apply(a *AttachedFile) {
	*a = AttachedFile{About: e.About, Name: e.Name, MediaType: e.MediaType, Size: e.Size, SHA256: e.SHA256, Author: e.Author, Note: e.Note,
		Concerns: slices.Clone(e.Concerns), Involved: slices.Clone(e.Involved), State: FileAttached}
}
func (e FileWasRenamed) Apply(a *AttachedFile)   { a.Name, a.MediaType = e.Name, e.MediaType }
func (e FileWasDescribed) Apply(a *AttachedFile) { a.Note = e.Note }
func (e FileWasWithdrawn) Apply(a *AttachedFile) {
	a.State, a.Withdrawn = FileWithdrawn, e.Reason
}

// Subjects are the counterparties of the record that it is about.
func (a AttachedFile) Subjects() []CounterpartyID { return a.Concerns }

// Participants are those of the record that it is about, and who attached it.
func (a AttachedFile) Participants() []EmployeeID { return With(a.Involved, a.Author) }

// Beside is the record that the file is about.
func (a AttachedFile) Beside() Ref { return a.About }

// Attach puts a file beside a record.
func (a AttachedFile) Attach(e FileWasAttached) ([]Event[AttachedFile], error) {
	if a.State != "" {
		return nil, ErrAlreadyExists
	}
	e.Name = FileName(e.Name)
	var v Invalid
	v.Check(e.About.Valid(), "about", "required", "a file is about a record")
	v.Check(e.About.Kind != RefKind(AttachedFiles.Name()), "about.kind", "enum", "a file is not about another file")
	v.Check(IsSHA256(e.SHA256), "sha256", "digest", "is not the digest of a file")
	v.Require("name", e.Name)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[AttachedFile]{e}, nil
}

// Describe changes the file's name and what is said about it. The type is that of the content under the new name.
func (a AttachedFile) Describe(name, note, mediaType string) ([]Event[AttachedFile], error) {
	name = FileName(name)
	var v Invalid
	v.Require("name", name)
	switch {
	case a.State == "":
		return nil, ErrNotFound
	case a.State == FileWithdrawn:
		return nil, ErrFileWithdrawn
	case v.Err() != nil:
		return nil, v.Err()
	}
	var events []Event[AttachedFile]
	if name != a.Name {
		events = append(events, FileWasRenamed{About: a.About, OldName: a.Name, Name: name, MediaType: mediaType})
	}
	if note != a.Note {
		events = append(events, FileWasDescribed{About: a.About, Name: name, Note: note})
	}
	return events, nil
}

// Withdraw takes the file from its record.
func (a AttachedFile) Withdraw(reason string) ([]Event[AttachedFile], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case a.State == "":
		return nil, ErrNotFound
	case a.State == FileWithdrawn:
		return nil, nil
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[AttachedFile]{FileWasWithdrawn{About: a.About, Name: a.Name, Reason: reason}}, nil
}

// IsSHA256 reports the hexadecimal form of a digest, in small letters as the store writes it.
func IsSHA256(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// maxFileName is in bytes: what common file systems take, and what a person saves must be savable.
const maxFileName = 200

// FileName is what of a name from outside can be shown and saved: its last part, in one line, without signs that nobody
// sees or that turn the direction of writing, and not too long. Empty where nothing is left.
func FileName(name string) string {
	name = path.Base("/" + strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r == '/', unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	// Leading dots hide a file, trailing ones and spaces are cut by some systems.
	name = strings.Trim(name, " .")
	if len(name) <= maxFileName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := name[:maxFileName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, " .") + ext
}
