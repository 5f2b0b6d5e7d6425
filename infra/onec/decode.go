package onec

import (
	"cmp"
	"strings"
)

// The raw types follow the elements of CommerceML. Tags hold no namespace, so
// encoding/xml matches local names in any.
type rawCounterparty struct {
	rawNames
	INN          string       `xml:"ИНН"`
	KPP          string       `xml:"КПП"`
	OGRN         string       `xml:"ОГРН"`
	OGRNIP       string       `xml:"ОГРНИП"`
	OKPO         string       `xml:"ОКПО"`
	EGRPO        string       `xml:"ЕГРПО"`
	OKVED        string       `xml:"ОКВЭД"`
	Activity     string       `xml:"ОсновнойВидДеятельности"`
	Legal        rawAddress   `xml:"ЮридическийАдрес"`
	Registration rawAddress   `xml:"АдресРегистрации"`
	Address      rawAddress   `xml:"Адрес"`
	Actual       rawAddress   `xml:"ФактическийАдрес"`
	Contacts     []rawContact `xml:"Контакты>Контакт"`
	Head         *rawPerson   `xml:"Руководитель"`
	Persons      []rawAgent   `xml:"Представители>Представитель"`
	Accounts     []rawAccount `xml:"РасчетныеСчета>РасчетныйСчет"`
	Account      []rawAccount `xml:"РасчетныйСчет"`
	Role         string       `xml:"Роль"`
	Comment      string       `xml:"Комментарий"`
	Requisites   []struct {
		Name  string `xml:"Наименование"`
		Value string `xml:"Значение"`
	} `xml:"ЗначенияРеквизитов>ЗначениеРеквизита"`
}

type rawNames struct {
	ID         string  `xml:"Ид"`
	Name       string  `xml:"Наименование"`
	Official   *string `xml:"ОфициальноеНаименование"`
	Full       *string `xml:"ПолноеНаименование"`
	Family     string  `xml:"Фамилия"`
	Given      string  `xml:"Имя"`
	Patronymic string  `xml:"Отчество"`
}

type rawAddress struct {
	Text    string `xml:"Представление"`
	Comment string `xml:"Комментарий"`
	Parts   []struct {
		Type  string `xml:"Тип"`
		Value string `xml:"Значение"`
	} `xml:"АдресноеПоле"`
	Bare string `xml:",chardata"` // some programs write the address as plain text
}

type rawContact struct {
	Type    string `xml:"Тип"`
	Value   string `xml:"Значение"`
	Comment string `xml:"Комментарий"`
}

type rawPerson struct {
	rawNames
	Position string       `xml:"Должность"`
	Relation string       `xml:"Отношение"`
	INN      string       `xml:"ИНН"`
	Contacts []rawContact `xml:"Контакты>Контакт"`
}

// rawAgent is a representative: by the schema a person itself, in the files of
// Bitrix a person inside another <Контрагент>.
type rawAgent struct {
	rawPerson
	Inner *rawPerson `xml:"Контрагент"`
}

type rawAccount struct {
	Number string  `xml:"НомерСчета"`
	Bank   rawBank `xml:"Банк"`
}

type rawBank struct {
	BIK           string `xml:"БИК"`
	Name          string `xml:"Наименование"`
	Correspondent string `xml:"СчетКорреспондентский"`
}

func trim(s string) string { return strings.TrimSpace(s) }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return trim(*s)
}

func (raw *rawCounterparty) counterparty() Counterparty {
	c := Counterparty{
		ID: trim(raw.ID), Name: trim(raw.Name),
		FullName: cmp.Or(deref(raw.Official), deref(raw.Full)),
		Family:   trim(raw.Family), Given: trim(raw.Given), Patronymic: trim(raw.Patronymic),
		INN: trim(raw.INN), KPP: trim(raw.KPP), OGRN: cmp.Or(trim(raw.OGRN), trim(raw.OGRNIP)),
		OKPO: cmp.Or(trim(raw.OKPO), trim(raw.EGRPO)), OKVED: cmp.Or(trim(raw.OKVED), trim(raw.Activity)),
		LegalAddress:  firstAddress(raw.Legal, raw.Registration),
		ActualAddress: firstAddress(raw.Actual, raw.Address),
		Contacts:      contacts(raw.Contacts),
		Role:          trim(raw.Role), Comment: trim(raw.Comment),
	}
	if c.FullName == "" {
		c.FullName = joinNames(c.Family, c.Given, c.Patronymic)
	}
	for _, r := range raw.Requisites {
		c.Requisites = append(c.Requisites, Requisite{trim(r.Name), trim(r.Value)})
	}
	c.fromRequisites()
	c.Kind, c.Entrepreneur = raw.kind(&c)
	c.Persons = raw.people()
	for _, a := range append(raw.Accounts, raw.Account...) {
		account := Account{Number: trim(a.Number), BIK: trim(a.Bank.BIK), BankName: trim(a.Bank.Name),
			CorrespondentNumber: trim(a.Bank.Correspondent)}
		if account != (Account{}) {
			c.Accounts = append(c.Accounts, account)
		}
	}
	return c
}

