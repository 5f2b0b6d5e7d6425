package commands

import (
	"context"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// claimRequisite secures a unique key for a counterparty. It is given by other commands only.
type claimRequisite struct {
	Key string                `json:"key"`
	For domain.CounterpartyID `json:"counterparty_id"`

	known domain.ClaimHolder
}

// Prepare looks at who has the key and whether that counterparty still bears it.
func (c *claimRequisite) Prepare(ctx context.Context, f *Facts) error {
	claim, err := Fact(ctx, f, domain.RequisiteClaims, domain.RequisiteClaimID(f.ID))
	if err != nil || claim.Holder.IsZero() {
		return err
	}
	holder, err := Fact(ctx, f, domain.Counterparties, claim.Holder)
	if err != nil {
		return err
	}
	survivor, _, err := survivorOf(ctx, f.x, claim.Holder)
	if err != nil {
		return err
	}
	c.known = domain.ClaimHolder{Holder: claim.Holder, Survivor: survivor, Bears: bears(holder, c.Key)}
	return nil
}

// bears reports that the counterparty has the key. A row of another system is borne by whoever it was given to.
func bears(holder domain.Counterparty, key string) bool {
	if strings.HasPrefix(key, "external/") {
		return holder.State != ""
	}
	return holder.Record.RequisiteKey() == key
}

func (c claimRequisite) Decide(s domain.RequisiteClaim, now time.Time) ([]domain.Event[domain.RequisiteClaim], error) {
	return s.Claim(c.Key, c.For, c.known, now)
}

// ReleaseRequisite gives a key back that the counterparty no longer has.
type ReleaseRequisite struct {
	For domain.CounterpartyID `json:"counterparty_id"`
}

func (c ReleaseRequisite) Decide(s domain.RequisiteClaim, _ time.Time) ([]domain.Event[domain.RequisiteClaim], error) {
	return s.Release(c.For)
}

// claimRequisites secures the key for the counterparty, or refuses with the field and who has it. No key, no claim.
func claimRequisites(ctx context.Context, f *Facts, id domain.CounterpartyID, key string) error {
	if key == "" {
		return nil
	}
	return claim(ctx, f.x, f.Request, id, key)
}

func claim(ctx context.Context, x *Executor, request Request, id domain.CounterpartyID, key string) error {
	c := claimRequisite{Key: key, For: id}
	stream := domain.RequisiteClaimOf(key)
	if _, err := Execute(ctx, x, domain.RequisiteClaims, stream, c, request.Derive("claim/"+key+"/"+id.String())); err != nil {
		return err
	}
	// A retry is answered from the log; meanwhile an orphaned claim may have gone to somebody else.
	loaded, err := Load(ctx, x, domain.RequisiteClaims, stream)
	if err != nil {
		return err
	}
	survivor, _, err := survivorOf(ctx, x, loaded.State.Holder)
	if err != nil || survivor == id || loaded.State.Holder == id {
		return err
	}
	_, err = loaded.State.Claim(key, id, domain.ClaimHolder{Holder: loaded.State.Holder, Survivor: survivor, Bears: true}, x.Now())
	return err
}
