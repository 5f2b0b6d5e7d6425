package identity

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/letopis-crm/letopis/domain"
)

// The cost of a password hash: OWASP's first recommendation for argon2id.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
)

// The lengths of a password, in characters, and how much of one is looked at.
const (
	shortestPassword = 12
	longestPassword  = 128
	longestGuess     = 4 * longestPassword
)

// hashWithin is how long a sign-in waits for its turn to be hashed.
const hashWithin = 10 * time.Second

// ErrBusy refuses a sign-in where too many come at once.
var ErrBusy = domain.Refuse("busy", "too many people sign in at once; try again")

// decoyHash is verified for unknown logins, so that they take as long as known ones.
var decoyHash = encodeHash(make([]byte, 16), make([]byte, argonKey))

//go:embed common_passwords.txt
var commonPasswords string

// commonWords are the words that guessed passwords are made of.
var commonWords = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(commonPasswords) {
		words[word] = true
	}
	return words
}()

// checkPassword refuses a new password that is too short, too long, or among the first to be guessed.
func checkPassword(field, password string) error {
	var v domain.Invalid
	n := utf8.RuneCountInString(password)
	switch {
	case n < shortestPassword || n > longestPassword:
		v.Add(field, "length", "the password must have 12 to 128 characters")
	case common(password):
		v.Add(field, "common", "the password is one of those that are guessed first")
	}
	return v.Err()
}

// common: few different characters, or nothing but well-known words and digits, however written.
func common(password string) bool {
	different := map[rune]bool{}
	var letters []rune
	for _, r := range strings.ToLower(password) {
		different[r] = true
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, r)
		}
	}
	return len(different) < 5 || madeOfCommonWords(letters)
}

// madeOfCommonWords: reached[i] says that the first i characters are words and digits.
func madeOfCommonWords(letters []rune) bool {
	reached := make([]bool, len(letters)+1)
	reached[0] = true
	for end := 1; end <= len(letters); end++ {
		if unicode.IsDigit(letters[end-1]) && reached[end-1] {
			reached[end] = true
			continue
		}
		for begin := range end {
			if reached[begin] && commonWords[string(letters[begin:end])] {
				reached[end] = true
				break
			}
		}
	}
	return reached[len(letters)]
}

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	salt := random(16)
	key, err := s.argon(ctx, password, salt, argonMemory, argonTime, argonThreads)
	return encodeHash(salt, key), err
}

func (s *Service) verify(ctx context.Context, hash, password string) (bool, error) {
	var (
		memory, time uint32
		threads      uint8
		rest         string
	)
	if _, err := fmt.Sscanf(hash, "$argon2id$v=19$m=%d,t=%d,p=%d$%s", &memory, &time, &threads, &rest); err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	if memory > 1<<17 || time == 0 || time > 10 || threads == 0 || len(rest) < 24 {
		return false, fmt.Errorf("stored password hash has parameters beyond the limits")
	}
	salt, err := base64.RawStdEncoding.DecodeString(rest[:22])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(rest[23:])
	if err != nil {
		return false, err
	}
	if len(password) > longestGuess {
		return false, nil
	}
	got, err := s.argon(ctx, password, salt, memory, time, threads)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// outdated: the hash was made with other costs than today's.
func outdated(hash string) bool {
	return !strings.HasPrefix(hash, fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$", argonMemory, argonTime, argonThreads))
}

func (s *Service) argon(ctx context.Context, password string, salt []byte, memory, time uint32, threads uint8) ([]byte, error) {
	waiting, cancel := context.WithTimeout(ctx, hashWithin)
	defer cancel()
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-waiting.Done():
		if ctx.Err() == nil {
			return nil, ErrBusy
		}
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
}

func encodeHash(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}