// fromRequisites fills fields that have no element of their own in the schema.
// The elements win where both are given.
func (c *Counterparty) fromRequisites() {
	for _, r := range c.Requisites {
		var dst *string
		switch strings.ToUpper(strings.ReplaceAll(r.Name, " ", "")) {
		case "ОГРН", "ОГРНИП":
			dst = &c.OGRN
		case "ИНН":
			dst = &c.INN
		case "КПП":
			dst = &c.KPP
		case "ОКПО":
			dst = &c.OKPO
		case "ОКВЭД":
			dst = &c.OKVED
		default:
			continue
		}
		*dst = cmp.Or(*dst, r.Value)
	}
}

// kind follows 1C, which tells by the tag of the name alone. Newer exports put
// both tags on legal entities. Without either, the numbers decide.
func (raw *rawCounterparty) kind(c *Counterparty) (Kind, bool) {
	person := len(c.INN) == 12 || len(c.OGRN) == 15
	switch {
	case raw.Official != nil:
		return Legal, false
	case raw.Full != nil:
		return Person, person || tradesByName(c.FullName) || tradesByName(c.Name)
	case len(c.INN) == 10 || len(c.OGRN) == 13 || c.KPP != "":
		return Legal, false
	case person || c.Family != "":
		return Person, person
	default:
		return Unknown, false
	}
}

func tradesByName(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "ип ") || strings.HasSuffix(lower, " ип") || strings.Contains(lower, "индивидуальный предприниматель")
}

func firstAddress(raws ...rawAddress) Address {
	for _, raw := range raws {
		if a := raw.address(); a.Text != "" {
			return a
		}
	}
	return Address{}
}

func (raw rawAddress) address() Address {
	a := Address{Text: cmp.Or(trim(raw.Text), trim(raw.Bare)), Comment: trim(raw.Comment)}
	var values []string
	for _, p := range raw.Parts {
		part := AddressPart{trim(p.Type), trim(p.Value)}
		if part.Value == "" {
			continue
		}
		a.Parts = append(a.Parts, part)
		values = append(values, part.Value)
	}
	if a.Text == "" {
		a.Text = strings.Join(values, ", ")
	}
	return a
}

func contacts(raws []rawContact) []Contact {
	var out []Contact
	for _, raw := range raws {
		c := Contact{Type: trim(raw.Type), Value: trim(raw.Value), Comment: trim(raw.Comment)}
		c.Kind = contactKind(c.Type, c.Value)
		out = append(out, c)
	}
	return out
}

// contactWords are looked for in a type in this order: "Телефон/факс" is a
// phone first, "E-mail мобильный" a mail box.
var contactWords = []struct {
	kind  ContactKind
	words []string
}{
	{Other, []string{"почтовый", "индекс"}},
	{Email, []string{"почт", "mail", "адрес эп", "эл адрес", "электронный адрес"}},
	{Mobile, []string{"моб", "сотов", "mobile", "cell"}},
	{Phone, []string{"телефон", "phone", "тел"}},
	{Fax, []string{"факс", "fax"}},
	{Website, []string{"сайт", "веб", "web", "url", "www"}},
	{Messenger, []string{"icq", "skype", "скайп", "telegram", "whatsapp", "viber", "jabber"}},
}

// contactKind reads the type without regard to case, to ё and to signs
// between words: real files break the list of the schema.
func contactKind(typ, value string) ContactKind {
	plain := strings.NewReplacer("ё", "е", "-", "", ".", " ", "_", " ").Replace(strings.ToLower(typ))
	plain = strings.Join(strings.Fields(plain), " ")
	for _, k := range contactWords {
		for _, w := range k.words {
			if strings.Contains(plain, w) {
				return k.kind
			}
		}
	}
	if strings.Contains(value, "@") && !strings.ContainsAny(value, " /") {
		return Email
	}
	return Other
}

func joinNames(names ...string) string {
	return strings.Join(strings.Fields(strings.Join(names, " ")), " ")
}

func (raw *rawCounterparty) people() []ContactPerson {
	var out []ContactPerson
	if raw.Head != nil {
		p := raw.Head.person()
		p.Relation = cmp.Or(p.Relation, "Руководитель")
		if p.Name != "" {
			out = append(out, p)
		}
	}
	for _, agent := range raw.Persons {
		p := agent.person()
		if agent.Inner != nil {
			inner := agent.Inner.person()
			inner.Relation = cmp.Or(inner.Relation, p.Relation)
			inner.Position = cmp.Or(inner.Position, p.Position)
			inner.Contacts = append(inner.Contacts, p.Contacts...)
			p = inner
		}
		if p.Name != "" || len(p.Contacts) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func (raw *rawPerson) person() ContactPerson {
	return ContactPerson{
		ID:       trim(raw.ID),
		Name:     cmp.Or(joinNames(raw.Family, raw.Given, raw.Patronymic), deref(raw.Full), deref(raw.Official), trim(raw.Name)),
		Position: trim(raw.Position), Relation: trim(raw.Relation), INN: trim(raw.INN),
		Contacts: contacts(raw.Contacts),
	}
}
