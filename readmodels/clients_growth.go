package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// GrowthFilter asks how portfolios grew.
type GrowthFilter struct {
	From        time.Time `query:"from" doc:"First instant; two years back when absent"`
	Until       time.Time `query:"until" doc:"Last instant; now when absent"`
	Responsible uuid.UUID `query:"responsible" format:"uuid" doc:"One employee's portfolio"`
	Segment     string    `query:"segment" maxLength:"200" doc:"One segment"`
	Region      string    `query:"region" maxLength:"200" doc:"One region"`
	Zone        string    `query:"zone" maxLength:"60" default:"Europe/Moscow" doc:"Time zone of the months"`
}

// GrowthMonth is what happened to a portfolio in a month.
type GrowthMonth struct {
	Month      string `json:"month" doc:"The month, 2026-03"`
	Registered int    `json:"registered" doc:"New counterparties"`
	Activated  int    `json:"activated" doc:"Became active"`
	Dormant    int    `json:"dormant" doc:"Went quiet"`
	Closed     int    `json:"closed" doc:"Closed"`
	Merged     int    `json:"merged" doc:"Turned out to be duplicates, less those parted again"`
	TakenOver  int    `json:"taken_over" doc:"Taken over from another employee"`
	HandedOver int    `json:"handed_over" doc:"Handed over to another employee"`
	Total      int    `json:"total" doc:"Counterparties at the end of the month"`
}

// PortfolioGrowth counts, month by month, how counterparties came, moved and went. Totals include all months before.
func (q *Queries) PortfolioGrowth(ctx context.Context, f GrowthFilter, now time.Time) ([]GrowthMonth, error) {
	if f.Until.IsZero() {
		f.Until = now
	}
	if f.From.IsZero() {
		f.From = now.AddDate(-2, 0, 0)
	}
	if f.Zone == "" {
		f.Zone = "Europe/Moscow"
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "Local" {
		var v domain.Invalid
		v.Add("query.zone", "zone", "is not a time zone")
		return nil, v.Err()
	}
	w := &where{}
	zone, from := w.arg(f.Zone), w.arg(f.From)
	mine, theirs := "true", "false"
	if f.Responsible != uuid.Nil {
		who := w.arg(f.Responsible)
		mine = "responsible_id = " + who
		theirs = "from_responsible_id = " + who + " and responsible_id is distinct from " + who
		w.and(true, "("+mine+" or "+theirs+")")
	}
	w.and(true, "at < ?", f.Until)
	w.and(f.Segment != "", "segment = ?", f.Segment)
	w.and(f.Region != "", "region = ?", f.Region)
	taken := "step = 'entrusted' and " + mine
	if f.Responsible == uuid.Nil {
		taken = "false"
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	return rows[GrowthMonth](ctx, q.DB, `with steps as (
			select date_trunc('month', at at time zone `+zone+`) as month,
				count(*) filter (where step = 'registered' and `+mine+`) as registered, count(*) filter (where step = 'active' and `+mine+`) as activated,
				count(*) filter (where step = 'dormant' and `+mine+`) as dormant, count(*) filter (where step = 'closed' and `+mine+`) as closed,
				count(*) filter (where step = 'merged' and `+mine+`) - count(*) filter (where step = 'unmerged' and `+mine+`) as merged,
				count(*) filter (where `+taken+`) as taken_over, count(*) filter (where step = 'entrusted' and `+theirs+`) as handed_over
			from read.client_change where `+w.sql()+` group by 1),
		totals as (select *, sum(registered - merged + taken_over - handed_over) over (order by month) as total from steps)
		select to_char(month, 'YYYY-MM') as month, registered, activated, dormant, closed, merged, taken_over, handed_over, total::bigint as total
		from totals where month >= date_trunc('month', `+from+`::timestamptz at time zone `+zone+`) order by month`, w.args...)
}

// Portfolio is how many counterparties an employee is responsible for, by state.
type Portfolio struct {
	Responsible *uuid.UUID `json:"responsible_id,omitempty" format:"uuid" doc:"The employee; absent for those nobody is responsible for"`
	Name        string     `json:"responsible_name,omitempty" doc:"The employee's name"`
	Prospects   int        `json:"prospects" doc:"Prospects"`
	Active      int        `json:"active" doc:"Active"`
	Dormant     int        `json:"dormant" doc:"Dormant"`
	Closed      int        `json:"closed" doc:"Closed"`
	KeyAccounts int        `json:"key_accounts" doc:"Key accounts among them"`
	Total       int        `json:"total" doc:"All together"`
}

// Portfolios counts counterparties by responsible employee, the largest portfolio first.
func (q *Queries) Portfolios(ctx context.Context) ([]Portfolio, error) {
	return rows[Portfolio](ctx, q.DB, `select c.responsible_id as responsible, coalesce(max(e.name), '') as name,
			count(*) filter (where c.state = 'prospect') as prospects, count(*) filter (where c.state = 'active') as active,
			count(*) filter (where c.state = 'dormant') as dormant, count(*) filter (where c.state = 'closed') as closed,
			count(*) filter (where c.key_account) as key_accounts, count(*) as total
		from read.client c left join read.employee e on e.id = c.responsible_id where c.state <> 'merged'
		group by c.responsible_id order by total desc, c.responsible_id`)
}
