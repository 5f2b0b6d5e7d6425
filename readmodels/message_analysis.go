package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// MessageAnalysisFilter asks how messages are spread and handled.
type MessageAnalysisFilter struct {
	By           string    `query:"by" enum:"channel,topic,intent,urgency,hour,weekday,addressee,department,advert_source,counterparty" default:"channel" doc:"What to group by; hours and weekdays are those of the reader's zone"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Who sent them"`
	Addressee    uuid.UUID `query:"addressee" format:"uuid" doc:"Whom they are for"`
	From         time.Time `query:"from" doc:"Received at or after"`
	Until        time.Time `query:"until" doc:"Received before"`
}

// MessageGroup are the figures of one group of messages. Rates are in hundredths of a percent of all messages.
type MessageGroup struct {
	Key           string `json:"key" doc:"The group: a code, a number or an id"`
	Name          string `json:"name,omitempty" doc:"Name of an employee, a department or a counterparty"`
	Messages      int    `json:"messages" doc:"All messages"`
	Unmatched     int    `json:"unmatched" doc:"From senders nobody knows"`
	Unanswered    int    `json:"unanswered" doc:"Not acknowledged yet"`
	Acknowledged  int    `json:"acknowledged" doc:"Acknowledged"`
	Late          int    `json:"late" doc:"Acknowledged late, or overdue"`
	AckMedian     *int   `json:"ack_median_min,omitempty" doc:"Median working minutes to the acknowledgement"`
	AckP90        *int   `json:"ack_p90_min,omitempty" doc:"Nine of ten were acknowledged within these working minutes"`
	Resolved      int    `json:"resolved" doc:"Resolved"`
	ResolveMedian *int   `json:"resolution_median_min,omitempty" doc:"Median working minutes to the resolution"`
	Lost          int    `json:"lost" doc:"Never answered"`
	LostBP        int    `json:"lost_rate_bp" doc:"Share of lost messages"`
	Spam          int    `json:"spam" doc:"Spam"`
	Rerouted      int    `json:"rerouted" doc:"Rerouted at least once"`
	ReroutedBP    int    `json:"reroute_rate_bp" doc:"Share of rerouted messages"`
	Negotiations  int    `json:"became_negotiations" doc:"Became a negotiation"`
	Complaints    int    `json:"became_complaints" doc:"Became a complaint"`
	Consultations int    `json:"became_consultations" doc:"Became a consultation"`
	Others        int    `json:"became_others" doc:"Became another record"`
}

// messageGroups are the expressions to group by and to name the group; $1 is the reader's zone.
var messageGroups = map[string][2]string{
	"channel":       {"m.channel", "''"},
	"topic":         {"m.topic", "''"},
	"intent":        {"m.intent", "''"},
	"urgency":       {"m.urgency", "''"},
	"hour":          {"to_char(m.received_at at time zone $1, 'HH24')", "''"},
	"weekday":       {"to_char(m.received_at at time zone $1, 'ID')", "''"},
	"addressee":     {"coalesce(m.addressee::text, '')", "coalesce(max(e.name), '')"},
	"department":    {"coalesce(e.department_id::text, '')", "coalesce(max(d.name), '')"},
	"advert_source": {"m.advert_source", "''"},
	"counterparty":  {"coalesce(m.counterparty::text, '')", "coalesce(max(c.name), '')"},
}

const messageGroupTables = ` from read.incoming_message m left join read.employee e on e.id = m.addressee left join read.department d on d.id = e.department_id
	left join read.client c on c.id = m.counterparty `

