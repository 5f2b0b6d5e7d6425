package readmodels

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// Known is somebody found by a number or an address: a counterparty, and the contact person there if it was theirs.
type Known struct {
	Client     uuid.UUID  `json:"client_id" format:"uuid" doc:"The counterparty; zero for a person without an employer"`
	ClientName string     `json:"client_name" doc:"Its name"`
	Person     *uuid.UUID `json:"person_id,omitempty" format:"uuid" doc:"The contact person"`
	PersonName string     `json:"person_name,omitempty" doc:"The person's name"`
}

const knownColumns = `coalesce(a.survivor, s.client_id, '00000000-0000-0000-0000-000000000000') as client, coalesce(c.name, '') as client_name,
	case when s.entity = 'person' then s.target end as person, case when s.entity = 'person' then s.title else '' end as person_name`

const knownFrom = ` from read.search_entry s left join read.client_alias a on a.alias = s.client_id
	left join read.client c on c.id = coalesce(a.survivor, s.client_id) where `

const knownOrder = ` order by s.entity desc, s.title, s.id limit 50`

// FindByEmail lists who has the address, persons first. Merged counterparties are given by their survivor.
func (q *Queries) FindByEmail(ctx context.Context, address string) ([]Known, error) {
	return rows[Known](ctx, q.DB, `select `+knownColumns+knownFrom+`s.emails @> array[$1]`+knownOrder, domain.NormalEmail(address))
}

// FindByPhone lists who has the number, persons first: by its international form, else by its last ten digits.
func (q *Queries) FindByPhone(ctx context.Context, number string) ([]Known, error) {
	keys := domain.PhoneKeys(domain.Phone{Raw: number, E164: international(number)})
	for _, key := range keys {
		found, err := rows[Known](ctx, q.DB, `select `+knownColumns+knownFrom+`s.phones @> array[$1]`+knownOrder, key)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return []Known{}, nil
}

// international gives back a number that is written in that form.
func international(number string) string {
	if strings.HasPrefix(number, "+") && strings.Trim(number, "+0123456789") == "" {
		return number
	}
	return ""
}

// ResolveAlias is the counterparty that stands for this one today: itself unless it was merged.
func (q *Queries) ResolveAlias(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	var survivor uuid.UUID
	err := q.DB.QueryRow(ctx, `select coalesce((select survivor from read.client_alias where alias = $1), $1)`, id).Scan(&survivor)
	return survivor, err
}

// AliasesOf are the ids under which a client's events were written: the survivor's own, first, and all merged into it.
func (q *Queries) AliasesOf(ctx context.Context, id uuid.UUID) ([]uuid.UUID, error) {
	survivor, err := q.ResolveAlias(ctx, id)
	if err != nil {
		return nil, err
	}
	found, err := q.DB.Query(ctx, `select alias from read.client_alias where survivor = $1 order by alias`, survivor)
	if err != nil {
		return nil, err
	}
	aliases, err := pgx.CollectRows(found, pgx.RowTo[uuid.UUID])
	return append([]uuid.UUID{survivor}, aliases...), err
}

// Lookalikes lists counterparties that share the INN, a phone or an e-mail address, with the similarity of their names.
// Names alone prove nothing, so they find nobody.
func (q *Queries) Lookalikes(ctx context.Context, id domain.CounterpartyID, keys domain.MatchKeys) ([]domain.Lookalike, error) {
	w := &where{}
	similar := w.arg(keys.Name)
	var same []string
	if keys.INN != "" {
		same = append(same, "(s.inn <> '' and s.inn = "+w.arg(keys.INN)+")")
	}
	if len(keys.Phones) > 0 {
		same = append(same, "s.phones && "+w.arg(keys.Phones))
	}
	if len(keys.Emails) > 0 {
		same = append(same, "s.emails && "+w.arg(keys.Emails))
	}
	if len(same) == 0 {
		return nil, nil
	}
	w.and(true, strings.Join(same, " or "))
	w.and(true, "s.entity = 'client'")
	w.and(true, "s.target <> ?", id.UUID())
	type row struct {
		ID         uuid.UUID
		Record     domain.CounterpartyRecord
		Similarity float64
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[row](ctx, q.DB, `select c.id, c.card -> 'record' as record, similarity(`+similar+`, c.norm_name)::float8 as similarity
		from read.search_entry s join read.client c on c.id = s.target and c.state <> 'merged' where `+w.sql()+` order by c.id limit 50`, w.args...)
	alike := make([]domain.Lookalike, len(found))
	for i, r := range found {
		alike[i] = domain.Lookalike{ID: domain.CounterpartyID(r.ID), Keys: r.Record.Keys(), Similarity: r.Similarity}
	}
	return alike, err
}

// SimilarFilter is what is typed so far of a new counterparty.
type SimilarFilter struct {
	Name  string `query:"name" maxLength:"500" doc:"Name"`
	INN   string `query:"inn" maxLength:"20" doc:"Taxpayer number"`
	Phone string `query:"phone" maxLength:"100" doc:"Phone number"`
	Email string `query:"email" maxLength:"254" doc:"E-mail address"`
}

// SimilarClient is a counterparty that may be the one being typed.
type SimilarClient struct {
	ID         uuid.UUID `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name       string    `json:"name" doc:"Its name"`
	INN        string    `json:"inn" doc:"Its taxpayer number"`
	KPP        string    `json:"kpp" doc:"Its registration reason code"`
	State      string    `json:"state" doc:"Where the relationship stands"`
	SameINN    bool      `json:"same_inn" doc:"The same taxpayer number: with another KPP it is a branch of this one"`
	SamePhone  bool      `json:"same_phone" doc:"The same phone number"`
	SameEmail  bool      `json:"same_email" doc:"The same e-mail address"`
	Similarity float64   `json:"name_similarity" doc:"Similarity of the names, 0 to 1"`
}

// similarName is the similarity of names from which a warning while typing is worth its place.
const similarName = 0.55

// SimilarClients warns, while somebody types, of counterparties that are there already. The best matches come first.
func (q *Queries) SimilarClients(ctx context.Context, f SimilarFilter) ([]SimilarClient, error) {
	phones := append([]string{}, domain.PhoneKeys(domain.Phone{Raw: f.Phone, E164: international(f.Phone)})...)
	email, norm := domain.NormalEmail(f.Email), domain.NormalName(f.Name)
	w := &where{}
	inn, phone, mail, name := w.arg(strings.TrimSpace(f.INN)), w.arg(phones), w.arg([]string{email}), w.arg(norm)
	var meant []string
	add := func(applies bool, condition string) {
		if applies {
			meant = append(meant, condition)
		}
	}
	add(f.INN != "", "s.inn <> '' and s.inn = "+inn)
	add(len(phones) > 0, "s.phones && "+phone+"::text[]")
	add(email != "", "s.emails && "+mail+"::text[]")
	add(norm != "", "s.norm % "+name)
	if len(meant) == 0 {
		return []SimilarClient{}, nil
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	return q.trigrams(ctx, "pg_trgm.similarity_threshold", similarName, `with hit as (
		select coalesce(a.survivor, s.client_id) as id, bool_or(s.inn <> '' and s.inn = `+inn+`) as same_inn,
			bool_or(s.phones && `+phone+`::text[]) as same_phone, bool_or(s.emails && `+mail+`::text[]) as same_email, max(similarity(`+name+`, s.norm))::float8 as similarity
		from read.search_entry s left join read.client_alias a on a.alias = s.client_id
		where s.entity = 'client' and ((`+strings.Join(meant, ") or (")+`)) group by 1)
		select c.id, c.name, c.inn, c.kpp, c.state, same_inn, same_phone, same_email, similarity from hit join read.client c using (id)
		order by same_inn desc, (same_phone::int + same_email::int) desc, similarity desc, c.id limit 20`, w.args)
}

// trigrams runs a query under a threshold of similarity of its own.
func (q *Queries) trigrams(ctx context.Context, setting string, threshold float64, sql string, args []any) ([]SimilarClient, error) {
	var found []SimilarClient
	err := withThreshold(ctx, q.DB, setting, threshold, func(tx pgx.Tx) (err error) {
		found, err = rows[SimilarClient](ctx, tx, sql, args...)
		return err
	})
	return found, err
}

func withThreshold(ctx context.Context, db DB, setting string, threshold float64, query func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config($1, $2, true), set_config('plan_cache_mode', 'force_custom_plan', true)`, setting, strconv.FormatFloat(threshold, 'f', -1, 64)); err != nil {
			return err
		}
		return query(tx)
	})
}

