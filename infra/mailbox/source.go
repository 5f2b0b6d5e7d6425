package mailbox

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Read iterates over all mails under a path: a single mail, an mbox, a tar
// archive (gzip or not), or a folder with any of these, Maildir included, in
// the order of their names. The form is told by content, and by the extension
// .mbox. In every step exactly one of the two is meaningful: the refusal when
// it is not nil, else the message. Nothing is skipped without a refusal but
// what a mail server keeps beside the mails (Maildir's tmp and index files) and
// hidden files.
func Read(path string, opts Options) iter.Seq2[Message, *Refusal] {
	return func(yield func(Message, *Refusal) bool) {
		r := &run{opts: opts.withDefaults(), yield: yield}
		r.path(path)
	}
}

// ReadFrom is [Read] for one file that is already open, such as an upload.
func ReadFrom(file string, in io.Reader, opts Options) iter.Seq2[Message, *Refusal] {
	return func(yield func(Message, *Refusal) bool) {
		r := &run{opts: opts.withDefaults(), yield: yield}
		r.stream(file, in, 0)
	}
}

// run is one iteration. stopped is set when the caller has had enough.
type run struct {
	opts    Options
	yield   func(Message, *Refusal) bool
	stopped bool
}

func (r *run) refuse(file string, index int, reason Reason, detail string) {
	r.give(Message{}, &Refusal{File: file, Index: index, Reason: reason, Detail: detail})
}

func (r *run) give(m Message, refusal *Refusal) {
	if !r.stopped {
		r.stopped = !r.yield(m, refusal)
	}
}

func (r *run) parse(file string, index int, raw []byte) {
	m, refusal := Parse(raw, r.opts)
	if refusal != nil {
		refusal.File, refusal.Index = file, index
	} else {
		m.File, m.Index = file, index
	}
	r.give(m, refusal)
}

func (r *run) path(root string) {
	info, err := os.Stat(root)
	switch {
	case err != nil:
		r.refuse(filepath.Base(root), 0, ReasonUnreadable, err.Error())
	case info.IsDir():
		r.folder(root)
	case !info.Mode().IsRegular():
		r.refuse(filepath.Base(root), 0, ReasonUnsupported, "not a regular file")
	default:
		r.file(filepath.Base(root), root)
	}
}

func (r *run) folder(root string) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := relative(root, path)
		switch {
		case r.stopped:
			return fs.SkipAll
		case err != nil:
			r.refuse(name, 0, ReasonUnreadable, err.Error())
		case d.IsDir() && isMaildirTmp(path):
			return fs.SkipDir
		case d.IsDir() || isServerFile(d.Name()):
		case !d.Type().IsRegular():
			r.refuse(name, 0, ReasonUnsupported, "not a regular file")
		default:
			r.file(name, path)
		}
		return nil
	})
	if err != nil {
		r.refuse(relative(root, root), 0, ReasonUnreadable, err.Error())
	}
}

func relative(root, path string) string {
	if name, err := filepath.Rel(filepath.Dir(root), path); err == nil {
		return filepath.ToSlash(name)
	}
	return filepath.Base(path)
}

// isMaildirTmp tells the folder where mails lie that are not delivered yet.
func isMaildirTmp(path string) bool {
	if filepath.Base(path) != "tmp" {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(path), "cur"))
	return err == nil
}

func isServerFile(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "dovecot") || strings.HasPrefix(name, "courier") ||
		name == "maildirsize" || name == "maildirfolder" || name == "subscriptions"
}

func (r *run) file(name, path string) {
	f, err := os.Open(path)
	if err != nil {
		r.refuse(name, 0, ReasonUnreadable, err.Error())
		return
	}
	defer func() { _ = f.Close() }()
	r.stream(name, f, 0)
}

// maxLayers allows a tar inside gzip, and nothing inside that.
const maxLayers = 1

