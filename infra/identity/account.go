package identity

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/letopis-crm/letopis/domain"
)

// ErrLoginTaken refuses a login that another account has.
var ErrLoginTaken = domain.Refuse("already_exists", "this login is taken")

// CreateAccount gives an employee a login. The login is compared without case.
func (s *Service) CreateAccount(ctx context.Context, employee domain.EmployeeID, login, password string) error {
	if err := checkPassword("password", password); err != nil {
		return err
	}
	return s.CreateDemoAccount(ctx, employee, login, password)
}

// CreateDemoAccount is CreateAccount with a password that may be known to everybody.
func (s *Service) CreateDemoAccount(ctx context.Context, employee domain.EmployeeID, login, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := insertAccount(ctx, tx, s, employee, login, hash); err != nil {
			return err
		}
		return s.record(ctx, tx, by(ctx, didCreateAccount, normal(login), employee.UUID()))
	})
}

func insertAccount(ctx context.Context, tx pgx.Tx, s *Service, employee domain.EmployeeID, login, hash string) error {
	_, err := tx.Exec(ctx, `insert into identity.account (login, employee_id, password_hash, created_at, updated_at) values ($1, $2, $3, $4, $4)`,
		normal(login), employee.UUID(), hash, s.now().UTC())
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "23505" {
		return ErrLoginTaken
	}
	return err
}

// SetPassword gives an account a new password and ends its sessions.
func (s *Service) SetPassword(ctx context.Context, login, password string) error {
	if err := checkPassword("password", password); err != nil {
		return err
	}
	account, err := s.AccountNamed(ctx, login)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, account, password, by(ctx, didResetPassword, account.Login, account.Employee.UUID()))
}

func (s *Service) setPassword(ctx context.Context, account Account, password string, note entry) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update identity.account set password_hash = $2, updated_at = $3 where login = $1`, account.Login, hash, s.now().UTC()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from identity.session where login = $1`, account.Login); err != nil {
			return err
		}
		return s.record(ctx, tx, note)
	})
}

// ChangePassword changes the password of who knows the present one, and ends all sessions of the account.
func (s *Service) ChangePassword(ctx context.Context, p Principal, old, password string) error {
	if err := checkPassword("new_password", password); err != nil {
		return err
	}
	if err := s.confirm(ctx, p, "old_password", old); err != nil {
		return err
	}
	return s.setPassword(ctx, Account{Login: p.Login, Employee: p.Employee}, password, own(didChangePassword, p, ""))
}

// confirm asks somebody who is signed in for the password again; a wrong one is told of the field. Guesses are limited as
// at sign-in: a stolen session is no way to the password.
func (s *Service) confirm(ctx context.Context, p Principal, field, password string) error {
	var hash string
	if err := s.db.QueryRow(ctx, `select password_hash from identity.account where login = $1`, p.Login).Scan(&hash); err != nil {
		return err
	}
	right, locked, err := s.guess(ctx, limits(ofPassword, p.Login, p.Client), func() (bool, error) { return s.verify(ctx, hash, password) })
	if err != nil {
		return err
	}
	if right {
		return nil
	}
	if err := s.recordFailure(ctx, own(didFail, p, field), locked); err != nil {
		return err
	}
	var v domain.Invalid
	v.Add(field, "wrong", "is not the present password")
	return v.Err()
}

func (s *Service) recordFailure(ctx context.Context, e entry, locked bool) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.record(ctx, s.db, e); err != nil || !locked {
		return err
	}
	e.kind = didLock
	return s.record(ctx, s.db, e)
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
