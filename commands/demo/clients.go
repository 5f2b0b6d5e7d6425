package demo

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// client is a counterparty of the story.
type client struct {
	id     domain.CounterpartyID
	kind   domain.CounterpartyKind
	name   string
	slug   string
	email  string
	office office
	owner  *worker
	since  time.Time // registered
	active bool
	people []*contact
	record domain.CounterpartyRecord
}

// contact is a contact person of the story.
type contact struct {
	id       domain.ContactPersonID
	name     string
	first    string
	position string
	email    string
	phone    string
}

// enter registers the clients: most before the story's days, some meanwhile.
func (g *generator) enter(before, meanwhile int) {
	for i := range before {
		day := g.early[i*len(g.early)/before]
		g.register(i, day)
	}
	for i := range meanwhile {
		g.register(before+i, g.days[i*len(g.days)/meanwhile])
	}
	sort.SliceStable(g.clients, func(i, j int) bool { return g.clients[i].since.Before(g.clients[j].since) })
}

// anyClient picks one that has been known for some hours.
func (g *generator) anyClient(d dice, at time.Time) *client {
	known := sort.Search(len(g.clients), func(i int) bool { return g.clients[i].since.Add(6 * time.Hour).After(at) })
	return g.clients[d.IntN(max(known, 1))]
}

func (g *generator) register(i int, day domain.Date) {
	d := g.scenario(join("client", i))
	c := g.draw(d, i)
	c.since = c.owner.on(day, d.minutes(5, 430))
	g.clients = append(g.clients, c)
	command := commands.RegisterCounterparty{CounterpartyRecord: c.record, State: domain.CounterpartyProspect, Roles: g.rolesFor(i), KeyAccount: i%29 == 4}
	if c.active {
		command.State = domain.CounterpartyActive
	}
	give(g, c.since, c.owner, domain.Counterparties, c.id, "register", command)
	g.employ(d, c, i)
	at := c.since.Add(d.minutes(2, 9))
	if c.kind != domain.KindNaturalPerson && c.active {
		give(g, at, c.owner, domain.Counterparties, c.id, "account", commands.AddBankAccount{BankAccount: domain.BankAccount{
			BIK: fictionalBIK, Account: account(i), Correspondent: correspondentAccount(), Bank: fictionalBank, Since: c.owner.today(c.since),
		}})
	}
	if c.kind == domain.KindOrganisation && c.active && len(c.people) > 0 {
		head := c.people[0]
		give(g, at.Add(time.Minute), c.owner, domain.Counterparties, c.id, "signatory", commands.AddSignatory{
			Name: head.name, Position: head.position, Person: head.id, Authority: of(d, []string{"Устав", "Доверенность № " + strconv.Itoa(10+i) + " от 12.01.2026"}),
		})
	}
	if d.chance(20) {
		give(g, at.Add(2*time.Minute), c.owner, domain.Counterparties, c.id, "consent", commands.GiveCounterpartyConsent{Consent: domain.Consent{
			Channel: domain.ChannelEmail, Scope: "advertising", On: c.owner.today(c.since), TextShown: "Согласен получать новости и предложения", Proof: "Анкета клиента",
		}})
	}
}

// draw invents a client.
func (g *generator) draw(d dice, i int) *client {
	c := &client{id: idOf[domain.Counterparty](g, "client", strconv.Itoa(i)), kind: domain.KindOrganisation, office: offices[(i*7+i/5)%4], active: i%3 != 2}
	switch i % 12 {
	case 5:
		c.kind = domain.KindSoleTrader
	case 11, 8:
		c.kind = domain.KindNaturalPerson
	}
	c.owner = g.sellerFor(d, c)
	c.record = domain.CounterpartyRecord{
		Kind: c.kind, Region: c.office.region, TimeZone: c.office.zone, Source: of(d, leadSources), Since: g.early[0].AddDays(-d.IntN(900)),
		LegalAddress: c.office.city + ", " + c.office.street + ", д. " + strconv.Itoa(1+i%90) + ", оф. " + strconv.Itoa(100+i%300),
	}
	if c.kind == domain.KindNaturalPerson {
		p := g.person(d, join("natural", i), c.slug)
		c.name, c.slug = p.name, "person"+strconv.Itoa(i)
		c.record.LegalName = p.name
		c.record.LegalAddress = c.office.city + ", " + c.office.street + ", д. " + strconv.Itoa(1+i%90)
	} else {
		g.nameFirm(d, c, i)
	}
	c.email = "info@" + c.slug + ".example"
	c.record.Emails = []domain.Email{{Address: c.email}}
	c.record.Phones = []domain.Phone{{Raw: phone(i), Kind: domain.PhoneWork}}
	return c
}

