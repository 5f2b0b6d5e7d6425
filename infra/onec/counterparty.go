package onec

// Kind tells a legal entity from a person.
type Kind string

// In CommerceML the kind is told by which tag carries the name.
const (
	Legal   Kind = "legal"   // ОфициальноеНаименование
	Person  Kind = "person"  // ПолноеНаименование
	Unknown Kind = "unknown" // neither tag, nor a number that tells
)

// Counterparty is one <Контрагент>, its text trimmed and otherwise as written.
type Counterparty struct {
	Line int    // where it starts in the file, 1-based
	Path string // elements around it, such as "КоммерческаяИнформация/Документ/Контрагенты"

	ID       string // Ид, by habit a GUID of 1C
	Name     string // Наименование, the working name
	FullName string // ОфициальноеНаименование or ПолноеНаименование
	Kind     Kind
	// Entrepreneur tells that a person trades on their own account (ИП).
	Entrepreneur                bool
	Family, Given, Patronymic   string
	INN, KPP, OGRN, OKPO, OKVED string
	LegalAddress, ActualAddress Address
	Contacts                    []Contact
	Persons                     []ContactPerson // Руководитель and Представители
	Accounts                    []Account
	Role                        string // Покупатель, Продавец …
	Comment                     string
	Requisites                  []Requisite // ЗначенияРеквизитов, those read into fields too
	Problems                    []Problem
}

// Address is a postal address. Text is never empty when a part is not.
type Address struct {
	Text    string // Представление, or the parts joined with ", "
	Comment string
	Parts   []AddressPart // in the order of the file
}

// AddressPart is one <АдресноеПоле>, such as {"Город", "Тверь"}.
type AddressPart struct{ Type, Value string }

// ContactKind is the meaning of a contact's type.
type ContactKind string

// Kinds of contacts.
const (
	Phone     ContactKind = "phone"
	Mobile    ContactKind = "mobile"
	Fax       ContactKind = "fax"
	Email     ContactKind = "email"
	Website   ContactKind = "website"
	Messenger ContactKind = "messenger"
	Other     ContactKind = "other"
)

// Contact is a way to reach somebody.
type Contact struct {
	Kind    ContactKind
	Type    string // as written
	Value   string
	Comment string
}

// ContactPerson is a head or a representative of the counterparty.
type ContactPerson struct {
	ID       string
	Name     string
	Position string // Должность
	Relation string // Отношение, such as "Контактное лицо" or "Филиал"; "Руководитель" for the head
	INN      string
	Contacts []Contact
}

// Account is a bank account.
type Account struct {
	Number, BIK, BankName, CorrespondentNumber string
}

// Requisite is a named value.
type Requisite struct{ Name, Value string }

// Values returns the contacts of the given kinds.
func (c Counterparty) Values(kinds ...ContactKind) []string {
	var out []string
	for _, contact := range c.Contacts {
		for _, k := range kinds {
			if contact.Kind == k {
				out = append(out, contact.Value)
			}
		}
	}
	return out
}
