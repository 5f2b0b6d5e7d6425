package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/letopis-crm/letopis/domain"
)

// Report is what a verification found.
type Report struct {
	Files int64 // read and compared
	Bytes int64
	// Damaged are files whose content is not what their name says, and what is no file of this store at all.
	Damaged []string
	// Missing are digests that should be here and are not.
	Missing []string
}

// OK reports that every file is whole and none is missing.
func (r Report) OK() bool { return len(r.Damaged) == 0 && len(r.Missing) == 0 }

// Verify reads every file and compares its content with its name, and looks for those that should be there.
func (s *Store) Verify(ctx context.Context, expected []string) (Report, error) {
	var r Report
	seen := map[string]bool{}
	err := fs.WalkDir(s.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case name == incoming:
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		digest := path.Base(name)
		whole := false
		if e.Type().IsRegular() && domain.IsSHA256(digest) && name == placeOf(digest) {
			// A file that cannot be read is as good as damaged, and no reason to leave the others unread.
			size, err := s.check(ctx, digest)
			whole = err == nil
			r.Files, r.Bytes = r.Files+1, r.Bytes+size
			seen[digest] = true
		}
		if !whole {
			r.Damaged = append(r.Damaged, name)
		}
		return nil
	})
	for _, digest := range expected {
		if digest = strings.ToLower(digest); !seen[digest] {
			seen[digest] = true
			r.Missing = append(r.Missing, digest)
		}
	}
	slices.Sort(r.Missing)
	return r, err
}

var errDamaged = errors.New("the content is not what the name says")

func (s *Store) check(ctx context.Context, digest string) (int64, error) {
	f, err := s.Open(digest)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, &reader{ctx, f})
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != digest {
		err = errDamaged
	}
	return size, err
}
