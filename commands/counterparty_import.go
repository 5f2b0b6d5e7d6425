package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// ImportCounterparty takes a counterparty from another system's list: source and external id name the row, the rest is
// the whole row. The same row again changes nothing. Use Import: it finds the counterparty that the row is about.
type ImportCounterparty struct {
	Source     string                    `json:"source" minLength:"1" maxLength:"100" doc:"Which system or list"`
	ExternalID string                    `json:"external_id" minLength:"1" maxLength:"200" doc:"Number of the row there"`
	RowHash    string                    `json:"row_hash,omitempty" maxLength:"100" doc:"Digest of the row; computed when absent"`
	Record     domain.CounterpartyRecord `json:"record" doc:"The counterparty"`
	Roles      []domain.CounterpartyRole `json:"roles,omitempty" maxItems:"6" doc:"What it is to us"`
	State      domain.CounterpartyState  `json:"state,omitempty" enum:"prospect,active" doc:"Of a new counterparty; prospect when absent"`
	Accounts   []domain.BankAccount      `json:"bank_accounts,omitempty" maxItems:"50" doc:"Bank accounts"`

	id   domain.CounterpartyID
	read *domain.ImportedRow
}

// row is the command as the domain takes it: phones understood, digest computed.
func (c ImportCounterparty) row() domain.ImportedRow {
	hash := c.RowHash
	if hash == "" {
		hash = digestOf(c)
	}
	record := c.Record
	record.ContactDetails = readContacts(record.ContactDetails, record.Country)
	return domain.ImportedRow{RowOrigin: domain.RowOrigin{Source: c.Source, ExternalID: c.ExternalID, RowHash: hash},
		Record: record, Roles: c.Roles, State: c.State, Accounts: c.Accounts}
}

// Prepare secures the INN and KPP that the counterparty will have after the row.
func (c *ImportCounterparty) Prepare(ctx context.Context, f *Facts) error {
	c.id = domain.CounterpartyID(f.ID)
	row := c.row()
	c.read = &row
	before, err := Fact(ctx, f, domain.Counterparties, c.id)
	if err != nil {
		return err
	}
	events, err := before.Import(c.id, row)
	if err != nil {
		return err
	}
	after := before
	for _, e := range events {
		e.Apply(&after)
	}
	if key := after.Record.RequisiteKey(); key != before.Record.RequisiteKey() {
		return claimRequisites(ctx, f, c.id, key)
	}
	return nil
}

func (c ImportCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Import(c.id, *c.read)
}

// ImportedCounterparty is the id of a counterparty that first came with this row.
func ImportedCounterparty(source, externalID string) domain.CounterpartyID {
	return domain.DerivedID[domain.Counterparty](source, externalID)
}

// Import gives the command to the counterparty that the row is about: the one that came with it, the one it was given
// to before, or the one that has its INN and KPP; otherwise a new one. Names and phones never decide. The receipt tells
// which one it was.
func Import(ctx context.Context, x *Executor, c ImportCounterparty, request Request) (Receipt, error) {
	for range maxRounds {
		id, err := importTarget(ctx, x, c, request)
		if err != nil {
			return Receipt{}, err
		}
		receipt, err := Execute(ctx, x, domain.Counterparties, id, c, request)
		if !errors.Is(err, domain.ErrCounterpartyKeyTaken) && !errors.Is(err, domain.ErrCounterpartyMerged) {
			return receipt, err
		}
		if !claimable(ctx, x, c, id) {
			return receipt, err
		}
	}
	return Receipt{}, ErrBusy
}

// claimable reports that another attempt may go elsewhere: a new row whose numbers were just taken by another import.
func claimable(ctx context.Context, x *Executor, c ImportCounterparty, id domain.CounterpartyID) bool {
	loaded, err := Load(ctx, x, domain.Counterparties, id)
	return err == nil && (loaded.State.State == "" || loaded.State.State == domain.CounterpartyMerged)
}

