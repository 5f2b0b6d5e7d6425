package commands_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// registry is an executor on a store in memory with a clock that the test moves.
type registry struct {
	t     *testing.T
	x     *commands.Executor
	store *storetest.Store
	mu    sync.Mutex
	now   time.Time
	anna  domain.EmployeeID
	boris domain.EmployeeID
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{t: t, store: storetest.New(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), anna: domain.NewID[domain.Employee](), boris: domain.NewID[domain.Employee]()}
	r.x = commands.NewExecutor(r.store, func() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.now })
	return r
}

func (r *registry) by(who domain.EmployeeID) commands.Request {
	return commands.NewRequest(who, domain.SourceUI)
}

func (r *registry) register(name, inn, kpp string) (domain.CounterpartyID, error) {
	r.t.Helper()
	id := domain.NewID[domain.Counterparty]()
	_, err := commands.Execute(r.t.Context(), r.x, domain.Counterparties, id, commands.RegisterCounterparty{
		CounterpartyRecord: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: name, INN: inn, KPP: kpp,
			ContactDetails: domain.ContactDetails{Phones: []domain.Phone{{Raw: "8 (916) 123-45-67 доб. 12"}}}},
	}, r.by(r.anna))
	return id, err
}

func (r *registry) must(_ commands.Receipt, err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *registry) counterparty(id domain.CounterpartyID) domain.Counterparty {
	r.t.Helper()
	loaded, err := commands.Load(r.t.Context(), r.x, domain.Counterparties, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return loaded.State
}

const (
	sberINN, sberKPP = "7707083893", "773601001"
	otherINN         = "7736207543"
)

func TestOneINNAndKPPOneCounterparty(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	first, err := r.register("ПАО Сбербанк", sberINN, sberKPP)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.counterparty(first).Record.Phones[0]; p.E164 != "+79161234567" || p.Ext != "12" {
		t.Errorf("phone %+v", p)
	}
	if who := r.counterparty(first).Responsible; who != r.anna {
		t.Errorf("who registers is responsible, got %s", who)
	}
	_, err = r.register("Сбер", sberINN, sberKPP)
	refusal, _ := domain.IsRefusal(err)
	if !errors.Is(err, domain.ErrCounterpartyKeyTaken) || refusal.Fields[0].Field != "inn" || domain.HolderIn(refusal) != first {
		t.Fatalf("the refusal names the field and the holder: %v", err)
	}
	if _, err := r.register("Сбербанк, филиал", sberINN, "667102001"); err != nil {
		t.Fatalf("another KPP is a branch: %v", err)
	}
	other, err := r.register("Яндекс", otherINN, "770401001")
	if err != nil {
		t.Fatal(err)
	}
	inn, kpp := sberINN, sberKPP
	_, err = commands.Execute(t.Context(), r.x, domain.Counterparties, other, commands.ChangeCounterparty{INN: &inn, KPP: &kpp}, r.by(r.anna))
	if !errors.Is(err, domain.ErrCounterpartyKeyTaken) {
		t.Fatalf("a correction may not take it either: %v", err)
	}
}

func TestOrphanedClaimIsTakenOver(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	first, err := r.register("ПАО Сбербанк", sberINN, sberKPP)
	if err != nil {
		t.Fatal(err)
	}
	inn := otherINN
	r.must(commands.Execute(t.Context(), r.x, domain.Counterparties, first, commands.ChangeCounterparty{INN: &inn}, r.by(r.anna)))
	if _, err := r.register("Сбер", sberINN, sberKPP); !errors.Is(err, domain.ErrCounterpartyKeyTaken) {
		t.Fatalf("a young claim counts: %v", err)
	}
	r.now = r.now.Add(2 * time.Minute)
	if _, err := r.register("Сбер", sberINN, sberKPP); err != nil {
		t.Fatalf("an old claim without the number does not: %v", err)
	}
}

// Of many who register the same organisation at once exactly one succeeds.
func TestConcurrentRegistration(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { _, errs[i] = r.register(fmt.Sprint("Сбер ", i), sberINN, sberKPP) })
	}
	wg.Wait()
	registered := 0
	for _, err := range errs {
		if err == nil {
			registered++
		} else if !errors.Is(err, domain.ErrCounterpartyKeyTaken) {
			t.Error(err)
		}
	}
	if registered != 1 {
		t.Errorf("%d registered", registered)
	}
}

func (r *registry) importRow(source, id, name, inn string) commands.Receipt {
	r.t.Helper()
	row := commands.ImportCounterparty{Source: source, ExternalID: id,
		Record: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: name, INN: inn}, Roles: []domain.CounterpartyRole{domain.RoleCustomer},
	}
	request := commands.NewRequest(domain.SystemActor, domain.SourceImport)
	for {
		receipt, err := commands.Import(r.t.Context(), r.x, row, request)
		switch {
		case err == nil:
			return receipt
		case !errors.Is(err, commands.ErrBusy): // "try again": a dozen writers of one stream need more than five rounds
			r.t.Error(err)
			return receipt
		}
	}
}

