package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// Refusals of sign-in.
var (
	ErrWrongCredentials = domain.Refuse("unauthenticated", "the login or the password is wrong")
	ErrNotSignedIn      = domain.Refuse("unauthenticated", "sign in first")
)

const (
	touchEvery = time.Minute
	// formerFor is how long the secret of a renewed session is still taken: requests are under way with it.
	formerFor = 30 * time.Second
	// codeWithin is how long a session waits for the code of the second factor.
	codeWithin = 10 * time.Minute
)

// SignedIn is a fresh session. Token is the cookie's value, shown once.
type SignedIn struct {
	Token    string
	Employee domain.EmployeeID
	Expires  time.Time
	// Previous is when the person signed in before; zero the first time.
	Previous time.Time
}

// account is a row of identity.account.
type account struct {
	login     string
	employee  uuid.UUID
	hash      string
	previous  *time.Time
	hasFactor bool
}

func (s *Service) account(ctx context.Context, login string) (a account, err error) {
	a.login = normal(login)
	err = s.db.QueryRow(ctx, `select employee_id, password_hash, last_sign_in, totp_confirmed_at is not null from identity.account where login = $1 and not disabled`,
		a.login).Scan(&a.employee, &a.hash, &a.previous, &a.hasFactor)
	return a, err
}

// SignIn checks the password and opens a session. An unknown login costs as much time as a wrong password, and is
// answered and counted alike.
func (s *Service) SignIn(ctx context.Context, login, password string, from Client) (SignedIn, error) {
	a, err := s.account(ctx, login)
	unknown := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !unknown {
		return SignedIn{}, err
	}
	if unknown {
		a.hash = decoyHash
	}
	right, locked, err := s.guess(ctx, limits(ofPassword, login, from), func() (bool, error) { return s.fits(ctx, a, unknown, password) })
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		failed := entry{kind: didFail, employee: a.employee, from: from}
		if !unknown {
			failed.login = a.login
		}
		if err := s.recordFailure(ctx, failed, locked); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, ErrWrongCredentials
	}
	if err := s.rehash(ctx, a, password); err != nil {
		return SignedIn{}, err
	}
	return s.open(ctx, a, from, "password")
}

func (s *Service) fits(ctx context.Context, a account, unknown bool, password string) (bool, error) {
	right, err := s.verify(ctx, a.hash, password)
	if err != nil || !right || unknown {
		return false, err
	}
	roles, err := s.directory.Roles(ctx, domain.EmployeeID(a.employee))
	return len(roles) > 0, err
}

// rehash brings the hash to today's costs, now that the password is at hand.
func (s *Service) rehash(ctx context.Context, a account, password string) error {
	if !outdated(a.hash) {
		return nil
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, `update identity.account set password_hash = $2 where login = $1 and password_hash = $3`, a.login, hash, a.hash)
	return err
}

// open makes a session; where the account has a second factor, one that lacks the code and does not wait long for it.
func (s *Service) open(ctx context.Context, a account, from Client, way string) (SignedIn, error) {
	roles, err := s.directory.Roles(ctx, domain.EmployeeID(a.employee))
	if err != nil {
		return SignedIn{}, err
	}
	now := s.now().UTC()
	session := SignedIn{Token: secret(), Employee: domain.EmployeeID(a.employee), Expires: now.Add(s.settings.Absolute)}
	if a.hasFactor {
		session.Expires = now.Add(codeWithin)
	}
	if a.previous != nil {
		session.Previous = *a.previous
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.sweep(ctx, tx, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update identity.account set last_sign_in = $2 where login = $1`, a.login, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into identity.session (token_hash, login, employee_id, created_at, last_seen, expires_at, user_agent, roles)
			values ($1, $2, $3, $4, $4, $5, $6, $7)`, digest(session.Token), a.login, a.employee, now, session.Expires, clip(from.UserAgent, 300), joined(roles)); err != nil {
			return err
		}
		return s.record(ctx, tx, entry{kind: didSignIn, login: a.login, employee: a.employee, by: a.employee, from: from, detail: way})
	})
	return session, err
}

// sweep removes what has run out. It runs with every sign-in: those are rare beside everything else.
func (s *Service) sweep(ctx context.Context, tx pgx.Tx, now time.Time) error {
	for _, old := range []struct {
		sql   string
		until time.Time
	}{
		{`delete from identity.session where expires_at < $1`, now},
		{`delete from identity.session where last_seen < $1`, now.Add(-s.settings.Idle)},
		{`delete from identity.throttle where last_at < $1 and blocked_until < $1`, now.Add(-24 * time.Hour)},
		{`delete from identity.external_attempt where expires_at < $1`, now},
		{`delete from identity.journal where at < $1`, now.Add(-keptFor)},
	} {
		if _, err := tx.Exec(ctx, old.sql, old.until); err != nil {
			return err
		}
	}
	return nil
}

// SignOut ends the session; an unknown one is no error.
func (s *Service) SignOut(ctx context.Context, token string, from Client) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		e := entry{kind: didSignOut, from: from}
		err := tx.QueryRow(ctx, `delete from identity.session where token_hash = $1 or (former_hash = $1 and former_until > $2) returning login, employee_id`,
			digest(token), s.now().UTC()).Scan(&e.login, &e.employee)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		e.by = e.employee
		return s.record(ctx, tx, e)
	})
}

