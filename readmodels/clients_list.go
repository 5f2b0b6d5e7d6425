package readmodels

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// ClientFilter asks for a part of the register of counterparties.
type ClientFilter struct {
	Text        string    `query:"q" maxLength:"200" doc:"Name (typing errors forgiven), INN, phone or e-mail; also of the contact persons"`
	Role        string    `query:"role" enum:"customer,partner,competitor,supplier,authority,other" doc:"What it is to us"`
	Kind        string    `query:"kind" enum:"organisation,sole_trader,natural_person" doc:"Organisation, sole trader or natural person"`
	State       []string  `query:"state" maxItems:"5" enum:"prospect,active,dormant,closed,merged" doc:"Where the relationship stands; all but merged when absent"`
	Responsible uuid.UUID `query:"responsible" format:"uuid" doc:"Responsible employee"`
	Region      string    `query:"region" maxLength:"200" doc:"Sales region"`
	Segment     string    `query:"segment" maxLength:"200" doc:"Market segment"`
	Parent      uuid.UUID `query:"parent" format:"uuid" doc:"Branches of this one"`
	External    string    `query:"external_id" maxLength:"200" doc:"Number in another system"`
	KeyAccounts bool      `query:"key_accounts" doc:"Key accounts only"`
	Duplicates  bool      `query:"has_duplicates" doc:"Only those with unanswered possible duplicates"`
	Doubtful    bool      `query:"requisites_doubtful" doc:"Only those whose numbers cannot be right"`
	Sort        string    `query:"sort" enum:"name,newest" default:"name" doc:"Order; the best match first when text is given"`
	PageRequest
}

