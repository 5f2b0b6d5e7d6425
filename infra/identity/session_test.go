package identity_test

import (
	"errors"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

func (k *kit) signIn(t *testing.T) string {
	t.Helper()
	session, err := k.SignIn(t.Context(), "anna", password, here)
	if err != nil {
		t.Fatal(err)
	}
	return session.Token
}

func (k *kit) whoIs(t *testing.T, token string) identity.Principal {
	t.Helper()
	p, err := k.FromSession(t.Context(), token, here)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (k *kit) isOut(t *testing.T, token, why string) {
	t.Helper()
	if _, err := k.FromSession(t.Context(), token, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("%s: %v", why, err)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.signIn(t)
	k.clock = k.clock.Add(time.Minute)
	second := k.signIn(t)
	if first == second {
		t.Fatal("two sign-ins have one secret")
	}
	p := k.whoIs(t, second)
	list, err := k.Sessions(t.Context(), p)
	if err != nil || len(list) != 2 || !list[0].Current || list[1].Current || list[0].Device != "Firefox, Linux" {
		t.Fatalf("%+v, %v", list, err)
	}
	stranger := identity.Principal{Employee: domain.NewID[domain.Employee]()}
	if err := k.EndSession(t.Context(), stranger, list[1].ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a stranger ended it: %v", err)
	}
	if err := k.EndSession(t.Context(), p, list[1].ID); err != nil {
		t.Fatal(err)
	}
	k.isOut(t, first, "a session that was ended")
	third := k.signIn(t)
	if err := k.EndSessions(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	k.isOut(t, second, "signed out everywhere, here")
	k.isOut(t, third, "signed out everywhere, elsewhere")
}

func TestTheOperatorChoosesHowLongASessionLives(t *testing.T) {
	t.Parallel()
	k := newKitWith(t, identity.Settings{Idle: 5 * time.Minute, Absolute: 8 * time.Minute})
	token := k.signIn(t)
	k.clock = k.clock.Add(4 * time.Minute)
	k.whoIs(t, token)
	k.clock = k.clock.Add(4 * time.Minute)
	k.isOut(t, token, "after its whole life")
	token = k.signIn(t)
	k.clock = k.clock.Add(5 * time.Minute)
	k.isOut(t, token, "after being idle")
}

// With the roles the secret changes; requests that are under way with the former one are still answered, for a moment.
func TestARoleChangeRenewsTheSession(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	token := k.signIn(t)
	if p := k.whoIs(t, token); p.Renewed != "" {
		t.Error("renewed without a reason")
	}
	k.staff.set(k.anna, domain.RoleEmployee, domain.RoleManager)
	k.clock = k.clock.Add(5 * time.Second)
	p := k.whoIs(t, token)
	if p.Renewed == "" || p.Renewed == token || !p.Has(domain.RoleManager) {
		t.Fatalf("%+v", p)
	}
	if again := k.whoIs(t, token); again.Renewed != "" || again.Credential != p.Credential {
		t.Errorf("a request under way: %+v", again)
	}
	if now := k.whoIs(t, p.Renewed); now.Renewed != "" {
		t.Error("renewed twice")
	}
	k.clock = k.clock.Add(time.Minute)
	k.isOut(t, token, "the former secret")
	k.whoIs(t, p.Renewed)
}

// What a leaver had does not come back with them.
func TestALeaversSessionsAndTokensEnd(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	session := k.signIn(t)
	text, _, err := k.CreateToken(t.Context(), k.whoIs(t, session), identity.NewToken{Name: "обмен", Lifetime: time.Hour, Scopes: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	k.staff.set(k.anna)
	if err := k.EndAccess(t.Context(), k.anna); err != nil {
		t.Fatal(err)
	}
	k.staff.set(k.anna, domain.RoleEmployee)
	k.isOut(t, session, "dismissed and hired again")
	if _, err := k.FromToken(t.Context(), text, here); !errors.Is(err, identity.ErrNotSignedIn) {
		t.Errorf("the token of somebody dismissed and hired again: %v", err)
	}
	unnoticed := k.signIn(t)
	k.staff.set(k.anna)
	k.clock = k.clock.Add(5 * time.Second)
	k.isOut(t, unnoticed, "a leaver")
	k.staff.set(k.anna, domain.RoleEmployee)
	k.clock = k.clock.Add(5 * time.Second)
	k.isOut(t, unnoticed, "hired again")
}

func TestTheJournalTells(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	if _, err := k.SignIn(t.Context(), "anna", "не тот пароль!!", here); err == nil {
		t.Fatal("signed in")
	}
	if _, err := k.SignIn(t.Context(), "пароль не в том поле", "x", here); err == nil {
		t.Fatal("signed in")
	}
	k.clock = k.clock.Add(time.Second)
	p := k.whoIs(t, k.signIn(t))
	_, info, err := k.CreateToken(t.Context(), p, identity.NewToken{Name: "обмен", Lifetime: time.Hour, Scopes: []string{"read"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.RevokeToken(t.Context(), p, info.ID); err != nil {
		t.Fatal(err)
	}
	entries, err := k.Journal(t.Context(), identity.JournalFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{{"token_revoked", "anna"}, {"token_created", "anna"}, {"signed_in", "anna"}, {"sign_in_failed", ""}, {"sign_in_failed", "anna"}, {"account_created", "anna"}}
	if len(entries) != len(want) {
		t.Fatalf("%+v", entries)
	}
	for i, e := range entries {
		if e.Kind != want[i][0] || e.Login != want[i][1] || (e.Kind != "account_created" && (e.Address != here.Address || e.Device != "Firefox, Linux")) {
			t.Errorf("entry %d is %+v, want %v", i, e, want[i])
		}
	}
	some, err := k.Journal(t.Context(), identity.JournalFilter{Employee: k.anna.UUID(), Kind: "sign_in_failed", Before: entries[0].ID, Limit: 10})
	if err != nil || len(some) != 1 {
		t.Errorf("%+v, %v", some, err)
	}
}
