package eventnode

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
)

const (
	// maxPassword is what bcrypt looks at; whatever came behind it would not count.
	maxPassword = 72
	minPassword = 8

	// bcryptCost makes one guess at a stolen file cost a twentieth of a second. More
	// would be paid by the first call of every client.
	bcryptCost = 10

	// verifiedFor is how long a password that nobody used is remembered as right.
	verifiedFor = 5 * time.Minute
)

// Users are the accounts of a node: a file with a line "login:secret" for each,
// where the secret is a bcrypt hash or, for tests, the password itself. Lines that
// begin with # say something to people. A changed file counts from the next call on.
type Users struct {
	accounts *reloaded[map[string]*account]
	key      [32]byte // of this process: what memory holds tells nothing about passwords
	slots    chan struct{}
	now      func() time.Time
}

// account is one line of the file.
type account struct {
	line     int
	hash     []byte // bcrypt
	plain    string // where hash is nil
	verified atomic.Pointer[verified]
}

// nobody takes as long to check as somebody. No password has this hash.
var nobody = &account{hash: fmt.Appendf(nil, "$2a$%d$%s", bcryptCost, strings.Repeat(".", 53))}

// verified is a password that was right. One for each account: there is nothing that
// could grow.
type verified struct {
	sum  []byte
	used atomic.Int64 // unix nanoseconds
}

// OpenUsers reads and checks the file. logger may be nil.
func OpenUsers(file string, logger *slog.Logger) (*Users, error) {
	if logger == nil {
		logger = slog.Default()
	}
	u := &Users{
		// Whoever guesses passwords gets half of the machine at most.
		slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		now:   time.Now,
	}
	if _, err := rand.Read(u.key[:]); err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	load := func() (map[string]*account, error) { return readUsers(file, logger) }
	var err error
	if u.accounts, err = newReloaded(logger, load, file); err != nil {
		return nil, fmt.Errorf("eventnode: users: %w", err)
	}
	return u, nil
}

func readUsers(file string, logger *slog.Logger) (map[string]*account, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	accounts, err := parseUsers(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	warnIfOpen(logger, file)
	for login, a := range accounts {
		if a.hash == nil {
			logger.Warn("event node: a password lies open in the file of users; `letopis node user` writes its hash instead",
				"file", file, "line", a.line, "login", login)
		}
	}
	return accounts, nil
}

func parseUsers(content []byte) (map[string]*account, error) {
	accounts := map[string]*account{}
	number := 0
	for line := range bytes.Lines(content) {
		number++
		text := strings.TrimRight(string(line), "\r\n")
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		login, a, err := parseUser(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if earlier, twice := accounts[login]; twice {
			return nil, fmt.Errorf("line %d: %s has a line already, %d", number, login, earlier.line)
		}
		a.line = number
		accounts[login] = a
	}
	if len(accounts) == 0 {
		return nil, errors.New("it names nobody; `letopis node user` adds an account")
	}
	return accounts, nil
}

// parseUser never repeats the secret in an error: errors go to logs.
func parseUser(line string) (login string, a *account, err error) {
	login, secret, found := strings.Cut(line, ":")
	if !found {
		return "", nil, errors.New("it is not of the form login:secret")
	}
	if err := checkLogin(login); err != nil {
		return "", nil, err
	}
	if secret != strings.TrimSpace(secret) {
		return "", nil, errors.New("the secret begins or ends with a space")
	}
	if secret == "" {
		return "", nil, errors.New("the secret is empty")
	}
	if secret[0] != '$' {
		return login, &account{plain: secret}, nil
	}
	// A hash of another kind must not pass for a password.
	if _, err := bcrypt.Cost([]byte(secret)); err != nil {
		return "", nil, errors.New("the secret begins with $ and is not a bcrypt hash")
	}
	return login, &account{hash: []byte(secret)}, nil
}

func checkLogin(login string) error {
	switch {
	case login == "":
		return errors.New("the login is empty")
	case !utf8.ValidString(login) || strings.ContainsFunc(login, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("the login holds characters that cannot be typed")
	case login != strings.TrimSpace(login) || login[0] == '#' || strings.Contains(login, ":"):
		return errors.New("a login has no colon, does not begin with # and has no space around it")
	}
	return nil
}

// knows reports whether there is an account of the name.
func (u *Users) knows(login string) bool {
	_, known := u.accounts.get()[login]
	return known
}

// verify reports whether the password is the account's. Hashing it takes long on
// purpose, so a password that was right is remembered, as a keyed sum.
func (u *Users) verify(ctx context.Context, login, password string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	a, known := u.accounts.get()[login]
	if !known {
		a = nobody // an unknown login must not be quicker to refuse than a wrong password
	}
	sum := u.sum(password)
	if a.hash == nil {
		return hmac.Equal(sum, u.sum(a.plain)), nil
	}
	if a.remembers(sum, u.now()) {
		return true, nil
	}
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	// Many calls come at once when a client connects; the first of them has paid.
	if a.remembers(sum, u.now()) {
		return true, nil
	}
	if bcrypt.CompareHashAndPassword(a.hash, []byte(password)) != nil || !known {
		return false, nil
	}
	fresh := &verified{sum: sum}
	fresh.used.Store(u.now().UnixNano())
	a.verified.Store(fresh)
	return true, nil
}

func (u *Users) sum(password string) []byte {
	mac := hmac.New(sha256.New, u.key[:])
	mac.Write([]byte(password))
	return mac.Sum(nil)
}

func (a *account) remembers(sum []byte, now time.Time) bool {
	v := a.verified.Load()
	if v == nil || !hmac.Equal(v.sum, sum) {
		return false
	}
	if now.UnixNano()-v.used.Load() > int64(verifiedFor) {
		return false
	}
	v.used.Store(now.UnixNano())
	return true
}
