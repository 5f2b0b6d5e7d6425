package identity_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/infra/identity"
)

// guess signs in and returns how long it must wait, if at all.
func (k *kit) guess(t *testing.T, login, secret string, from identity.Client) (time.Duration, error) {
	t.Helper()
	_, err := k.SignIn(t.Context(), login, secret, from)
	if limited, ok := errors.AsType[*identity.Throttled](err); ok {
		if !errors.Is(err, identity.ErrTooManyAttempts) {
			t.Errorf("not the refusal: %v", err)
		}
		return limited.After, err
	}
	return 0, err
}

// Each failure doubles the wait, the tenth locks for a quarter of an hour; nobody learns from it whether the login exists.
func TestGuessingIsSlow(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, login := range []string{"anna", "nobody"} {
		for i, wait := range []int{1, 2, 4, 8, 16, 32, 60, 60, 60, 900} {
			if _, err := k.guess(t, login, "не тот пароль!!", here); !errors.Is(err, identity.ErrWrongCredentials) {
				t.Fatalf("%s, guess %d: %v", login, i+1, err)
			}
			if after, _ := k.guess(t, login, password, here); after != time.Duration(wait)*time.Second {
				t.Fatalf("%s waits %v after failure %d, want %d s", login, after, i+1, wait)
			}
			k.clock = k.clock.Add(time.Duration(wait)*time.Second - time.Millisecond)
			if after, _ := k.guess(t, login, password, here); after != time.Millisecond {
				t.Fatalf("%s waits %v just before the end", login, after)
			}
			if wait < 900 {
				k.clock = k.clock.Add(time.Millisecond)
			}
		}
	}
	if err := k.Unlock(t.Context(), "Anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.guess(t, "anna", password, here); err != nil {
		t.Errorf("unlocked: %v", err)
	}
	if err := k.Unlock(t.Context(), "nobody"); err == nil {
		t.Error("unlocked nobody")
	}
	locked, err := k.Journal(t.Context(), identity.JournalFilter{Kind: "account_locked", Limit: 10})
	if err != nil || len(locked) != 2 {
		t.Errorf("%+v, %v", locked, err)
	}
}

func TestALockEndsByItself(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for range 10 {
		if _, err := k.guess(t, "anna", "не тот пароль!!", here); !errors.Is(err, identity.ErrWrongCredentials) {
			t.Fatal(err)
		}
		k.clock = k.clock.Add(time.Minute)
	}
	if _, err := k.guess(t, "anna", password, here); !errors.Is(err, identity.ErrTooManyAttempts) {
		t.Errorf("locked: %v", err)
	}
	k.clock = k.clock.Add(15 * time.Minute)
	k.signIn(t)
	if _, err := k.guess(t, "anna", "не тот пароль!!", here); err == nil {
		t.Error("a wrong password")
	}
	if after, _ := k.guess(t, "anna", password, here); after != time.Second {
		t.Errorf("a sign-in forgives what was before it, yet the wait is %v", after)
	}
}

// One address cannot try many accounts, and neither can one network of IPv6. An account of one's own does not help.
func TestAnAddressIsLimited(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	from := func(i int) identity.Client {
		return identity.Client{Address: fmt.Sprintf("2001:db8:1:2::%x", i)}
	}
	for i := range 50 {
		if _, err := k.guess(t, fmt.Sprintf("somebody%d", i), "не тот пароль!!", from(i)); !errors.Is(err, identity.ErrWrongCredentials) {
			t.Fatalf("guess %d: %v", i, err)
		}
		if i == 30 {
			if _, err := k.guess(t, "anna", password, from(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if after, err := k.guess(t, "anna", password, from(99)); after != 15*time.Minute {
		t.Errorf("from the same network: %v, %v", after, err)
	}
	if _, err := k.guess(t, "anna", password, identity.Client{Address: "2001:db8:1:3::1"}); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	k.clock = k.clock.Add(15 * time.Minute)
	if _, err := k.guess(t, "anna", password, from(99)); err != nil {
		t.Errorf("later: %v", err)
	}
}

// Guessing at once does not get around the delays, and neither does going away before the answer. A second process
// counts with the first.
func TestGuessingAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	other := identity.New(k.db, k.staff, func() time.Time { return k.clock }, identity.Settings{})
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		tried int
	)
	for i := range 24 {
		service := []*identity.Service{k.Service, other}[i%2]
		wait.Go(func() {
			_, err := service.SignIn(context.Background(), "anna", "не тот пароль!!", here)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, identity.ErrWrongCredentials):
				tried++
			case !errors.Is(err, identity.ErrTooManyAttempts):
				t.Errorf("%v", err)
			}
		})
	}
	wait.Wait()
	if tried == 0 || tried > 5 {
		t.Errorf("%d guesses at once were tried", tried)
	}
	if after, _ := k.guess(t, "anna", password, here); after == 0 {
		t.Error("no wait afterwards")
	}
}

// A session that was stolen is no way to the password.
func TestConfirmingAPasswordIsLimited(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	p := k.whoIs(t, k.signIn(t))
	if err := k.ChangePassword(t.Context(), p, "не тот пароль!!", "новый длинный пароль"); !refusedField(err, "old_password", "wrong") {
		t.Errorf("%v", err)
	}
	if err := k.ChangePassword(t.Context(), p, password, "новый длинный пароль"); !errors.Is(err, identity.ErrTooManyAttempts) {
		t.Errorf("at once: %v", err)
	}
	k.clock = k.clock.Add(time.Second)
	if err := k.ChangePassword(t.Context(), p, password, "новый длинный пароль"); err != nil {
		t.Error(err)
	}
}
