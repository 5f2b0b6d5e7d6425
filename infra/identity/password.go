package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: OWASP's first recommendation for argon2id.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
)

// decoyHash is verified for unknown logins, so that they take as long as known ones.
var decoyHash = encodeHash(make([]byte, 16), make([]byte, argonKey))

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < 12 || n > 128 {
		return "", ErrPasswordTooWeak
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
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
	if memory > 1<<17 || time > 10 || threads == 0 || len(rest) < 24 {
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
	if len(password) > 512 {
		return false, nil
	}
	got, err := s.argon(ctx, password, salt, memory, time, threads)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

func (s *Service) argon(ctx context.Context, password string, salt []byte, memory, time uint32, threads uint8) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
}

func encodeHash(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}
