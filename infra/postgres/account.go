package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the operating-system user that runs the private server. Postgres refuses to run as root.
type account struct {
	name     string
	uid, gid uint32
	drop     bool // we are root and become this user
	// traverse: a directory above the data is closed to the user, so the server gets the right to pass through.
	traverse bool
}

func serverAccount() (account, error) {
	me, err := user.Current()
	if err != nil {
		return account{}, fmt.Errorf("PostgreSQL needs a user with an entry in /etc/passwd: %w", err)
	}
	if os.Geteuid() != 0 {
		return account{name: me.Username, uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errU, errG); err != nil {
			return account{}, err
		}
		return account{name: name, uid: uint32(uid), gid: uint32(gid), drop: true}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

// closedTo is the first directory above path that the account cannot pass through, "" for none.
func (a account) closedTo(path string) (string, error) {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return "", err
		}
		if !a.passes(info) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}

func (a account) passes(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	mode := info.Mode().Perm()
	switch {
	case stat.Uid == a.uid:
		return mode&0o100 != 0
	case stat.Gid == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// own makes a directory for the account alone.
func (a account) own(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if !a.drop {
		return nil
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}
