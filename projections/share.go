package projections

import (
	"runtime"
	"sync"
)

// fairShare is how many items are worth a goroutine of their own.
const fairShare = 32

// share calls f for every index below n, on as many processors as there is work for. f must not panic.
func share(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n/fairShare)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := n * w / workers; i < n*(w+1)/workers; i++ {
				f(i)
			}
		})
	}
	all.Wait()
}
