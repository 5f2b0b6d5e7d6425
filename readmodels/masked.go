package readmodels

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// hidden tells of which of the clients and contact persons the reader may see no telephone numbers and addresses.
func (q *Queries) hidden(ctx context.Context, records ...uuid.UUID) (map[uuid.UUID]bool, error) {
	v, narrowed := q.DB.(visible)
	if !narrowed || len(records) == 0 {
		return nil, nil
	}
	c := condition{actor: v.actor, action: access.Read, args: []any{records}, places: map[string]string{}}
	shown := c.ofRecord("seen.id", v.actor.Scope(access.ContactDetails, access.Read), []string{client, person})
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[struct{ ID uuid.UUID }](ctx, v.db, `select seen.id from read.register seen where seen.id = any($1) and not (`+shown+`)`, c.args...)
	if err != nil {
		return nil, err
	}
	hidden := map[uuid.UUID]bool{}
	for _, r := range found {
		hidden[r.ID] = true
	}
	return hidden, nil
}

func (q *Queries) maskClients(ctx context.Context, items []ClientItem) error {
	all := make([]uuid.UUID, len(items))
	for i, item := range items {
		all[i] = item.ID
	}
	hidden, err := q.hidden(ctx, all...)
	for i, item := range items {
		if !hidden[item.ID] {
			continue
		}
		if item.Phone != "" {
			items[i].Phone = domain.MaskNumber(item.Phone)
		}
		if item.Email != "" {
			items[i].Email = domain.MaskAddress(item.Email)
		}
	}
	return err
}

func (q *Queries) maskPersons(ctx context.Context, items []PersonItem) error {
	all := make([]uuid.UUID, len(items))
	for i, item := range items {
		all[i] = item.ID
	}
	hidden, err := q.hidden(ctx, all...)
	for i, item := range items {
		if hidden[item.ID] {
			items[i].Reach = item.Reach.Masked()
		}
	}
	return err
}

func (q *Queries) maskClient(ctx context.Context, card *ClientCard) error {
	hidden, err := q.hidden(ctx, card.ID)
	if hidden[card.ID] {
		card.Record.ContactDetails = card.Record.Masked()
	}
	return err
}

func (q *Queries) maskPerson(ctx context.Context, card *PersonCard) error {
	hidden, err := q.hidden(ctx, card.ID)
	if hidden[card.ID] {
		for i, p := range card.Contacts {
			card.Contacts[i].ContactPoint = p.Masked()
		}
	}
	return err
}

// maskHistory masks the numbers and addresses in what is told of clients and persons.
func (q *Queries) maskHistory(ctx context.Context, items []HistoryItem) error {
	var all []uuid.UUID
	for _, item := range items {
		if item.Kind == client || item.Kind == person {
			all = append(all, item.Record)
		}
	}
	hidden, err := q.hidden(ctx, all...)
	for i, item := range items {
		if hidden[item.Record] {
			items[i].Headline, items[i].Quote, items[i].Reason = domain.MaskText(item.Headline), domain.MaskText(item.Quote), domain.MaskText(item.Reason)
		}
	}
	return err
}