func TestImportFindsTheCounterparty(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	first := r.importRow("1c", "7", "Сбербанк", sberINN)
	if first.ID != commands.ImportedCounterparty("1c", "7").UUID() || first.Events != 1 {
		t.Fatalf("%+v", first)
	}
	if again := r.importRow("1c", "7", "Сбербанк", sberINN); again.Events != 0 || again.ID != first.ID {
		t.Fatalf("the same row again: %+v", again)
	}
	second := r.importRow("1c", "8", "ПАО Сбербанк", sberINN)
	if second.ID != first.ID {
		t.Fatalf("the same INN and KPP is the same counterparty: %+v", second)
	}
	if again := r.importRow("1c", "8", "ПАО Сбербанк", sberINN); again.Events != 0 {
		t.Fatalf("the second row again: %+v", again)
	}
	if moved := r.importRow("1c", "8", "ПАО Сбербанк", ""); moved.ID != first.ID {
		t.Fatalf("a row stays with its counterparty: %+v", moved)
	}
	if namesake := r.importRow("1c", "9", "Сбербанк", ""); namesake.ID == first.ID {
		t.Fatal("a name does not merge")
	}
	if wrong := r.importRow("1c", "10", "Рога", "1111111111"); wrong.ID == r.importRow("1c", "11", "Копыта", "1111111111").ID {
		t.Fatal("a number that cannot be right does not merge")
	}
	c := r.counterparty(domain.CounterpartyID(first.ID))
	if len(c.External) != 2 || c.Record.LegalName != "Сбербанк" {
		t.Errorf("%+v", c)
	}
}

func TestConcurrentImportOfOneINN(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	var wg sync.WaitGroup
	ids := make([]commands.Receipt, 12)
	for i := range ids {
		wg.Go(func() { ids[i] = r.importRow("1c", fmt.Sprint(i), "Сбербанк", sberINN) })
	}
	wg.Wait()
	for _, receipt := range ids {
		if receipt.ID != ids[0].ID {
			t.Fatal("two counterparties with one INN and KPP")
		}
	}
}

func (r *registry) flagged(left, right domain.CounterpartyID) domain.DuplicatePairID {
	r.t.Helper()
	flag := commands.FlagDuplicate{Left: left, Right: right}
	r.must(commands.Execute(r.t.Context(), r.x, domain.DuplicatePairs, flag.Pair(), flag, r.by(r.anna)))
	return flag.Pair()
}

func TestMergeAndUnmerge(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	ctx := t.Context()
	survivor, _ := r.register("Сбербанк", sberINN, "")
	loser, _ := r.register("ПАО Сбербанк", sberINN, sberKPP)
	pair := r.flagged(survivor, loser)
	merge := commands.MergeCounterparties{Survivor: survivor, Take: []domain.DetailField{"legal_name"}}
	r.must(commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, merge, r.by(r.anna)))
	if s := r.counterparty(survivor); s.Record.LegalName != "ПАО Сбербанк" || s.Record.KPP != sberKPP {
		t.Errorf("survivor %+v", s.Record)
	}
	_, err := commands.Execute(ctx, r.x, domain.Counterparties, loser, commands.RestCounterparty{}, r.by(r.anna))
	if refusal, _ := domain.IsRefusal(err); !errors.Is(err, domain.ErrCounterpartyMerged) || domain.HolderIn(refusal) != survivor {
		t.Fatalf("the loser's refusal names the survivor: %v", err)
	}
	_, err = r.register("Сбер", sberINN, sberKPP)
	if refusal, _ := domain.IsRefusal(err); !errors.Is(err, domain.ErrCounterpartyKeyTaken) || domain.HolderIn(refusal) != survivor {
		t.Fatalf("the loser's number leads to the survivor: %v", err)
	}
	r.must(commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.UnmergeCounterparties{Reason: "ошибка"}, r.by(r.anna)))
	if s, l := r.counterparty(survivor), r.counterparty(loser); s.Record.LegalName != "Сбербанк" || s.Record.KPP != "" || !l.Exists() {
		t.Errorf("after the un-merge: %+v, %+v", s.Record, l.State)
	}
}

func TestUnmergeListsWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	ctx := t.Context()
	survivor, _ := r.register("Сбербанк", sberINN, "")
	imported := domain.CounterpartyID(r.importRow("1c", "7", "Сбербанк", "").ID)
	pair := r.flagged(survivor, imported)
	r.must(commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.MergeCounterparties{Survivor: survivor}, r.by(r.anna)))
	if receipt := r.importRow("1c", "7", "Сбербанк России", ""); receipt.ID != survivor.UUID() {
		t.Fatalf("the loser's row comes to the survivor: %+v", receipt)
	}
	_, err := commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.UnmergeCounterparties{Reason: "ошибка"}, r.by(r.anna))
	refusal, _ := domain.IsRefusal(err)
	if !errors.Is(err, domain.ErrCounterpartyInUse) || len(refusal.Fields) != 1 || refusal.Fields[0].Code != "counterparty.row_imported" {
		t.Fatalf("got %v", err)
	}
	if !r.counterparty(survivor).Exists() || r.counterparty(imported).Exists() {
		t.Error("a refused un-merge changes nothing")
	}
}

