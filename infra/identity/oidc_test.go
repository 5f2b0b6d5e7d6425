package identity_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// provider is an identity provider: discovery, keys, and a token endpoint that holds the code to its client, its redirect
// and its verifier. What it says of somebody, and how it signs, the test sets.
type provider struct {
	t   *testing.T
	url string
	key *rsa.PrivateKey

	mu     sync.Mutex
	grants map[string]url.Values // by code: the authorization request
	claims func(map[string]any)
	sign   func(payload []byte) string
}

const clientID, clientSecret, redirectURL = "letopis", "s3cret of the client", "https://crm.example/v1/oidc/callback"

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, grants: map[string]url.Values{}, claims: func(map[string]any) {}}
	p.sign = func(payload []byte) string { return p.signed(jose.RS256, key, payload) }
	routes := http.NewServeMux()
	routes.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": p.url, "authorization_endpoint": p.url + "/authorize", "token_endpoint": p.url + "/token", "jwks_uri": p.url + "/keys",
			"id_token_signing_alg_values_supported": []string{"none", "HS256", "RS256"}, // a careless one
		})
	})
	routes.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	routes.HandleFunc("/token", p.token)
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *provider) signed(alg jose.SignatureAlgorithm, key any, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.t.Error(err)
	}
	return text
}

// authorize is somebody agreeing: it takes the address that the browser was sent to and gives the code.
func (p *provider) authorize(address string) (code, state string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	if !strings.HasPrefix(address, p.url+"/authorize?") || q.Get("client_id") != clientID || q.Get("redirect_uri") != redirectURL || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || !strings.Contains(q.Get("scope"), "openid") {
		p.t.Fatalf("the request is %s", address)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code = rand.Text()
	p.grants[code] = q
	return code, q.Get("state")
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if unescaped, err := url.QueryUnescape(secret); err == nil {
		secret = unescaped
	}
	grant, known := p.grants[r.FormValue("code")]
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || id != clientID || secret != clientSecret || r.FormValue("redirect_uri") != grant.Get("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != grant.Get("code_challenge") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	delete(p.grants, r.FormValue("code"))
	claims := map[string]any{
		"iss": p.url, "sub": "anna-at-the-provider", "aud": clientID, "iat": start.Unix(), "exp": start.Add(time.Hour).Unix(), "nonce": grant.Get("nonce"),
		"email": "anna@example.test", "email_verified": true,
	}
	p.claims(claims)
	payload, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(payload)})
}

func (p *provider) settings() *identity.Provider {
	return &identity.Provider{Issuer: p.url, ClientID: clientID, ClientSecret: clientSecret, Redirect: redirectURL, Private: true}
}

// begin is a browser that goes to the provider and comes back.
func (k *kit) begin(t *testing.T, p *provider) identity.Callback {
	t.Helper()
	address, state, err := k.BeginExternal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code, returned := p.authorize(address)
	return identity.Callback{State: returned, Kept: state, Code: code}
}

func newExternalKit(t *testing.T) (*kit, *provider) {
	t.Helper()
	p := newProvider(t)
	k := newKitWith(t, identity.Settings{Provider: p.settings()})
	k.staff.emails["anna@example.test"] = []domain.EmployeeID{k.anna}
	return k, p
}

func TestSignInAtAProvider(t *testing.T) {
	t.Parallel()
	k, p := newExternalKit(t)
	back := k.begin(t, p)
	session, err := k.FinishExternal(t.Context(), back, here)
	if err != nil {
		t.Fatal(err)
	}
	if who := k.whoIs(t, session.Token); who.Employee != k.anna || len(who.Roles) != 1 {
		t.Errorf("%+v", who)
	}
	if _, err := k.FinishExternal(t.Context(), back, here); !errors.Is(err, identity.ErrExternalRefused) {
		t.Errorf("the same answer twice: %v", err)
	}
	// From now on the provider's account counts, not its address.
	p.claims = func(c map[string]any) { c["email"], c["email_verified"] = "else@example.test", false }
	if _, err := k.FinishExternal(t.Context(), k.begin(t, p), here); err != nil {
		t.Errorf("linked, with another address: %v", err)
	}
	p.claims = func(c map[string]any) { c["sub"] = "somebody who was given the address later" }
	if _, err := k.FinishExternal(t.Context(), k.begin(t, p), here); !errors.Is(err, identity.ErrExternalRefused) {
		t.Errorf("another person with the address: %v", err)
	}
	k.staff.set(k.anna)
	p.claims = func(map[string]any) {}
	if _, err := k.FinishExternal(t.Context(), k.begin(t, p), here); !errors.Is(err, identity.ErrExternalRefused) {
		t.Errorf("a leaver: %v", err)
	}
}

