package eventnode

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// failure is set once, when an opening of the store may not write any more.
type failure struct {
	now   func() time.Time
	once  sync.Once
	dead  chan struct{} // closed when cause and since are set
	cause error
	since time.Time
}

func newFailure(now func() time.Time) *failure { return &failure{now: now, dead: make(chan struct{})} }

func (f *failure) set(err error) {
	f.once.Do(func() {
		f.cause, f.since = err, f.now()
		close(f.dead)
	})
}

// err returns errFailed with its cause, or nil.
func (f *failure) err() error {
	select {
	case <-f.dead:
		return fmt.Errorf("%w: %w", errFailed, f.cause)
	default:
		return nil
	}
}

// diskWatch stands between one opening of the store and the disk. The first
// operation that fails to change the directory ends the opening: Pebble never
// learns of it, for it would panic at some, retry others, and could take a repeated
// fsync for success although the kernel has dropped the data. The goroutine that
// met the failure and all that want to change something after it stand still for
// ever; reads go on.
//
// Standing still happens below Pebble, where it holds none of the locks that
// readers take.
type diskWatch struct {
	dir     string
	failure *failure
	shut    atomic.Bool
	changes sync.RWMutex // read-locked by each change under way

	mu        sync.Mutex
	files     map[*watchedFile]struct{}
	postponed []string // tables to remove when the opening before this one has no readers left
	postpone  bool
}

func newDiskWatch(dir string, failure *failure, postpone bool) *diskWatch {
	return &diskWatch{dir: dir, failure: failure, files: map[*watchedFile]struct{}{}, postpone: postpone}
}

// change runs an operation that changes the directory.
func (w *diskWatch) change(what, name string, operation func() error) {
	w.changes.RLock()
	if w.shut.Load() {
		w.changes.RUnlock()
		select {}
	}
	err := operation()
	if err == nil {
		w.changes.RUnlock()
		return
	}
	w.shut.Store(true)
	w.changes.RUnlock()
	w.failure.set(fmt.Errorf("%s %s: %w", what, name, err))
	select {}
}

// stop lets no change begin any more and returns when none is under way: from then
// on another opening may have the directory.
func (w *diskWatch) stop() {
	w.shut.Store(true)
	w.changes.Lock()
	w.changes.Unlock() //nolint:staticcheck // holding it once is the point
}

// discard closes the files of an opening that is read no more, and cannot close
// them itself: open files keep the room of removed ones.
func (w *diskWatch) discard() {
	w.mu.Lock()
	files := w.files
	w.files = nil
	w.mu.Unlock()
	for file := range files {
		_ = file.shutDown() // it was open for reading, or what it was to take is given up
	}
}

// removePostponed removes the tables that the opening before this one may have read.
func (w *diskWatch) removePostponed(fs watchedFS) {
	w.mu.Lock()
	names := w.postponed
	w.postponed, w.postpone = nil, false
	w.mu.Unlock()
	for _, name := range names {
		_ = fs.Remove(name) // what stays is removed at the next opening
	}
}

func (w *diskWatch) postpones(name string) bool {
	if !strings.HasSuffix(name, ".sst") && !strings.HasSuffix(name, ".blob") {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.postpone {
		w.postponed = append(w.postponed, name)
	}
	return w.postpone
}

// watchedFS is the file system an opening works on. Only its own directory is
// watched: a copy written elsewhere may fail without harm.
type watchedFS struct {
	vfs.FS
	watch *diskWatch
}

func (f watchedFS) Unwrap() vfs.FS { return f.FS }

func (f watchedFS) watched(name string) bool {
	return name == f.watch.dir || f.PathDir(name) == f.watch.dir
}

func (f watchedFS) change(what, name string, operation func() error) error {
	if !f.watched(name) {
		return operation()
	}
	f.watch.change(what, name, operation)
	return nil
}

func (f watchedFS) open(what, name string, open func() (vfs.File, error)) (vfs.File, error) {
	if !f.watched(name) {
		return open()
	}
	var file vfs.File
	f.watch.change(what, name, func() (err error) {
		file, err = open()
		return err
	})
	return f.watch.track(name, file), nil
}

// Create makes sure that a marker never outlives what it points to: Pebble creates
// the manifest and the marker, and then syncs the directory once for both. A power
// cut before that may leave the marker alone, on a file system that does not keep
// the order.
func (f watchedFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	if strings.HasPrefix(f.PathBase(name), "marker.") {
		if err := f.change("sync", f.watch.dir, func() error { return syncDir(f.FS, f.watch.dir) }); err != nil {
			return nil, err
		}
	}
	return f.open("create", name, func() (vfs.File, error) { return f.FS.Create(name, category) })
}

func (f watchedFS) ReuseForWrite(oldName, newName string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return f.open("create", newName, func() (vfs.File, error) { return f.FS.ReuseForWrite(oldName, newName, category) })
}

func (f watchedFS) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	return f.open("open", name, func() (vfs.File, error) { return f.FS.OpenReadWrite(name, category, opts...) })
}

