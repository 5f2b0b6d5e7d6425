package readmodels

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// InfluenceFilter asks for an influence map.
type InfluenceFilter struct {
	On    string `query:"on" format:"date" doc:"As of this day; today when absent"`
	Topic string `query:"topic" maxLength:"300" doc:"Who can approve this topic or decision"`
}

// InfluenceMap is who moves whom at a counterparty on a day.
type InfluenceMap struct {
	On       domain.Date     `json:"on" doc:"The day"`
	People   []InfluenceNode `json:"people" doc:"Contact persons who were there on the day"`
	Choices  []string        `json:"decisions" doc:"Decisions that somebody moves"`
	Topics   []string        `json:"topics" doc:"Topics of the links"`
	Links    []InfluenceEdge `json:"links" doc:"Links that held on the day"`
	Unlinked []uuid.UUID     `json:"unlinked" doc:"Contact persons with no link"`
	Ways     []InfluenceWay  `json:"ways" doc:"Who can approve the topic: shortest ways first"`
}

// InfluenceNode is a person on the map.
type InfluenceNode struct {
	ID       uuid.UUID             `json:"id" format:"uuid" doc:"The person"`
	Name     string                `json:"name" doc:"Name"`
	Position string                `json:"position,omitempty" doc:"Position"`
	Roles    []domain.DecisionRole `json:"decision_roles" doc:"Roles in decisions here"`
	Attitude int                   `json:"attitude_to_us" doc:"-2 against us to 2 for us: that of the strongest link"`
}

// InfluenceEdge is a link as it was on the day.
type InfluenceEdge struct {
	ID       uuid.UUID             `json:"id" format:"uuid" doc:"The link"`
	From     uuid.UUID             `json:"from_person_id" format:"uuid" doc:"Who influences"`
	To       *uuid.UUID            `json:"to_person_id,omitempty" format:"uuid" doc:"Whom"`
	Decision string                `json:"to_decision,omitempty" doc:"Or which decision"`
	Kind     domain.InfluenceKind  `json:"kind" doc:"How"`
	Topic    string                `json:"topic,omitempty" doc:"On what"`
	State    domain.InfluenceState `json:"state" doc:"Hypothesis or confirmed"`
	domain.InfluenceWeight
	Evidence domain.Evidence `json:"evidence" doc:"What it rests on"`
	Since    domain.Date     `json:"since" doc:"Held so since"`
	Until    domain.Date     `json:"until,omitempty" doc:"First day on which it was otherwise"`
}

// InfluenceWay is a chain of people that ends with one who approves or recommends.
type InfluenceWay struct {
	People   []uuid.UUID `json:"people" doc:"From the one to begin with to the one who decides"`
	Kind     string      `json:"kind" doc:"How the last one moves the decision"`
	Strength int         `json:"strength" doc:"Strength of the weakest link"`
	Attitude int         `json:"attitude_to_us" doc:"Attitude of the one to begin with"`
}

type influenceRow struct {
	ID       uuid.UUID
	From     uuid.UUID  `db:"from_person_id"`
	To       *uuid.UUID `db:"to_person_id"`
	Decision string     `db:"to_decision"`
	Kind     domain.InfluenceKind
	Topic    string
	Versions []influenceVersion
}

type influenceVersion struct {
	domain.InfluenceWeight
	State    domain.InfluenceState `json:"state"`
	Evidence domain.Evidence       `json:"evidence"`
	From     domain.Date           `json:"from"`
	Until    domain.Date           `json:"until"`
}

// InfluenceMap draws the map of a counterparty on a day.
func (q *Queries) InfluenceMap(ctx context.Context, client uuid.UUID, f InfluenceFilter, today domain.Date) (InfluenceMap, error) {
	m := InfluenceMap{On: domain.Date(f.On), Links: []InfluenceEdge{}, Unlinked: []uuid.UUID{}, Ways: []InfluenceWay{}, Choices: []string{}, Topics: []string{}}
	if m.On == "" {
		m.On = today
	}
	aliases, err := q.AliasesOf(ctx, client)
	if err != nil {
		return m, err
	}
	if m.People, err = q.peopleOn(ctx, aliases, m.On); err != nil {
		return m, err
	}
	links, err := rows[influenceRow](ctx, q.DB, `select id, from_person_id, to_person_id, to_decision, kind, topic, versions from read.influence_link
		where client_id = any($1) order by id`, aliases)
	if err != nil {
		return m, err
	}
	for _, l := range links {
		if v := l.on(m.On); v != nil {
			m.Links = append(m.Links, InfluenceEdge{ID: l.ID, From: l.From, To: l.To, Decision: l.Decision, Kind: l.Kind, Topic: l.Topic,
				State: v.State, InfluenceWeight: v.InfluenceWeight, Evidence: v.Evidence, Since: v.From, Until: v.Until})
		}
	}
	m.summarize()
	if f.Topic != "" {
		m.Ways = m.waysTo(domain.NormalTopic(f.Topic))
	}
	return m, nil
}

