package identity

import (
	"context"
	"encoding/base32"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/letopis-crm/letopis/domain"
)

// Refusals of the second factor.
var (
	ErrWrongCode     = domain.Refuse("second_factor.wrong_code", "the code is wrong, or was used before")
	ErrFactorOn      = domain.Refuse("second_factor.on", "there is a second factor already; turn it off first")
	ErrFactorNotOn   = domain.Refuse("second_factor.not_on", "there is no second factor")
	ErrFactorNeeded  = domain.Refuse("second_factor.needed", "this role must have a second factor")
	ErrNothingToPass = domain.Refuse("second_factor.passed", "this session lacks no code")
)

// RFC 6238 with what every authenticator app does: SHA-1, six digits, thirty seconds, and a clock that may be one step off.
const (
	codeStep  = 30
	codeSkew  = 1
	codeLen   = 6
	appName   = "Letopis"
	spareKeys = 10
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// pending is what the session lacks. It is asked with every request: a second factor that is set up elsewhere, or a role
// that is granted, holds for the sessions that are there.
func (s *Service) pending(f session, p Principal) Pending {
	switch {
	case f.hasFactor && !f.passed:
		return PendingCode
	case !f.hasFactor && s.factorRequired(p):
		return PendingEnrolment
	}
	return ""
}

func (s *Service) factorRequired(p Principal) bool {
	return s.settings.RequireSecondFactor && p.Has(guardedRoles...)
}

// Enrolment is what an authenticator app needs, shown once.
type Enrolment struct {
	Secret string `json:"secret" doc:"The secret, to be typed into an authenticator app"`
	URI    string `json:"uri" doc:"The same as an otpauth URI, to be shown as a QR code"`
}

// BeginSecondFactor makes a secret. It counts for nothing until a code of it is given.
func (s *Service) BeginSecondFactor(ctx context.Context, p Principal) (Enrolment, error) {
	secret := base32Text.EncodeToString(random(20))
	done, err := s.db.Exec(ctx, `update identity.account set totp_secret = $2, totp_step = 0 where login = $1 and totp_confirmed_at is null`, p.Login, secret)
	if err != nil {
		return Enrolment{}, err
	}
	if done.RowsAffected() == 0 {
		return Enrolment{}, ErrFactorOn
	}
	query := url.Values{"secret": {secret}, "issuer": {appName}, "algorithm": {"SHA1"}, "digits": {strconv.Itoa(codeLen)}, "period": {strconv.Itoa(codeStep)}}
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + appName + ":" + p.Login, RawQuery: query.Encode()}
	return Enrolment{Secret: secret, URI: uri.String()}, nil
}

// ConfirmSecondFactor turns the second factor on with a first code and returns the recovery codes, shown once. The other
// sessions of the account have to give a code from now on.
func (s *Service) ConfirmSecondFactor(ctx context.Context, p Principal, code string) ([]string, error) {
	var secret *string
	if err := s.db.QueryRow(ctx, `select totp_secret from identity.account where login = $1 and totp_confirmed_at is null`, p.Login).Scan(&secret); err != nil || secret == nil {
		if err == nil || errors.Is(err, pgx.ErrNoRows) {
			err = ErrFactorNotOn
		}
		return nil, err
	}
	if err := s.tryCode(ctx, p, func() (bool, error) { return s.takeStep(ctx, p.Login, *secret, code) }); err != nil {
		return nil, err
	}
	spares := make([]string, spareKeys)
	for i := range spares {
		spares[i] = grouped(base32Text.EncodeToString(random(10)))
	}
	return spares, pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		now := s.now().UTC()
		done, err := tx.Exec(ctx, `update identity.account set totp_confirmed_at = $3 where login = $1 and totp_secret = $2 and totp_confirmed_at is null`, p.Login, *secret, now)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return ErrFactorOn
		}
		for _, spare := range spares {
			if _, err := tx.Exec(ctx, `insert into identity.recovery_code (login, code_hash) values ($1, $2)`, p.Login, spareDigest(p.Login, spare)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update identity.session set second_factor_at = $2 where id::text = $1`, p.Credential, now); err != nil {
			return err
		}
		return s.record(ctx, tx, own(didTurnOnFactor, p, ""))
	})
}

// PassSecondFactor takes a code, or a recovery code, for a session that waits for it, and opens it fully under a new secret.
func (s *Service) PassSecondFactor(ctx context.Context, p Principal, token, code string) (SignedIn, error) {
	if p.Pending != PendingCode {
		return SignedIn{}, ErrNothingToPass
	}
	var secret string
	if err := s.db.QueryRow(ctx, `select totp_secret from identity.account where login = $1 and totp_confirmed_at is not null`, p.Login).Scan(&secret); err != nil {
		return SignedIn{}, err
	}
	if err := s.tryCode(ctx, p, func() (bool, error) {
		if right, err := s.takeStep(ctx, p.Login, secret, code); right || err != nil {
			return right, err
		}
		return s.spendRecovery(ctx, p, code)
	}); err != nil {
		return SignedIn{}, err
	}
	return s.opened(ctx, p, token)
}

func (s *Service) opened(ctx context.Context, p Principal, token string) (SignedIn, error) {
	now := s.now().UTC()
	session := SignedIn{Token: secret(), Employee: p.Employee, Expires: now.Add(s.settings.Absolute)}
	return session, pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update identity.session set token_hash = $3, former_hash = null, former_until = null, second_factor_at = $4, last_seen = $4, expires_at = $5
			where id::text = $1 and token_hash = $2`, p.Credential, digest(token), digest(session.Token), now, session.Expires)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return ErrNotSignedIn
		}
		return s.record(ctx, tx, own(didPassFactor, p, ""))
	})
}

