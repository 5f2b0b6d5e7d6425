package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// AttachmentRow is a file beside a record. Versions follow each other in recorded time, the last one holds, so a list can
// be shown as of any instant.
type AttachmentRow struct {
	ID          uuid.UUID               `json:"id"`
	AboutKind   string                  `json:"about_kind"`
	AboutID     uuid.UUID               `json:"about_id"`
	Clients     []domain.CounterpartyID `json:"clients"`
	SHA256      string                  `json:"sha256"`
	Size        int64                   `json:"size"`
	Author      domain.EmployeeID       `json:"author"`
	AttachedAt  time.Time               `json:"attached_at"`
	Versions    []AttachmentVersion     `json:"versions"`
	RecordedAt  time.Time               `json:"recorded_at"`
	WithdrawnAt time.Time               `json:"withdrawn_at,omitzero"`
	Withdrawer  domain.EmployeeID       `json:"withdrawer,omitzero"`
	Reason      string                  `json:"reason"`
	Revision    int64                   `json:"revision"`
}

// AttachmentVersion is what a file was called, and what was said about it, from an instant on.
type AttachmentVersion struct {
	From      time.Time `json:"from"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Note      string    `json:"note"`
}

var attachments = NewTable[AttachmentRow]("attachment", "id")

//go:embed attachments.sql
var attachmentsSQL string

// Attachments is every file beside a record.
var Attachments = Projection{Name: "attachments", Version: 1, Schema: attachmentsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.FileWasAttached]) {
		v := e.Event
		attachments.Put(b, e.Key(), AttachmentRow{
			ID: e.ID, AboutKind: string(v.About.Kind), AboutID: v.About.ID, Clients: v.Concerns, SHA256: v.SHA256, Size: v.Size, Author: v.Author,
			AttachedAt: e.At(), RecordedAt: e.Meta.RecordedAt, Revision: int64(e.Revision),
			Versions: []AttachmentVersion{{From: e.Meta.RecordedAt, Name: v.Name, MediaType: v.MediaType, Note: v.Note}},
		})
	}),
	onAttachment(func(r *AttachmentRow, e Envelope[domain.FileWasRenamed]) {
		r.turn(e.Meta.RecordedAt, func(v *AttachmentVersion) { v.Name, v.MediaType = e.Event.Name, e.Event.MediaType })
	}),
	onAttachment(func(r *AttachmentRow, e Envelope[domain.FileWasDescribed]) {
		r.turn(e.Meta.RecordedAt, func(v *AttachmentVersion) { v.Note = e.Event.Note })
	}),
	onAttachment(func(r *AttachmentRow, e Envelope[domain.FileWasWithdrawn]) {
		r.WithdrawnAt, r.Withdrawer, r.Reason = e.Meta.RecordedAt, e.Meta.Actor, e.Event.Reason
		if !e.Meta.OnBehalfOf.IsZero() {
			r.Withdrawer = e.Meta.OnBehalfOf
		}
	}),
}}

func onAttachment[E any](change func(r *AttachmentRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		attachments.Change(b, e.Key(), func(r *AttachmentRow) {
			change(r, e)
			r.Revision = int64(e.Revision)
		})
	})
}

// turn begins the next version.
func (r *AttachmentRow) turn(from time.Time, change func(*AttachmentVersion)) {
	next := r.Versions[len(r.Versions)-1]
	next.From = from
	change(&next)
	r.Versions = domain.With(r.Versions, next)
}