func TestKeyAccountIsMergedByTwo(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	ctx := t.Context()
	survivor, _ := r.register("Сбербанк", sberINN, "")
	loser, _ := r.register("ПАО Сбербанк", sberINN, sberKPP)
	r.must(commands.Execute(ctx, r.x, domain.Counterparties, loser, commands.MarkKeyAccount{Key: true}, r.by(r.anna)))
	pair := r.flagged(survivor, loser)
	if _, err := commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.MergeCounterparties{Survivor: survivor}, r.by(r.anna)); !errors.Is(err, domain.ErrDuplicateNeedsTwo) {
		t.Fatalf("got %v", err)
	}
	r.must(commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.ProposeMerge{Survivor: survivor}, r.by(r.anna)))
	if _, err := commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.ApproveMerge{}, r.by(r.anna)); !errors.Is(err, domain.ErrDuplicateSamePerson) {
		t.Fatalf("got %v", err)
	}
	if !r.counterparty(loser).Exists() {
		t.Fatal("a refused merge changes nothing")
	}
	r.must(commands.Execute(ctx, r.x, domain.DuplicatePairs, pair, commands.ApproveMerge{}, r.by(r.boris)))
	if r.counterparty(loser).MergedInto != survivor {
		t.Error("merged by two")
	}
}

// failing breaks off one append.
type failing struct {
	*storetest.Store
	countdown int
}

func (f *failing) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	if f.countdown--; f.countdown == 0 {
		return 0, errors.New("the power failed")
	}
	return f.Store.Append(ctx, stream, expected, events)
}

// A merge that breaks off anywhere is completed by giving it again, also with a new command id.
func TestBrokenMergeIsCompleted(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 3; at++ {
		r := newRegistry(t)
		survivor, _ := r.register("Сбербанк", sberINN, "")
		loser, _ := r.register("ПАО Сбербанк", sberINN, sberKPP)
		pair := r.flagged(survivor, loser)
		broken := commands.NewExecutor(&failing{r.store, at}, func() time.Time { return r.now })
		merge := commands.MergeCounterparties{Survivor: survivor}
		if _, err := commands.Execute(t.Context(), broken, domain.DuplicatePairs, pair, merge, r.by(r.anna)); err == nil {
			t.Fatal("the power did not fail")
		}
		r.must(commands.Execute(t.Context(), r.x, domain.DuplicatePairs, pair, merge, r.by(r.anna)))
		if s := r.counterparty(survivor); r.counterparty(loser).MergedInto != survivor || len(s.Absorbed) != 1 || s.Record.KPP != sberKPP {
			t.Errorf("broken at append %d: %+v", at, s)
		}
	}
}

func TestParentsMakeNoCircle(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	head, _ := r.register("Головная", sberINN, "")
	branch, _ := r.register("Филиал", sberINN, sberKPP)
	r.must(commands.Execute(t.Context(), r.x, domain.Counterparties, branch, commands.JoinCounterparty{Parent: head}, r.by(r.anna)))
	if _, err := commands.Execute(t.Context(), r.x, domain.Counterparties, head, commands.JoinCounterparty{Parent: branch}, r.by(r.anna)); !errors.Is(err, domain.ErrCounterpartyParent) {
		t.Fatalf("got %v", err)
	}
	if _, err := commands.Execute(t.Context(), r.x, domain.Counterparties, head, commands.JoinCounterparty{Parent: domain.NewID[domain.Counterparty]()}, r.by(r.anna)); err == nil {
		t.Fatal("a parent must exist")
	}
}

func TestReadPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, country, e164, ext, note string }{
		{"8 (916) 123-45-67", "", "+79161234567", "", ""},
		{"916 1234567", "RU", "+79161234567", "", ""},
		{"7 (495) 703-33-33 доб. 12", "", "+74957033333", "12", ""},
		{"8-10-49-30-1234567", "", "+49301234567", "", ""},
		{"84997033333 многоканальный", "", "+74997033333", "", "многоканальный"},
		{"123-45-67", "", "", "", ""},
		{"3347938701", "US", "+13347938701", "", ""},
		{"нет", "", "", "", ""},
	} {
		p := commands.ReadPhone(c.raw, c.country)
		if p.Raw != c.raw || p.E164 != c.e164 || p.Ext != c.ext || p.Note != c.note {
			t.Errorf("%q: %+v", c.raw, p)
		}
	}
}

func FuzzReadPhone(f *testing.F) {
	f.Add("8 (916) 123-45-67 доб. 12")
	f.Fuzz(func(t *testing.T, raw string) {
		if p := commands.ReadPhone(raw, ""); p.E164 != "" && p.E164[0] != '+' {
			t.Errorf("%q: %+v", raw, p)
		}
	})
}
