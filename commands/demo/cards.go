package demo

import (
	"strconv"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

const dateForm = time.DateOnly

// tellClients is what happens to the cards of clients and their people.
func (g *generator) tellClients() {
	d := g.scenario("cards")
	var firms []*client
	for _, c := range g.clients {
		if c.kind == domain.KindOrganisation && c.active && len(c.people) >= 2 && c.since.Before(g.firstHour()) {
			firms = append(firms, c)
		}
	}
	at := func(c *client, day, minutes int) time.Time {
		return c.owner.on(g.days[day], time.Duration(minutes)*time.Minute)
	}
	g.tellDetails(firms[0:3], at)
	g.tellRelations(firms[3:8], at)
	g.tellPeople(firms[8:11], at)
	g.tellInfluence(firms[11], at)
	g.tellGroups(d, firms[12:20], at)
	g.tellDuplicates(d, firms)
}

type moment func(c *client, day, minutes int) time.Time

func (g *generator) tellDetails(firms []*client, at moment) {
	c, cp := firms[0], domain.Counterparties
	segment, comment := segments[0], "Просят присылать счета до десятого числа."
	give(g, at(c, 1, 30), c.owner, cp, c.id, "details", commands.ChangeCounterparty{Segment: &segment, Comment: &comment, Extra: map[string]string{"номер пропуска": "17"}})
	give(g, at(c, 1, 35), c.owner, cp, c.id, "contacts", commands.ChangeCounterpartyContacts{ContactDetails: domain.ContactDetails{
		Phones: append(append([]domain.Phone{}, c.record.Phones...), domain.Phone{Raw: phone(7001), Kind: domain.PhoneWork, Note: "бухгалтерия"}),
		Emails: c.record.Emails, Messengers: []domain.Messenger{{Kind: "telegram", Account: "@" + strings.ReplaceAll(c.slug, "-", "_")}},
	}})
	give(g, at(c, 2, 35), c.owner, cp, c.id, "external", commands.IdentifyCounterparty{Source: "Бухгалтерия", ExternalID: "К-000117"})
	c = firms[1]
	second := account(90_001)
	give(g, at(c, 2, 60), c.owner, cp, c.id, "second account", commands.AddBankAccount{BankAccount: domain.BankAccount{BIK: fictionalBIK, Account: second, Bank: fictionalBank}})
	give(g, at(c, 7, 60), c.owner, cp, c.id, "close account", commands.CloseBankAccount{BIK: fictionalBIK, Account: second, Until: g.days[7], Reason: "Клиент сменил банк"})
	give(g, at(c, 3, 60), c.owner, cp, c.id, "proxy", commands.AddSignatory{Name: c.people[1].name, Position: c.people[1].position, Person: c.people[1].id, Authority: "Доверенность № 44 от 03.02.2026", ValidUntil: g.days[9].AddDays(30)})
	give(g, at(c, 6, 60), c.owner, cp, c.id, "no proxy", commands.WithdrawSignatory{Number: 2, Until: g.days[6], Reason: "Доверенность отозвана"})
	c = firms[2]
	consent := domain.Consent{Channel: domain.ChannelSMS, Scope: "service", On: g.days[2], TextShown: "Согласен получать сообщения о выезде инженера", Proof: "Заявка на сайте"}
	give(g, at(c, 2, 90), c.owner, cp, c.id, "sms", commands.GiveCounterpartyConsent{Consent: consent})
	consent.On = g.days[8]
	give(g, at(c, 8, 90), c.owner, cp, c.id, "no sms", commands.WithdrawCounterpartyConsent{Consent: consent})
}

func (g *generator) tellRelations(firms []*client, at moment) {
	cp, c := domain.Counterparties, firms[0]
	give(g, at(c, 1, 20), c.owner, cp, c.id, "rest", commands.RestCounterparty{Reason: "Заявок нет полгода"})
	give(g, at(c, 5, 20), c.owner, cp, c.id, "activate", commands.ActivateCounterparty{Reason: "Новый договор"})
	c = firms[1]
	give(g, at(c, 2, 20), c.owner, cp, c.id, "close", commands.CloseCounterparty{Reason: "Компания прекратила деятельность"})
	give(g, at(c, 6, 20), c.owner, cp, c.id, "reopen", commands.ReopenCounterparty{To: domain.CounterpartyActive, Reason: "Прекращение отменено, работа продолжается"})
	c = firms[2]
	give(g, at(c, 1, 50), c.owner, cp, c.id, "partner", commands.AddCounterpartyRole{Role: domain.RoleOther, Since: g.days[1]})
	give(g, at(c, 7, 50), c.owner, cp, c.id, "no partner", commands.RemoveCounterpartyRole{Role: domain.RoleOther, Until: g.days[7]})
	c = firms[3]
	give(g, at(c, 2, 70), c.owner, cp, c.id, "key", commands.MarkKeyAccount{Key: true, Reason: "Вошёл в десятку крупнейших"})
	give(g, at(c, 8, 70), c.owner, cp, c.id, "no key", commands.MarkKeyAccount{Key: false, Reason: "Объём закупок снизился"})
	give(g, at(c, 3, 70), c.owner, cp, c.id, "entrust", commands.EntrustCounterparty{Responsible: g.named("lebedeva").ID, Reason: "Клиент передан на сопровождение"})
	c = firms[4]
	give(g, at(c, 4, 70), c.owner, cp, c.id, "holding", commands.JoinCounterparty{Parent: firms[3].id})
}

func (g *generator) tellPeople(firms []*client, at moment) {
	cp, c := domain.ContactPersons, firms[0]
	p := c.people[0]
	language, birthday := "en", domain.Date("1981-05-17")
	give(g, at(c, 1, 100), c.owner, cp, p.id, "details", commands.ChangeContactPerson{Language: &language, Birthday: &birthday})
	give(g, at(c, 1, 103), c.owner, cp, p.id, "contacts", commands.ChangePersonContacts{ContactDetails: domain.ContactDetails{
		Phones: []domain.Phone{{Raw: "8" + p.phone[2:], Kind: domain.PhoneMobile}, {Raw: phone(7002), Ext: "115"}}, Emails: []domain.Email{{Address: p.email}},
	}})
	give(g, at(c, 4, 100), c.owner, cp, p.id, "refuse", commands.RefuseContact{Reason: "Просит не звонить до конца месяца."})
	give(g, at(c, 8, 100), c.owner, cp, p.id, "allow", commands.AllowContact{Reason: "Сам позвонил и снял просьбу."})
	consent := domain.Consent{Channel: domain.ChannelEmail, Scope: "advertising", On: g.days[1], TextShown: "Согласен получать новости", Proof: "Анкета семинара"}
	give(g, at(c, 1, 110), c.owner, cp, p.id, "consent", commands.GivePersonConsent{Consent: consent})
	consent.On = g.days[7]
	give(g, at(c, 7, 110), c.owner, cp, p.id, "no consent", commands.WithdrawPersonConsent{Consent: consent})
	role := domain.DecisionRole{Counterparty: c.id, Role: "champion", Topic: influenceTopics[2], Since: g.days[1]}
	give(g, at(c, 1, 120), c.owner, cp, p.id, "champion", commands.GiveDecisionRole{DecisionRole: role})
	give(g, at(c, 6, 120), c.owner, cp, p.id, "no champion", commands.WithdrawDecisionRole{DecisionRole: role, Until: g.days[6]})
	// One moves to another client, one works at two, one leaves.
	mover := c.people[1]
	give(g, at(c, 5, 60), c.owner, cp, mover.id, "move", commands.MovePerson{Employment: domain.Employment{Counterparty: firms[1].id, Position: "Коммерческий директор", From: g.days[5]}})
	twice := firms[1].people[1]
	give(g, at(firms[1], 5, 90), c.owner, cp, twice.id, "second job", commands.EmployPerson{Employment: domain.Employment{Counterparty: firms[2].id, Position: "Советник", From: g.days[5]}})
	leaver := firms[2].people[1]
	give(g, at(firms[2], 6, 90), firms[2].owner, cp, leaver.id, "leave", commands.DismissPerson{Counterparty: firms[2].id, To: g.days[6], Reason: "Уволился"})
}

// tellInfluence is a link that was supposed, confirmed, weighed anew and became out of date.
func (g *generator) tellInfluence(c *client, at moment) {
	links := domain.InfluenceLinks
	link := commands.SupposeInfluence{
		Counterparty: c.id, From: c.people[1].id, To: c.people[0].id, Kind: domain.InfluenceBlocks, Topic: "Замена оборудования",
		InfluenceWeight: domain.InfluenceWeight{Strength: 3, Attitude: -1, Confidence: 40}, Evidence: domain.Evidence{Note: influenceNotes[3]}, Since: g.days[0],
	}
	id := link.Link()
	give(g, at(c, 1, 140), c.owner, links, id, "suppose", link)
	give(g, at(c, 3, 140), c.owner, links, id, "confirm", commands.ConfirmInfluence{Evidence: domain.Evidence{Note: "Подтвердил на встрече."}, Confidence: 90, On: g.days[3]})
	give(g, at(c, 5, 140), c.owner, links, id, "revise", commands.ReviseInfluence{InfluenceWeight: domain.InfluenceWeight{Strength: 2, Attitude: 1, Confidence: 90}, Evidence: domain.Evidence{Note: influenceNotes[2]}, On: g.days[5]})
	give(g, at(c, 8, 140), c.owner, links, id, "outdate", commands.OutdateInfluence{Until: g.days[8], Reason: "Решение принято, вопрос закрыт."})
}

func (g *generator) tellGroups(d dice, firms []*client, at moment) {
	groups, by := domain.AudienceGroups, g.named("rybakov")
	seminar, news := idOf[domain.AudienceGroup](g, "group", "seminar"), idOf[domain.AudienceGroup](g, "group", "news")
	var clients domain.GroupMembers
	var people domain.GroupMembers
	for _, c := range firms {
		clients.Counterparties = append(clients.Counterparties, c.id)
		people.Persons = append(people.Persons, c.people[d.IntN(len(c.people))].id)
	}
	c := firms[0]
	give(g, at(c, 0, 200), by, groups, seminar, "create", commands.CreateAudienceGroup{Kind: domain.GroupOfCounterparties, Name: "Приглашение на семинар"})
	give(g, at(c, 0, 205), by, groups, seminar, "add", commands.AddGroupMembers{GroupMembers: clients})
	give(g, at(c, 2, 205), by, groups, seminar, "rename", commands.RenameAudienceGroup{Name: "Приглашение на зимний семинар"})
	give(g, at(c, 3, 205), by, groups, seminar, "remove", commands.RemoveGroupMembers{GroupMembers: domain.GroupMembers{Counterparties: clients.Counterparties[:2]}})
	give(g, at(c, 1, 210), by, groups, news, "create", commands.CreateAudienceGroup{Kind: domain.GroupOfPersons, Name: "Новости для ответственных лиц"})
	give(g, at(c, 1, 212), by, groups, news, "add", commands.AddGroupMembers{GroupMembers: people})
	old := idOf[domain.AudienceGroup](g, "group", "old")
	give(g, at(c, 1, 220), by, groups, old, "create", commands.CreateAudienceGroup{Kind: domain.GroupOfPersons, Name: "Участники весенней выставки"})
	give(g, at(c, 4, 220), by, groups, old, "close", commands.CloseAudienceGroup{Reason: "Рассылка завершена"})
}

// tellDuplicates registers some clients a second time: with another KPP, or without numbers and with the phone written
// otherwise. Some pairs are answered, some wait.
func (g *generator) tellDuplicates(d dice, firms []*client) {
	for i, fate := range []string{"merged", "unmerged", "rejected", "branch", "proposed", "approved", "open", "open"} {
		g.duplicate(d, firms[len(firms)-1-i], i, fate)
	}
}

func (g *generator) duplicate(d dice, c *client, i int, fate string) {
	twin := g.twinOf(d, c, i, fate)
	at := c.owner.on(g.days[i%4], d.minutes(60, 300))
	flag := commands.FlagDuplicate{Left: c.id, Right: twin, Note: "Похоже на одну и ту же компанию: совпадают телефон и сайт."}
	pairs, pair, head := domain.DuplicatePairs, flag.Pair(), g.named("lebedeva")
	give(g, at, c.owner, pairs, pair, "flag", flag)
	step := func(minutes int) time.Time { return head.after(at, time.Duration(minutes)*time.Minute) }
	switch fate {
	case "merged":
		give(g, step(100), head, pairs, pair, "merge", commands.MergeCounterparties{Survivor: c.id})
	case "unmerged":
		give(g, step(110), head, pairs, pair, "merge", commands.MergeCounterparties{Survivor: c.id})
		give(g, step(900), head, pairs, pair, "unmerge", commands.UnmergeCounterparties{Reason: "Это другая компания того же владельца."})
	case "rejected":
		give(g, step(120), head, pairs, pair, "reject", commands.RejectDuplicate{Reason: "Общий телефон бизнес-центра."})
	case "branch":
		give(g, step(130), head, pairs, pair, "branch", commands.LinkBranch{Head: c.id})
	case "proposed", "approved":
		give(g, step(140), head, pairs, pair, "propose", commands.ProposeMerge{Survivor: c.id})
		if fate == "approved" {
			give(g, step(300), g.named("orlova"), pairs, pair, "approve", commands.ApproveMerge{})
		}
	}
}

// twinOf registers the same firm again.
func (g *generator) twinOf(d dice, c *client, i int, fate string) domain.CounterpartyID {
	id := idOf[domain.Counterparty](g, "twin", strconv.Itoa(i))
	r := domain.CounterpartyRecord{Kind: c.kind, LegalName: strings.ToUpper(c.record.LegalName), ShortName: c.name, Region: c.office.region, TimeZone: c.office.zone}
	r.Phones = []domain.Phone{{Raw: "8 (900) " + strings.TrimPrefix(c.record.Phones[0].Raw, "+7 900 ")}}
	if i%2 == 1 || fate == "branch" {
		r.INN, r.KPP = c.record.INN, c.record.KPP[:4]+"43001"
		r.LegalName += " (филиал)"
	}
	g.pairs++
	give(g, c.owner.on(g.early[len(g.early)-1], d.minutes(200, 400)), g.named("karpova"), domain.Counterparties, id, "register", commands.RegisterCounterparty{
		CounterpartyRecord: r, Roles: []domain.CounterpartyRole{domain.RoleCustomer}, Responsible: c.owner.ID,
	})
	return id
}
