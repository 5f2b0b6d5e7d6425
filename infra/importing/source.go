package importing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/spreadsheet"
)

// Items are the rows of an import, in the order of the files. An error ends them.
type Items = iter.Seq2[Item, error]

// Env is what an import runs in.
type Env struct {
	Actor   domain.EmployeeID
	Senders Senders
}

// Senders finds who writes from an e-mail address; zero ids where nobody is known.
type Senders interface {
	SenderByEmail(ctx context.Context, email string) (domain.CounterpartyID, domain.ContactPersonID, error)
}

// request is the envelope of one row's command. Its id is fresh: what makes a second run harmless is what the aggregate
// remembers, not the command.
func (e Env) request() commands.Request {
	return commands.Request{CommandID: uuid.Must(uuid.NewV7()), Actor: e.Actor, Source: domain.SourceImport}
}

// Source is a set of files to import.
type Source interface {
	// Parts are what is taken one after the other: a file, or all mails together.
	Parts() []Part
	// Progress is how many bytes have been read of how many; total is 0 when unknown.
	Progress() (done, total int64)
}

// Part is a file to import.
type Part struct {
	Kind, Name, Mapping string
	// SHA256 is the digest of the file; empty where rows are known again by themselves, as mails are.
	SHA256 string
	// Items reads the file.
	Items func(Env) Items
}

// progress counts bytes over several files.
type progress struct{ done, total atomic.Int64 }

func (p *progress) Progress() (done, total int64) { return p.done.Load(), p.total.Load() }

// fileDigest is the SHA-256 of a file, in hex.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// fileParts makes a part of each file.
func fileParts(kind, mapping string, files []string, read func(env Env, file string, yield func(Item, error) bool)) ([]Part, error) {
	parts := make([]Part, len(files))
	for i, file := range files {
		digest, err := fileDigest(file)
		if err != nil {
			return nil, err
		}
		parts[i] = Part{Kind: kind, Name: filepath.Base(file), Mapping: mapping, SHA256: digest, Items: func(env Env) Items {
			return func(yield func(Item, error) bool) { read(env, file, yield) }
		}}
	}
	return parts, nil
}

// WriteReport writes all problems as a CSV file that office programs open.
func WriteReport(w io.Writer, r *Report) error {
	errs := make([]spreadsheet.RowError, len(r.Problems))
	for i, p := range r.Problems {
		errs[i] = p.rowError()
	}
	return spreadsheet.WriteErrors(w, errs)
}
