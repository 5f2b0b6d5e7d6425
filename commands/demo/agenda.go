package demo

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// agenda is what the company is going to do, in the order of time. Scenarios put steps on it; what lies after the end
// of the story never happens, so whatever is under way then stays under way.
type agenda struct {
	steps stepHeap
	until time.Time
	count int
	lane  uint32 // of the scenario that is being planned
}

// step is one command. Steps of one lane keep their order even where lanes run side by side.
type step struct {
	at   time.Time
	no   int
	lane uint32
	name string
	do   func(ctx context.Context, x *commands.Executor) error
}

type stepHeap []step

func (h stepHeap) Len() int { return len(h) }
func (h stepHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].no < h[j].no
	}
	return h[i].at.Before(h[j].at)
}
func (h stepHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *stepHeap) Push(x any)   { *h = append(*h, x.(step)) }
func (h *stepHeap) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	(*h)[last] = step{}
	*h = (*h)[:last]
	return s
}

func (a *agenda) plan(at time.Time, name string, do func(context.Context, *commands.Executor) error) {
	if at.IsZero() || at.After(a.until) {
		return
	}
	a.count++
	heap.Push(&a.steps, step{at: at, no: a.count, lane: a.lane, name: name, do: do})
}

// scenario begins a story: its steps follow each other, and its dice are its own, so one story never changes another.
func (g *generator) scenario(name string) dice {
	g.lane = number(name)
	return g.dice(name)
}

// drain does what is due up to the instant, step by step, on the clock of the story.
func (g *generator) drain(ctx context.Context, to time.Time, progress func(done, total int)) error {
	total := len(g.steps)
	for done := 1; len(g.steps) > 0 && !g.steps[0].at.After(to); done++ {
		s := heap.Pop(&g.steps).(step)
		if err := s.run(ctx, g.x, g.clock); err != nil {
			return err
		}
		if progress != nil {
			progress(done, total)
		}
	}
	return nil
}

// lanes is how many stories drainWide tells at a time.
const lanes = 32

// drainWide does the same with many lanes side by side, each on a clock of its own: the store makes many appends
// durable at once. The order of the log then follows the time only roughly.
func (g *generator) drainWide(ctx context.Context, to time.Time) error {
	var perLane [lanes][]step
	for len(g.steps) > 0 && !g.steps[0].at.After(to) {
		s := heap.Pop(&g.steps).(step)
		perLane[s.lane%lanes] = append(perLane[s.lane%lanes], s)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wait sync.WaitGroup
	for _, steps := range perLane {
		wait.Go(func() {
			clock := &Clock{}
			x := g.x.WithClock(clock.Now)
			for _, s := range steps {
				if ctx.Err() != nil {
					return
				}
				if err := s.run(ctx, x, clock); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// patience is how often a step is tried against a stream that others write to as well.
const patience = 20

func (s step) run(ctx context.Context, x *commands.Executor, clock *Clock) error {
	clock.Set(s.at)
	err := s.do(ctx, x)
	for range patience {
		if !errors.Is(err, commands.ErrBusy) {
			break
		}
		err = s.do(ctx, x)
	}
	if err != nil {
		return fmt.Errorf("demo: %s at %s: %w", s.name, s.at.Format(time.RFC3339), err)
	}
	return nil
}

// Clock is the clock of the story. It is safe for concurrent use; the zero Clock stands at the epoch.
type Clock struct{ nanos atomic.Int64 }

// Now is where the clock stands.
func (c *Clock) Now() time.Time { return time.Unix(0, c.nanos.Load()).UTC() }

// Set moves the clock.
func (c *Clock) Set(t time.Time) { c.nanos.Store(t.UnixNano()) }

// give puts a person's command on the agenda. The command id follows from the aggregate and from what is done, so the
// same story told twice has no second effect.
func give[S any, C domain.Command[S]](g *generator, at time.Time, by *worker, category *domain.Category[S], id domain.ID[S], what string, command C) uuid.UUID {
	return ask(g, at, commands.Request{CommandID: commandID(id, what), Actor: by.ID, Source: domain.SourceUI}, category, id, command)
}

// due is a command of the scheduler: a time has passed.
func due[S any, C domain.Command[S]](g *generator, at time.Time, category *domain.Category[S], id domain.ID[S], what string, command C) uuid.UUID {
	return ask(g, at, commands.Request{CommandID: commandID(id, what), Actor: domain.SystemActor, Source: domain.SourcePolicy}, category, id, command)
}

// cause is an event that a policy reacts to: the index-th one of a command.
type cause struct {
	command uuid.UUID
	event   uuid.UUID
}

func causeIn[S any](category *domain.Category[S], id domain.ID[S], command uuid.UUID, index int) cause {
	return cause{command, uuid.NewSHA1(command, fmt.Appendf(nil, "%s/%d", category.Stream(id), index))}
}

// react is a policy's command, with the very id that the policy gives it: when the policy meets the event later, it
// finds its work done.
func react[S any, C domain.Command[S]](g *generator, at time.Time, to cause, policy string, category *domain.Category[S], id domain.ID[S], command C) uuid.UUID {
	request := commands.Request{
		CommandID: uuid.NewSHA1(to.event, []byte(policy+"/1")), Correlation: to.command, Causation: to.event, Actor: domain.SystemActor, Source: domain.SourcePolicy,
	}
	return ask(g, at, request, category, id, command)
}

func ask[S any, C domain.Command[S]](g *generator, at time.Time, r commands.Request, category *domain.Category[S], id domain.ID[S], command C) uuid.UUID {
	g.plan(at, commands.CommandName(command)+" "+category.Stream(id), func(ctx context.Context, x *commands.Executor) error {
		_, err := commands.Execute(ctx, x, category, id, command, r)
		return err
	})
	return r.CommandID
}

func commandID[S any](id domain.ID[S], what string) uuid.UUID {
	return uuid.NewSHA1(id.UUID(), []byte("demo/"+what))
}

// idOf is the id of what the story calls by this name.
func idOf[S any](g *generator, kind, name string) domain.ID[S] {
	return domain.DerivedID[S]("demo", g.seed, kind, name)
}

// dice are the chances of one story.
type dice struct{ *rand.Rand }

func (g *generator) dice(name string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(g.seed + "\x00" + name))
	sum := h.Sum64()
	return dice{rand.New(rand.NewPCG(sum, sum>>1|1))} //nolint:gosec // a story that repeats, no secret
}

func number(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()
}

func (d dice) chance(percent float64) bool { return d.Float64()*100 < percent }

// minutes is a length between both bounds.
func (d dice) minutes(from, to int) time.Duration {
	return time.Duration(from*60+d.IntN((to-from)*60+1)) * time.Second
}

// around is a length as people take it: half of them less than the median, a few much more.
func (d dice) around(median time.Duration, spread float64) time.Duration {
	return max(time.Minute, time.Duration(float64(median)*math.Exp(d.NormFloat64()*spread))).Truncate(time.Second)
}

// of picks one.
func of[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

func join(parts ...any) string {
	var name []byte
	for i, p := range parts {
		if i > 0 {
			name = append(name, '/')
		}
		switch p := p.(type) {
		case int:
			name = strconv.AppendInt(name, int64(p), 10)
		case string:
			name = append(name, p...)
		}
	}
	return string(name)
}
