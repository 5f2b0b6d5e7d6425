package identity_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

func TestNewPasswords(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for given, code := range map[string]string{
		"short":                        "length",
		strings.Repeat("длинный ", 17): "length",
		"aaaaaaaaaaaaa":                "common",
		"abababababab":                 "common",
		"Password12345!":               "common",
		"P-a-s-s-w-o-r-d-2026":         "common",
		"qwertyuiop12":                 "common",
		"123456789012":                 "common",
		"Администратор1":               "common",
		"ПарольПароль":                 "common",
		"letopis-demo":                 "common",
		"correct horse battery":        "",
		"корова прыгнула выше":         "",
		"xK9#vq2LmT0p":                 "",
		strings.Repeat("долгий бег ", 11)[:120]: "",
	} {
		err := k.SetPassword(t.Context(), "anna", given)
		if code == "" && err != nil || code != "" && !refusedField(err, "password", code) {
			t.Errorf("%q: %v, want %q", given, err, code)
		}
	}
	if err := k.CreateDemoAccount(t.Context(), domain.NewID[domain.Employee](), "demo", "letopis-demo"); err != nil {
		t.Errorf("the demo company's password: %v", err)
	}
}

// A hash of former costs is replaced as soon as the password is at hand; one of absurd costs is not computed at all.
func TestAnOldHashIsReplaced(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	salt := []byte("0123456789abcdef")
	old := fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", 8*1024, 1, 1, base64.RawStdEncoding.EncodeToString(salt),
		base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 8*1024, 1, 32)))
	stored := func() (hash string) {
		if err := k.db.QueryRow(t.Context(), `select password_hash from identity.account where login = 'anna'`).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	store := func(hash string) {
		if _, err := k.db.Exec(t.Context(), `update identity.account set password_hash = $1 where login = 'anna'`, hash); err != nil {
			t.Fatal(err)
		}
	}
	store(old)
	if _, err := k.SignIn(t.Context(), "anna", "не тот пароль!!", here); !errors.Is(err, identity.ErrWrongCredentials) || stored() != old {
		t.Errorf("a wrong password: %v, %s", err, stored())
	}
	k.clock = k.clock.Add(time.Second)
	k.signIn(t)
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is still %s", stored())
	}
	k.signIn(t)
	store(strings.Replace(old, "m=8192", "m=4194304", 1))
	if _, err := k.SignIn(t.Context(), "anna", password, here); err == nil || errors.Is(err, identity.ErrWrongCredentials) {
		t.Errorf("a hash that takes 4 GiB: %v", err)
	}
}

// The quickest of some tries tells what the work is, whatever else the machine does. Not in parallel: the other tests hash
// passwords too.
func TestAnUnknownLoginTakesAsLong(t *testing.T) {
	k := newKit(t)
	quickest := map[string]time.Duration{"anna": time.Hour, "nobody": time.Hour}
	for range 9 {
		for login := range quickest {
			k.clock = k.clock.Add(2 * time.Hour)
			begin := time.Now()
			if _, err := k.SignIn(t.Context(), login, "не тот пароль!!", here); !errors.Is(err, identity.ErrWrongCredentials) {
				t.Fatal(err)
			}
			quickest[login] = min(quickest[login], time.Since(begin))
		}
	}
	if known, unknown := quickest["anna"], quickest["nobody"]; unknown < known/2 || known < unknown/2 {
		t.Errorf("a known login takes %v, an unknown one %v", known, unknown)
	}
}
