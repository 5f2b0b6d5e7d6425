package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/infra/identity"
)

// browser keeps the session cookie between requests.
type browser struct {
	k      *kit
	cookie *http.Cookie
}

func (b *browser) send(method, path, body string) (status int, header http.Header, answer string) {
	b.k.t.Helper()
	r, err := http.NewRequestWithContext(b.k.t.Context(), method, b.k.url+path, strings.NewReader(body))
	if err != nil {
		b.k.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	response, err := client.Do(r)
	if err != nil {
		b.k.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		b.k.t.Fatal(err)
	}
	for _, c := range response.Cookies() {
		b.cookie = c
	}
	return response.StatusCode, response.Header, string(raw)
}

func (b *browser) want(status int, method, path, body string) string {
	b.k.t.Helper()
	got, _, answer := b.send(method, path, body)
	if got != status {
		b.k.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, answer)
	}
	return answer
}

const managersPassword = `{"login":"manager","password":"a long password"}`

func TestSessionsOverHTTP(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	here, there := &browser{k: k}, &browser{k: k}
	here.want(200, "POST", "/v1/session", managersPassword)
	if c := here.cookie; c.Name != identity.CookieName || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" {
		t.Errorf("the cookie is %+v", c)
	}
	there.want(200, "POST", "/v1/session", managersPassword)
	before := *there
	there.want(200, "POST", "/v1/session", managersPassword)
	before.want(401, "GET", "/v1/session", "") // signing in again ended it
	var sessions []identity.SessionInfo
	if err := json.Unmarshal([]byte(here.want(200, "GET", "/v1/sessions", "")), &sessions); err != nil || len(sessions) != 2 {
		t.Fatalf("%+v, %v", sessions, err)
	}
	for _, s := range sessions {
		if !s.Current {
			here.want(204, "DELETE", "/v1/sessions/"+s.ID.String(), "")
		}
	}
	there.want(401, "GET", "/v1/session", "")
	here.want(204, "DELETE", "/v1/sessions", "")
	if here.cookie.MaxAge >= 0 {
		t.Errorf("the cookie stays: %+v", here.cookie)
	}
}

func TestGuessingOverHTTP(t *testing.T) {
	t.Parallel()
	b := &browser{k: newKit(t)}
	for range 5 { // the waits grow beyond the time that a request takes
		if status, _, _ := b.send("POST", "/v1/session", `{"login":"manager","password":"not this one"}`); status == http.StatusTooManyRequests {
			break
		}
	}
	status, header, body := b.send("POST", "/v1/session", managersPassword)
	if wait := header.Get("Retry-After"); status != http.StatusTooManyRequests || wait == "" || wait == "0" || !strings.Contains(body, "too_many_attempts") {
		t.Fatalf("%d, Retry-After %q: %s", status, wait, body)
	}
	if status, body := b.k.send(domain.RoleAdministrator, "POST", "/v1/accounts/manager/unlock", ""); status != 403 || !strings.Contains(body, "token.session_needed") {
		t.Errorf("unlocked with a token: %d %s", status, body)
	}
	admin := &browser{k: b.k}
	admin.want(200, "POST", "/v1/session", `{"login":"administrator","password":"a long password"}`)
	admin.want(204, "POST", "/v1/accounts/manager/unlock", "")
	b.want(200, "POST", "/v1/session", managersPassword)
}

func TestTokensOverHTTP(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	b := &browser{k: k}
	b.want(200, "POST", "/v1/session", managersPassword)
	b.want(422, "POST", "/v1/tokens", `{"name":"x","expires_in_days":1,"scopes":["no-such-operation"]}`)
	b.want(422, "POST", "/v1/tokens", `{"name":"x","expires_in_days":367}`)
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(b.want(201, "POST", "/v1/tokens", `{"name":"x","expires_in_days":1,"scopes":["read"]}`)), &made); err != nil {
		t.Fatal(err)
	}
	k.token["reader"] = made.Token
	for path, c := range map[string]struct {
		method, body string
		status       int
	}{
		"/v1/counterparties": {"GET", "", 200},
		"/v1/work-items":     {"POST", "{}", 403},
		"/v1/tokens":         {"POST", `{"name":"y","expires_in_days":1}`, 403},
	} {
		if status, body := k.send("reader", c.method, path, c.body); status != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, path, status, c.status, body)
		}
	}
}

// Until the code is given the session is good for nothing else; the answers say what is lacking.
func TestSecondFactorOverHTTP(t *testing.T) {
	t.Parallel()
	b := &browser{k: newKit(t)}
	b.want(200, "POST", "/v1/session", managersPassword)
	var enrolment identity.Enrolment
	if err := json.Unmarshal([]byte(b.want(200, "POST", "/v1/second-factor/begin", "")), &enrolment); err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(enrolment.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var spare httpapi.RecoveryCodes
	if err := json.Unmarshal([]byte(b.want(200, "POST", "/v1/second-factor/confirm", `{"code":"`+code+`"}`)), &spare); err != nil {
		t.Fatal(err)
	}
	half := &browser{k: b.k}
	if answer := half.want(200, "POST", "/v1/session", managersPassword); !strings.Contains(answer, `"second_factor":"code"`) || strings.Contains(answer, `"manager"]`) {
		t.Error(answer)
	}
	if answer := half.want(401, "GET", "/v1/counterparties", ""); !strings.Contains(answer, "second_factor.code_needed") {
		t.Error(answer)
	}
	before := *half
	half.want(200, "POST", "/v1/session/second-factor", `{"code":"`+spare.Codes[0]+`"}`)
	half.want(200, "GET", "/v1/counterparties", "")
	before.want(401, "GET", "/v1/session", "")
	before.want(401, "POST", "/v1/session/second-factor", `{"code":"`+spare.Codes[1]+`"}`)
	half.want(409, "POST", "/v1/session/second-factor", `{"code":"`+spare.Codes[1]+`"}`)
	var me httpapi.Me
	if err := json.Unmarshal([]byte(b.want(200, "GET", "/v1/session", "")), &me); err != nil || me.Pending != "" || me.Expires == nil {
		t.Errorf("%+v, %v", me, err)
	}
}

// With somebody there, nobody is set up any more.
func TestSetUpOverHTTP(t *testing.T) {
	t.Parallel()
	b := &browser{k: newKit(t)}
	if answer := b.want(200, "GET", "/v1/sign-in-ways", ""); !strings.Contains(answer, `"password":true,"setup":false,"oidc":false`) {
		t.Error(answer)
	}
	if answer := b.want(403, "POST", "/v1/setup", `{"token":"x","login":"x","name":"Икс Игрек","password":"a long password"}`); !strings.Contains(answer, "setup.token") {
		t.Error(answer)
	}
}