// nameFirm gives a firm its name and its numbers.
func (g *generator) nameFirm(d dice, c *client, i int) {
	head, tail := companyHeads[i%len(companyHeads)], companyTails[(i/len(companyHeads)+i)%len(companyTails)]
	name := head.ru + "-" + tail.ru
	c.slug = head.slug + "-" + tail.slug
	if more := i / (len(companyHeads) * len(companyTails)); more > 0 {
		name += " " + strconv.Itoa(more+1)
		c.slug += strconv.Itoa(more + 1)
	}
	taxOffice := c.office.taxRegion + strconv.Itoa(g.taxOffice)
	c.record.Industry, c.record.Segment = of(d, industries), of(d, segments)
	if c.kind == domain.KindSoleTrader {
		p := g.person(d, join("trader", i), c.slug)
		c.name = "ИП " + p.name
		c.record.LegalName, c.record.ShortName = "Индивидуальный предприниматель "+p.name, c.name+" («"+name+"»)"
		c.record.INN, c.record.OGRN = inn12(taxOffice, i), ogrn15(c.office.taxRegion, 19+i%6, i)
		return
	}
	form, short := "Общество с ограниченной ответственностью", "ООО"
	if i%9 == 7 {
		form, short = "Акционерное общество", "АО"
	}
	c.name = short + " «" + name + "»"
	c.record.LegalName, c.record.ShortName = form+" «"+name+"»", c.name
	c.record.INN, c.record.KPP, c.record.OGRN = inn10(taxOffice, i), taxOffice+"01001", ogrn13(c.office.taxRegion, 15+i%10, i)
	c.record.Websites = []string{"https://" + c.slug + ".example"}
}

// sellerFor finds who is responsible: a colleague of the client's office, where there is one.
func (g *generator) sellerFor(d dice, c *client) *worker {
	group := "sales"
	if c.active && d.chance(45) {
		group = "accounts"
	}
	var near []*worker
	for _, w := range g.groups[group] {
		if w.office.key == c.office.key {
			near = append(near, w)
		}
	}
	if len(near) == 0 {
		near = g.groups[group]
	}
	return of(d, near)
}

func (g *generator) rolesFor(i int) []domain.CounterpartyRole {
	switch {
	case i%23 == 9:
		return []domain.CounterpartyRole{domain.RolePartner}
	case i == 40:
		return []domain.CounterpartyRole{domain.RoleCompetitor, domain.RoleCustomer}
	case i%31 == 17:
		return []domain.CounterpartyRole{domain.RoleCompetitor}
	case i%37 == 21:
		return []domain.CounterpartyRole{domain.RoleSupplier}
	}
	return []domain.CounterpartyRole{domain.RoleCustomer}
}

