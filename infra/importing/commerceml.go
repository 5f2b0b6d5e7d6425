package importing

import (
	"cmp"
	"os"
	"strings"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/onec"
)

// commerceML are XML files of 1C.
type commerceML struct {
	progress
	parts []Part
}

// CommerceML prepares the import of the counterparties in XML files of 1C, wherever they stand in them.
func CommerceML(files []string) (Source, error) {
	c := &commerceML{}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		c.total.Add(info.Size())
	}
	var err error
	c.parts, err = fileParts("commerceml", "", files, c.read)
	return c, err
}

// Parts implements Source.
func (c *commerceML) Parts() []Part { return c.parts }

func (c *commerceML) read(env Env, file string, yield func(Item, error) bool) {
	r, err := onec.Open(file, onec.Options{})
	if err != nil {
		yield(Item{}, err)
		return
	}
	defer r.Close()
	before := c.done.Load()
	for found, err := range r.Counterparties() {
		c.done.Store(before + r.Summary().Bytes)
		if err != nil {
			yield(Item{}, err)
			return
		}
		if !yield(fromOneC(env, file, found), nil) {
			return
		}
	}
}

// oneCSource is the namespace of 1C's ids.
const oneCSource = "1c"

func fromOneC(env Env, file string, found onec.Counterparty) Item {
	command := oneC(found)
	it := Item{File: file, Row: found.Line, Key: command.ExternalID}
	for _, p := range found.Problems {
		it.Problems = append(it.Problems, Problem{File: file, Row: p.Line, Key: command.ExternalID, Field: p.Field, Code: string(p.Code), Text: p.Error(), Value: p.Value, Note: true})
	}
	it.Do = taking(env, command, oneCPersons(found, command))
	return it
}

func oneC(found onec.Counterparty) commands.ImportCounterparty {
	c := commands.ImportCounterparty{
		Source: oneCSource, ExternalID: clip(cmp.Or(found.ID, strings.Trim(found.INN+"/"+found.KPP, "/"), found.FullName, found.Name), 200),
		Record: domain.CounterpartyRecord{
			Kind: oneCKind(found), LegalName: oneCName(found), ShortName: found.Name, INN: found.INN, KPP: found.KPP, OGRN: found.OGRN,
			LegalAddress: found.LegalAddress.Text, ActualAddress: found.ActualAddress.Text, Industry: found.OKVED, Comment: found.Comment,
			ContactDetails: oneCContacts(found.Contacts),
		},
	}
	if role := oneCRole(found.Role); role != "" {
		c.Roles = []domain.CounterpartyRole{role}
	}
	c.Record.Extra = oneCExtra(found)
	for _, a := range found.Accounts {
		c.Accounts = append(c.Accounts, domain.BankAccount{BIK: a.BIK, Account: a.Number, Correspondent: a.CorrespondentNumber, Bank: a.BankName})
	}
	return c
}

// oneCName is the counterparty's name; shops leave it out and give an address to write to instead.
func oneCName(found onec.Counterparty) string {
	name := cmp.Or(found.FullName, found.Name, strings.Join(strings.Fields(found.Family+" "+found.Given+" "+found.Patronymic), " "))
	if reach := found.Values(onec.Email, onec.Phone, onec.Mobile); name == "" && len(reach) > 0 {
		name = reach[0]
	}
	return cmp.Or(name, found.ID)
}

func oneCKind(found onec.Counterparty) domain.CounterpartyKind {
	switch {
	case found.Entrepreneur:
		return domain.KindSoleTrader
	case found.Kind == onec.Legal:
		return domain.KindOrganisation
	}
	return domain.KindNaturalPerson
}

// oneCRole is the counterparty's role in a document. In a list without documents it is not said: 1C keeps customers
// and suppliers in one list.
func oneCRole(role string) domain.CounterpartyRole {
	switch strings.ToLower(strings.TrimSpace(role)) {
	case "покупатель", "плательщик", "получатель", "грузополучатель":
		return domain.RoleCustomer
	case "продавец", "поставщик", "отправитель", "грузоотправитель":
		return domain.RoleSupplier
	case "":
		return ""
	}
	return domain.RoleOther
}

func oneCContacts(list []onec.Contact) domain.ContactDetails {
	var d domain.ContactDetails
	for _, c := range list {
		switch c.Kind {
		case onec.Email:
			d.Emails = append(d.Emails, domain.Email{Address: c.Value, Note: c.Comment})
		case onec.Website:
			d.Websites = append(d.Websites, c.Value)
		case onec.Phone, onec.Mobile, onec.Fax:
			p := commands.ReadPhone(c.Value, domain.CountryRussia)
			p.Note = cmp.Or(c.Comment, p.Note)
			if c.Kind == onec.Fax {
				p.Kind = domain.PhoneFax
			}
			d.Phones = append(d.Phones, p)
		case onec.Messenger:
			d.Messengers = append(d.Messengers, domain.Messenger{Kind: "other", Account: c.Value, Note: strings.TrimSpace(c.Type + " " + c.Comment)})
		case onec.Other: // kept by oneCExtra
		}
	}
	return d
}

// oneCExtra keeps what the record has no field for.
func oneCExtra(found onec.Counterparty) map[string]string {
	extra := map[string]string{}
	if found.OKPO != "" {
		extra["okpo"] = found.OKPO
	}
	for _, c := range found.Contacts {
		if c.Kind == onec.Other {
			extra[strings.ToLower(cmp.Or(c.Type, "прочее"))] = c.Value
		}
	}
	if len(extra) == 0 {
		return nil
	}
	return extra
}

func oneCPersons(found onec.Counterparty, c commands.ImportCounterparty) []commands.ImportContactPerson {
	var persons []commands.ImportContactPerson
	for _, p := range found.Persons {
		if p.Name == "" {
			continue
		}
		persons = append(persons, commands.ImportContactPerson{
			Source: oneCSource, ExternalID: clip(c.ExternalID+"/"+cmp.Or(p.ID, p.Name), 300), FullName: p.Name,
			Details: domain.PersonDetails{Position: cmp.Or(p.Position, p.Relation)}, ContactDetails: oneCContacts(p.Contacts),
		})
	}
	return persons
}
