// Package identity answers who asks and whether they may: sign-in with login and password, server-side sessions, API
// tokens, and the policy table around every command and query.
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
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
)

// Role is what a person may do in general; see policy.go.
type Role string

// The roles.
const (
	Administrator      Role = "administrator"
	Manager            Role = "manager"
	EmployeeRole       Role = "employee"
	ComplianceReviewer Role = "compliance_reviewer"
)

// Principal is who asks.
type Principal struct {
	Employee domain.EmployeeID
	// OnBehalfOf is the absent colleague whom the employee stands in for in this request.
	OnBehalfOf domain.EmployeeID
	Login      string
	Roles      []Role
	Source     domain.Source
	// Credential names the session or token, for the list of devices and for signing out.
	Credential   string
	ClientIPHash string
}

// Has reports whether the person has one of the roles.
func (p Principal) Has(roles ...Role) bool {
	return slices.ContainsFunc(p.Roles, func(have Role) bool { return slices.Contains(roles, have) })
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

// Directory is what the log knows about employees.
type Directory interface {
	// Roles are the roles of an active employee; none for one who left or does not exist.
	Roles(ctx context.Context, id domain.EmployeeID) ([]Role, error)
	// StandsInFor reports whether the absent employee named the actor as substitute for this moment.
	StandsInFor(ctx context.Context, actor, absent domain.EmployeeID, now time.Time) (bool, error)
}

// Service keeps accounts, sessions and tokens.
type Service struct {
	db        *pgxpool.Pool
	directory Directory
	now       func() time.Time
	hashing   chan struct{} // a place per password hash in progress: each takes 19 MiB
	ipKey     []byte
	roles     rolesCache
}

// New returns the service on an opened database.
func New(db *pgxpool.Pool, directory Directory, now func() time.Time) *Service {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		panic(err)
	}
	return &Service{db: db, directory: directory, now: now, hashing: make(chan struct{}, 2), ipKey: key,
		roles: rolesCache{known: map[domain.EmployeeID]knownRoles{}}}
}

// Refusals of sign-in.
var (
	ErrWrongCredentials = domain.Refuse("unauthenticated", "the login or the password is wrong")
	ErrNotSignedIn      = domain.Refuse("unauthenticated", "sign in first")
	ErrLoginTaken       = domain.Refuse("already_exists", "this login is taken")
	ErrPasswordTooWeak  = domain.Refuse(domain.CodeInvalid, "the password must have 12 to 128 characters")
)

// Lifetimes of a session.
const (
	sessionIdle     = 30 * time.Minute
	sessionAbsolute = 12 * time.Hour
	touchEvery      = time.Minute
)

// CreateAccount gives an employee a login. The login is compared without case.
func (s *Service) CreateAccount(ctx context.Context, employee domain.EmployeeID, login, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, `insert into identity.account (login, employee_id, password_hash, created_at, updated_at) values ($1, $2, $3, $4, $4)`,
		normal(login), employee.UUID(), hash, s.now().UTC())
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "23505" {
		return ErrLoginTaken
	}
	return err
}

