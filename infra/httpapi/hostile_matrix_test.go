package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// Every operation, for nobody and for each role: the policy decides, before anything of the request is read.
func TestPolicyMatrix(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	g := newGenerator(1)
	for _, o := range g.all {
		if o.OperationID == endless {
			continue
		}
		for _, role := range slices.Concat([]domain.Role{""}, domain.Roles) {
			denied := slices.Contains(identity.Denied(identity.Principal{Roles: []domain.Role{role}}), o.OperationID)
			for _, body := range []string{"", `{"evil":true}`, `{"a":`} {
				before := k.store.head.Load()
				status, answer := k.send(role, o.Method, place(o.Path), body)
				switch {
				case o.open():
					if status == http.StatusUnauthorized || status >= 500 {
						t.Errorf("%s with %q: %d %s", o.OperationID, body, status, answer)
					}
				case role == "" && (status != http.StatusUnauthorized || !strings.Contains(answer, `"code":"unauthenticated"`)):
					t.Errorf("%s as nobody: %d %s", o.OperationID, status, answer)
				case role != "" && denied && (status != http.StatusForbidden || !strings.Contains(answer, `"code":"forbidden"`)):
					t.Errorf("%s as %s: %d %s, want 403", o.OperationID, role, status, answer)
				case role != "" && !denied && (status == http.StatusUnauthorized || status >= 500 || strings.Contains(answer, "needs one of the roles")):
					t.Errorf("%s as %s: %d %s, want an answer", o.OperationID, role, status, answer)
				}
				if status >= 400 && k.store.head.Load() != before {
					t.Errorf("%s as %s: refused, and the log changed", o.OperationID, role)
				}
			}
		}
	}
}

// A session or a token that is wrong, foreign, cut, out of date or taken back opens nothing.
func TestCredentials(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	session, err := k.identity.SignIn(t.Context(), "manager", "a long password", identity.Client{UserAgent: "\xff\xfe browser"})
	if err != nil {
		t.Fatal(err)
	}
	stale, err := k.identity.SignIn(t.Context(), "manager", "a long password", identity.Client{})
	if err != nil {
		t.Fatal(err)
	}
	idle, err := k.identity.SignIn(t.Context(), "manager", "a long password", identity.Client{})
	if err != nil {
		t.Fatal(err)
	}
	owner := identity.Principal{Employee: k.who[domain.RoleManager], Login: "manager"}
	old, info, err := k.identity.CreateToken(t.Context(), owner,
		identity.NewToken{Name: "old", Lifetime: time.Hour, Scopes: []string{identity.ScopeRead}})
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`update identity.session set expires_at = now() - interval '1 second' where token_hash = sha256(convert_to($1, 'UTF8'))`,
		`update identity.session set last_seen = now() - interval '31 minutes' where token_hash = sha256(convert_to($1, 'UTF8'))`,
		`update identity.token set expires_at = now() - interval '1 second' where token_hash = sha256(convert_to($1, 'UTF8'))`,
	} {
		token := map[bool]string{true: stale.Token, false: idle.Token}[strings.Contains(sql, "session set expires")]
		if strings.Contains(sql, "identity.token") {
			token = old
		}
		if done, err := k.pool.Exec(t.Context(), sql, token); err != nil || done.RowsAffected() != 1 {
			t.Fatal(done, err)
		}
	}
	good := k.token[domain.RoleManager]
	for _, c := range []struct {
		what, name, value string
		status            int
	}{
		{"a session", "Cookie", identity.CookieName + "=" + session.Token, 200},
		{"a token", "Authorization", "Bearer " + good, 200},
		{"an expired session", "Cookie", identity.CookieName + "=" + stale.Token, 401},
		{"an idle session", "Cookie", identity.CookieName + "=" + idle.Token, 401},
		{"an expired token", "Authorization", "Bearer " + old, 401},
		{"a cut session", "Cookie", identity.CookieName + "=" + session.Token[:20], 401},
		{"no session", "Cookie", identity.CookieName + "=", 401},
		{"a token as a session", "Cookie", identity.CookieName + "=" + good, 401},
		{"a session as a token", "Authorization", "Bearer " + session.Token, 401},
		{"a longer token", "Authorization", "Bearer " + good + "x", 401},
		{"a token in capitals", "Authorization", "Bearer " + strings.ToUpper(good), 401},
		{"another scheme", "Authorization", "Basic " + good, 401},
		{"nothing", "Authorization", "", 401},
	} {
		if status, answer, _ := k.plainly("GET", "/v1/session", map[string]string{c.name: c.value}, ""); status != c.status {
			t.Errorf("%s: %d %s, want %d", c.what, status, answer, c.status)
		}
	}
	// A token of another is neither shown nor ended.
	if status, answer := k.send(domain.RoleEmployee, "DELETE", "/v1/tokens/"+info.ID.String(), ""); status != http.StatusNotFound {
		t.Errorf("another's token: %d %s", status, answer)
	}
	if _, answer := k.send(domain.RoleEmployee, "GET", "/v1/tokens", ""); strings.Contains(answer, info.ID.String()) {
		t.Errorf("another's token is shown: %s", answer)
	}
	if status, answer, _ := k.plainly("DELETE", "/v1/session", map[string]string{"Cookie": identity.CookieName + "=" + session.Token}, ""); status >= 300 {
		t.Errorf("sign out: %d %s", status, answer)
	}
	if status, answer, _ := k.plainly("GET", "/v1/session", map[string]string{"Cookie": identity.CookieName + "=" + session.Token}, ""); status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d %s", status, answer)
	}
}
