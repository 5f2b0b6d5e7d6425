package commands

import (
	"context"
	"errors"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type attachmentEvents = []domain.Event[domain.AttachedFile]

// Files is what commands ask of the store of files.
type Files interface {
	// Look says what is kept under the digest, as a file of the given name; domain.ErrNoFile where nothing is.
	Look(ctx context.Context, sha256, name string) (domain.StoredFile, error)
}

// WithFiles is the same executor with a store of files: what is attached must be there.
func (x *Executor) WithFiles(files Files) *Executor {
	other := *x
	other.files = files
	return &other
}

// file is what is kept under the digest. Size and type are the store's facts: nobody is believed about them.
func (f *Facts) file(ctx context.Context, sha256, name string) (domain.StoredFile, error) {
	if f.x.files == nil {
		return domain.StoredFile{}, errors.New("commands: files cannot be attached without a store of files")
	}
	stored, err := f.x.files.Look(ctx, sha256, domain.FileName(name))
	if errors.Is(err, domain.ErrNoFile) {
		err = domain.ErrNoFile.About("sha256")
	}
	return stored, err
}

// AttachFile puts an uploaded file beside a record of any kind.
type AttachFile struct {
	By
	About  domain.Ref `json:"about" doc:"The record it belongs to"`
	Name   string     `json:"name" minLength:"1" maxLength:"500" doc:"What the file is called; it is cut down to what can be shown and saved"`
	SHA256 string     `json:"sha256" minLength:"64" maxLength:"64" pattern:"^[0-9a-f]{64}$" doc:"What the upload answered with"`
	Note   string     `json:"note,omitempty" maxLength:"2000" doc:"What it is"`

	stored   domain.StoredFile
	concerns []domain.CounterpartyID
	involved []domain.EmployeeID
}

// Prepare finds the file and the record that it is about, and whom that record concerns.
func (c *AttachFile) Prepare(ctx context.Context, f *Facts) error {
	state, err := aboutOf(ctx, f, c.About)
	if err != nil {
		return err
	}
	c.concerns, c.involved = union(subjectsOf(state)), union(participantsOf(state))
	c.stored, err = f.file(ctx, c.SHA256, c.Name)
	return err
}

func (c AttachFile) Decide(s domain.AttachedFile, _ time.Time) (attachmentEvents, error) {
	return s.Attach(domain.FileWasAttached{
		About: c.About, Name: c.Name, MediaType: c.stored.MediaType, Size: c.stored.Size, SHA256: c.SHA256, Author: c.Who(), Note: c.Note,
		Concerns: c.concerns, Involved: c.involved,
	})
}

// DescribeAttachment changes a file's name and what is said about it.
type DescribeAttachment struct {
	By
	Name string `json:"name" minLength:"1" maxLength:"500" doc:"What the file is called"`
	Note string `json:"note,omitempty" maxLength:"2000" doc:"What it is"`

	stored domain.StoredFile
}

// Prepare finds out which type the content has under the new name.
func (c *DescribeAttachment) Prepare(ctx context.Context, f *Facts) error {
	s, err := Fact(ctx, f, domain.AttachedFiles, domain.AttachedFileID(f.ID))
	if err == nil && s.State == "" {
		err = domain.ErrNotFound
	}
	if err == nil {
		c.stored, err = f.file(ctx, s.SHA256, c.Name)
	}
	return err
}

func (c DescribeAttachment) Decide(s domain.AttachedFile, _ time.Time) (attachmentEvents, error) {
	return s.Describe(c.Name, c.Note, c.stored.MediaType)
}

// WithdrawAttachment takes a file from its record, saying why. That it was there stays known, and its content is kept.
type WithdrawAttachment struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c WithdrawAttachment) Decide(s domain.AttachedFile, _ time.Time) (attachmentEvents, error) {
	return s.Withdraw(c.Reason)
}

// aboutOf is the state of the record that a file is about: it must be there, and be one that who asks may change.
func aboutOf(ctx context.Context, f *Facts, about domain.Ref) (any, error) {
	past, err := Record(ctx, f.x, about)
	if errors.Is(err, domain.ErrNotFound) {
		var v domain.Invalid
		v.Add("about", "not_found", "there is no such record")
		return nil, v.Err()
	}
	if err == nil {
		err = f.x.pass(ctx, string(about.Kind), past.State, past.Revision, CommandName(AttachFile{}), f.Request)
	}
	return past.State, err
}