func (r *run) stream(name string, in io.Reader, layer int) {
	buffered := bufio.NewReaderSize(in, 4096)
	head, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		r.refuse(name, 0, readReason(err), err.Error())
		return
	}
	packed := bytes.HasPrefix(head, []byte{0x1f, 0x8b})
	isTar := len(head) > 262 && string(head[257:262]) == "ustar"
	switch {
	case packed && layer >= maxLayers, isTar && layer > maxLayers:
		r.refuse(name, 0, ReasonNestedArchive, "")
	case packed:
		r.gzip(name, buffered, layer)
	case isTar:
		r.tar(name, buffered)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		r.refuse(name, 0, ReasonUnsupported, "a zip archive or an Outlook file")
	case isMbox(name, head):
		r.mbox(name, buffered)
	default:
		r.single(name, buffered)
	}
}

func (r *run) gzip(name string, in io.Reader, layer int) {
	z, err := gzip.NewReader(in)
	if err != nil {
		r.refuse(name, 0, ReasonBrokenArchive, err.Error())
		return
	}
	r.stream(name, &capReader{in: z, left: r.opts.MaxTotal}, layer+1)
}

var errTotal = errors.New("the archive is larger than the limit when unpacked")

// capReader fails where io.LimitReader would pretend to be at the end.
type capReader struct {
	in   io.Reader
	left int64
}

func (c *capReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTotal
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

func readReason(err error) Reason {
	switch {
	case errors.Is(err, errTotal):
		return ReasonTooLarge
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, tar.ErrHeader):
		return ReasonBrokenArchive
	default:
		return ReasonUnreadable
	}
}

func (r *run) tar(name string, in io.Reader) {
	entries := tar.NewReader(in)
	for !r.stopped {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			// What is left is padding, and the checksum of the gzip around it.
			if _, err = io.Copy(io.Discard, in); err == nil {
				return
			}
		}
		if err != nil {
			r.refuse(name, 0, tarReason(err), err.Error())
			return
		}
		inner := name + "/" + oneLine(h.Name)
		switch h.Typeflag {
		case tar.TypeReg:
			r.stream(inner, entries, maxLayers+1)
		case tar.TypeDir, tar.TypeXGlobalHeader:
		default:
			r.refuse(inner, 0, ReasonUnsupported, "not a regular file")
		}
	}
}

func tarReason(err error) Reason {
	if reason := readReason(err); reason != ReasonUnreadable {
		return reason
	}
	return ReasonBrokenArchive
}

// isMbox believes the extension; otherwise a "From " line with a header behind
// it, unless the extension says that the file is one mail.
func isMbox(name string, head []byte) bool {
	switch filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")) {
	case ".mbox", ".mbx":
		return true
	case ".eml":
		return false
	}
	if !bytes.HasPrefix(head, []byte("From ")) {
		return false
	}
	_, rest := cutLine(head)
	return headerStart.Match(rest)
}

func (r *run) single(name string, in io.Reader) {
	raw, err := io.ReadAll(io.LimitReader(in, r.opts.MaxMessage+1))
	if err != nil {
		r.refuse(name, 1, readReason(err), err.Error())
		return
	}
	r.parse(name, 1, raw)
}

func (r *run) mbox(name string, in io.Reader) {
	box := newMbox(in, r.opts.MaxMessage)
	index := 0
	for ; !r.stopped; index++ {
		mail, err := box.next()
		switch {
		case errors.Is(err, io.EOF) && index == 0:
			r.refuse(name, 0, ReasonEmpty, "no mail in the box")
			return
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			r.refuse(name, index+1, readReason(err), err.Error())
			return
		case mail.size > r.opts.MaxMessage:
			r.refuse(name, index+1, ReasonTooLarge, fmt.Sprintf("%d bytes, the limit is %d", mail.size, r.opts.MaxMessage))
		default:
			r.parse(name, index+1, mail.raw)
		}
	}
}
