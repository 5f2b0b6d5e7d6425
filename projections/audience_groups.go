package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// AudienceGroupRow is a group to write to, with its members.
type AudienceGroupRow struct {
	ID       uuid.UUID        `json:"id"`
	Kind     domain.GroupKind `json:"kind"`
	Name     string           `json:"name"`
	Members  []uuid.UUID      `json:"members"`
	Closed   bool             `json:"closed"`
	Created  time.Time        `json:"created_at"`
	Changed  time.Time        `json:"changed_at"`
	Revision int64            `json:"revision"`
}

var audienceGroups = NewTable[AudienceGroupRow]("audience_group", "id")

//go:embed audience_groups.sql
var audienceGroupsSQL string

// AudienceGroups are the lists of counterparties and persons to write to.
var AudienceGroups = Projection{Name: "audience_groups", Version: 1, Schema: audienceGroupsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.AudienceGroupWasCreated]) {
		audienceGroups.Put(b, e.Key(), AudienceGroupRow{ID: e.ID, Kind: e.Event.Kind, Name: e.Event.Name, Created: e.At(), Changed: e.At()})
	}),
	onGroup(func(g *AudienceGroupRow, e Envelope[domain.AudienceGroupWasRenamed]) { g.Name = e.Event.To }),
	onGroup(func(g *AudienceGroupRow, e Envelope[domain.AudienceGroupGotMembers]) {
		g.Members = append(g.Members, memberIDs(e.Event.GroupMembers)...)
	}),
	onGroup(func(g *AudienceGroupRow, e Envelope[domain.AudienceGroupLostMembers]) {
		gone := map[uuid.UUID]bool{}
		for _, id := range memberIDs(e.Event.GroupMembers) {
			gone[id] = true
		}
		g.Members = domain.Without(g.Members, func(id uuid.UUID) bool { return gone[id] })
	}),
	onGroup(func(g *AudienceGroupRow, _ Envelope[domain.AudienceGroupWasClosed]) { g.Closed = true }),
}}

func onGroup[E any](change func(g *AudienceGroupRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		audienceGroups.Change(b, e.Key(), func(g *AudienceGroupRow) {
			change(g, e)
			g.Changed, g.Revision = e.At(), int64(e.Revision)
		})
	})
}

func memberIDs(m domain.GroupMembers) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(m.Counterparties)+len(m.Persons))
	for _, id := range m.Counterparties {
		ids = append(ids, id.UUID())
	}
	for _, id := range m.Persons {
		ids = append(ids, id.UUID())
	}
	return ids
}