// session is a row of identity.session with what it needs of its account.
type session struct {
	id                uuid.UUID
	employee          uuid.UUID
	login             string
	created, seen     time.Time
	expires           time.Time
	roles             *string
	current           bool // found by its present secret, not the former one
	hasFactor, passed bool
}

func (s *Service) session(ctx context.Context, token string) (session, error) {
	now := s.now().UTC()
	var f session
	err := s.db.QueryRow(ctx, `select s.id, s.employee_id, s.login, s.created_at, s.last_seen, s.expires_at, s.roles, s.token_hash = $1,
			a.totp_confirmed_at is not null, s.second_factor_at is not null
		from identity.session s join identity.account a on a.login = s.login
		where (s.token_hash = $1 or (s.former_hash = $1 and s.former_until > $2)) and s.expires_at > $2 and s.last_seen > $3 and not a.disabled`,
		digest(token), now, now.Add(-s.settings.Idle)).
		Scan(&f.id, &f.employee, &f.login, &f.created, &f.seen, &f.expires, &f.roles, &f.current, &f.hasFactor, &f.passed)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, ErrNotSignedIn
	}
	return f, err
}

// FromSession is who holds the session's token; ErrNotSignedIn when it is unknown or has ended. When the person's roles
// have changed the session gets a new secret, Principal.Renewed: what was seen of it before is worth nothing now.
func (s *Service) FromSession(ctx context.Context, token string, from Client) (Principal, error) {
	f, err := s.session(ctx, token)
	if err != nil {
		return Principal{}, err
	}
	now := s.now().UTC()
	if now.Sub(f.seen) > touchEvery {
		if _, err := s.db.Exec(ctx, `update identity.session set last_seen = $2 where id = $1`, f.id, now); err != nil {
			return Principal{}, err
		}
	}
	p, err := s.withRoles(ctx, Principal{Employee: domain.EmployeeID(f.employee), Login: f.login, Source: domain.SourceUI, Credential: f.id.String(),
		Client: from, Expires: f.expires})
	if err != nil {
		return p, err
	}
	p.Pending = s.pending(f, p)
	if f.current && (f.roles == nil || *f.roles != joined(p.Roles)) {
		p.Renewed, err = s.renew(ctx, f.id, token, joined(p.Roles))
	}
	return p, err
}

// renew gives the session a new secret; the empty text when another request was quicker.
func (s *Service) renew(ctx context.Context, id uuid.UUID, token, roles string) (string, error) {
	fresh := secret()
	done, err := s.db.Exec(ctx, `update identity.session set token_hash = $3, former_hash = token_hash, former_until = $4, roles = $5 where id = $1 and token_hash = $2`,
		id, digest(token), digest(fresh), s.now().UTC().Add(formerFor), roles)
	if err != nil || done.RowsAffected() == 0 {
		return "", err
	}
	return fresh, nil
}

func joined(roles []domain.Role) string {
	sorted := make([]string, len(roles))
	for i, r := range roles {
		sorted[i] = string(r)
	}
	slices.Sort(sorted)
	return strings.Join(sorted, " ")
}

// SessionInfo describes a session: the device that somebody is signed in with.
type SessionInfo struct {
	ID       uuid.UUID `json:"id" format:"uuid" doc:"The session"`
	Device   string    `json:"device" doc:"Browser and system, as far as they say"`
	Created  time.Time `json:"created_at" doc:"When the person signed in"`
	LastSeen time.Time `json:"last_seen_at" doc:"When it was last used, to the minute"`
	Expires  time.Time `json:"expires_at" doc:"When it ends at the latest"`
	Current  bool      `json:"current" doc:"The one that asks"`
}

// Sessions lists the living sessions of who asks, the last used first.
func (s *Service) Sessions(ctx context.Context, p Principal) ([]SessionInfo, error) {
	now := s.now().UTC()
	rows, err := s.db.Query(ctx, `select id, user_agent, created_at, last_seen, expires_at, id::text = $4 from identity.session
		where employee_id = $1 and expires_at > $2 and last_seen > $3 order by last_seen desc, id`, p.Employee.UUID(), now, now.Add(-s.settings.Idle), p.Credential)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SessionInfo])
	for i := range found {
		found[i].Device = device(found[i].Device)
	}
	if found == nil {
		found = []SessionInfo{}
	}
	return found, err
}

// EndSession ends one of the sessions of who asks.
func (s *Service) EndSession(ctx context.Context, p Principal, id uuid.UUID) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `delete from identity.session where id = $1 and employee_id = $2`, id, p.Employee.UUID())
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return domain.ErrNotFound
		}
		return s.record(ctx, tx, own(didSignOut, p, ""))
	})
}

// EndSessions ends all sessions of who asks, this one too.
func (s *Service) EndSessions(ctx context.Context, p Principal) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from identity.session where employee_id = $1`, p.Employee.UUID()); err != nil {
			return err
		}
		return s.record(ctx, tx, own(didEndSessions, p, ""))
	})
}

// Browsers and systems by what a user agent says; the first that fits, since most name others too.
var (
	browsers = [][2]string{{"YaBrowser/", "Yandex"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// device is a user agent short enough to be read: "Firefox, Windows"; of a program its name.
func device(userAgent string) string {
	named := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(userAgent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	browser, system := named(browsers), named(systems)
	switch {
	case browser != "" && system != "":
		return browser + ", " + system
	case browser+system != "":
		return browser + system
	}
	program, _, _ := strings.Cut(userAgent, " ")
	return clip(program, 40)
}
