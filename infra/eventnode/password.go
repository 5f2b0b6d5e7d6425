package eventnode

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/crypto/bcrypt"
)

// SetPassword gives the user of a file, or a new one, a password. The file keeps its
// other lines and its owner, and is replaced in one step: a node never reads half of it.
func SetPassword(file, login, password string) error {
	if err := checkLogin(login); err != nil {
		return fmt.Errorf("eventnode: %w", err)
	}
	if err := checkPassword(password); err != nil {
		return fmt.Errorf("eventnode: %w", err)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
	if err != nil {
		return fmt.Errorf("eventnode: %w", err)
	}
	if resolved, err := filepath.EvalSymlinks(file); err == nil {
		file = resolved // the file is replaced, not the link to it
	}
	content, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("eventnode: users: %w", err)
	}
	content = withUser(content, login, string(hash))
	if _, err := parseUsers(content); err != nil {
		return fmt.Errorf("eventnode: users: %s: %w", file, err)
	}
	if err := replaceFile(file, content); err != nil {
		return fmt.Errorf("eventnode: users: %w", err)
	}
	return nil
}

func checkPassword(password string) error {
	switch {
	case len(password) < minPassword:
		return fmt.Errorf("the password has fewer than %d characters", minPassword)
	case len(password) > maxPassword:
		return fmt.Errorf("the password has more than %d bytes; what comes behind would not count", maxPassword)
	case bytes.ContainsAny([]byte(password), "\x00\r\n"):
		return errors.New("the password holds an end of line")
	}
	return nil
}

// withUser writes the user's line in the place of the old one, or at the end.
func withUser(content []byte, login, secret string) []byte {
	var out bytes.Buffer
	written := false
	for line := range bytes.Lines(content) {
		if !bytes.HasPrefix(line, []byte(login+":")) || written {
			out.Write(line)
			continue
		}
		fmt.Fprintf(&out, "%s:%s\n", login, secret)
		written = true
	}
	if written {
		return out.Bytes()
	}
	if text := out.Bytes(); len(text) > 0 && text[len(text)-1] != '\n' {
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "%s:%s\n", login, secret)
	return out.Bytes()
}

func replaceFile(file string, content []byte) (err error) {
	half, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(half.Name()) // the first error is the one to report
		}
	}()
	_, err = half.Write(content)
	if err = errors.Join(err, keepOwner(half, file), half.Sync(), half.Close()); err != nil {
		return err
	}
	if err = os.Rename(half.Name(), file); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// keepOwner lets a node go on reading its file after root has changed it.
func keepOwner(half *os.File, file string) error {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(sys.Uid) == os.Geteuid() {
		return nil
	}
	return half.Chown(int(sys.Uid), int(sys.Gid))
}
