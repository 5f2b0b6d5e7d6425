package eventnode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// maxSocketPath is the room for a path in the kernel's socket address, without the final zero.
const maxSocketPath = 107

// ListenUnix listens on a unix socket that only this user may connect to. A socket
// left behind by a process that died is removed; one in use, or a file of another
// kind, is an error.
func ListenUnix(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("eventnode: socket path is %d bytes long, the system allows %d: %s",
			len(path), maxSocketPath, path)
	}
	if err := removeStale(path); err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	// The mode is set before bind, so the socket is never open to others, not even
	// for a moment. Systems that refuse this get it after bind.
	config := net.ListenConfig{Control: func(_, _ string, conn syscall.RawConn) error {
		return conn.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), 0o600) })
	}}
	lis, err := config.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil { //nolint:gosec // the operator names the socket
		return nil, errors.Join(fmt.Errorf("eventnode: %w", err), lis.Close())
	}
	return lis, nil
}

func removeStale(path string) error {
	info, err := os.Lstat(path) //nolint:gosec // the operator names the socket
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s exists and is not a socket", path)
	}
	conn, err := new(net.Dialer).DialContext(context.Background(), "unix", path)
	if err == nil {
		_ = conn.Close()
		return fmt.Errorf("%s: a process is listening there", path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path) //nolint:gosec // a socket nobody listens on, seen above
}