func importTarget(ctx context.Context, x *Executor, c ImportCounterparty, request Request) (domain.CounterpartyID, error) {
	own := ImportedCounterparty(c.Source, c.ExternalID)
	target, state, err := survivorOf(ctx, x, own)
	if err != nil || state.State != "" {
		return target, err
	}
	row := domain.ExternalKey(c.Source, c.ExternalID)
	for _, key := range []string{row, c.Record.RequisiteKey()} {
		holder, err := holderOf(ctx, x, key)
		if err != nil {
			return own, err
		}
		if holder.IsZero() {
			continue
		}
		if key != row {
			err = claim(ctx, x, request, holder, row)
		}
		return holder, err
	}
	return own, nil
}

// holderOf is the counterparty that has the key today; zero where there is none.
func holderOf(ctx context.Context, x *Executor, key string) (domain.CounterpartyID, error) {
	if key == "" {
		return domain.CounterpartyID{}, nil
	}
	loaded, err := Load(ctx, x, domain.RequisiteClaims, domain.RequisiteClaimOf(key))
	if err != nil || loaded.State.Holder.IsZero() {
		return domain.CounterpartyID{}, err
	}
	holder, state, err := survivorOf(ctx, x, loaded.State.Holder)
	if err != nil || state.State == "" {
		return domain.CounterpartyID{}, err
	}
	if holder == loaded.State.Holder && !bears(state, key) {
		return domain.CounterpartyID{}, nil
	}
	return holder, nil
}

// ImportContactPerson takes a contact person from another system's list.
type ImportContactPerson struct {
	Source       string                `json:"source" minLength:"1" maxLength:"100" doc:"Which system or list"`
	ExternalID   string                `json:"external_id" minLength:"1" maxLength:"300" doc:"Number of the person there"`
	RowHash      string                `json:"row_hash,omitempty" maxLength:"100" doc:"Digest of the row; computed when absent"`
	Counterparty domain.CounterpartyID `json:"counterparty_id" format:"uuid" doc:"Employer"`
	Country      string                `json:"country,omitempty" maxLength:"2" doc:"Country whose numbering plan the phones follow"`
	FullName     string                `json:"full_name,omitempty" maxLength:"500" doc:"Name in one piece, where the parts are not known"`
	Details      domain.PersonDetails  `json:"details" doc:"The person"`
	domain.ContactDetails

	id domain.ContactPersonID
}

// Prepare learns the person's id.
func (c *ImportContactPerson) Prepare(_ context.Context, f *Facts) error {
	c.id = domain.ContactPersonID(f.ID)
	return nil
}

func (c ImportContactPerson) Decide(s domain.ContactPerson, now time.Time) (personEvents, error) {
	details := c.Details
	if details.FullName() == "" {
		name := domain.SplitName(c.FullName)
		details.LastName, details.FirstName, details.Patronymic = name.LastName, name.FirstName, name.Patronymic
	}
	hash := c.RowHash
	if hash == "" {
		hash = digestOf(c)
	}
	return s.Import(c.id, domain.ImportedPerson{RowOrigin: domain.RowOrigin{Source: c.Source, ExternalID: c.ExternalID, RowHash: hash},
		Details: details, Contacts: readContacts(c.ContactDetails, c.Country)}, c.Counterparty, now)
}

// ImportedPerson is the id of a person that came with this row.
func ImportedPerson(source, externalID string) domain.ContactPersonID {
	return domain.DerivedID[domain.ContactPerson](source, externalID)
}

// ImportPerson gives the command to the person that the row is about.
func ImportPerson(ctx context.Context, x *Executor, c ImportContactPerson, request Request) (Receipt, error) {
	return Execute(ctx, x, domain.ContactPersons, ImportedPerson(c.Source, c.ExternalID), c, request)
}

func digestOf(row any) string {
	body, err := json.Marshal(row)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:12])
}
