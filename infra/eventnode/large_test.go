package eventnode

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// largeEnv names how many events TestLargeLog fills a log with. Ten million take
// minutes and 7 GB under the temporary directory.
const largeEnv = "LETOPIS_TEST_LARGE_LOG"

// TestLargeLog opens a large log in a process of its own, lets it serve reads and
// appends, and looks at its memory: at most 256 MiB.
func TestLargeLog(t *testing.T) {
	total, _ := strconv.Atoi(os.Getenv(largeEnv))
	if total == 0 {
		t.Skipf("set %s to a number of events", largeEnv)
	}
	t.Parallel()
	dir := t.TempDir()
	fillLarge(t, dir, total)
	socket := socketPath(t)
	start := time.Now()
	node := startChild(t, dir, socket)
	if line := node.firstLine(); line != "ready" {
		t.Fatal(line)
	}
	t.Logf("open after %v", time.Since(start).Round(time.Millisecond))
	c := connect(t, socket)
	t.Logf("resident after opening: %s", resident(t, node))

	const read = 500_000
	start = time.Now()
	all, err := c.ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, read)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for ; ; count++ {
		if _, err := all.Recv(); isEOF(err) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	all.Close()
	if count != min(read, total+4) {
		t.Errorf("%d events read", count)
	}
	t.Logf("%.0f events/s read", float64(count)/time.Since(start).Seconds())
	streams := total / 20
	for i := range 20_000 {
		if i%20 == 0 {
			if _, err := readStream(t, c, fmt.Sprintf("large-%d", i*7919%streams), esdb.ReadStreamOptions{}, math.MaxInt64); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 0 {
			appendTo(t, c, fmt.Sprintf("large-%d", i*7919%streams), esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "t", Data: make([]byte, 500)})
		}
	}
	memory := resident(t, node)
	t.Logf("resident after reads and appends: %s", memory)
	if memory > 256<<20 {
		t.Errorf("%s are more than 256 MiB", memory)
	}
}

func fillLarge(t *testing.T, dir string, total int) {
	t.Helper()
	node := openNode(t, Config{Dir: dir, Logger: quiet()})
	const batch = 2000
	start := time.Now()
	for done := 0; done < total; done += batch {
		r := &writeRequest{expected: expectAny, kind: writeLinks} // events for many streams in one request
		for i := range batch {
			r.links = append(r.links, proposedLink{fmt.Sprintf("large-%d", (done+i)/20), proposedEvent{
				id: uuid.New(), json: true, eventType: "t", data: largeData(i),
			}})
		}
		if _, err := node.core().writer.submit(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%.0f events/s filled", float64(total)/time.Since(start).Seconds())
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
}

// largeData is what compresses as little as it can.
func largeData(seed int) []byte {
	data := make([]byte, 500)
	x := uint64(seed)*0x9E3779B97F4A7C15 + 1
	for i := range data {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		data[i] = byte(x)
	}
	return data
}

type size int

func (s size) String() string { return fmt.Sprintf("%d MiB", s>>20) }

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func resident(t *testing.T, c *child) size {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(c.cmd.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	match := residentLine.FindSubmatch(text)
	if match == nil {
		t.Fatal("the system does not tell the memory of a process")
	}
	kilobytes, err := strconv.Atoi(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return size(kilobytes << 10)
}
