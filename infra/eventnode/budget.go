package eventnode

import "sync"

// budget bounds the bytes of requests that wait for the writer. The queue alone
// bounds their number, and a thousand large ones would fill the memory.
//
// A request is let in while anything is free, whatever its size: what is in use
// exceeds the limit by at most one request, and none is too large for ever.
type budget struct {
	limit int

	mu    sync.Mutex
	used  int
	freed chan struct{} // made by the first who must wait, closed when there is room again
}

// take claims bytes and returns nil, or a channel to wait on before the next try.
func (b *budget) take(bytes int) (wait <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used < b.limit {
		b.used += bytes
		return nil
	}
	if b.freed == nil {
		b.freed = make(chan struct{})
	}
	return b.freed
}

func (b *budget) give(bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= bytes
	if b.freed != nil && b.used < b.limit {
		close(b.freed)
		b.freed = nil
	}
}

func (b *budget) inUse() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
