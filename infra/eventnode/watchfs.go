package eventnode

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// watchedFS reports the first failure to create, write or sync a file, before
// Pebble learns of it. Pebble would panic on some of them, retry others, and could
// take a repeated fsync for success although the kernel has dropped the data.
type watchedFS struct {
	vfs.FS
	watch *diskWatch
}

// diskWatch is off while the store opens: errors are Open's result then.
type diskWatch struct {
	on    atomic.Bool
	fatal func(error) // does not return
	dir   string      // files elsewhere, such as those of a backup, are another's concern
}

func (w *diskWatch) check(what, name string, err error) {
	if err != nil && w.on.Load() && (name == w.dir || strings.HasPrefix(name, w.dir+"/")) {
		w.fatal(fmt.Errorf("%s %s: %w", what, name, err))
	}
}

func (f watchedFS) Unwrap() vfs.FS { return f.FS }

func (f watchedFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := f.FS.Create(name, category)
	return f.file("create", name, file, err)
}

func (f watchedFS) ReuseForWrite(oldName, newName string, category vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := f.FS.ReuseForWrite(oldName, newName, category)
	return f.file("create", newName, file, err)
}

func (f watchedFS) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	file, err := f.FS.OpenReadWrite(name, category, opts...)
	return f.file("open", name, file, err)
}

func (f watchedFS) OpenDir(name string) (vfs.File, error) {
	file, err := f.FS.OpenDir(name)
	return f.file("open", name, file, err)
}

func (f watchedFS) file(what, name string, file vfs.File, err error) (vfs.File, error) {
	if err != nil {
		f.watch.check(what, name, err)
		return nil, err
	}
	return watchedFile{file, name, f.watch}, nil
}

type watchedFile struct {
	vfs.File
	name  string
	watch *diskWatch
}

func (f watchedFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	f.watch.check("write", f.name, err)
	return n, err
}

func (f watchedFile) WriteAt(p []byte, offset int64) (int, error) {
	n, err := f.File.WriteAt(p, offset)
	f.watch.check("write", f.name, err)
	return n, err
}

func (f watchedFile) Sync() error {
	err := f.File.Sync()
	f.watch.check("sync", f.name, err)
	return err
}

func (f watchedFile) SyncData() error {
	err := f.File.SyncData()
	f.watch.check("sync", f.name, err)
	return err
}

func (f watchedFile) SyncTo(length int64) (bool, error) {
	full, err := f.File.SyncTo(length)
	f.watch.check("sync", f.name, err)
	return full, err
}