// SetPassword changes the password and ends all sessions of the account.
func (s *Service) SetPassword(ctx context.Context, login, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update identity.account set password_hash = $2, updated_at = $3 where login = $1`, normal(login), hash, s.now().UTC())
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return domain.ErrNotFound
		}
		_, err = tx.Exec(ctx, `delete from identity.session where login = $1`, normal(login))
		return err
	})
}

// ChangePassword changes the password of who knows the present one, and ends all sessions of the account.
func (s *Service) ChangePassword(ctx context.Context, login, old, password string) error {
	var hash string
	if err := s.db.QueryRow(ctx, `select password_hash from identity.account where login = $1`, normal(login)).Scan(&hash); err != nil {
		return err
	}
	right, err := s.verify(ctx, hash, old)
	if err != nil {
		return err
	}
	if !right {
		var v domain.Invalid
		v.Add("old_password", "wrong", "is not the present password")
		return v.Err()
	}
	return s.SetPassword(ctx, login, password)
}

// HasAccounts reports whether anybody can sign in.
func (s *Service) HasAccounts(ctx context.Context) (bool, error) {
	var some bool
	err := s.db.QueryRow(ctx, `select exists (select 1 from identity.account)`).Scan(&some)
	return some, err
}

// Account names a login and its employee.
type Account struct {
	Login    string
	Employee domain.EmployeeID
}

// AccountNamed finds an account by login; domain.ErrNotFound where there is none.
func (s *Service) AccountNamed(ctx context.Context, login string) (Account, error) {
	var employee uuid.UUID
	err := s.db.QueryRow(ctx, `select employee_id from identity.account where login = $1`, normal(login)).Scan(&employee)
	if errors.Is(err, pgx.ErrNoRows) {
		return Account{}, domain.ErrNotFound
	}
	return Account{Login: normal(login), Employee: domain.EmployeeID(employee)}, err
}

// SignedIn is a fresh session. Token is the cookie's value, shown once.
type SignedIn struct {
	Token    string
	Employee domain.EmployeeID
	Expires  time.Time
	// Previous is when the person signed in before; zero the first time.
	Previous time.Time
}

// SignIn checks the password and opens a session. An unknown login costs as much time as a wrong password.
func (s *Service) SignIn(ctx context.Context, login, password, userAgent string) (SignedIn, error) {
	var (
		employee uuid.UUID
		hash     string
		previous *time.Time
	)
	err := s.db.QueryRow(ctx, `select employee_id, password_hash, last_sign_in from identity.account where login = $1 and not disabled`,
		normal(login)).Scan(&employee, &hash, &previous)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		hash = decoyHash
	case err != nil:
		return SignedIn{}, err
	}
	right, err := s.verify(ctx, hash, password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right || employee == uuid.Nil {
		return SignedIn{}, ErrWrongCredentials
	}
	roles, err := s.directory.Roles(ctx, domain.EmployeeID(employee))
	if err != nil {
		return SignedIn{}, err
	}
	if len(roles) == 0 {
		return SignedIn{}, ErrWrongCredentials
	}
	return s.open(ctx, normal(login), employee, userAgent, previous)
}

func (s *Service) open(ctx context.Context, login string, employee uuid.UUID, userAgent string, previous *time.Time) (SignedIn, error) {
	now := s.now().UTC()
	token := secret()
	session := SignedIn{Token: token, Employee: domain.EmployeeID(employee), Expires: now.Add(sessionAbsolute)}
	if previous != nil {
		session.Previous = *previous
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from identity.session where expires_at < $1 or last_seen < $2`, now, now.Add(-sessionIdle)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update identity.account set last_sign_in = $2 where login = $1`, login, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into identity.session (token_hash, login, employee_id, created_at, last_seen, expires_at, user_agent)
			values ($1, $2, $3, $4, $4, $5, $6)`, digest(token), login, employee, now, session.Expires, clip(userAgent, 300))
		return err
	})
	return session, err
}

// SignOut ends the session; an unknown one is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	_, err := s.db.Exec(ctx, `delete from identity.session where token_hash = $1`, digest(token))
	return err
}

// FromSession is who holds the session's token; ErrNotSignedIn when it is unknown or has ended.
func (s *Service) FromSession(ctx context.Context, token string) (Principal, error) {
	now := s.now().UTC()
	var (
		p        Principal
		employee uuid.UUID
		seen     time.Time
	)
	err := s.db.QueryRow(ctx, `select employee_id, login, last_seen from identity.session
		where token_hash = $1 and expires_at > $2 and last_seen > $3`, digest(token), now, now.Add(-sessionIdle)).Scan(&employee, &p.Login, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrNotSignedIn
	}
	if err != nil {
		return p, err
	}
	if now.Sub(seen) > touchEvery {
		if _, err := s.db.Exec(ctx, `update identity.session set last_seen = $2 where token_hash = $1`, digest(token), now); err != nil {
			return p, err
		}
	}
	p.Employee, p.Source, p.Credential = domain.EmployeeID(employee), domain.SourceUI, hex.EncodeToString(digest(token)[:8])
	return s.withRoles(ctx, p)
}