func (f watchedFS) OpenDir(name string) (vfs.File, error) {
	return f.open("open", name, func() (vfs.File, error) { return f.FS.OpenDir(name) })
}

// Open is for reading: its failure is the reader's.
func (f watchedFS) Open(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	file, err := f.FS.Open(name, opts...)
	if err != nil || !f.watched(name) {
		return file, err
	}
	return f.watch.track(name, file), nil
}

func (f watchedFS) Link(oldName, newName string) error {
	return f.change("link", newName, func() error { return f.FS.Link(oldName, newName) })
}

func (f watchedFS) Rename(oldName, newName string) error {
	return f.change("rename", newName, func() error { return f.FS.Rename(oldName, newName) })
}

func (f watchedFS) MkdirAll(dir string, perm os.FileMode) error {
	return f.change("create", dir, func() error { return f.FS.MkdirAll(dir, perm) })
}

// Remove may fail: what stays does no harm. But an opening that has failed may not
// remove what the next one perhaps needs.
func (f watchedFS) Remove(name string) error {
	if f.watch.postpones(name) {
		return nil
	}
	return f.remove(name, f.FS.Remove)
}

func (f watchedFS) RemoveAll(name string) error { return f.remove(name, f.FS.RemoveAll) }

func (f watchedFS) remove(name string, remove func(string) error) (err error) {
	if !f.watched(name) {
		return remove(name)
	}
	f.watch.change("remove", name, func() error {
		err = remove(name)
		return nil
	})
	return err
}

// Lock does nothing: the node holds the directory's lock over all its openings.
func (f watchedFS) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// GetDiskUsage never fails: Pebble only orders its removals by it.
func (f watchedFS) GetDiskUsage(path string) (vfs.DiskUsage, error) {
	usage, err := f.FS.GetDiskUsage(path)
	if err != nil {
		return vfs.DiskUsage{}, vfs.ErrUnsupported
	}
	return usage, nil
}

type watchedFile struct {
	vfs.File
	name  string
	watch *diskWatch

	mu     sync.RWMutex // read-locked by reads, which must not meet shutDown
	closed bool
}

func (w *diskWatch) track(name string, file vfs.File) *watchedFile {
	tracked := &watchedFile{File: file, name: name, watch: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files != nil {
		w.files[tracked] = struct{}{}
	}
	return tracked
}

func (f *watchedFile) Close() error {
	f.watch.mu.Lock()
	delete(f.watch.files, f)
	f.watch.mu.Unlock()
	return f.shutDown()
}

func (f *watchedFile) shutDown() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	return f.File.Close()
}

func (f *watchedFile) Read(p []byte) (int, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return 0, os.ErrClosed
	}
	return f.File.Read(p)
}

func (f *watchedFile) ReadAt(p []byte, offset int64) (int, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return 0, os.ErrClosed
	}
	return f.File.ReadAt(p, offset)
}

func (f *watchedFile) Write(p []byte) (n int, err error) {
	f.watch.change("write", f.name, func() error {
		n, err = f.File.Write(p)
		return err
	})
	return n, nil
}

func (f *watchedFile) WriteAt(p []byte, offset int64) (n int, err error) {
	f.watch.change("write", f.name, func() error {
		n, err = f.File.WriteAt(p, offset)
		return err
	})
	return n, nil
}

func (f *watchedFile) Preallocate(offset, length int64) error {
	f.watch.change("make room in", f.name, func() error { return f.File.Preallocate(offset, length) })
	return nil
}

func (f *watchedFile) Sync() error {
	f.watch.change("sync", f.name, f.File.Sync)
	return nil
}

func (f *watchedFile) SyncData() error {
	f.watch.change("sync", f.name, f.File.SyncData)
	return nil
}

func (f *watchedFile) SyncTo(length int64) (full bool, err error) {
	f.watch.change("sync", f.name, func() error {
		full, err = f.File.SyncTo(length)
		return err
	})
	return full, nil
}
