package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// AttachmentFilter asks for files: those of one record, or all that concern a counterparty.
type AttachmentFilter struct {
	AboutKind    string    `query:"about_kind" maxLength:"40" doc:"Kind of the record that they are about; together with about_id"`
	AboutID      uuid.UUID `query:"about_id" format:"uuid" doc:"The record that they are about"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Concerning this counterparty, whatever record they are about"`
	Withdrawn    bool      `query:"withdrawn" doc:"Those that were withdrawn, too"`
	AsOf         time.Time `query:"as_of" doc:"As they were recorded by this instant"`
	PageRequest
}

// AttachmentItem is a file beside a record.
type AttachmentItem struct {
	ID             uuid.UUID   `json:"id" format:"uuid" doc:"The attachment"`
	AboutKind      string      `json:"about_kind" doc:"Kind of the record that it is about"`
	AboutID        uuid.UUID   `json:"about_id" format:"uuid" doc:"That record"`
	Clients        []uuid.UUID `json:"client_ids" doc:"Clients whom that record concerned"`
	AboutTitle     string      `json:"about_title,omitempty" doc:"What that record is called, where it has a name"`
	Name           string      `json:"name" doc:"What the file is called"`
	MediaType      string      `json:"media_type" doc:"What the download says it is"`
	Note           string      `json:"note,omitempty" doc:"What was said about it"`
	Size           int64       `json:"size" doc:"Bytes"`
	SHA256         string      `json:"sha256" doc:"Digest of the content"`
	Author         uuid.UUID   `json:"author_id" format:"uuid" doc:"Who attached it"`
	AuthorName     string      `json:"author_name" doc:"The person's name"`
	AttachedAt     time.Time   `json:"attached_at" doc:"When it was attached"`
	Withdrawn      bool        `json:"withdrawn" doc:"It was withdrawn from its record"`
	WithdrawnAt    *time.Time  `json:"withdrawn_at,omitempty" doc:"When that was"`
	WithdrawerName string      `json:"withdrawer_name,omitempty" doc:"Who did it"`
	Reason         string      `json:"reason,omitempty" doc:"Why"`
	Revision       int64       `json:"revision" doc:"Its revision, for If-Match"`
}

type attachmentRow struct {
	AttachmentItem
	Versions []attachmentVersion
}