// aliases is AliasesOf for the filters of other screens.
func (q *Queries) aliases(ctx context.Context, client uuid.UUID) ([]uuid.UUID, error) {
	return q.AliasesOf(ctx, client)
}

// SenderByEmail is who writes from the address; zero where nobody is known or it belongs to several counterparties.
func (q *Queries) SenderByEmail(ctx context.Context, email string) (domain.CounterpartyID, domain.ContactPersonID, error) {
	found, err := q.FindByEmail(ctx, email)
	client, person := sender(found)
	return client, person, err
}

// SenderByPhone is who calls from the number; zero where nobody is known or it belongs to several counterparties.
func (q *Queries) SenderByPhone(ctx context.Context, number string) (domain.CounterpartyID, domain.ContactPersonID, error) {
	found, err := q.FindByPhone(ctx, number)
	client, person := sender(found)
	return client, person, err
}

// sender is the one counterparty that all of them belong to, and the person if there is only one.
func sender(found []Known) (client domain.CounterpartyID, person domain.ContactPersonID) {
	people := 0
	for i, k := range found {
		if i > 0 && k.Client != found[0].Client {
			return domain.CounterpartyID{}, domain.ContactPersonID{}
		}
		client = domain.CounterpartyID(k.Client)
		if k.Person != nil {
			people++
			person = domain.ContactPersonID(*k.Person)
		}
	}
	if people != 1 {
		person = domain.ContactPersonID{}
	}
	return client, person
}
