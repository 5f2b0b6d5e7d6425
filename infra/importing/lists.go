package importing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/spreadsheet"
)

// lists are CSV and XLSX lists of counterparties, read through a mapping.
type lists struct {
	progress
	parts   []Part
	mapping spreadsheet.Mapping
}

// Lists prepares the import of lists. mapping is a file, the name of a mapping that comes with the program, or empty:
// then the one whose columns all files have is taken.
func Lists(files []string, mapping string) (Source, error) {
	m, version, err := findMapping(files, mapping)
	if err != nil {
		return nil, err
	}
	l := &lists{mapping: m}
	for _, file := range files {
		header, size, err := headerOf(file)
		if err != nil {
			return nil, err
		}
		if err := m.Check(header).Err(file); err != nil {
			return nil, err
		}
		l.total.Add(size)
	}
	l.parts, err = fileParts("counterparties", version, files, l.read)
	return l, err
}

func headerOf(file string) (header []string, size int64, err error) {
	r, err := spreadsheet.Open(file, spreadsheet.Options{})
	if err != nil {
		return nil, 0, err
	}
	_, size = r.Progress()
	return r.Header(), size, r.Close()
}

// findMapping also returns what tells this mapping from others: its name, or the digest of its file.
func findMapping(files []string, name string) (m spreadsheet.Mapping, version string, err error) {
	if name == "" {
		return fittingMapping(files[0])
	}
	source, err := os.ReadFile(name)
	if err == nil {
		sum := sha256.Sum256(source)
		m, err = spreadsheet.ParseMapping(name, source)
		return m, hex.EncodeToString(sum[:8]), err
	}
	if m, err = spreadsheet.Builtin(name); err != nil {
		return m, "", fmt.Errorf("--map %s is neither a file nor one of %s", name, strings.Join(spreadsheet.BuiltinNames(), ", "))
	}
	return m, name, nil
}

// fittingMapping is the first built-in mapping that misses none of its columns.
func fittingMapping(file string) (m spreadsheet.Mapping, name string, err error) {
	header, _, err := headerOf(file)
	if err != nil {
		return m, "", err
	}
	for _, name := range spreadsheet.BuiltinNames() {
		m, err := spreadsheet.Builtin(name)
		if err == nil && m.Check(header).Err(file) == nil {
			return m, name, nil
		}
	}
	return m, "", fmt.Errorf("no mapping fits the columns of %s (%s); write one and name it with --map", file, strings.Join(header, ", "))
}

// Parts implements Source.
func (l *lists) Parts() []Part { return l.parts }

func (l *lists) read(env Env, file string, yield func(Item, error) bool) {
	r, err := spreadsheet.Open(file, spreadsheet.Options{})
	if err != nil {
		yield(Item{}, err)
		return
	}
	defer r.Close()
	before := l.done.Load()
	for row, err := range r.Rows() {
		read, _ := r.Progress()
		l.done.Store(before + read)
		var broken spreadsheet.RowErrors
		if err != nil && !errors.As(err, &broken) {
			yield(Item{}, err)
			return
		}
		if !yield(l.item(env, file, row, broken), nil) {
			return
		}
	}
}

func (l *lists) item(env Env, file string, row spreadsheet.Row, broken spreadsheet.RowErrors) Item {
	record, fieldErrs := l.mapping.Apply(row)
	command := listed(record)
	it := Item{File: file, Row: row.Number, Key: command.ExternalID}
	for _, e := range broken {
		it.Problems = append(it.Problems, ofRow(it, e))
	}
	usable := true
	for _, e := range fieldErrs {
		it.Problems = append(it.Problems, ofRow(it, e.In(file, row)))
		usable = usable && (e.Note || e.Code != spreadsheet.CodeRequired)
	}
	if usable {
		it.Do = taking(env, command, personsOf(record, command))
	}
	return it
}

