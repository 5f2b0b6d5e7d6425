package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/letopis-crm/letopis/domain"
)

// The kinds of entries of the journal.
const (
	didSignIn             = "signed_in"
	didFail               = "sign_in_failed"
	didLock               = "account_locked"
	didUnlock             = "account_unlocked"
	didSignOut            = "signed_out"
	didEndSessions        = "sessions_ended"
	didEndAccess          = "access_ended"
	didCreateAccount      = "account_created"
	didChangePassword     = "password_changed"
	didResetPassword      = "password_reset"
	didTurnOnFactor       = "second_factor_on"
	didTurnOffFactor      = "second_factor_off"
	didResetFactor        = "second_factor_reset"
	didPassFactor         = "second_factor_passed"
	didFailFactor         = "second_factor_failed"
	didSpendRecovery      = "recovery_code_used"
	didCreateToken        = "token_created"
	didRevokeToken        = "token_revoked"
	didSetUp              = "set_up"
	didLinkExternalLogin  = "external_login_linked"
	didFailExternalSignIn = "external_sign_in_failed"
)

// keptFor is how long the journal remembers.
const keptFor = 3 * 366 * 24 * time.Hour

// entry is a line of the journal. login and employee are whom it concerns; by is who did it to them, if somebody else.
type entry struct {
	kind     string
	login    string
	employee uuid.UUID
	by       uuid.UUID
	from     Client
	detail   string
}

// own is an entry about what the principal did with what is theirs.
func own(kind string, p Principal, detail string) entry {
	return entry{kind: kind, login: p.Login, employee: p.Employee.UUID(), by: p.Employee.UUID(), from: p.Client, detail: detail}
}

// by is an entry about what who asks did to an account.
func by(ctx context.Context, kind string, login string, employee uuid.UUID) entry {
	p, _ := FromContext(ctx)
	return entry{kind: kind, login: login, employee: employee, by: p.Employee.UUID(), from: p.Client}
}

// writer is a pool or a transaction: an entry is written with what it tells.
type writer interface {
	Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
}

func (s *Service) record(ctx context.Context, w writer, e entry) error {
	_, err := w.Exec(ctx, `insert into identity.journal (at, kind, login, employee_id, by_id, address, device, detail) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.now().UTC(), e.kind, e.login, orNull(e.employee), orNull(e.by), clip(e.from.Address, 100), device(e.from.UserAgent), clip(e.detail, 300))
	return err
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// JournalEntry is what happened with somebody's sign-in.
type JournalEntry struct {
	ID       int64      `json:"id" doc:"Number; ask for what is older with before"`
	At       time.Time  `json:"at" doc:"When"`
	Kind     string     `json:"kind" doc:"What happened, such as signed_in"`
	Login    string     `json:"login,omitempty" doc:"The account; absent where a login was given that nobody has"`
	Employee *uuid.UUID `json:"employee_id,omitempty" format:"uuid" doc:"Whose account it is"`
	By       *uuid.UUID `json:"by_id,omitempty" format:"uuid" doc:"Who did it"`
	Address  string     `json:"address,omitempty" doc:"Where from"`
	Device   string     `json:"device,omitempty" doc:"With what"`
	Detail   string     `json:"detail,omitempty" doc:"Such as the name of the token"`
}

// JournalFilter asks for entries, the newest first.
type JournalFilter struct {
	Employee uuid.UUID `query:"employee_id" format:"uuid" doc:"About this employee's account"`
	Kind     string    `query:"kind" maxLength:"50" doc:"Of this kind"`
	Before   int64     `query:"before" minimum:"0" doc:"Older than this number"`
	Limit    int       `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"At most so many"`
}

// Journal lists what happened with sign-ins.
func (s *Service) Journal(ctx context.Context, f JournalFilter) ([]JournalEntry, error) {
	rows, err := s.db.Query(ctx, `select id, at, kind, login, employee_id, by_id, address, device, detail from identity.journal
		where ($1::uuid is null or employee_id = $1) and ($2 = '' or kind = $2) and ($3::bigint = 0 or id < $3) order by id desc limit $4`,
		orNull(f.Employee), f.Kind, f.Before, f.Limit)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[JournalEntry])
	if found == nil {
		found = []JournalEntry{}
	}
	return found, err
}

// EndAccess ends all sessions and tokens of somebody who has left.
func (s *Service) EndAccess(ctx context.Context, employee domain.EmployeeID) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		sessions, err := tx.Exec(ctx, `delete from identity.session where employee_id = $1`, employee.UUID())
		if err != nil {
			return err
		}
		tokens, err := tx.Exec(ctx, `delete from identity.token where employee_id = $1`, employee.UUID())
		if err != nil || sessions.RowsAffected()+tokens.RowsAffected() == 0 {
			return err
		}
		var login string
		if err := tx.QueryRow(ctx, `select coalesce(min(login), '') from identity.account where employee_id = $1`, employee.UUID()).Scan(&login); err != nil {
			return err
		}
		return s.record(ctx, tx, by(ctx, didEndAccess, login, employee.UUID()))
	})
}