// ClientItem is a line of the register.
type ClientItem struct {
	ID              uuid.UUID  `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name            string     `json:"name" doc:"Name in daily use"`
	Kind            string     `json:"kind" doc:"Organisation, sole trader or natural person"`
	State           string     `json:"state" doc:"Where the relationship stands"`
	Roles           []string   `json:"roles" doc:"What it is to us"`
	INN             string     `json:"inn,omitempty" doc:"Taxpayer number"`
	KPP             string     `json:"kpp,omitempty" doc:"Registration reason code"`
	Country         string     `json:"country,omitempty" doc:"Country; Russia when absent"`
	Doubtful        bool       `json:"requisites_doubtful" doc:"The numbers cannot be right"`
	Region          string     `json:"region,omitempty" doc:"Sales region"`
	Segment         string     `json:"segment,omitempty" doc:"Market segment"`
	Responsible     *uuid.UUID `json:"responsible_id,omitempty" format:"uuid" doc:"Responsible employee"`
	ResponsibleName string     `json:"responsible_name,omitempty" doc:"The employee's name"`
	KeyAccount      bool       `json:"key_account" doc:"Key account"`
	Phone           string     `json:"phone,omitempty" doc:"First phone number"`
	Email           string     `json:"email,omitempty" doc:"First e-mail address"`
	People          int        `json:"people" doc:"Contact persons who work there"`
	HasDuplicates   bool       `json:"has_duplicates" doc:"There are unanswered possible duplicates"`
	MergedInto      *uuid.UUID `json:"merged_into,omitempty" format:"uuid" doc:"The counterparty that stands for this one" holds:"client"`
	Registered      time.Time  `json:"registered_at" db:"registered_at" doc:"When it was registered"`
	Changed         time.Time  `json:"changed_at" db:"changed_at" doc:"When it was changed last"`
	Match           int        `json:"match,omitempty" doc:"How well it matches the text: 2000 exact number or address, up to 1000 by name"`
	Sort            string     `json:"-" db:"norm_name"`
}

const openPairs = `exists (select 1 from read.duplicate_pair d where d.state in ('candidate', 'merge_proposed') and (d.left_id = c.id or d.right_id = c.id))`

const clientItemColumns = `c.id, c.name, c.norm_name, c.kind, c.state, c.roles, c.inn, c.kpp, c.country, c.requisites_doubtful as doubtful, c.region, c.segment,
	c.responsible_id as responsible, coalesce(e.name, '') as responsible_name, c.key_account, coalesce(c.card #>> '{record,phones,0,raw}', '') as phone,
	coalesce(c.card #>> '{record,emails,0,address}', '') as email, (select count(*) from read.person p where p.employers @> array[c.id] and p.client_id = c.id) as people,
	` + openPairs + ` as has_duplicates, c.merged_into, c.registered_at, c.changed_at`

// Clients is one page of the register of counterparties.
func (q *Queries) Clients(ctx context.Context, f ClientFilter) (Page[ClientItem], error) {
	w := &where{}
	w.and(f.Role != "", "c.roles @> array[?]", f.Role)
	w.and(f.Kind != "", "c.kind = ?", f.Kind)
	w.and(len(f.State) > 0, "c.state = any(?)", f.State)
	w.and(len(f.State) == 0, "c.state <> 'merged'")
	w.and(f.Responsible != uuid.Nil, "c.responsible_id = ?", f.Responsible)
	w.and(f.Region != "", "c.region = ?", f.Region)
	w.and(f.Segment != "", "c.segment = ?", f.Segment)
	w.and(f.Parent != uuid.Nil, "c.parent_id = ?", f.Parent)
	w.and(f.External != "", "c.external_keys @> array[?]", f.External)
	w.and(f.KeyAccounts, "c.key_account")
	w.and(f.Duplicates, openPairs)
	w.and(f.Doubtful, "c.requisites_doubtful")
	if strings.TrimSpace(f.Text) != "" {
		return q.clientsMatching(ctx, w, f)
	}
	if f.Sort == "newest" {
		return q.newestClients(ctx, w, f)
	}
	var name string
	var id uuid.UUID
	paged, err := f.after(&name, &id)
	if err != nil {
		return Page[ClientItem]{}, err
	}
	w.and(paged, "(c.norm_name, c.id) > (?, ?)", name, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[ClientItem](ctx, q.DB, `select `+clientItemColumns+` from read.client c left join read.employee e on e.id = c.responsible_id
		where `+w.sql()+` order by c.norm_name, c.id limit `+w.arg(f.limit()+1), w.args...)
	if err != nil {
		return Page[ClientItem]{}, err
	}
	return page(found, f.limit(), func(c ClientItem) []any { return []any{c.Sort, c.ID} }), q.maskClients(ctx, found)
}

func (q *Queries) newestClients(ctx context.Context, w *where, f ClientFilter) (Page[ClientItem], error) {
	var at time.Time
	var id uuid.UUID
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ClientItem]{}, err
	}
	w.and(paged, "(c.registered_at, c.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[ClientItem](ctx, q.DB, `select `+clientItemColumns+` from read.client c left join read.employee e on e.id = c.responsible_id
		where `+w.sql()+` order by c.registered_at desc, c.id desc limit `+w.arg(f.limit()+1), w.args...)
	if err != nil {
		return Page[ClientItem]{}, err
	}
	return page(found, f.limit(), func(c ClientItem) []any { return []any{c.Registered, c.ID} }), q.maskClients(ctx, found)
}

// clientsMatching puts whole numbers and addresses first, then names by similarity.
func (q *Queries) clientsMatching(ctx context.Context, w *where, f ClientFilter) (Page[ClientItem], error) {
	hits, applies := searchSQL(w, f.Text)
	if !applies {
		return Page[ClientItem]{Items: []ClientItem{}}, nil
	}
	var match int
	var name string
	var id uuid.UUID
	paged, err := f.after(&match, &name, &id)
	if err != nil {
		return Page[ClientItem]{}, err
	}
	w.and(paged, "(-h.match, c.norm_name, c.id) > (?, ?, ?)", -match, name, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `with hit as (` + hits + `), best as (
			select coalesce(a.survivor, h.client_id) as id, max(h.match) as match from hit h left join read.client_alias a on a.alias = h.client_id group by 1)
		select ` + clientItemColumns + `, h.match from best h join read.client c on c.id = h.id left join read.employee e on e.id = c.responsible_id
		where ` + w.sql() + ` order by -h.match, c.norm_name, c.id limit ` + w.arg(f.limit()+1)
	var found []ClientItem
	err = withThreshold(ctx, q.DB, "pg_trgm.word_similarity_threshold", forgivenName, func(tx pgx.Tx) (err error) {
		found, err = rows[ClientItem](ctx, tx, sql, w.args...)
		return err
	})
	if err != nil {
		return Page[ClientItem]{}, err
	}
	return page(found, f.limit(), func(c ClientItem) []any { return []any{c.Match, c.Sort, c.ID} }), q.maskClients(ctx, found)
}

// SearchFilter is what is looked for anywhere in the register.
type SearchFilter struct {
	Text  string `query:"q" minLength:"2" maxLength:"200" required:"true" doc:"Name, INN, phone or e-mail"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20" doc:"At most so many"`
}

// SearchHit is a counterparty or person found.
type SearchHit struct {
	Kind       string     `json:"kind" enum:"client,person" doc:"What was found"`
	ID         uuid.UUID  `json:"id" format:"uuid" doc:"Its id; for a merged counterparty that of the survivor"`
	Title      string     `json:"title" doc:"Name under which it was found"`
	Client     *uuid.UUID `json:"client_id,omitempty" format:"uuid" doc:"The counterparty, or the person's employer"`
	ClientName string     `json:"client_name,omitempty" doc:"Its name"`
	Match      int        `json:"match" doc:"2000 exact number or address, up to 1000 by name"`
}

// Search finds counterparties and persons, the best match first.
func (q *Queries) Search(ctx context.Context, f SearchFilter) ([]SearchHit, error) {
	w := &where{}
	hits, applies := searchSQL(w, f.Text)
	if !applies {
		return []SearchHit{}, nil
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `with hit as (` + hits + `)
		select h.entity as kind, case when h.entity = 'client' then coalesce(a.survivor, h.target) else h.target end as id, h.title,
			coalesce(a.survivor, h.client_id) as client, coalesce(c.name, '') as client_name, h.match
		from hit h left join read.client_alias a on a.alias = h.client_id left join read.client c on c.id = coalesce(a.survivor, h.client_id)
		order by h.match desc, h.title, h.target limit ` + w.arg(min(max(f.Limit, 1), 50))
	var found []SearchHit
	err := withThreshold(ctx, q.DB, "pg_trgm.word_similarity_threshold", forgivenName, func(tx pgx.Tx) (err error) {
		found, err = rows[SearchHit](ctx, tx, sql, w.args...)
		return err
	})
	return found, err
}

// forgivenName is the word similarity from which a name counts as found: one wrong letter in a short word.
const forgivenName = 0.4

// maxHits bounds how many entries a search ranks.
const maxHits = 1000

var (
	numberLike = regexp.MustCompile(`^[\d\s()+.-]+$`)
	// partOfINN is how an INN begins while it is being typed.
	partOfINN = regexp.MustCompile(`^\d{4,11}$`)
)

// searchSQL is the query of what a text may mean: a whole number, an address, or a name with errors. false: it means
// nothing.
func searchSQL(w *where, text string) (string, bool) {
	text = strings.TrimSpace(text)
	var exact, meant []string
	if numberLike.MatchString(text) {
		inn := w.arg(strings.Join(strings.Fields(text), ""))
		exact = append(exact, "(s.inn <> '' and s.inn = "+inn+")")
		if digits := strings.Join(strings.Fields(text), ""); partOfINN.MatchString(digits) {
			meant = append(meant, "(s.inn <> '' and s.inn between "+w.arg(digits)+" and "+w.arg(digits+"99999999")+")")
		}
		if keys := domain.PhoneKeys(domain.Phone{Raw: text, E164: international(text)}); len(keys) > 0 {
			exact = append(exact, "s.phones && "+w.arg(keys)+"::text[]")
		}
	}
	if strings.Contains(text, "@") {
		exact = append(exact, "s.emails @> array["+w.arg(domain.NormalEmail(text))+"::text]")
	}
	meant = append(meant, exact...)
	rank := "0"
	if norm := domain.NormalName(text); norm != "" && len(exact) == 0 || norm != "" && strings.ContainsAny(text, "0123456789") && len(meant) < 2 {
		name := w.arg(norm)
		rank = "(1000 * greatest(word_similarity(" + name + ", s.norm), similarity(" + name + ", s.norm)))::int"
		if len([]rune(norm)) < 3 {
			meant = append(meant, "s.norm like "+name+" || '%'")
		} else {
			meant = append(meant, name+" <% s.norm")
		}
	}
	if len(meant) == 0 {
		return "", false
	}
	if len(exact) > 0 {
		rank = "case when " + strings.Join(exact, " or ") + " then 2000 else " + rank + " end"
	}
	return `select s.entity, s.target, s.client_id, s.title, ` + rank + ` as match from read.search_entry s
		where ` + strings.Join(meant, " or ") + ` order by match desc, s.id limit ` + w.arg(maxHits), true
}
