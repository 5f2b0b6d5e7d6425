package identity

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// ErrSetUpToken refuses to make a first administrator: the token is wrong, too old or used, or somebody can sign in already.
var ErrSetUpToken = domain.Refuse("setup.token", "the set-up token is wrong, too old or used; restart the server for a new one")

// setUpWithin is how long a set-up token works.
const setUpWithin = 24 * time.Hour

// NewSetUpToken makes the right to create the first administrator. Each of several processes that start at once shows
// its own; the first that is used ends them all.
func (s *Service) NewSetUpToken(ctx context.Context) (string, error) {
	token, now := secret(), s.now().UTC()
	_, err := s.db.Exec(ctx, `insert into identity.setup (token_hash, created_at, expires_at) values ($1, $2, $3)`, digest(token), now, now.Add(setUpWithin))
	return token, err
}

// SetUp makes the first account, of the employee that hire returns. The token is taken before anybody is hired, so that it
// works once; where hiring is refused it is given back.
func (s *Service) SetUp(ctx context.Context, token, login, password string, from Client, hire func(context.Context) (domain.EmployeeID, error)) error {
	if err := checkPassword("password", password); err != nil {
		return err
	}
	claimed, err := s.claimSetUp(ctx, token)
	if err != nil {
		return err
	}
	if err := s.firstAccount(ctx, login, password, from, hire); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, giveBack := s.db.Exec(ctx, `update identity.setup set used_at = null where used_at = $1`, claimed); giveBack != nil {
			return giveBack
		}
		return err
	}
	return nil
}

func (s *Service) claimSetUp(ctx context.Context, token string) (time.Time, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	done, err := s.db.Exec(ctx, `update identity.setup set used_at = $2 where used_at is null and not exists (select 1 from identity.account)
		and exists (select 1 from identity.setup where token_hash = $1 and used_at is null and expires_at > $2)`, digest(token), now)
	if err == nil && done.RowsAffected() == 0 {
		err = ErrSetUpToken
	}
	return now, err
}

func (s *Service) firstAccount(ctx context.Context, login, password string, from Client, hire func(context.Context) (domain.EmployeeID, error)) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	employee, err := hire(ctx)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := insertAccount(ctx, tx, s, employee, login, hash); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from identity.setup`); err != nil {
			return err
		}
		return s.record(ctx, tx, entry{kind: didSetUp, login: normal(login), employee: employee.UUID(), by: employee.UUID(), from: from})
	})
}
