package demo

import (
	"slices"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// correspond is one matter between colleagues.
func (g *generator) correspond(name string, day domain.Date) {
	d := g.scenario(name)
	author := g.anyone(d)
	at := author.on(day, d.minutes(10, 460))
	others := []*worker{g.anyone(d, author)}
	for d.chance(25) {
		others = append(others, g.anyone(d, append(others, author)...))
	}
	var about *client
	if d.chance(55) {
		about = g.anyClient(d, at)
	}
	switch roll := d.IntN(100); {
	case roll < 70:
		g.question(d, name, author, others, about, at)
	case roll < 80:
		g.put(d, name, author, others, about, at, domain.ThreadProposal, of(d, proposals))
	case roll < 88:
		g.notify(d, name, author, others, at)
	default:
		g.agree(d, name, author, others, at)
	}
}

// question asks colleagues something and sees it to the end.
func (g *generator) question(d dice, name string, author *worker, to []*worker, about *client, at time.Time) domain.InternalThreadID {
	return g.put(d, name, author, to, about, at, domain.ThreadQuestion, of(d, questions))
}

func (g *generator) put(d dice, name string, author *worker, to []*worker, about *client, at time.Time, kind domain.ThreadKind, text threadText) domain.InternalThreadID {
	id := g.open(d, name, author, to, about, at, kind, text)
	last, open := at, false
	noted := map[time.Time]bool{}
	for i, w := range to {
		done, ok := g.reply(d, id, author, w, i, at, text, noted)
		open = open || !ok
		if done.After(last) {
			last = done
		}
	}
	if d.chance(10) {
		give(g, at.Add(4*time.Minute), author, domain.InternalThreads, id, "comment", commands.CommentThread{Text: "Если удобнее, можно обсудить по телефону."})
	}
	if !open && d.chance(70) {
		give(g, author.after(last, d.minutes(10, 300)), author, domain.InternalThreads, id, "close", commands.CloseThread{Summary: "Вопрос решён."})
	}
	return id
}

func (g *generator) open(d dice, name string, author *worker, to []*worker, about *client, at time.Time, kind domain.ThreadKind, text threadText) domain.InternalThreadID {
	id := idOf[domain.InternalThread](g, "thread", name)
	thing := strings.NewReplacer("{thing}", of(d, equipment))
	command := commands.OpenThread{Kind: kind, Subject: text.subject, Text: thing.Replace(text.text)}
	for _, w := range to {
		command.Addressees = append(command.Addressees, w.ID)
	}
	if about != nil {
		command.Context = domain.ThreadContext{Ref: ref(domain.Counterparties, about.id), Counterparty: about.id}
	}
	if author.head != nil && d.chance(15) && !slices.Contains(to, author.head) {
		command.CC = []domain.EmployeeID{author.head.ID}
	}
	give(g, at, author, domain.InternalThreads, id, "open", command)
	return id
}

// reply is what one addressee does; it tells when the author was content, and false where no answer ever came.
func (g *generator) reply(d dice, id domain.InternalThreadID, author, w *worker, i int, asked time.Time, text threadText, noted map[time.Time]bool) (time.Time, bool) {
	replyBy := w.after(asked, domain.ThreadReplyWithin)
	answered := w.after(asked, d.around(110*time.Minute, 1.2))
	never := d.chance(7)
	seen := w.after(asked, min((w.schedule.Between(asked, answered)/2).Truncate(time.Second), d.minutes(1, 90)))
	give(g, seen, w, domain.InternalThreads, id, join("see", i), commands.SeeThread{})
	if (never || !answered.Before(replyBy)) && !noted[replyBy] {
		noted[replyBy] = true
		due(g, replyBy, domain.InternalThreads, id, join("overdue", i), commands.NoteThreadOverdue{})
	}
	if never {
		return asked, false
	}
	give(g, answered, w, domain.InternalThreads, id, join("answer", i), commands.AnswerThread{Text: text.answer})
	at := author.after(answered, d.around(50*time.Minute, 0.9))
	if text.more != "" && d.chance(12) {
		give(g, at, author, domain.InternalThreads, id, join("return", i), commands.ReturnAnswer{Addressee: w.ID, Text: text.more})
		at = w.after(at, d.around(60*time.Minute, 0.4))
		give(g, at, w, domain.InternalThreads, id, join("again", i), commands.AnswerThread{Text: "Дополняю: " + text.answer})
		at = author.after(at, d.minutes(5, 60))
	}
	give(g, at, author, domain.InternalThreads, id, join("accept", i), commands.AcceptAnswer{Addressee: w.ID})
	return at, true
}

// notify tells colleagues something that asks for no answer.
func (g *generator) notify(d dice, name string, author *worker, to []*worker, at time.Time) {
	id := g.open(d, name, author, to, nil, at, domain.ThreadNotice, of(d, notices))
	for i, w := range to {
		if d.chance(90) {
			give(g, w.after(at, d.around(60*time.Minute, 1)), w, domain.InternalThreads, id, join("see", i), commands.SeeThread{})
		}
	}
}

// agree puts an agreement to colleagues. It is in force once all have accepted; some changes take a second version.
func (g *generator) agree(d dice, name string, author *worker, to []*worker, at time.Time) domain.InternalThreadID {
	text := of(d, agreements)
	id := g.open(d, name, author, to, nil, at, domain.ThreadAgreement, text)
	if d.chance(10) {
		give(g, to[0].after(at, d.minutes(30, 400)), to[0], domain.InternalThreads, id, "decline", commands.DeclineAgreement{Reason: "В нашем офисе это не выполнить: нет второй смены."})
		return id
	}
	version := 1
	if d.chance(20) {
		at = author.after(at, d.minutes(5, 20))
		version = 2
		give(g, at, author, domain.InternalThreads, id, "revise", commands.ReviseAgreement{Text: text.more})
	}
	for i, w := range to {
		give(g, w.after(at, 30*time.Minute+d.minutes(1, 400)), w, domain.InternalThreads, id, join("agree", i), commands.AcceptAgreement{Version: version})
	}
	return id
}
