package eventnode

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// A backup is a directory with the database's files in the folder db, and a manifest
// that names each of them with its sha256. The manifest is written last: a directory
// without one is no backup. Within one file system the files are hard links, which
// costs next to nothing and saves from a wrong command, not from a failing disk.
const (
	backupKind     = "letopis event node backup"
	backupManifest = "backup.json"
	backupFiles    = "db"
	lockFile       = "LOCK" // Pebble's; it has no content
	halfBackup     = "backup.part"
	halfRestore    = ".restoring"
)

var errNotEmpty = errors.New("the directory is not empty")

// BackupInfo is a backup's manifest.
type BackupInfo struct {
	Kind     string       `json:"kind"`
	Format   int          `json:"format"` // of the database
	Created  time.Time    `json:"created"`
	Instance uuid.UUID    `json:"instance"`
	Position uint64       `json:"position"` // of the last event
	Bytes    int64        `json:"bytes"`
	Files    []BackupFile `json:"files"`
}

// BackupFile is one file of a backup.
type BackupFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Backup writes a backup into dir, which must be empty or missing, while the node goes
// on. It holds every event acknowledged before the call and none that was not written.
func (n *Node) Backup(ctx context.Context, dir string) (BackupInfo, error) {
	core := n.core()
	ctx, done, err := core.care.begin(ctx)
	if err != nil {
		return BackupInfo{}, err
	}
	defer done()
	info, err := core.store.backup(ctx, n.cfg, n.fs(), dir)
	if err != nil {
		return info, fmt.Errorf("backup to %s: %w", dir, err)
	}
	return info, nil
}

func (n *Node) fs() vfs.FS {
	if n.cfg.FS != nil {
		return n.cfg.FS
	}
	return vfs.Default
}

func (s *store) backup(ctx context.Context, cfg Config, fs vfs.FS, dir string) (BackupInfo, error) {
	if err := apart(cfg.Dir, dir); err != nil {
		return BackupInfo{}, err
	}
	if err := mustBeEmpty(fs, dir); err != nil {
		return BackupInfo{}, err
	}
	if err := makeDir(fs, dir); err != nil {
		return BackupInfo{}, err
	}
	acknowledged := s.durable.Load()
	files := fs.PathJoin(dir, backupFiles)
	if err := s.copyFiles(ctx, cfg, fs, files); err != nil {
		return BackupInfo{}, err
	}
	info := BackupInfo{Kind: backupKind, Format: formatVersion, Created: cfg.Now().UTC()}
	if err := info.lookInside(fs, cfg, files); err != nil {
		return info, err
	}
	if info.Position < acknowledged {
		return info, fmt.Errorf("%w: the copy ends at position %d, events up to %d were acknowledged",
			errLost, info.Position, acknowledged)
	}
	if err := info.addFiles(ctx, fs, files); err != nil {
		return info, err
	}
	return info, info.write(fs, dir)
}

// apart refuses a backup inside the database, or the other way round.
func apart(a, b string) error {
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		relative, err := filepath.Rel(absolute(pair[0]), absolute(pair[1]))
		if err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return fmt.Errorf("%s and %s lie within one another", a, b)
		}
	}
	return nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func mustBeEmpty(fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%w: %s", errNotEmpty, dir)
	}
	return err
}

// copyFiles puts a consistent copy of the database's files into the directory. Writers
// wait while it links the tables and copies the write-ahead log. Where no links are
// possible the tables are linked within the node's directory first and copied from
// there, with nobody waiting.
func (s *store) copyFiles(ctx context.Context, cfg Config, fs vfs.FS, to string) error {
	linked := to
	across := !canLink(fs, cfg.Dir, fs.PathDir(to))
	if across {
		linked = fs.PathJoin(cfg.Dir, halfBackup)
		if err := fs.RemoveAll(linked); err != nil { // of a backup that was cut short
			return err
		}
	}
	if err := s.checkpoint(linked); err != nil || !across {
		return err
	}
	err := copyDir(ctx, fs, linked, to)
	return errors.Join(err, fs.RemoveAll(linked))
}

func (s *store) checkpoint(to string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.db.Checkpoint(to)
}

// canLink tries whether a file of one directory can have a second name in another.
func canLink(fs vfs.FS, from, to string) bool {
	probe := fs.PathJoin(to, halfBackup)
	if fs.Link(fs.PathJoin(from, markName), probe) != nil {
		return false
	}
	return fs.Remove(probe) == nil
}

// copyDir copies the files of a directory into a new one and syncs all of it.
func copyDir(ctx context.Context, fs vfs.FS, from, to string) error {
	if err := makeDir(fs, to); err != nil {
		return err
	}
	names, err := fs.List(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == lockFile {
			continue
		}
		if err := copyFile(ctx, fs, fs.PathJoin(from, name), fs.PathJoin(to, name)); err != nil {
			return err
		}
	}
	return syncDir(fs, to)
}

func copyFile(ctx context.Context, fs vfs.FS, from, to string) error {
	source, err := fs.Open(from)
	if err != nil {
		return err
	}
	target, err := fs.Create(to, "unspecified")
	if err != nil {
		return errors.Join(err, source.Close())
	}
	_, err = io.Copy(target, whileAlive{ctx, source})
	if err == nil {
		err = target.Sync()
	}
	return errors.Join(err, target.Close(), source.Close())
}

// whileAlive is a reader that ends with its context.
type whileAlive struct {
	ctx context.Context
	r   io.Reader
}