// MessageAnalysis groups messages by channel, topic, hour and other traits.
func (q *Queries) MessageAnalysis(ctx context.Context, f MessageAnalysisFilter, zone *time.Location, now time.Time) ([]MessageGroup, error) {
	group, w, err := q.messageGroup(ctx, f, zone, now)
	if err != nil {
		return nil, err
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select *, lost * 10000 / messages as lost_bp, rerouted * 10000 / messages as rerouted_bp from (
		select ` + group[0] + ` as key, ` + group[1] + ` as name, count(*) as messages,
			count(*) filter (where not m.matched) as unmatched,
			count(*) filter (where ` + messageUnanswered + `) as unanswered,
			count(*) filter (where m.ack_minutes is not null) as acknowledged,
			count(*) filter (where m.ack_late or m.overdue) as late,
			percentile_disc(0.5) within group (order by m.ack_minutes) as ack_median,
			percentile_disc(0.9) within group (order by m.ack_minutes) as ack_p90,
			count(*) filter (where m.state = 'resolved') as resolved,
			percentile_disc(0.5) within group (order by m.resolution_minutes) as resolve_median,
			count(*) filter (where m.state = 'lost') as lost,
			count(*) filter (where m.state = 'spam') as spam,
			count(*) filter (where m.hops > 0) as rerouted,
			count(*) filter (where m.became_kind = 'negotiation') as negotiations,
			count(*) filter (where m.became_kind = 'complaint') as complaints,
			count(*) filter (where m.became_kind = 'consultation') as consultations,
			count(*) filter (where m.became_kind in ('assignment', 'work_item', 'thread')) as others` + messageGroupTables +
		`where ` + w.sql() + ` group by 1) g order by messages desc, key limit 1000`
	return rows[MessageGroup](ctx, q.DB, sql, w.args...)
}

func (q *Queries) messageGroup(ctx context.Context, f MessageAnalysisFilter, zone *time.Location, now time.Time) ([2]string, *where, error) {
	group, ok := messageGroups[f.By]
	if !ok {
		group = messageGroups["channel"]
	}
	w := &where{}
	w.and(true, "?::text is not null", zone.String()) // $1
	err := q.messageWhere(ctx, w, MessageFilter{Counterparty: f.Counterparty, Addressee: f.Addressee, From: f.From, Until: f.Until}, now)
	return group, w, err
}

// MessageEvidenceFilter names one number of the analysis.
type MessageEvidenceFilter struct {
	MessageAnalysisFilter
	Key     string `query:"key" maxLength:"200" doc:"The group"`
	Measure string `query:"measure" enum:"messages,unmatched,unanswered,acknowledged,late,resolved,lost,spam,rerouted" default:"messages" doc:"The number"`
}

// messageMeasures say which messages a number counts, and the event that each counts by.
var messageMeasures = map[string][2]string{
	"messages":     {"true", "m.registered_event"},
	"unmatched":    {"not m.matched", "m.registered_event"},
	"unanswered":   {messageUnanswered, "coalesce(m.routed_event, m.registered_event)"},
	"acknowledged": {"m.ack_minutes is not null", "m.acknowledged_event"},
	"late":         {"m.ack_late or m.overdue", "coalesce(m.overdue_event, m.acknowledged_event)"},
	"resolved":     {"m.state = 'resolved'", "m.closed_event"},
	"lost":         {"m.state = 'lost'", "m.closed_event"},
	"spam":         {"m.state = 'spam'", "m.closed_event"},
	"rerouted":     {"m.hops > 0", "(select h.event_id from read.message_hop h where h.message = m.id and h.hop = 1 limit 1)"},
}

// NumberEvidence are the events behind a number of a report, one each.
type NumberEvidence struct {
	Number int         `json:"number" doc:"The number, counted anew"`
	Events []uuid.UUID `json:"event_ids" doc:"The events it counts, at most 10,000; see /v1/events"`
}

const mostEvidence = 10_000

// MessageEvidence names the events behind one number of the analysis.
func (q *Queries) MessageEvidence(ctx context.Context, f MessageEvidenceFilter, zone *time.Location, now time.Time) (NumberEvidence, error) {
	measure, ok := messageMeasures[f.Measure]
	if !ok {
		var v domain.Invalid
		v.Add("measure", "enum", "is not a number of this report")
		return NumberEvidence{}, v.Err()
	}
	group, w, err := q.messageGroup(ctx, f.MessageAnalysisFilter, zone, now)
	if err != nil {
		return NumberEvidence{}, err
	}
	w.and(true, group[0]+" = ?", f.Key)
	w.and(true, measure[0])
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + measure[1] + ` as event` + messageGroupTables + `where ` + w.sql() + ` order by m.received_at, m.id`
	return q.evidence(ctx, sql, w.args)
}

// evidence counts all rows of a query of events and names the first of them.
func (q *Queries) evidence(ctx context.Context, sql string, args []any) (NumberEvidence, error) {
	type row struct{ Event uuid.UUID }
	found, err := rows[row](ctx, q.DB, sql, args...)
	e := NumberEvidence{Number: len(found), Events: make([]uuid.UUID, 0, min(len(found), mostEvidence))}
	for _, r := range found[:min(len(found), mostEvidence)] {
		e.Events = append(e.Events, r.Event)
	}
	return e, err
}
