package importing

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/mailbox"
)

// mail are single mails, mbox files, archives and folders of them.
type mail struct {
	progress
	paths []string
}

// Mail prepares the import of mails as incoming messages.
func Mail(paths []string) (Source, error) {
	m := &mail{paths: paths}
	for _, path := range paths {
		err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				m.total.Add(info.Size())
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Parts implements Source.
func (m *mail) Parts() []Part { return []Part{{Kind: "mail", Items: m.items}} }

func (m *mail) items(env Env) Items {
	return func(yield func(Item, error) bool) {
		seen := ""
		for _, path := range m.paths {
			for message, refusal := range mailbox.Read(path, mailbox.Options{}) {
				it := fromMail(env, message)
				if refusal != nil {
					it = Item{File: refusal.File, Row: refusal.Index, Key: fmt.Sprintf("%s#%d", refusal.File, refusal.Index),
						Problems: []Problem{{File: refusal.File, Row: refusal.Index, Code: string(refusal.Reason), Text: refusal.Error()}}}
				}
				if it.File != seen {
					seen = it.File
					m.count(seen)
				}
				if !yield(it, nil) {
					return
				}
			}
		}
	}
}

// count adds a file that was read; mails within an archive count with the archive, which is read as they are.
func (m *mail) count(file string) {
	if info, err := os.Stat(file); err == nil {
		m.done.Add(info.Size())
	}
}

func fromMail(env Env, found mailbox.Message) Item {
	it := Item{File: found.File, Row: found.Index, Key: found.SHA256}
	for _, defect := range found.Defects {
		it.Problems = append(it.Problems, Problem{File: found.File, Row: found.Index, Key: found.MessageID, Code: defect, Text: "the mail departs from the rules; what could be read was taken", Note: true})
	}
	it.Do = func(ctx context.Context, x *commands.Executor) (Outcome, uint64, error) {
		command, err := registering(ctx, env, found)
		if err != nil {
			return Refused, 0, err
		}
		request := env.request()
		if now := x.Now(); found.Date.Before(now) {
			request.OccurredAt = found.Date
		}
		receipt, err := commands.Execute(ctx, x, domain.IncomingMessages, domain.IncomingMessageIDOfMail(found.SHA256), command, request)
		return outcomeOf(receipt), written(receipt), err
	}
	return it
}

// registering is the mail as a command, with the client found by the sender's address.
func registering(ctx context.Context, env Env, found mailbox.Message) (commands.RegisterMessage, error) {
	from := sender(found)
	c := commands.RegisterMessage{
		Channel: domain.MessageByEmail, ReceivedAt: found.Date, FromRaw: cmp.Or(strings.TrimSpace(from.Name+" <"+from.Addr+">"), "?"), FromName: clip(from.Name, 500),
		Subject: clip(found.Subject, 2000), Text: found.Text, RawSHA256: found.SHA256, Attachments: attachments(found.Attachments),
		Mail: &domain.MailHeader{MessageID: clip(found.MessageID, 998), InReplyTo: clip(first(found.InReplyTo), 998), To: addresses(found.To), Date: found.Date},
	}
	if from.Addr == "" {
		c.FromRaw = cmp.Or(from.Name, "отправитель не указан")
	} else {
		c.FromEmail = clip(from.Addr, 254)
	}
	if c.Subject == "" && c.Text == "" {
		c.Text = "(пустое письмо)"
	}
	if found.AutoSubmitted != "" || found.Bounce != nil || found.Bulk {
		c.Intent = domain.IntentOther
	}
	if c.FromEmail == "" {
		return c, nil
	}
	var err error
	c.Counterparty, c.Person, err = env.Senders.SenderByEmail(ctx, c.FromEmail)
	return c, err
}

func sender(found mailbox.Message) mailbox.Address {
	if len(found.From) > 0 {
		return found.From[0]
	}
	if len(found.ReplyTo) > 0 {
		return found.ReplyTo[0]
	}
	return mailbox.Address{}
}

func attachments(list []mailbox.Attachment) []domain.Attachment {
	var all []domain.Attachment
	for i, a := range list {
		all = append(all, domain.Attachment{SHA256: a.SHA256, Name: clip(cmp.Or(a.Name, fmt.Sprintf("вложение %d", i+1)), 255), Mime: clip(a.MIME, 100), Size: a.Size})
	}
	return all
}

func addresses(list []mailbox.Address) []string {
	var all []string
	for _, a := range list {
		if text := cmp.Or(a.Addr, a.Name); text != "" {
			all = append(all, clip(text, 500))
		}
	}
	return all
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
