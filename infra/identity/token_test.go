package identity_test

import (
	"crypto/sha256"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

func (k *kit) token(t *testing.T, scopes ...string) string {
	t.Helper()
	text, _, err := k.CreateToken(t.Context(), identity.Principal{Employee: k.anna, Login: "anna"}, identity.NewToken{Name: "обмен", Lifetime: time.Hour, Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTokenText(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	text := k.token(t, "read")
	if !regexp.MustCompile(`^letopis_[0-9a-f]{32}_[0-9A-Za-z]{43}_[0-9a-f]{8}$`).MatchString(text) {
		t.Errorf("the token is %s", text)
	}
	for name, wrong := range map[string]string{
		"another checksum": text[:len(text)-1] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", text[len(text)-1])+1)%16]),
		"a letter changed": strings.Replace(text, "letopis_0", "letopis_1", 1),
		"cut off":          text[:len(text)-9],
		"nothing":          "",
		"the prefix":       "letopis_",
	} {
		if _, err := k.FromToken(t.Context(), wrong, here); !errors.Is(err, identity.ErrNotSignedIn) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var plain int
	if err := k.db.QueryRow(t.Context(), `select count(*) from identity.token t where strpos(t::text, $1) > 0`, strings.Split(text, "_")[2]).Scan(&plain); err != nil || plain != 0 {
		t.Errorf("the secret is stored: %d, %v", plain, err)
	}
	k.clock = k.clock.Add(time.Hour)
	if _, err := k.FromToken(t.Context(), text, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("after its end: %v", err)
	}
}

// Tokens that were made before scopes and checksums keep their rights.
func TestAnOldTokenWorks(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	text := "letopis_AbC-_fghijklmnopqrstuvwxyz0123456789ABCDEFG"
	sum := sha256.Sum256([]byte(text))
	if _, err := k.db.Exec(t.Context(), `insert into identity.token (id, token_hash, login, employee_id, name, created_at, expires_at) values ($1, $2, 'anna', $3, 'old', $4, $5)`,
		uuid.New(), sum[:], k.anna.UUID(), k.clock, k.clock.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	p, err := k.FromToken(t.Context(), text, here)
	if err != nil {
		t.Fatal(err)
	}
	if err := identity.Admit(p, "plan-work-item", false); err != nil {
		t.Error(err)
	}
}

// A token does what it is for, as far as its owner may now, and nothing about signing in.
func TestScopes(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, c := range []struct {
		scopes    []string
		operation string
		reading   bool
		want      error
	}{
		{[]string{"read"}, "list-counterparties", true, nil},
		{[]string{"read"}, "plan-work-item", false, identity.ErrScope},
		{[]string{"write"}, "plan-work-item", false, nil},
		{[]string{"write"}, "list-counterparties", true, identity.ErrScope},
		{[]string{"plan-work-item"}, "plan-work-item", false, nil},
		{[]string{"plan-work-item"}, "move-work-item", false, identity.ErrScope},
		{[]string{"read", "write"}, "create-token", false, identity.ErrSessionNeeded},
		{[]string{"read", "write"}, "change-password", false, identity.ErrSessionNeeded},
		{[]string{"read", "write"}, "list-sessions", true, identity.ErrSessionNeeded},
	} {
		p, err := k.FromToken(t.Context(), k.token(t, c.scopes...), here)
		if err != nil {
			t.Fatal(err)
		}
		if err := identity.Admit(p, c.operation, c.reading); !errors.Is(err, c.want) {
			t.Errorf("%v for %s: %v, want %v", c.scopes, c.operation, err, c.want)
		}
	}
}

func TestATokenFollowsItsOwnersRoles(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.staff.set(k.anna, domain.RoleEmployee, domain.RoleAdministrator)
	text := k.token(t, "read", "write")
	may := func() error {
		k.clock = k.clock.Add(5 * time.Second)
		p, err := k.FromToken(t.Context(), text, here)
		if err != nil {
			t.Fatal(err)
		}
		return k.Authorize(identity.WithPrincipal(t.Context(), p), "grant-role")
	}
	if err := may(); err != nil {
		t.Errorf("an administrator's token: %v", err)
	}
	k.staff.set(k.anna, domain.RoleEmployee)
	if err := may(); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("the token of a former administrator: %v", err)
	}
}

func TestATokenIsRefused(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for field, asked := range map[string]identity.NewToken{
		"expires_in_days": {Name: "x", Lifetime: 367 * 24 * time.Hour, Scopes: []string{"read"}},
		"scopes":          {Name: "x", Lifetime: time.Hour},
		"scopes[1]":       {Name: "x", Lifetime: time.Hour, Scopes: []string{"read", "create-token"}},
	} {
		_, _, err := k.CreateToken(t.Context(), identity.Principal{Employee: k.anna, Login: "anna"}, asked)
		if r, ok := domain.IsRefusal(err); !ok || len(r.Fields) != 1 || r.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
