package eventnode

import (
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// reloaded is a value made of files. It is made anew when one of them has changed;
// files that cannot be taken leave the last good value in force and are reported
// once, so that a slip of the operator locks nobody out and lets nobody in.
type reloaded[T any] struct {
	files  []string
	load   func() (T, error)
	logger *slog.Logger

	current atomic.Pointer[edition[T]]
	mu      sync.Mutex // one load at a time
}

// edition is a value and the files as they were just before it was made, or tried.
type edition[T any] struct {
	value  T
	stamps []fileStamp
}

// newReloaded makes the value for the first time; then an error is final.
func newReloaded[T any](logger *slog.Logger, load func() (T, error), files ...string) (*reloaded[T], error) {
	r := &reloaded[T]{files: files, load: load, logger: logger}
	stamps := stampsOf(files)
	value, err := load()
	if err != nil {
		return nil, err
	}
	r.current.Store(&edition[T]{value, stamps})
	return r, nil
}

// get costs a look at each file's inode, a microsecond or two.
func (r *reloaded[T]) get() T {
	e := r.current.Load()
	if slices.Equal(e.stamps, stampsOf(r.files)) {
		return e.value
	}
	return r.reload()
}

func (r *reloaded[T]) reload() T {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.current.Load()
	// Before the files are read: what changes meanwhile is noticed next time.
	stamps := stampsOf(r.files)
	if slices.Equal(e.stamps, stamps) {
		return e.value
	}
	value, err := r.load()
	if err != nil {
		r.logger.Error("event node: changed files cannot be used, what was read before stays in force",
			"files", r.files, "error", err)
		value = e.value
	} else {
		r.logger.Info("event node: files read anew", "files", r.files)
	}
	r.current.Store(&edition[T]{value, stamps})
	return value
}

// fileStamp tells one state of a file from another; zero is a file that is not there.
type fileStamp struct {
	modified time.Time
	size     int64
	inode    uint64
}

func stampsOf(files []string) []fileStamp {
	stamps := make([]fileStamp, len(files))
	for i, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			continue
		}
		stamps[i] = fileStamp{modified: info.ModTime(), size: info.Size()}
		if sys, ok := info.Sys().(*syscall.Stat_t); ok {
			stamps[i].inode = sys.Ino
		}
	}
	return stamps
}

// warnIfOpen reports a file of secrets that others on the machine may read.
func warnIfOpen(logger *slog.Logger, file string) {
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
		logger.Warn("event node: a file of secrets is open to others; chmod 600 closes it",
			"file", file, "mode", info.Mode().Perm().String())
	}
}