// employ enters the contact persons of a firm.
func (g *generator) employ(d dice, c *client, i int) {
	n := 0
	switch c.kind {
	case domain.KindOrganisation:
		n = 1 + i%2 + i/2%2 + boolean(c.active)
	case domain.KindSoleTrader:
		n = 1
	case domain.KindNaturalPerson:
	}
	g.persons += n
	for k := range n {
		p := g.person(d, join("contact", i, k), c.slug)
		p.position = positions[(i+k*3)%len(positions)]
		if k == 0 {
			p.position = positions[0]
		}
		c.people = append(c.people, p)
		at := c.since.Add(time.Duration(k+1) * 30 * time.Second)
		details := domain.SplitName(p.name)
		details.Position, details.Language, details.PreferredChannel = p.position, "ru", of(d, []domain.Channel{domain.ChannelCall, domain.ChannelEmail, domain.ChannelMessenger})
		give(g, at, c.owner, domain.ContactPersons, p.id, "register", commands.RegisterContactPerson{
			PersonDetails: details, Counterparty: c.id, From: c.record.Since,
			ContactDetails: domain.ContactDetails{Emails: []domain.Email{{Address: p.email}}, Phones: []domain.Phone{{Raw: p.phone, Kind: domain.PhoneMobile}}},
		})
	}
	if c.active && n >= 2 {
		g.influence(d, c)
	}
}

// person invents somebody.
func (g *generator) person(d dice, name, slug string) *contact {
	last, first, middle := of(d, lastNames), of(d, menFirst), of(d, menMiddle)
	if d.chance(50) {
		last, first, middle = last+"а", of(d, ladyFirst), of(d, ladyMiddle)
	}
	g.invented++
	p := &contact{id: idOf[domain.ContactPerson](g, "contact", name), name: last + " " + first + " " + middle, first: first, phone: phone(1000 + g.invented)}
	p.email = "contact" + strconv.Itoa(g.invented) + "@" + strings.ToLower(slug) + ".example"
	return p
}

// influence supposes who decides at a client; some of it is confirmed, some turns out to be out of date.
func (g *generator) influence(d dice, c *client) {
	kinds := []domain.InfluenceKind{domain.InfluenceApproves, domain.InfluenceRecommends, domain.InfluenceControlsBudget, domain.InfluenceSigns, domain.InfluenceUses}
	for k := range 1 + d.IntN(2) {
		from, to := c.people[(k+1)%len(c.people)], c.people[k%len(c.people)]
		at := c.owner.after(c.since, d.minutes(60, 2000))
		link := commands.SupposeInfluence{
			Counterparty: c.id, From: from.id, Kind: of(d, kinds), Topic: influenceTopics[k],
			InfluenceWeight: domain.InfluenceWeight{Strength: 1 + d.IntN(5), Attitude: d.IntN(5) - 2, Confidence: 30 + d.IntN(40)},
			Evidence:        domain.Evidence{Note: of(d, influenceNotes)}, Since: c.owner.today(at).AddDays(-d.IntN(200)),
		}
		if d.chance(70) {
			link.To = to.id
		} else {
			link.Decision = "Выбор исполнителя"
		}
		id := link.Link()
		give(g, at, c.owner, domain.InfluenceLinks, id, "suppose", link)
		at = c.owner.after(at, d.minutes(300, 4000))
		switch roll := d.IntN(100); {
		case roll < 45:
			give(g, at, c.owner, domain.InfluenceLinks, id, "confirm", commands.ConfirmInfluence{Evidence: domain.Evidence{Note: of(d, influenceNotes)}, Confidence: 85, On: c.owner.today(at)})
		case roll < 60:
			give(g, at, c.owner, domain.InfluenceLinks, id, "outdate", commands.OutdateInfluence{Until: c.owner.today(at), Reason: "Человек перешёл на другую должность."})
		case roll < 75:
			weight := link.InfluenceWeight
			weight.Strength, weight.Attitude = 1+weight.Strength%5, min(2, weight.Attitude+1)
			give(g, at, c.owner, domain.InfluenceLinks, id, "revise", commands.ReviseInfluence{InfluenceWeight: weight, Evidence: domain.Evidence{Note: of(d, influenceNotes)}, On: c.owner.today(at)})
		}
	}
	give(g, c.since.Add(20*time.Minute), c.owner, domain.ContactPersons, c.people[0].id, "decides", commands.GiveDecisionRole{DecisionRole: domain.DecisionRole{
		Counterparty: c.id, Role: "decision_maker", Since: c.owner.today(c.since),
	}})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
