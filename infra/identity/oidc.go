package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/oauth2"

	"github.com/letopis-crm/letopis/domain"
)

// Provider is an identity provider that speaks OpenID Connect. It says who somebody is; what they may do stays in the log.
type Provider struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	// Redirect is the address of /v1/oidc/callback as browsers reach it.
	Redirect string
	// Private allows an issuer without HTTPS or in a private network, though no link-local one; nothing else there can be
	// reached through it.
	Private bool
}

// Check reports what is wrong with the operator's choices.
func (p Provider) Check() error {
	issuer, err := url.Parse(p.Issuer)
	switch {
	case err != nil || issuer.Host == "" || (issuer.Scheme != "https" && issuer.Scheme != "http"):
		return fmt.Errorf("the issuer %q is no address", p.Issuer)
	case issuer.Scheme != "https" && !p.Private:
		return fmt.Errorf("the issuer %s has no HTTPS", p.Issuer)
	case p.ClientID == "":
		return errors.New("the identity provider needs a client id")
	}
	if redirect, err := url.Parse(p.Redirect); err != nil || redirect.Host == "" {
		return fmt.Errorf("the redirect URL %q is no address", p.Redirect)
	}
	return nil
}

// ErrExternalRefused refuses a sign-in at the identity provider. The reason is in the journal: a stranger learns nothing.
var ErrExternalRefused = domain.Refuse("oidc.refused", "signing in at the identity provider did not work")

// attemptWithin is how long somebody may take at the provider.
const attemptWithin = 10 * time.Minute

// signatures are the ways of signing that are believed. Neither none nor those with a shared secret are among them,
// whatever the provider says of itself.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// relyingParty is our side. The provider is asked about itself at the first sign-in: that it cannot be reached must not
// keep the server from starting.
type relyingParty struct {
	Provider
	client *http.Client
	now    func() time.Time
	mu     sync.Mutex
	found  *oidc.Provider
}

func newRelyingParty(p Provider, now func() time.Time) *relyingParty {
	return &relyingParty{Provider: p, client: guardedClient(p, net.DefaultResolver), now: now}
}

func (r *relyingParty) discover(ctx context.Context) (*oidc.Provider, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found != nil {
		return r.found, nil
	}
	// The provider keeps the context for fetching keys later on: it must not end with this request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), r.client), r.Issuer)
	if err != nil {
		return nil, err
	}
	r.found = found
	return found, nil
}

func (r *relyingParty) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: r.ClientID, ClientSecret: r.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: r.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// HasProvider reports whether one can sign in at an identity provider.
func (s *Service) HasProvider() bool { return s.relying != nil }

// BeginExternal returns the provider's address to send the browser to, and the state that the browser must keep and show
// again: an answer that somebody else obtained does not fit it.
func (s *Service) BeginExternal(ctx context.Context) (address, state string, err error) {
	if s.relying == nil {
		return "", "", domain.ErrNotFound
	}
	provider, err := s.relying.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state = secret()
	nonce, verifier := secret(), oauth2.GenerateVerifier()
	if _, err := s.db.Exec(ctx, `insert into identity.external_attempt (state_hash, nonce, verifier, expires_at) values ($1, $2, $3, $4)`,
		digest(state), nonce, verifier, s.now().UTC().Add(attemptWithin)); err != nil {
		return "", "", err
	}
	return s.relying.config(provider).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state, nil
}

// Callback is what the browser brings back from the provider, and the state that it kept.
type Callback struct{ State, Kept, Code, Error string }

// FinishExternal opens a session for who the provider says it is, if an account here is theirs.
func (s *Service) FinishExternal(ctx context.Context, c Callback, from Client) (SignedIn, error) {
	if s.relying == nil {
		return SignedIn{}, domain.ErrNotFound
	}
	who, err := s.identify(ctx, c)
	if err != nil {
		return SignedIn{}, s.refuseExternal(ctx, from, account{}, err)
	}
	a, err := s.accountOf(ctx, who)
	if err != nil {
		return SignedIn{}, s.refuseExternal(ctx, from, a, err)
	}
	return s.open(ctx, a, from, "oidc")
}

// notBelieved is why an answer of the provider opens nothing.
type notBelieved string

func (n notBelieved) Error() string { return string(n) }

// refuseExternal notes why, and tells the outside nothing of it. A technical failure stays one.
func (s *Service) refuseExternal(ctx context.Context, from Client, a account, err error) error {
	var reason notBelieved
	if !errors.As(err, &reason) {
		return err
	}
	if err := s.record(ctx, s.db, entry{kind: didFailExternalSignIn, login: a.login, employee: a.employee, from: from, detail: string(reason)}); err != nil {
		return err
	}
	return ErrExternalRefused
}