// Whatever is wrong with the provider's answer opens nothing, and the outside learns nothing of it.
func TestAnswersOfAProviderThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := func(claim string, value any) func(*provider) {
		return func(p *provider) { p.claims = func(c map[string]any) { c[claim] = value } }
	}
	signs := func(alg jose.SignatureAlgorithm, key func(*provider) any) func(*provider) {
		return func(p *provider) { p.sign = func(payload []byte) string { return p.signed(alg, key(p), payload) } }
	}
	for name, spoil := range map[string]func(*provider){
		"no signature": func(p *provider) {
			p.sign = func(payload []byte) string {
				return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
			}
		},
		"the public key as a shared secret": signs(jose.HS256, func(p *provider) any {
			raw, err := json.Marshal(jose.JSONWebKey{Key: p.key.Public()})
			if err != nil {
				t.Error(err)
			}
			return raw
		}),
		"the key's certificate as a shared secret": signs(jose.HS256, func(p *provider) any {
			der, err := x509.MarshalPKIXPublicKey(p.key.Public())
			if err != nil {
				t.Error(err)
			}
			return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		}),
		"the client secret as the key": signs(jose.HS256, func(*provider) any { return []byte(clientSecret + "................................") }),
		"somebody else's key":          signs(jose.RS256, func(*provider) any { return other }),
		"a key of another kind":        signs(jose.ES256, func(*provider) any { return crypto.Signer(curve) }),
		"a changed payload": func(p *provider) {
			p.sign = func(payload []byte) string {
				parts := strings.Split(p.signed(jose.RS256, p.key, payload), ".")
				changed := strings.Replace(string(payload), "anna", "boss", 1)
				return parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(changed)) + "." + parts[2]
			}
		},
		"a token without end": func(p *provider) { p.sign = func([]byte) string { return strings.Repeat("A", 4<<20) } },
		"claims without end":  set("junk", strings.Repeat("x", 2<<20)),
		"no token at all":     func(p *provider) { p.sign = func([]byte) string { return "a.b.c" } },
		"without an end": func(p *provider) {
			p.claims = func(c map[string]any) { delete(c, "exp") }
		},
		"for nobody": func(p *provider) {
			p.claims = func(c map[string]any) { delete(c, "aud") }
		},
		"no token":                 func(p *provider) { p.sign = func([]byte) string { return "" } },
		"another issuer":           set("iss", "https://elsewhere.example"),
		"for another program":      set("aud", "another program"),
		"for several programs":     set("aud", []string{clientID, "another program"}),
		"given to another program": set("azp", "another program"),
		"expired":                  set("exp", start.Add(-time.Minute).Unix()),
		"not yet":                  set("nbf", start.Add(time.Hour).Unix()),
		"of another sign-in":       set("nonce", "the nonce of another sign-in"),
		"without a nonce":          set("nonce", ""),
		"an address not verified":  set("email_verified", false),
		"verified in words":        set("email_verified", "true"),
		"an address of nobody":     set("email", "nobody@example.test"),
		"nobody":                   set("sub", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, p := newExternalKit(t)
			spoil(p)
			if _, err := k.FinishExternal(t.Context(), k.begin(t, p), here); !errors.Is(err, identity.ErrExternalRefused) {
				t.Errorf("%v", err)
			}
			if noted, err := k.Journal(t.Context(), identity.JournalFilter{Kind: "external_sign_in_failed", Limit: 5}); err != nil || len(noted) != 1 || noted[0].Detail == "" {
				t.Errorf("%+v, %v", noted, err)
			}
			p.claims, p.sign = func(map[string]any) {}, func(payload []byte) string { return p.signed(jose.RS256, p.key, payload) }
			if _, err := k.FinishExternal(t.Context(), k.begin(t, p), here); err != nil {
				t.Errorf("what is right afterwards: %v", err)
			}
		})
	}
}