func (w whileAlive) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// lookInside opens the copy, so that no backup is called one that cannot be opened.
func (b *BackupInfo) lookInside(fs vfs.FS, cfg Config, files string) error {
	cfg.Dir = files
	s, err := openReadOnly(fs, cfg, nil)
	if err != nil {
		return fmt.Errorf("open the copy: %w", err)
	}
	b.Position = s.durable.Load()
	instance, _, err := s.system("instance")
	if err == nil {
		b.Instance, err = uuid.FromBytes(instance)
	}
	return errors.Join(err, s.db.Close())
}

func (b *BackupInfo) addFiles(ctx context.Context, fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == lockFile {
			continue
		}
		file, err := digestFile(ctx, fs, dir, name)
		if err != nil {
			return err
		}
		b.Files = append(b.Files, file)
		b.Bytes += file.Size
	}
	return nil
}

func digestFile(ctx context.Context, fs vfs.FS, dir, name string) (BackupFile, error) {
	file, err := fs.Open(fs.PathJoin(dir, name), vfs.SequentialReadsOption)
	if err != nil {
		return BackupFile{}, err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, whileAlive{ctx, file})
	return BackupFile{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, file.Close())
}

// write puts the manifest down: one line of JSON, and its own sha256 in the next.
func (b *BackupInfo) write(fs vfs.FS, dir string) error {
	line, err := json.Marshal(b)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(line)
	half := fs.PathJoin(dir, backupManifest+".part")
	file, err := fs.Create(half, "unspecified")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%s\n%x\n", line, sum)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := fs.Rename(half, fs.PathJoin(dir, backupManifest)); err != nil {
		return err
	}
	return syncDir(fs, dir)
}

// readManifest reads a manifest and checks it against its own sum.
func readManifest(fs vfs.FS, dir string) (info BackupInfo, err error) {
	path := fs.PathJoin(dir, backupManifest)
	data, err := readFile(fs, path)
	if errors.Is(err, os.ErrNotExist) {
		return info, fmt.Errorf("%s is no backup, or one that was cut short: it has no %s", dir, backupManifest)
	}
	if err != nil {
		return info, err
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	if sum := sha256.Sum256(line); string(rest) != hex.EncodeToString(sum[:])+"\n" {
		return info, fmt.Errorf("%w: file %s: checksum differs", errCorruptEntry, path)
	}
	if err := json.Unmarshal(line, &info); err != nil {
		return info, fmt.Errorf("%w: file %s: %w", errCorruptEntry, path, err)
	}
	if info.Kind != backupKind || info.Format > formatVersion {
		return info, fmt.Errorf("file %s: a %q of format %d is not known to this program", path, info.Kind, info.Format)
	}
	return info, nil
}

// VerifyBackup compares each file of a backup with the manifest. The faults are in
// the report; the error says why there is none.
func VerifyBackup(ctx context.Context, dir string) (BackupInfo, Report, error) {
	return verifyBackup(ctx, vfs.Default, dir)
}

func verifyBackup(ctx context.Context, fs vfs.FS, dir string) (info BackupInfo, report Report, err error) {
	info, err = readManifest(fs, dir)
	if IsCorrupt(err) {
		report.fault("%v", err)
		return info, report, nil
	}
	if err != nil {
		return info, report, err
	}
	files := fs.PathJoin(dir, backupFiles)
	named := map[string]bool{lockFile: true}
	for _, want := range info.Files {
		named[want.Name] = true
		got, err := digestFile(ctx, fs, files, want.Name)
		path := fs.PathJoin(files, want.Name)
		switch {
		case ctx.Err() != nil:
			return info, report, ctx.Err()
		case err != nil:
			report.fault("file %s: %v", path, err)
		case got.Size != want.Size:
			report.fault("file %s: %d bytes long, the manifest says %d", path, got.Size, want.Size)
		case got.SHA256 != want.SHA256:
			report.fault("file %s: its content is not what the manifest says", path)
		}
		report.Files++
	}
	names, err := fs.List(files)
	for _, name := range names {
		if !named[name] {
			report.fault("file %s: not in the manifest", fs.PathJoin(files, name))
		}
	}
	report.LastPosition = info.Position
	return info, report, err
}

// Restore makes a database directory out of a backup, after comparing all of it with
// the manifest. to must be empty or missing; it appears with all its content at once.
func Restore(ctx context.Context, from, to string) (BackupInfo, error) {
	return restore(ctx, vfs.Default, from, to)
}

func restore(ctx context.Context, fs vfs.FS, from, to string) (BackupInfo, error) {
	if err := mustBeEmpty(fs, to); err != nil {
		return BackupInfo{}, err
	}
	info, report, err := verifyBackup(ctx, fs, from)
	if err != nil {
		return info, err
	}
	if !report.OK() {
		return info, fmt.Errorf("%w: the backup is damaged: %s", errCorruptEntry, report.Faults[0])
	}
	to = fs.PathJoin(to) // without a slash at the end
	half := to + halfRestore
	if err := fs.RemoveAll(half); err != nil {
		return info, err
	}
	if err := copyDir(ctx, fs, fs.PathJoin(from, backupFiles), half); err != nil {
		return info, errors.Join(err, fs.RemoveAll(half))
	}
	// The new node's first start finds out whether it has all that was backed up.
	mark, err := openMark(fs, half, info.Position)
	if err == nil {
		err = mark.close()
	}
	if err == nil {
		err = checkRemains(fs, Config{Dir: half, Logger: slog.New(slog.DiscardHandler)}, nil)
	}
	if err != nil {
		return info, errors.Join(err, fs.RemoveAll(half))
	}
	if err := fs.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return info, err
	}
	if err := fs.Rename(half, to); err != nil {
		return info, err
	}
	return info, syncDir(fs, fs.PathDir(to))
}