// external is who the provider says somebody is.
type external struct{ issuer, subject, email string }

func (s *Service) identify(ctx context.Context, c Callback) (external, error) {
	if c.State == "" || subtle.ConstantTimeCompare([]byte(c.State), []byte(c.Kept)) != 1 {
		return external{}, notBelieved("the browser did not begin this sign-in")
	}
	var nonce, verifier string
	err := s.db.QueryRow(ctx, `delete from identity.external_attempt where state_hash = $1 and expires_at > $2 returning nonce, verifier`,
		digest(c.State), s.now().UTC()).Scan(&nonce, &verifier)
	if errors.Is(err, pgx.ErrNoRows) {
		return external{}, notBelieved("the sign-in is unknown, too old or finished")
	}
	if err != nil {
		return external{}, err
	}
	if c.Code == "" {
		return external{}, notBelieved("the provider answers " + clip(c.Error, 100))
	}
	return s.relying.redeem(ctx, c.Code, nonce, verifier)
}

// redeem exchanges the code and believes the ID token if it is signed by the provider, for us, now, and for this attempt.
func (r *relyingParty) redeem(ctx context.Context, code, nonce, verifier string) (external, error) {
	provider, err := r.discover(ctx)
	if err != nil {
		return external{}, err
	}
	ctx = oidc.ClientContext(ctx, r.client)
	tokens, err := r.config(provider).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return external{}, notBelieved("the code was not taken: " + err.Error())
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return external{}, notBelieved("there is no ID token")
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: r.ClientID, SupportedSigningAlgs: signatures, Now: r.now}).Verify(ctx, raw)
	if err != nil {
		return external{}, notBelieved(err.Error())
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Party    string `json:"azp"`
	}
	if err := token.Claims(&claims); err != nil {
		return external{}, notBelieved("the claims cannot be read: " + err.Error())
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return external{}, notBelieved("the ID token is of another sign-in")
	case claims.Party != "" && claims.Party != r.ClientID, claims.Party == "" && len(token.Audience) > 1:
		return external{}, notBelieved("the ID token is for another program")
	case token.Subject == "":
		return external{}, notBelieved("the ID token names nobody")
	}
	who := external{issuer: token.Issuer, subject: token.Subject}
	if claims.Verified {
		who.email = claims.Email
	}
	return who, nil
}

// accountOf finds whose account it is: the one that the provider's account is linked to, else that of the one employee
// with the address that the provider has verified, who is linked then. Nobody gets an account or a right by it.
func (s *Service) accountOf(ctx context.Context, who external) (account, error) {
	var login string
	err := s.db.QueryRow(ctx, `select login from identity.external_login where issuer = $1 and subject = $2`, who.issuer, who.subject).Scan(&login)
	if errors.Is(err, pgx.ErrNoRows) {
		login, err = s.link(ctx, who)
	}
	if err != nil {
		return account{}, err
	}
	a, err := s.account(ctx, login)
	if errors.Is(err, pgx.ErrNoRows) {
		return account{login: login}, notBelieved("the account is disabled")
	}
	if err != nil {
		return a, err
	}
	roles, err := s.directory.Roles(ctx, domain.EmployeeID(a.employee))
	if err == nil && len(roles) == 0 {
		err = notBelieved("the employee has left")
	}
	return a, err
}

func (s *Service) link(ctx context.Context, who external) (login string, err error) {
	if who.email == "" {
		return "", notBelieved("nobody is linked to " + who.subject + ", and the provider has verified no address")
	}
	employees, err := s.directory.WithEmail(ctx, who.email)
	if err != nil {
		return "", err
	}
	if len(employees) != 1 {
		return "", notBelieved(fmt.Sprintf("%d employees have the address", len(employees)))
	}
	employee := employees[0].UUID()
	return login, pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		login, err = linkEmployee(ctx, tx, who, employee, s.now().UTC())
		if err != nil {
			return err
		}
		return s.record(ctx, tx, entry{kind: didLinkExternalLogin, login: login, employee: employee, by: employee, detail: who.issuer + " " + who.subject})
	})
}

func linkEmployee(ctx context.Context, tx pgx.Tx, who external, employee uuid.UUID, now time.Time) (login string, err error) {
	err = tx.QueryRow(ctx, `select login from identity.account where employee_id = $1`, employee).Scan(&login)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", notBelieved("the employee with the address has no account here")
	}
	if err != nil {
		return "", err
	}
	done, err := tx.Exec(ctx, `insert into identity.external_login (issuer, subject, login, linked_at) values ($1, $2, $3, $4) on conflict do nothing`,
		who.issuer, who.subject, login, now)
	if err == nil && done.RowsAffected() == 0 {
		err = notBelieved("the account is linked to another account of the provider")
	}
	return login, err
}
