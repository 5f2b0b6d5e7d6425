package eventnode

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"google.golang.org/grpc/codes"
)

const (
	// The default reserve is a share of the disk, but no more than Pebble needs to
	// flush its memory, to finish what it is compacting and to be opened again.
	reserveShare = 20
	reserveLimit = 512 << 20

	// The disk is looked at when one of these has passed since the last look.
	roomInterval = 100 * time.Millisecond
	roomBytes    = 1 << 20
)

// room keeps a part of the disk free. A store that runs into a full disk has to be
// opened anew; one that stops short of it goes on reading, and writes again as soon
// as there is room.
type room struct {
	fs      vfs.FS
	dir     string
	reserve int64 // as Config.ReserveBytes
	now     func() time.Time
	logger  *slog.Logger

	mu      sync.Mutex
	short   bool
	since   time.Time // when short last changed
	free    uint64
	need    uint64
	looked  time.Time
	written int // since the last look
}

func newRoom(cfg Config) *room {
	return &room{fs: cfg.FS, dir: cfg.Dir, reserve: cfg.ReserveBytes, now: cfg.Now, logger: cfg.Logger, since: cfg.Now()}
}

// admit returns why so many bytes may not be written, or nil.
func (r *room) admit(size int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written += size
	passed := r.now().Sub(r.looked)
	if passed < 0 || passed >= roomInterval || r.written >= roomBytes {
		r.look()
	}
	return r.refusal()
}

// check looks at the disk at once and returns why nothing may be written, or nil.
func (r *room) check() (since time.Time, refusal error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.look()
	return r.since, r.refusal()
}

func (r *room) refusal() error {
	if !r.short {
		return nil
	}
	return &callError{code: codes.Unavailable, message: fmt.Sprintf(
		"the event store is read-only: the disk has %d bytes free, writing needs %d", r.free, r.need)}
}

func (r *room) look() {
	r.looked, r.written = r.now(), 0
	if r.reserve < 0 {
		return
	}
	usage, err := r.fs.GetDiskUsage(r.dir)
	if err != nil {
		return // not every file system can tell; the last answer stays
	}
	reserve := uint64(r.reserve)
	if reserve == 0 {
		reserve = min(usage.TotalBytes/reserveShare, reserveLimit)
	}
	r.free, r.need = usage.AvailBytes, reserve
	if r.short {
		r.need += reserve / 4 // not to go to and fro with every file that Pebble removes
	}
	short := r.free < r.need
	if short == r.short {
		return
	}
	r.short, r.since = short, r.looked
	if short {
		r.need = reserve + reserve/4
		r.logger.Error("event node: read-only, the disk is almost full", "free", r.free, "needed", r.need, "dir", r.dir)
	} else {
		r.logger.Info("event node: there is room on the disk again", "free", r.free, "dir", r.dir)
	}
}
