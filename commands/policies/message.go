package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Senders finds who writes from an address or calls from a number. Zero ids mean that nobody is known under it, or that
// it belongs to several counterparties: then a person decides.
type Senders interface {
	SenderByEmail(ctx context.Context, email string) (domain.CounterpartyID, domain.ContactPersonID, error)
	SenderByPhone(ctx context.Context, e164 string) (domain.CounterpartyID, domain.ContactPersonID, error)
}

// MatchSenders matches messages that came in without a counterparty. What it does not find stays unmatched, a message
// like any other.
func MatchSenders(senders Senders) Policy {
	return Policy{Name: "match_senders", After: []string{"clients"}, Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, e domain.MessageWasRegistered) error {
			if !e.Counterparty.IsZero() || !e.Person.IsZero() {
				return nil
			}
			match, err := findSender(ctx, senders, e)
			if err != nil || (match.Counterparty.IsZero() && match.Person.IsZero()) {
				return err
			}
			_, err = commands.Execute(ctx, r.Executor, domain.IncomingMessages, domain.IncomingMessageID(r.ID()), match, r.Request())
			return err
		}),
	}}
}

func findSender(ctx context.Context, senders Senders, e domain.MessageWasRegistered) (commands.MatchMessageBySender, error) {
	if e.FromEmail != "" {
		client, person, err := senders.SenderByEmail(ctx, e.FromEmail)
		if err != nil || !client.IsZero() || !person.IsZero() {
			return commands.MatchMessageBySender{Counterparty: client, Person: person, Rule: domain.MatchByEmail}, err
		}
	}
	if e.FromPhone != "" {
		client, person, err := senders.SenderByPhone(ctx, e.FromPhone)
		return commands.MatchMessageBySender{Counterparty: client, Person: person, Rule: domain.MatchByPhone}, err
	}
	return commands.MatchMessageBySender{}, nil
}