// listed is a list's record as a command. A list without numbers of its own is keyed by what identifies the
// counterparty best: INN and KPP, else the name and address.
func listed(r spreadsheet.Record) commands.ImportCounterparty {
	c := commands.ImportCounterparty{
		Source: cmp.Or(r.Namespace, "list"), ExternalID: r.ExternalID,
		Record: domain.CounterpartyRecord{
			Kind: domain.CounterpartyKind(cmp.Or(r.Kind, string(domain.KindOrganisation))), LegalName: cmp.Or(r.LegalName, r.ShortName), ShortName: r.ShortName,
			INN: r.INN, KPP: r.KPP, OGRN: r.OGRN, LegalAddress: r.LegalAddress, ActualAddress: r.ActualAddress, Industry: r.Industry,
			Segment: r.Segment, Region: r.Region, TimeZone: r.TimeZone, Source: r.Source, Comment: r.Comment, Extra: r.Extra,
			ContactDetails: contacts(r.Phones, r.Emails),
		},
	}
	if len(r.Phones) > 0 && r.Phones[0].Region != domain.CountryRussia {
		c.Record.Country = r.Phones[0].Region
	}
	for _, role := range r.Roles {
		c.Roles = append(c.Roles, domain.CounterpartyRole(role))
	}
	if c.ExternalID == "" {
		c.ExternalID = clip(cmp.Or(strings.Trim(r.INN+"/"+r.KPP, "/"), c.Record.LegalName+", "+cmp.Or(r.ActualAddress, r.LegalAddress)), 200)
	}
	return c
}

func contacts(phones []spreadsheet.Phone, emails []string) domain.ContactDetails {
	var d domain.ContactDetails
	for _, p := range phones {
		read := commands.ReadPhone(p.Raw, p.Region)
		read.Raw = p.Raw
		d.Phones = append(d.Phones, read)
	}
	for _, e := range emails {
		d.Emails = append(d.Emails, domain.Email{Address: e})
	}
	return d
}

func personsOf(r spreadsheet.Record, c commands.ImportCounterparty) []commands.ImportContactPerson {
	var persons []commands.ImportContactPerson
	for _, p := range r.Persons {
		persons = append(persons, commands.ImportContactPerson{
			Source: c.Source, ExternalID: c.ExternalID + "/" + p.FullName, Country: c.Record.Country, FullName: p.FullName,
			Details: domain.PersonDetails{Position: p.Position}, ContactDetails: contacts(p.Phones, p.Emails),
		})
	}
	return persons
}

// taking gives the counterparty's command and those of its people.
func taking(env Env, c commands.ImportCounterparty, persons []commands.ImportContactPerson) func(context.Context, *commands.Executor) (Outcome, uint64, error) {
	return func(ctx context.Context, x *commands.Executor) (Outcome, uint64, error) {
		receipt, err := commands.Import(ctx, x, c, env.request())
		if err != nil {
			return Refused, 0, err
		}
		outcome, position := outcomeOf(receipt), written(receipt)
		for _, p := range persons {
			p.Counterparty = domain.CounterpartyID(receipt.ID)
			more, err := commands.ImportPerson(ctx, x, p, env.request())
			if err != nil {
				return Refused, position, err
			}
			if more.Events > 0 && outcome == Unchanged {
				outcome = Changed
			}
			position = max(position, written(more))
		}
		return outcome, position, nil
	}
}

// outcomeOf reads from a receipt what the command did to its record.
func outcomeOf(r commands.Receipt) Outcome {
	switch {
	case r.Events == 0:
		return Unchanged
	case r.Revision+1 == int64(r.Events):
		return Created
	}
	return Changed
}

// written is the position of what the command wrote, 0 for nothing.
func written(r commands.Receipt) uint64 {
	if r.Events == 0 {
		return 0
	}
	return r.Position
}

func ofRow(it Item, e spreadsheet.RowError) Problem {
	return Problem{File: e.File, Row: it.Row, Key: it.Key, Field: cmp.Or(e.Field, e.Column), Code: string(e.Code), Text: e.Error(), Value: e.Value, Note: e.Note}
}

func (p Problem) rowError() spreadsheet.RowError {
	return spreadsheet.RowError{File: p.File, Row: p.Row, Field: p.Field, Code: spreadsheet.Code(p.Code), Value: p.Value, Detail: p.Text, Note: p.Note}
}

// clip cuts a text to at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
