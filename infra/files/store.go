// Package files keeps uploaded files in a directory, each under the SHA-256 digest of its content: the same content is
// kept once, whatever it was called, and no name from outside ever becomes a path.
//
// A file lies at "ab/cd/<digest>". It is written under "incoming" first and appears under its digest complete and durable,
// or not at all.
package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/letopis-crm/letopis/domain"
)

// incoming holds what is being uploaded.
const incoming = "incoming"

// Store is a directory of files. It is safe for concurrent use, by several processes too.
type Store struct{ root *os.Root }

// Open opens the directory, makes it where there is none, and removes what interrupted uploads have left.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{root}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// Close ends the use of the directory.
func (s *Store) Close() error { return s.root.Close() }

func (s *Store) prepare() error {
	if err := s.root.Mkdir(incoming, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	left, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return err
	}
	for _, e := range left {
		if err := s.sweep(path.Join(incoming, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes a leftover. Whoever still writes to it, in this process or another, holds it locked.
func (s *Store) sweep(name string) error {
	if info, err := s.root.Lstat(name); err == nil && info.Mode().IsRegular() {
		f, err := s.root.Open(name)
		if err != nil {
			return ignoreGone(err)
		}
		defer f.Close()
		if err := lock(f); errors.Is(err, unix.EWOULDBLOCK) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return ignoreGone(s.root.RemoveAll(name))
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// Put keeps the content and says what it is. Once it has returned without an error the file is durable. Content of more
// than limit bytes is refused with domain.ErrFileTooLarge, none at all with domain.ErrFileEmpty; where there is no room
// the refusal is domain.ErrFileNoRoom. Whatever goes wrong, nothing is left of the attempt.
func (s *Store) Put(ctx context.Context, content io.Reader, limit int64) (_ domain.StoredFile, err error) {
	f, name, err := s.begin()
	if err != nil {
		return domain.StoredFile{}, refusalOf(err)
	}
	defer func() {
		// After the rename there is nothing of this name any more.
		_ = s.root.Remove(name)
		_ = f.Close() // what matters was synced
	}()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, hash), io.LimitReader(&reader{ctx, content}, limit+1))
	switch {
	case err != nil:
		return domain.StoredFile{}, refusalOf(err)
	case size > limit:
		return domain.StoredFile{}, domain.ErrFileTooLarge
	case size == 0:
		return domain.StoredFile{}, domain.ErrFileEmpty
	}
	digest := hex.EncodeToString(hash.Sum(nil))
	if err := s.settle(f, name, digest); err != nil {
		return domain.StoredFile{}, refusalOf(err)
	}
	return domain.StoredFile{SHA256: digest, Size: size}, nil
}

// begin creates a file of its own name that is locked as long as it is written.
func (s *Store) begin() (*os.File, string, error) {
	name := path.Join(incoming, rand.Text())
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, "", err
	}
	if err := lock(f); err != nil {
		return nil, "", errors.Join(err, f.Close(), ignoreGone(s.root.Remove(name)))
	}
	return f, name, nil
}

// settle gives the written file its place, so that a crash leaves either the whole file there or none. A file that is
// there already is replaced by the same content: one that was damaged becomes whole.
func (s *Store) settle(f *os.File, name, digest string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	place := placeOf(digest)
	if err := s.root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return err
	}
	if err := s.root.Rename(name, place); err != nil {
		return err
	}
	// Another upload may have made the folders and not synced them yet: each syncs all of its way.
	for dir := path.Dir(place); ; dir = path.Dir(dir) {
		if err := s.syncDir(dir); err != nil || dir == "." {
			return err
		}
	}
}

func (s *Store) syncDir(name string) error {
	dir, err := s.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open opens a kept file; domain.ErrNoFile where there is none, or what was asked for is no digest.
func (s *Store) Open(digest string) (*os.File, error) {
	if !domain.IsSHA256(digest) {
		return nil, domain.ErrNoFile
	}
	place := placeOf(digest)
	// Only what Put has made: a link planted in the directory leads nowhere.
	info, err := s.root.Lstat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, domain.ErrNoFile
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("files: %s is not a file", place)
	}
	return s.root.Open(place)
}

// Look says what is kept under the digest, as a file of the given name. It implements commands.Files.
func (s *Store) Look(_ context.Context, digest, name string) (domain.StoredFile, error) {
	f, err := s.Open(digest)
	if err != nil {
		return domain.StoredFile{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return domain.StoredFile{}, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return domain.StoredFile{}, err
	}
	return domain.StoredFile{SHA256: digest, Size: info.Size(), MediaType: mediaType(head[:n], name)}, nil
}

func placeOf(digest string) string { return path.Join(digest[:2], digest[2:4], digest) }

// refusalOf tells a full disk, about which somebody can do something, from other failures.
func refusalOf(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return domain.ErrFileNoRoom
	}
	return err
}

// reader stops when the caller has gone.
type reader struct {
	ctx     context.Context
	content io.Reader
}

func (r *reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.content.Read(b)
}
