package postgres_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
)

type kind string

type everyType struct {
	Key      string            `json:"key"`
	Kind     kind              `json:"kind"`
	Int      int               `json:"i"`
	Small    int16             `json:"small"`
	Big      uint64            `json:"big"`
	Float    float64           `json:"f"`
	Yes      bool              `json:"yes"`
	At       time.Time         `json:"at"`
	MaybeAt  *time.Time        `json:"maybe_at"`
	NoAt     time.Time         `json:"no_at,omitzero"`
	UUID     uuid.UUID         `json:"u"`
	ID       thingID           `json:"thing"`
	NoID     thingID           `json:"no_thing"`
	MaybeID  uuid.NullUUID     `json:"maybe_id"`
	NoMaybe  uuid.NullUUID     `json:"no_maybe_id"`
	Day      domain.Date       `json:"day,omitzero"`
	NoDay    domain.Date       `json:"no_day,omitzero"`
	Raw      json.RawMessage   `json:"raw"`
	NoRaw    json.RawMessage   `json:"no_raw"`
	Texts    []string          `json:"texts"`
	NoTexts  []string          `json:"no_texts"`
	Kinds    []kind            `json:"kinds"`
	IDs      []thingID         `json:"ids"`
	Numbers  []int64           `json:"numbers"`
	Maybe    *int              `json:"maybe"`
	Nothing  *string           `json:"nothing"`
	Sum      domain.Money      `json:"sum"`
	Sums     []domain.Money    `json:"sums"`
	Names    map[string]string `json:"names"`
	NoNames  map[string]string `json:"no_names"`
	ZeroByte string            `json:"zero_byte"`
}

const everyTypeColumns = `(key text%s, kind text not null, i int, small smallint, big bigint, f double precision, yes boolean,
	at timestamptz, maybe_at timestamptz, no_at timestamptz, u uuid, thing uuid, no_thing uuid, maybe_id uuid, no_maybe_id uuid, day date, no_day date, raw jsonb, no_raw jsonb, texts text[] not null,
	no_texts text[] not null, kinds text[], ids uuid[], numbers bigint[], maybe int, nothing text, sum jsonb, sums jsonb, names jsonb, no_names jsonb, zero_byte text)`

func TestEveryTypeOfColumn(t *testing.T) {
	t.Parallel()
	keyed, logged := projections.NewTable[everyType]("keyed", "key"), projections.NewLog[everyType]("logged")
	at := time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.FixedZone("MSK", 3*3600))
	seven := 7
	row := everyType{
		Key: `ключ "1"`, Kind: "особый", Int: -5, Small: 3, Big: 1 << 60, Float: 0.1, Yes: true, At: at, MaybeAt: &at,
		UUID: uuid.New(), ID: domain.NewID[testThing](), MaybeID: uuid.NullUUID{UUID: uuid.New(), Valid: true}, Day: "2026-11-23", Raw: json.RawMessage(`{"a": [1, "б\u0000", "\\u0000"]}`),
		Texts: []string{`a"b`, "в,г", ""}, Kinds: []kind{"x"}, IDs: []thingID{domain.NewID[testThing]()}, Numbers: []int64{1, 2},
		Maybe: &seven, Sum: domain.Money{Minor: 12345, Currency: "RUB"}, Sums: []domain.Money{{Minor: 1, Currency: "EUR"}},
		Names: map[string]string{"ru": "имя"}, ZeroByte: "a\x00b",
	}
	var found everyType
	p := projections.Projection{
		Name: "types", Version: 1,
		Schema: "create table keyed " + strings.Replace(everyTypeColumns, "%s", " primary key", 1) + "; create table logged " + strings.Replace(everyTypeColumns, "%s", "", 1),
		Every: func(b *projections.Batch, e projections.Recorded) error {
			if there := keyed.Find(b, row.Key); there != nil {
				found = *there
				return nil
			}
			keyed.Put(b, row.Key, row)
			logged.Add(b, row)
			return nil
		},
	}
	pool, log := pgtest.Pool(t), story(t, 2)
	feed(t, started(t, pool, p), log.all(), 1)
	if n := value[int](t, pool, `select count(*) from (select * from read.keyed except select * from read.logged) x`); n != 0 {
		t.Errorf("keyed and append-only tables store different rows:\n%s", dump(t, pool, "keyed", "logged"))
	}
	if !value[bool](t, pool, `select no_at is null and no_thing is null and no_maybe_id is null and no_names is null and no_day is null and no_raw is null and nothing is null and no_texts = '{}' and zero_byte = 'a`+"\uFFFD"+`b' and raw #>> '{a,2}' = '\u0000' from read.keyed`) {
		t.Errorf("%s", dump(t, pool, "keyed"))
	}
	want := row
	cut := at.UTC().Truncate(time.Microsecond)
	if !found.At.Equal(cut) || !found.MaybeAt.Equal(cut) {
		t.Errorf("%v", found.At)
	}
	found.At, found.MaybeAt = want.At, want.MaybeAt
	found.Raw, want.Raw, want.NoRaw, found.NoRaw = nil, nil, nil, nil
	want.NoTexts, want.ZeroByte = []string{}, "a\uFFFDb"
	if !reflect.DeepEqual(found, want) {
		t.Errorf("read back\n%+v\nwritten\n%+v", found, want)
	}
}

// A row may take over what was unique to a row that is deleted in the same batch, and Exec sees what was written before.
func TestOrderWithinABatch(t *testing.T) {
	t.Parallel()
	type row struct {
		Key  string `json:"key"`
		Name string `json:"name"`
	}
	table := projections.NewTable[row]("named", "key")
	p := projections.Projection{
		Name: "order", Version: 1, Schema: `create table named (key text primary key, name text unique)`,
		Every: func(b *projections.Batch, e projections.Recorded) error {
			switch e.Revision {
			case 0:
				table.Put(b, "a", row{"a", "same"})
			case 1:
				table.Put(b, "b", row{"b", "same"})
				table.Delete(b, "a")
			case 2:
				b.Exec(`update named set name = name || $1`, "!")
				table.Row(b, "b").Name += "?"
			}
			return nil
		},
	}
	pool, log := pgtest.Pool(t), story(t, 3)
	feed(t, started(t, pool, p), log.all(), 1)
	one := dump(t, pool, "named")
	if !strings.Contains(one, `"same!?"`) {
		t.Error(one)
	}
}

func TestAFaultOfTheServerIsNotPoison(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 10)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all()[:5], 5)
	if !value[bool](t, pool, `select pg_terminate_backend($1)`, p.BackendPID()) {
		t.Fatal("not killed")
	}
	err := p.Apply(t.Context(), log.all()[5:], log.all()[9].Position)
	var poison *projections.Poison
	if err == nil || errors.As(err, &poison) || errors.Is(err, postgres.ErrFenced) || p.Settle(t.Context(), err) {
		t.Errorf("%v", err)
	}
	feed(t, p, log.all()[5:], 5)
}

func TestZeroBytesInJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":"\u0000"}`:         `{"a":"\ufffd"}`,
		`{"a":"\\u0000"}`:        `{"a":"\\u0000"}`,
		`{"a":"\\\u0000\u0000"}`: `{"a":"\\\ufffd\ufffd"}`,
		`{"a":"u0000"}`:          `{"a":"u0000"}`,
	} {
		if got := string(postgres.WithoutZeroBytes([]byte(in))); got != want {
			t.Errorf("%s gives %s, want %s", in, got, want)
		}
	}
}