// An answer belongs to the browser that asked, once, and for a while.
func TestAnAnswerBelongsToItsBrowser(t *testing.T) {
	t.Parallel()
	k, p := newExternalKit(t)
	refused := func(name string, back identity.Callback) {
		t.Helper()
		if _, err := k.FinishExternal(t.Context(), back, here); !errors.Is(err, identity.ErrExternalRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	attacker, victim := k.begin(t, p), k.begin(t, p)
	refused("the attacker's answer in the victim's browser", identity.Callback{State: attacker.State, Kept: victim.Kept, Code: attacker.Code})
	refused("a browser that began nothing", identity.Callback{State: attacker.State, Code: attacker.Code})
	refused("no state at all", identity.Callback{Code: attacker.Code})
	refused("a state of one's own making", identity.Callback{State: "x", Kept: "x", Code: attacker.Code})
	refused("the attacker's code with the victim's state", identity.Callback{State: victim.State, Kept: victim.Kept, Code: attacker.Code})
	refused("the provider refuses", identity.Callback{State: attacker.State, Kept: attacker.Kept, Error: "access_denied"})
	late := k.begin(t, p)
	k.clock = k.clock.Add(10 * time.Minute)
	refused("too late", late)
}

// The provider is no way into our own network, by its own address or by those that its documents name.
func TestAProviderCannotReachInside(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	port := p.url[strings.LastIndexByte(p.url, ':'):]
	for _, issuer := range []string{
		p.url, "https://127.0.0.1" + port, "https://[::1]" + port, "https://localhost" + port, "https://10.0.0.1", "https://169.254.169.254",
		"https://[::ffff:127.0.0.1]", "https://100.64.0.1", "https://0.0.0.0", "https://[64:ff9b::7f00:1]",
	} {
		settings := p.settings()
		settings.Issuer, settings.Private = issuer, false
		k := newKitWith(t, identity.Settings{Provider: settings})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		_, _, err := k.BeginExternal(ctx)
		cancel()
		if err == nil || errors.Is(err, context.DeadlineExceeded) || (!strings.Contains(err.Error(), "prohibited") && !strings.Contains(err.Error(), "no HTTPS")) {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	settings := p.settings()
	settings.Private = false
	if err := settings.Check(); err == nil {
		t.Error("an issuer without HTTPS")
	}

	// Allowed is the issuer alone.
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer inside.Close()
	routes := http.NewServeMux()
	server := httptest.NewServer(routes)
	defer server.Close()
	routes.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": server.URL, "authorization_endpoint": server.URL, "token_endpoint": inside.URL, "jwks_uri": inside.URL})
	})
	settings.Issuer, settings.Private = server.URL, true
	k := newKitWith(t, identity.Settings{Provider: settings})
	_, state, err := k.BeginExternal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.FinishExternal(t.Context(), identity.Callback{State: state, Kept: state, Code: "x"}, here); !errors.Is(err, identity.ErrExternalRefused) {
		t.Errorf("%v", err)
	}
}

// A second factor of our own is asked for after the provider, too.
func TestAProviderDoesNotReplaceTheSecondFactor(t *testing.T) {
	t.Parallel()
	k, p := newExternalKit(t)
	k.enrol(t, k.whoIs(t, k.signIn(t)))
	session, err := k.FinishExternal(t.Context(), k.begin(t, p), here)
	if err != nil {
		t.Fatal(err)
	}
	if who := k.whoIs(t, session.Token); who.Pending != identity.PendingCode {
		t.Errorf("%+v", who)
	}
}

// Documents of the provider that never end, or that are none, cost no more than what is read of them.
func TestDocumentsOfAProviderWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(http.ResponseWriter, string){
		"endless": func(w http.ResponseWriter, _ string) {
			for range 64 {
				if _, err := w.Write([]byte(strings.Repeat("[", 64<<10))); err != nil {
					return
				}
			}
		},
		"deep": func(w http.ResponseWriter, _ string) { _, _ = w.Write([]byte(strings.Repeat(`{"issuer":`, 50_000))) },
		"of another": func(w http.ResponseWriter, _ string) {
			_, _ = w.Write([]byte(`{"issuer":"https://elsewhere.example"}`))
		},
		"many headers": func(w http.ResponseWriter, _ string) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) },
		"nothing":      func(http.ResponseWriter, string) {},
		"without keys": func(w http.ResponseWriter, issuer string) { _, _ = w.Write([]byte(`{"issuer":"` + issuer + `"}`)) },
		"another's keys": func(w http.ResponseWriter, issuer string) {
			_, _ = w.Write([]byte(`{"issuer":"` + issuer + `","token_endpoint":"http://10.0.0.1/","jwks_uri":"file:///etc/passwd"}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			routes := http.NewServeMux()
			server := httptest.NewServer(routes)
			t.Cleanup(server.Close)
			routes.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { write(w, server.URL) })
			k := newKitWith(t, identity.Settings{Provider: &identity.Provider{Issuer: server.URL, ClientID: clientID, ClientSecret: clientSecret, Redirect: redirectURL, Private: true}})
			_, state, err := k.BeginExternal(t.Context())
			if err != nil {
				return // it was not believed
			}
			if _, err := k.FinishExternal(t.Context(), identity.Callback{State: state, Kept: state, Code: "x"}, here); err == nil {
				t.Error("somebody is signed in")
			}
		})
	}
}