// tryCode limits guesses at codes. A right password does not wipe their failures out, so who has the password gains nothing.
func (s *Service) tryCode(ctx context.Context, p Principal, try func() (bool, error)) error {
	right, locked, err := s.guess(ctx, limits(ofCode, p.Login, p.Client), try)
	if err != nil || right {
		return err
	}
	if err := s.recordFailure(ctx, own(didFailFactor, p, ""), locked); err != nil {
		return err
	}
	return ErrWrongCode
}

// takeStep accepts a code of about now, of a later step than the last that was taken.
func (s *Service) takeStep(ctx context.Context, login, secret, code string) (bool, error) {
	code = strings.ReplaceAll(code, " ", "")
	if len(code) != codeLen || strings.Trim(code, "0123456789") != "" {
		return false, nil
	}
	now := s.now().Unix() / codeStep
	for step := now - codeSkew; step <= now+codeSkew; step++ {
		right, err := hotp.ValidateCustom(code, uint64(step), secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return false, err
		}
		if !right {
			continue
		}
		done, err := s.db.Exec(ctx, `update identity.account set totp_step = $2 where login = $1 and totp_step < $2 and totp_secret = $3`, login, step, secret)
		return err == nil && done.RowsAffected() == 1, err
	}
	return false, nil
}

func (s *Service) spendRecovery(ctx context.Context, p Principal, code string) (bool, error) {
	done, err := s.db.Exec(ctx, `delete from identity.recovery_code where login = $1 and code_hash = $2`, p.Login, spareDigest(p.Login, code))
	if err != nil || done.RowsAffected() == 0 {
		return false, err
	}
	return true, s.record(ctx, s.db, own(didSpendRecovery, p, ""))
}

// grouped writes a recovery code in groups of four.
func grouped(text string) string {
	var b strings.Builder
	for i, r := range strings.ToLower(text) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// spareDigest: 80 random bits need no slow hash; the login keeps equal codes of two people apart.
func spareDigest(login, code string) []byte {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	return digest(login + "\x00" + plain)
}

// SecondFactorState is how the second factor of an account stands.
type SecondFactorState struct {
	On       bool       `json:"on" doc:"A code is asked for at sign-in"`
	Since    *time.Time `json:"since,omitempty" doc:"Since when"`
	Required bool       `json:"required" doc:"The person's role must have one"`
	Recovery int        `json:"recovery_codes_left" doc:"How many recovery codes have not been used"`
}

// SecondFactor is how the second factor of who asks stands.
func (s *Service) SecondFactor(ctx context.Context, p Principal) (SecondFactorState, error) {
	state := SecondFactorState{Required: s.factorRequired(p)}
	err := s.db.QueryRow(ctx, `select a.totp_confirmed_at is not null, a.totp_confirmed_at, (select count(*) from identity.recovery_code c where c.login = a.login)
		from identity.account a where a.login = $1`, p.Login).Scan(&state.On, &state.Since, &state.Recovery)
	return state, err
}

// DisableSecondFactor turns it off for who gives the password.
func (s *Service) DisableSecondFactor(ctx context.Context, p Principal, password string) error {
	if s.factorRequired(p) {
		return ErrFactorNeeded
	}
	if err := s.confirm(ctx, p, "password", password); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		return s.removeFactor(ctx, tx, own(didTurnOffFactor, p, ""))
	})
}

// ResetSecondFactor takes the second factor of an account away, for somebody who has lost it, and ends the account's sessions.
func (s *Service) ResetSecondFactor(ctx context.Context, login string) error {
	account, err := s.AccountNamed(ctx, login)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.removeFactor(ctx, tx, by(ctx, didResetFactor, account.Login, account.Employee.UUID())); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from identity.session where login = $1`, account.Login)
		return err
	})
}

func (s *Service) removeFactor(ctx context.Context, tx pgx.Tx, e entry) error {
	var employee uuid.UUID
	err := tx.QueryRow(ctx, `update identity.account set totp_secret = null, totp_confirmed_at = null, totp_step = 0
		where login = $1 and totp_confirmed_at is not null returning employee_id`, e.login).Scan(&employee)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrFactorNotOn
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from identity.recovery_code where login = $1`, e.login); err != nil {
		return err
	}
	return s.record(ctx, tx, e)
}
