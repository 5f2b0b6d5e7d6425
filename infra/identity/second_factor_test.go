package identity_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// app is somebody's authenticator app.
type app struct {
	t      *testing.T
	k      *kit
	secret string
}

func (a app) code() string {
	a.t.Helper()
	code, err := totp.GenerateCode(a.secret, a.k.clock)
	if err != nil {
		a.t.Fatal(err)
	}
	return code
}

// wrong is six digits that are no code of about now.
func (a app) wrong() string {
	a.t.Helper()
	code, err := totp.GenerateCode(a.secret, a.k.clock.Add(-time.Hour))
	if err != nil {
		a.t.Fatal(err)
	}
	return code
}

// enrol turns the second factor on in a session and returns the app and the recovery codes.
func (k *kit) enrol(t *testing.T, p identity.Principal) (app, []string) {
	t.Helper()
	e, err := k.BeginSecondFactor(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	uri, err := url.Parse(e.URI)
	if err != nil || uri.Scheme != "otpauth" || uri.Host != "totp" || uri.Query().Get("secret") != e.Secret || uri.Query().Get("issuer") != "Letopis" {
		t.Errorf("the URI is %s, %v", e.URI, err)
	}
	a := app{t, k, e.Secret}
	if _, err := k.ConfirmSecondFactor(t.Context(), p, a.wrong()); !errors.Is(err, identity.ErrWrongCode) {
		t.Errorf("confirmed with a wrong code: %v", err)
	}
	k.clock = k.clock.Add(30 * time.Second)
	codes, err := k.ConfirmSecondFactor(t.Context(), p, a.code())
	if err != nil || len(codes) != 10 {
		t.Fatalf("%v, %v", codes, err)
	}
	return a, codes
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	before, elsewhere := k.signIn(t), k.signIn(t)
	a, _ := k.enrol(t, k.whoIs(t, before))
	if p := k.whoIs(t, before); p.Pending != "" {
		t.Errorf("the session that set it up lacks %q", p.Pending)
	}
	if p := k.whoIs(t, elsewhere); p.Pending != identity.PendingCode {
		t.Errorf("a session elsewhere lacks %q", p.Pending)
	}

	used := a.code()
	half := k.signIn(t)
	p := k.whoIs(t, half)
	if p.Pending != identity.PendingCode {
		t.Fatalf("%+v", p)
	}
	for operation, want := range map[string]error{"list-counterparties": identity.ErrCodeNeeded, "begin-second-factor": identity.ErrCodeNeeded, "sign-out": nil, "who-am-i": nil} {
		if err := identity.Admit(p, operation, true); !errors.Is(err, want) {
			t.Errorf("%s before the code: %v, want %v", operation, err, want)
		}
		if err := k.Authorize(identity.WithPrincipal(t.Context(), p), operation); !errors.Is(err, want) {
			t.Errorf("%s before the code: %v, want %v", operation, err, want)
		}
	}
	if _, err := k.PassSecondFactor(t.Context(), p, half, used); !errors.Is(err, identity.ErrWrongCode) {
		t.Errorf("a code that was used: %v", err)
	}
	k.clock = k.clock.Add(30 * time.Second)
	if _, err := k.PassSecondFactor(t.Context(), p, half, used); !errors.Is(err, identity.ErrWrongCode) {
		t.Errorf("a code that was used, still within its time: %v", err)
	}
	k.clock = k.clock.Add(30 * time.Second)
	full, err := k.PassSecondFactor(t.Context(), p, half, a.code())
	if err != nil || full.Token == half {
		t.Fatalf("%+v, %v", full, err)
	}
	if p := k.whoIs(t, full.Token); p.Pending != "" {
		t.Errorf("%+v", p)
	}
	k.isOut(t, half, "the secret from before the code")
	if _, err := k.PassSecondFactor(t.Context(), k.whoIs(t, full.Token), full.Token, a.code()); !errors.Is(err, identity.ErrNothingToPass) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := k.BeginSecondFactor(t.Context(), p); !errors.Is(err, identity.ErrFactorOn) {
		t.Errorf("begun over the one that is there: %v", err)
	}
}

func TestASessionWaitsForTheCodeTenMinutes(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.enrol(t, k.whoIs(t, k.signIn(t)))
	half := k.signIn(t)
	k.clock = k.clock.Add(10 * time.Minute)
	k.isOut(t, half, "ten minutes without a code")
}

// Guesses at the code are limited, and signing in with the password again does not wipe them out.
func TestGuessingTheCodeIsSlow(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	a, _ := k.enrol(t, k.whoIs(t, k.signIn(t)))
	half := k.signIn(t)
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if _, err := k.PassSecondFactor(t.Context(), k.whoIs(t, half), half, a.wrong()); !errors.Is(err, identity.ErrWrongCode) {
			t.Fatal(err)
		}
		half = k.signIn(t)
		_, err := k.PassSecondFactor(t.Context(), k.whoIs(t, half), half, a.code())
		var limited *identity.Throttled
		if !errors.As(err, &limited) || limited.After != wait {
			t.Fatalf("%v, want a wait of %v", err, wait)
		}
		k.clock = k.clock.Add(wait)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, codes := k.enrol(t, k.whoIs(t, k.signIn(t)))
	half := k.signIn(t)
	full, err := k.PassSecondFactor(t.Context(), k.whoIs(t, half), half, codes[3])
	if err != nil {
		t.Fatal(err)
	}
	if state, err := k.SecondFactor(t.Context(), k.whoIs(t, full.Token)); err != nil || !state.On || state.Recovery != 9 {
		t.Errorf("%+v, %v", state, err)
	}
	half = k.signIn(t)
	if _, err := k.PassSecondFactor(t.Context(), k.whoIs(t, half), half, codes[3]); !errors.Is(err, identity.ErrWrongCode) {
		t.Errorf("a recovery code twice: %v", err)
	}
	var plain int
	if err := k.db.QueryRow(t.Context(), `select count(*) from identity.recovery_code c where strpos(c::text, $1) > 0`, codes[0]).Scan(&plain); err != nil || plain != 0 {
		t.Errorf("the code is stored: %d, %v", plain, err)
	}
}

func TestTurningTheSecondFactorOff(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	token := k.signIn(t)
	p := k.whoIs(t, token)
	k.enrol(t, p)
	if err := k.DisableSecondFactor(t.Context(), p, "не тот пароль!!"); !refusedField(err, "password", "wrong") {
		t.Errorf("%v", err)
	}
	k.clock = k.clock.Add(time.Second)
	if err := k.DisableSecondFactor(t.Context(), p, password); err != nil {
		t.Fatal(err)
	}
	if p := k.whoIs(t, k.signIn(t)); p.Pending != "" {
		t.Errorf("%+v", p)
	}
	if err := k.DisableSecondFactor(t.Context(), p, password); !errors.Is(err, identity.ErrFactorNotOn) {
		t.Errorf("%v", err)
	}
	k.enrol(t, p)
	if err := k.ResetSecondFactor(t.Context(), "ANNA"); err != nil {
		t.Fatal(err)
	}
	k.isOut(t, token, "after the administrator's reset")
	if p := k.whoIs(t, k.signIn(t)); p.Pending != "" {
		t.Errorf("%+v", p)
	}
	if err := k.ResetSecondFactor(t.Context(), "nobody"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// Where the operator demands it, who could undo what holds the others in check needs a second factor, and nobody else.
func TestOfWhomASecondFactorIsDemanded(t *testing.T) {
	t.Parallel()
	k := newKitWith(t, identity.Settings{RequireSecondFactor: true})
	token := k.signIn(t)
	needed := []domain.Role{domain.RoleAdministrator, domain.RoleComplianceReviewer, domain.RoleDataProtectionOfficer}
	for _, role := range domain.Roles {
		k.staff.set(k.anna, role)
		k.clock = k.clock.Add(5 * time.Second)
		p := k.whoIs(t, token)
		if p.Renewed != "" {
			token = p.Renewed
		}
		if demanded := p.Pending == identity.PendingEnrolment; demanded != slices.Contains(needed, role) {
			t.Errorf("%s: demanded %t", role, demanded)
		}
		state, err := k.SecondFactor(t.Context(), p)
		if err != nil || state.Required != slices.Contains(needed, role) {
			t.Errorf("%s: %+v, %v", role, state, err)
		}
	}
}

// Where the operator demands it, an administrator sets up a second factor before anything else; also who becomes one.
func TestASecondFactorCanBeDemanded(t *testing.T) {
	t.Parallel()
	k := newKitWith(t, identity.Settings{RequireSecondFactor: true})
	token := k.signIn(t)
	if p := k.whoIs(t, token); p.Pending != "" {
		t.Fatalf("an employee lacks %q", p.Pending)
	}
	k.staff.set(k.anna, domain.RoleEmployee, domain.RoleComplianceReviewer)
	k.clock = k.clock.Add(5 * time.Second)
	p := k.whoIs(t, token)
	token = p.Renewed
	if p.Pending != identity.PendingEnrolment || !errors.Is(identity.Admit(p, "list-counterparties", true), identity.ErrEnrolmentNeeded) {
		t.Fatalf("%+v", p)
	}
	k.enrol(t, p)
	p = k.whoIs(t, token)
	if p.Pending != "" {
		t.Errorf("%+v", p)
	}
	if err := k.DisableSecondFactor(t.Context(), p, password); !errors.Is(err, identity.ErrFactorNeeded) {
		t.Errorf("turned off: %v", err)
	}
}