// on is the version that held on the day, the latest of several.
func (l influenceRow) on(day domain.Date) *influenceVersion {
	for i := len(l.Versions) - 1; i >= 0; i-- {
		if v := &l.Versions[i]; v.From <= day && (v.Until == "" || day < v.Until) {
			return v
		}
	}
	return nil
}

func (q *Queries) peopleOn(ctx context.Context, aliases []uuid.UUID, day domain.Date) ([]InfluenceNode, error) {
	type row struct {
		ID            uuid.UUID
		FullName      string
		Position      string
		Employments   []domain.Employment
		DecisionRoles []domain.DecisionRole
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[row](ctx, q.DB, `select id, full_name, position, `+fromCard("p", "employments", "decision_roles")+` from read.person p where employers && $1 order by norm_name, id`, aliases)
	nodes := []InfluenceNode{}
	for _, p := range found {
		here := func(id domain.CounterpartyID) bool { return slices.Contains(aliases, id.UUID()) }
		i := slices.IndexFunc(p.Employments, func(e domain.Employment) bool {
			return here(e.Counterparty) && e.From <= day && (e.To == "" || day <= e.To)
		})
		if i < 0 {
			continue
		}
		roles := slices.DeleteFunc(p.DecisionRoles, func(r domain.DecisionRole) bool { return !here(r.Counterparty) || r.Since > day })
		nodes = append(nodes, InfluenceNode{ID: p.ID, Name: p.FullName, Position: p.Position, Roles: roles})
	}
	return nodes, err
}

// summarize finds topics, decisions, attitudes and the people without a link.
func (m *InfluenceMap) summarize() {
	linked, strongest := map[uuid.UUID]bool{}, map[uuid.UUID]int{}
	attitude := map[uuid.UUID]int{}
	for _, l := range m.Links {
		linked[l.From] = true
		if l.Strength > strongest[l.From] {
			strongest[l.From], attitude[l.From] = l.Strength, l.Attitude
		}
		if l.To != nil {
			linked[*l.To] = true
		}
		if l.Decision != "" && !slices.Contains(m.Choices, l.Decision) {
			m.Choices = append(m.Choices, l.Decision)
		}
		if l.Topic != "" && !slices.Contains(m.Topics, l.Topic) {
			m.Topics = append(m.Topics, l.Topic)
		}
	}
	for i, p := range m.People {
		m.People[i].Attitude = attitude[p.ID]
		if !linked[p.ID] {
			m.Unlinked = append(m.Unlinked, p.ID)
		}
	}
}

// longestWay bounds how many people a way to a decision may have.
const longestWay = 4

// waysTo are the chains to those who approve or recommend the topic: they themselves, then who moves them.
func (m *InfluenceMap) waysTo(topic string) []InfluenceWay {
	ways := []InfluenceWay{}
	for _, l := range m.Links {
		about := l.Decision != "" && domain.NormalTopic(l.Decision) == topic || domain.NormalTopic(l.Topic) == topic
		if about && (l.Kind == domain.InfluenceApproves || l.Kind == domain.InfluenceRecommends) {
			ways = append(ways, InfluenceWay{People: []uuid.UUID{l.From}, Kind: string(l.Kind), Strength: l.Strength, Attitude: l.Attitude})
		}
	}
	for i := 0; i < len(ways); i++ {
		if len(ways[i].People) < longestWay {
			ways = append(ways, m.longer(ways[i], topic)...)
		}
	}
	slices.SortStableFunc(ways, func(a, b InfluenceWay) int {
		if len(a.People) != len(b.People) {
			return len(a.People) - len(b.People)
		}
		return b.Strength - a.Strength
	})
	return ways[:min(len(ways), 100)]
}

// longer are the ways that begin one person earlier. A link on another topic does not help.
func (m *InfluenceMap) longer(way InfluenceWay, topic string) []InfluenceWay {
	var longer []InfluenceWay
	for _, l := range m.Links {
		helps := l.Kind != domain.InfluenceBlocks && (l.Topic == "" || domain.NormalTopic(l.Topic) == topic)
		if l.To == nil || *l.To != way.People[0] || !helps || slices.Contains(way.People, l.From) {
			continue
		}
		longer = append(longer, InfluenceWay{People: append([]uuid.UUID{l.From}, way.People...), Kind: way.Kind,
			Strength: min(way.Strength, l.Strength), Attitude: l.Attitude})
	}
	return longer
}