// TokenInfo describes an API token; the secret itself is not kept.
type TokenInfo struct {
	ID       uuid.UUID  `json:"id" format:"uuid" doc:"The token's id"`
	Name     string     `json:"name" doc:"What it is for"`
	Created  time.Time  `json:"created_at" doc:"When it was made"`
	Expires  time.Time  `json:"expires_at" doc:"When it ends"`
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"When it was last used, to the minute"`
}

const tokenPrefix = "letopis_"

// CreateToken makes an API token with its owner's rights; the text is shown once.
func (s *Service) CreateToken(ctx context.Context, owner Principal, name string, lifetime time.Duration) (string, TokenInfo, error) {
	if lifetime <= 0 || lifetime > 366*24*time.Hour {
		var v domain.Invalid
		v.Add("expires_in_days", "range", "a token lives between 1 and 366 days")
		return "", TokenInfo{}, v.Err()
	}
	now := s.now().UTC()
	info := TokenInfo{ID: uuid.Must(uuid.NewV7()), Name: name, Created: now, Expires: now.Add(lifetime)}
	text := tokenPrefix + secret()
	_, err := s.db.Exec(ctx, `insert into identity.token (id, token_hash, login, employee_id, name, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		info.ID, digest(text), owner.Login, owner.Employee.UUID(), name, now, info.Expires)
	return text, info, err
}

// Tokens lists an employee's tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, owner domain.EmployeeID) ([]TokenInfo, error) {
	rows, err := s.db.Query(ctx, `select id, name, created_at, expires_at, last_used from identity.token where employee_id = $1 order by created_at desc`, owner.UUID())
	if err != nil {
		return nil, err
	}
	tokens, err := pgx.CollectRows(rows, pgx.RowToStructByPos[TokenInfo])
	if tokens == nil {
		tokens = []TokenInfo{}
	}
	return tokens, err
}

// RevokeToken ends one of the owner's tokens.
func (s *Service) RevokeToken(ctx context.Context, owner domain.EmployeeID, id uuid.UUID) error {
	done, err := s.db.Exec(ctx, `delete from identity.token where id = $1 and employee_id = $2`, id, owner.UUID())
	if err == nil && done.RowsAffected() == 0 {
		return domain.ErrNotFound
	}
	return err
}

// FromToken is who holds the API token; ErrNotSignedIn when it is unknown or has ended.
func (s *Service) FromToken(ctx context.Context, text string) (Principal, error) {
	now := s.now().UTC()
	var (
		p        Principal
		employee uuid.UUID
		id       uuid.UUID
		used     *time.Time
	)
	err := s.db.QueryRow(ctx, `select id, employee_id, login, last_used from identity.token where token_hash = $1 and expires_at > $2`,
		digest(text), now).Scan(&id, &employee, &p.Login, &used)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, ErrNotSignedIn
	}
	if err != nil {
		return p, err
	}
	if used == nil || now.Sub(*used) > touchEvery {
		if _, err := s.db.Exec(ctx, `update identity.token set last_used = $2 where id = $1`, id, now); err != nil {
			return p, err
		}
	}
	p.Employee, p.Source, p.Credential = domain.EmployeeID(employee), domain.SourceAPI, id.String()
	return s.withRoles(ctx, p)
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

// rolesFor is how long the roles of an employee are believed: a revoked role works no longer than this.
const rolesFor = 3 * time.Second

type rolesCache struct {
	sync.Mutex
	known map[domain.EmployeeID]knownRoles
}

type knownRoles struct {
	roles []Role
	until time.Time
}

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
		known = knownRoles{roles: roles, until: now.Add(rolesFor)}
		s.roles.Lock()
		s.roles.known[p.Employee] = known
		s.roles.Unlock()
	}
	if len(known.roles) == 0 {
		return p, ErrNotSignedIn
	}
	p.Roles = known.roles
	return p, nil
}

// HashIP is the keyed digest of a client's address for metadata; the key lives as long as the process.
func (s *Service) HashIP(address string) string {
	mac := hmac.New(sha256.New, s.ipKey)
	mac.Write([]byte(address))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

func normal(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func secret() string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(fmt.Sprintf("identity: no randomness: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// clip keeps the beginning of what a client says of itself, in a form that the database takes.
func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(n, len(s))], "") }
