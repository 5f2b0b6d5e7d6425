package identity

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// TokenInfo describes an API token; the secret itself is not kept.
type TokenInfo struct {
	ID       uuid.UUID  `json:"id" format:"uuid" doc:"The token's id"`
	Name     string     `json:"name" doc:"What it is for"`
	Created  time.Time  `json:"created_at" doc:"When it was made"`
	Expires  time.Time  `json:"expires_at" doc:"When it ends"`
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"When it was last used, to the minute"`
	Scopes   []string   `json:"scopes,omitempty" doc:"What it is for: read, write, or ids of operations; absent for a token from before there were scopes, which may whatever its owner may"`
}

// The scopes that stand for many operations.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// longestToken is the longest life of a token: a year, whichever.
const longestToken = 366 * 24 * time.Hour

// NewToken is what a token is asked for.
type NewToken struct {
	Name     string
	Lifetime time.Duration
	// Scopes are read, write, or ids of operations; whether those exist is the caller's to check.
	Scopes []string
}

// tokenPrefix makes a token that was lost in public easy to find for programs that look for such things; the checksum at
// its end tells them that it is one.
const tokenPrefix = "letopis_"

// tokenText is letopis_<id>_<secret>_<crc32>.
func tokenText(id uuid.UUID) string {
	body := tokenPrefix + fmt.Sprintf("%x", id[:]) + "_" + base62(random(32))
	return body + "_" + checksum(body)
}

func checksum(body string) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body))) }

func base62(b []byte) string {
	text := new(big.Int).SetBytes(b).Text(62)
	return strings.Repeat("0", 43-len(text)) + text
}

// olderToken is the length of a token from before the checksum.
const olderToken = len(tokenPrefix) + 43

// wellFormed tells a token from a typing error or a guess without asking the database.
func wellFormed(text string) bool {
	if !strings.HasPrefix(text, tokenPrefix) {
		return false
	}
	if len(text) == olderToken {
		return true
	}
	end := strings.LastIndexByte(text, '_')
	return text[end+1:] == checksum(text[:end])
}

// CreateToken makes an API token; its text is shown once. Whatever its scopes, it can never do what its owner may not
// do at that moment: roles are looked up with every use.
func (s *Service) CreateToken(ctx context.Context, owner Principal, t NewToken) (string, TokenInfo, error) {
	if err := checkToken(t); err != nil {
		return "", TokenInfo{}, err
	}
	now := s.now().UTC()
	scopes := slices.Compact(slices.Sorted(slices.Values(t.Scopes)))
	info := TokenInfo{ID: uuid.Must(uuid.NewV7()), Name: t.Name, Created: now, Expires: now.Add(t.Lifetime), Scopes: scopes}
	text := tokenText(info.ID)
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into identity.token (id, token_hash, login, employee_id, name, created_at, expires_at, scopes) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			info.ID, digest(text), owner.Login, owner.Employee.UUID(), t.Name, now, info.Expires, scopes); err != nil {
			return err
		}
		return s.record(ctx, tx, own(didCreateToken, owner, t.Name+": "+strings.Join(scopes, " ")))
	})
	return text, info, err
}

func checkToken(t NewToken) error {
	var v domain.Invalid
	v.Check(t.Lifetime > 0 && t.Lifetime <= longestToken, "expires_in_days", "range", "a token lives between 1 and 366 days")
	v.Check(len(t.Scopes) > 0, "scopes", "required", "a token is for something")
	for i, scope := range t.Scopes {
		v.Check(!onlyBySession[scope], fmt.Sprintf("scopes[%d]", i), "unknown", "is an operation that no token can be for")
	}
	return v.Err()
}

// Tokens lists an employee's tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, owner domain.EmployeeID) ([]TokenInfo, error) {
	rows, err := s.db.Query(ctx, `select id, name, created_at, expires_at, last_used, scopes from identity.token where employee_id = $1 order by created_at desc`, owner.UUID())
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
func (s *Service) RevokeToken(ctx context.Context, owner Principal, id uuid.UUID) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var name string
		err := tx.QueryRow(ctx, `delete from identity.token where id = $1 and employee_id = $2 returning name`, id, owner.Employee.UUID()).Scan(&name)
		if errors.Is(err, pgx.ErrNoRows) {
			return domain.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, own(didRevokeToken, owner, name))
	})
}

// FromToken is who holds the API token; ErrNotSignedIn when it is unknown or has ended.
func (s *Service) FromToken(ctx context.Context, text string, from Client) (Principal, error) {
	p := Principal{Source: domain.SourceAPI, Client: from}
	if !wellFormed(text) {
		return p, ErrNotSignedIn
	}
	now := s.now().UTC()
	var (
		employee uuid.UUID
		id       uuid.UUID
		used     *time.Time
	)
	err := s.db.QueryRow(ctx, `select t.id, t.employee_id, t.login, t.last_used, t.scopes from identity.token t join identity.account a on a.login = t.login
		where t.token_hash = $1 and t.expires_at > $2 and not a.disabled`, digest(text), now).Scan(&id, &employee, &p.Login, &used, &p.Scopes)
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
	p.Employee, p.Credential = domain.EmployeeID(employee), id.String()
	return s.withRoles(ctx, p)
}