type attachmentVersion struct {
	From      time.Time `json:"from"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Note      string    `json:"note"`
}

const attachmentQuery = `select a.id, a.about_kind, a.about_id, a.clients, a.sha256, a.size, a.author, coalesce(e.name, '') as author_name, a.attached_at, a.versions,
	a.withdrawn_at, coalesce(w.name, '') as withdrawer_name, a.reason, a.revision
	from read.attachment a left join read.employee e on e.id = a.author left join read.employee w on w.id = a.withdrawer where `

// Attachments is one page of files, the newest first.
func (q *Queries) Attachments(ctx context.Context, f AttachmentFilter) (Page[AttachmentItem], error) {
	w, err := q.attachmentWhere(ctx, f)
	if err != nil {
		return Page[AttachmentItem]{}, err
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[AttachmentItem]{}, err
	}
	w.and(paged, "(a.attached_at, a.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[attachmentRow](ctx, q.DB, attachmentQuery+w.sql()+` order by a.attached_at desc, a.id desc limit `+w.arg(f.limit()+1), w.args...)
	if err != nil {
		return Page[AttachmentItem]{}, err
	}
	cut := page(found, f.limit(), func(r attachmentRow) []any { return []any{r.AttachedAt, r.ID} })
	items, err := q.attachmentItems(ctx, cut.Items, f.AsOf)
	return Page[AttachmentItem]{Items: items, Next: cut.Next}, err
}

func (q *Queries) attachmentWhere(ctx context.Context, f AttachmentFilter) (*where, error) {
	var v domain.Invalid
	ofRecord := f.AboutKind != "" && f.AboutID != uuid.Nil
	v.Check(ofRecord || f.Counterparty != uuid.Nil, "query.about_id", "required", "name a record, or a counterparty")
	if err := v.Err(); err != nil {
		return nil, err
	}
	w := &where{}
	w.and(ofRecord, "a.about_kind = ? and a.about_id = ?", f.AboutKind, f.AboutID)
	w.and(!f.AsOf.IsZero(), "a.recorded_at <= ?", f.AsOf)
	w.and(!f.Withdrawn && f.AsOf.IsZero(), "a.withdrawn_at is null")
	w.and(!f.Withdrawn && !f.AsOf.IsZero(), "a.withdrawn_at is null or a.withdrawn_at > ?", f.AsOf)
	if f.Counterparty == uuid.Nil {
		return w, nil
	}
	aliases, err := q.aliases(ctx, f.Counterparty)
	w.and(true, "a.clients && ?::uuid[]", aliases)
	return w, err
}

// Attachment is one file, withdrawn or not.
func (q *Queries) Attachment(ctx context.Context, id uuid.UUID) (AttachmentItem, error) {
	found, err := one[attachmentRow](ctx, q.DB, attachmentQuery+`a.id = $1`, id)
	if err != nil {
		return AttachmentItem{}, err
	}
	items, err := q.attachmentItems(ctx, []attachmentRow{found}, time.Time{})
	if err != nil {
		return AttachmentItem{}, err
	}
	return items[0], nil
}

// AttachmentDigests are the digests of all files that were ever attached.
func (q *Queries) AttachmentDigests(ctx context.Context) ([]string, error) {
	found, err := q.DB.Query(ctx, `select distinct sha256 from read.attachment order by sha256`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[string])
}

// attachmentItems are the rows as of the instant (zero: now), with the titles of their records.
func (q *Queries) attachmentItems(ctx context.Context, found []attachmentRow, asOf time.Time) ([]AttachmentItem, error) {
	wanted := map[string][]uuid.UUID{}
	items := make([]AttachmentItem, len(found))
	for i, r := range found {
		items[i] = r.asOf(asOf)
		wanted[r.AboutKind] = append(wanted[r.AboutKind], r.AboutID)
	}
	titles, err := q.titles(ctx, wanted)
	for i := range items {
		items[i].AboutTitle = titles[items[i].AboutID]
	}
	return items, err
}

func (r attachmentRow) asOf(instant time.Time) AttachmentItem {
	item := r.AttachmentItem
	for i, v := range r.Versions {
		if i == 0 || instant.IsZero() || !v.From.After(instant) {
			item.Name, item.MediaType, item.Note = v.Name, v.MediaType, v.Note
		}
	}
	item.Withdrawn = item.WithdrawnAt != nil && (instant.IsZero() || !item.WithdrawnAt.After(instant))
	if !item.Withdrawn {
		item.WithdrawnAt, item.WithdrawerName, item.Reason = nil, "", ""
	}
	return item
}

// titleTables say what records are called, by kind. Kinds that are not here have no names.
var titleTables = map[string]string{
	"counterparty":   `select id, name as title from read.client where id = any($1)`,
	"contact_person": `select id, full_name as title from read.person where id = any($1)`,
	"employee":       `select id, name as title from read.employee where id = any($1)`,
	"negotiation":    `select id, topic as title from read.negotiation where id = any($1)`,
	"message":        `select id, coalesce(nullif(subject, ''), from_raw) as title from read.incoming_message where id = any($1)`,
	"thread":         `select id, subject as title from read.internal_thread where id = any($1)`,
	"assignment":     `select id, title from read.assignment where id = any($1)`,
	"work_item":      `select id, left(text, 200) as title from read.work_item where id = any($1)`,
}

func (q *Queries) titles(ctx context.Context, wanted map[string][]uuid.UUID) (map[uuid.UUID]string, error) {
	titles := map[uuid.UUID]string{}
	for kind, ids := range wanted {
		sql, named := titleTables[kind]
		if !named {
			continue
		}
		found, err := rows[struct {
			ID    uuid.UUID
			Title string
		}](ctx, q.DB, sql, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			titles[r.ID] = r.Title
		}
	}
	return titles, nil
}
