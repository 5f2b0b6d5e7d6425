// Package identity answers who asks and whether they may: sign-in with a password, a second factor or an identity
// provider, server-side sessions, API tokens, and the policy table around every command and query.
//
// Passwords, sessions and tokens live in Postgres schema `identity`: secrets do not belong into a log that is kept for
// ever. Roles are facts about an employee and come from the log.
package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// Principal is who asks.
type Principal struct {
	Employee domain.EmployeeID
	// OnBehalfOf is the absent colleague whom the employee stands in for in this request.
	OnBehalfOf domain.EmployeeID
	Login      string
	// Standing is what the scopes of the person's rights are measured by.
	Standing access.Standing
	Roles    []domain.Role
	Source   domain.Source
	// Credential is the id of the session or the token.
	Credential   string
	ClientIPHash string
	Client       Client
	// Scopes narrow what an API token is for; nil for everything that its owner may.
	Scopes []string
	// Pending is what the session still lacks; see Pending.
	Pending Pending
	// Expires is when the session ends at the latest; zero for a token.
	Expires time.Time
	// Renewed is the session's new secret when this request was the first after a change of roles.
	Renewed string
}

// Has reports whether the person has one of the roles.
func (p Principal) Has(roles ...domain.Role) bool {
	return slices.ContainsFunc(p.Roles, func(have domain.Role) bool { return slices.Contains(roles, have) })
}

// Actor is the person as the policy knows them.
func (p Principal) Actor() access.Actor {
	return access.Actor{Employee: p.Employee, OnBehalfOf: p.OnBehalfOf, Roles: p.Roles, Standing: p.Standing}
}

// Client is where a request comes from.
type Client struct {
	Address   string
	UserAgent string
}

type principalKey struct{}

// WithPrincipal returns a context that carries who asks.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// FromContext is who asks, and false for nobody.
func FromContext(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}

// Colleague is an employee as far as their rights go.
type Colleague struct {
	Employee domain.EmployeeID
	Roles    []domain.Role
}

// Directory is what the log knows about employees.
type Directory interface {
	// Roles are the roles of an active employee; none for one who left or does not exist.
	Roles(ctx context.Context, id domain.EmployeeID) ([]domain.Role, error)
	// Standing is what the scopes of an employee's rights are measured by.
	Standing(ctx context.Context, id domain.EmployeeID, now time.Time) (access.Standing, error)
	// WithRoles are the active employees who have one of the roles, with all their roles.
	WithRoles(ctx context.Context, roles []domain.Role) ([]Colleague, error)
	// StandsInFor reports whether the absent employee named the actor as substitute for this moment.
	StandsInFor(ctx context.Context, actor, absent domain.EmployeeID, now time.Time) (bool, error)
	// WithEmail are the active employees with the address, compared without case.
	WithEmail(ctx context.Context, email string) ([]domain.EmployeeID, error)
}

// Settings are the operator's choices; the zero value is the usual ones.
type Settings struct {
	// Idle and Absolute are how long a session lives unused and at all.
	Idle, Absolute time.Duration
	// RequireSecondFactor holds administrators, compliance reviewers and data protection officers to a second factor.
	RequireSecondFactor bool
	// Provider is an identity provider to sign in with; nil for none.
	Provider *Provider
}

// Service keeps accounts, sessions and tokens.
type Service struct {
	db        *pgxpool.Pool
	directory Directory
	now       func() time.Time
	settings  Settings
	hashing   chan struct{} // a place per password hash in progress: each takes 19 MiB
	ipKey     []byte
	roles     rolesCache
	relying   *relyingParty // nil without an identity provider
}

// Lifetimes of a session that the operator has not chosen.
const (
	DefaultIdle     = 30 * time.Minute
	DefaultAbsolute = 12 * time.Hour
)

// New returns the service on an opened database.
func New(db *pgxpool.Pool, directory Directory, now func() time.Time, settings Settings) *Service {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		panic(err)
	}
	if settings.Idle == 0 {
		settings.Idle = DefaultIdle
	}
	if settings.Absolute == 0 {
		settings.Absolute = DefaultAbsolute
	}
	s := &Service{db: db, directory: directory, now: now, settings: settings, hashing: make(chan struct{}, 2), ipKey: key,
		roles: rolesCache{known: map[domain.EmployeeID]knownRoles{}}}
	if settings.Provider != nil {
		s.relying = newRelyingParty(*settings.Provider, now)
	}
	return s
}

// OnBehalf turns the principal into a substitute for an absent colleague, for one request.
func (s *Service) OnBehalf(ctx context.Context, p Principal, absent domain.EmployeeID) (Principal, error) {
	ok, err := s.directory.StandsInFor(ctx, p.Employee, absent, s.now())
	if err != nil {
		return p, err
	}
	if !ok {
		return p, domain.ErrForbidden.Because("you are not the substitute of this person today")
	}
	p.OnBehalfOf = absent
	return p, nil
}

// rolesFor is how long the roles and the standing of an employee are believed: a revoked role works no longer than this.
const rolesFor = 3 * time.Second

type rolesCache struct {
	sync.Mutex
	known map[domain.EmployeeID]knownRoles
}

type knownRoles struct {
	roles    []domain.Role
	standing access.Standing
	until    time.Time
}

// withRoles looks up what the person may do now. Somebody without any role has left: what they could still come in with
// ends, so that it does not work again should they return.
func (s *Service) withRoles(ctx context.Context, p Principal) (Principal, error) {
	now := s.now()
	s.roles.Lock()
	known, ok := s.roles.known[p.Employee]
	s.roles.Unlock()
	if !ok || now.After(known.until) {
		roles, err := s.directory.Roles(ctx, p.Employee)
		if err != nil {
			return p, err
		}
		standing, err := s.directory.Standing(ctx, p.Employee, now)
		if err != nil {
			return p, err
		}
		known = knownRoles{roles: roles, standing: standing, until: now.Add(rolesFor)}
		if end := standing.Until; !end.IsZero() && end.Before(known.until) {
			known.until = end
		}
		s.roles.Lock()
		s.roles.known[p.Employee] = known
		s.roles.Unlock()
	}
	if len(known.roles) == 0 {
		if err := s.EndAccess(ctx, p.Employee); err != nil {
			return p, err
		}
		return p, ErrNotSignedIn
	}
	p.Roles, p.Standing = known.roles, known.standing
	return p, nil
}

// Forget lets what an employee may do be looked up anew with their next request.
func (s *Service) Forget(employee domain.EmployeeID) {
	s.roles.Lock()
	defer s.roles.Unlock()
	delete(s.roles.known, employee)
}

// HashIP is the keyed digest of a client's address for metadata; the key lives as long as the process.
func (s *Service) HashIP(address string) string {
	mac := hmac.New(sha256.New, s.ipKey)
	mac.Write([]byte(address))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

func normal(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func random(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(fmt.Sprintf("identity: no randomness: %v", err))
	}
	return b
}

func secret() string { return base64.RawURLEncoding.EncodeToString(random(32)) }

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// clip keeps the beginning of what a client says of itself, in a form that the database takes.
func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(n, len(s))], "") }
