package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/spreadsheet"
	"github.com/letopis-crm/letopis/readmodels"
)

// Export is what an export takes besides the filter of its list.
type Export struct {
	Format string `query:"format" enum:"csv,xlsx" default:"xlsx" doc:"Workbook, or text: parted by semicolons in Russian and by commas in English"`
}

func (e Export) wanted() string { return e.Format }

// exporting is the input of an export: the filter of the list, read page by page, and the form.
type exporting[I any] interface {
	*I
	Turn(cursor string)
	wanted() string
}

type exportOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      int64  `header:"Content-Length"`
	Rows        int    `header:"X-Rows" doc:"Rows in the file"`
	Cut         bool   `header:"X-Rows-Cut" doc:"There are more rows than may be taken away at a time; the file's last line says so, too"`
	Body        func(huma.Context)
}

var exportTypes = map[string]string{
	"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// export registers GET /v1/exports/<list>: what the query of the list shows, as a file. The columns are those of the list's
// rows, as wording.Columns reads them.
func export[I, T any, P exporting[I]](a *API, path, list, tag, summary string, from []string, declared string,
	query func(context.Context, P) (readmodels.Page[T], error),
) {
	columns := wording.Columns(declared)
	op := huma.Operation{
		Method: http.MethodGet, Path: "/v1/exports" + path, OperationID: "export-" + list, Summary: summary, Tags: []string{tag}, Errors: []int{404},
		Parameters: []*huma.Param{afterParameter()}, Middlewares: huma.Middlewares{wholeList},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{}}},
	}
	for _, mediaType := range exportTypes {
		op.Responses["200"].Content[mediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	// Each page is written down before it goes into the file, and the file leaves when it is whole.
	read := noted(a, &op, func(ctx context.Context, in *I) (readmodels.Page[T], error) { return query(ctx, P(in)) })
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*exportOutput, error) {
		if err := a.waitFor(ctx, from); err != nil {
			return nil, err
		}
		e := exportFile{API: a, reader: reader(ctx), format: P(in).wanted(), columns: columns, limit: exportLimit(ctx)}
		out, err := e.made(ctx, list, func(cursor string) ([]map[string]any, string, error) {
			P(in).Turn(cursor)
			page, err := read(ctx, in)
			if err != nil {
				return nil, "", err
			}
			rows, err := asRows(page.Items)
			return rows, page.Next, err
		})
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
	documented := a.huma.OpenAPI().Paths[op.Path].Get
	documented.Parameters = slices.DeleteFunc(documented.Parameters, func(p *huma.Param) bool { return slices.Contains(paging, p.Name) })
}

type (
	clientsExport struct {
		readmodels.ClientFilter
		Export
	}
	personsExport struct {
		readmodels.PersonFilter
		Export
	}
	negotiationsExport struct {
		readmodels.NegotiationFilter
		Export
	}
	assignmentsExport struct {
		readmodels.AssignmentFilter
		Export
	}
	messagesExport struct {
		readmodels.MessageFilter
		Export
	}
	historyExport struct {
		RecordPath
		readmodels.HistoryFilter
		Export
	}
)

// The columns of each list, as wording.Columns reads them.
const (
	clientColumns = `name kind:counterparty.kind state:counterparty.state roles:counterparty.role inn kpp country requisites_doubtful region segment
		responsible_name key_account phone:phone email people:number has_duplicates registered_at:time changed_at:time id`
	personColumns = `full_name client_name position department current contacts.phones.raw:phone contacts.emails.address contacts.messengers.account
		contacts.websites do_not_contact decision_roles.role:decision_role preferred_channel:channel id`
	negotiationColumns = `at:time held_to:time counterparty_name topic channel:negotiation.channel stage:negotiation.stage state:negotiation.state author_name
		our_participant_ids:employee their_participants.name record_by:time recorded_at:time late summary review:review.state reviewer_name hits:number
		fatal_hits:number blocked stop_reason instruction stopped_at:time correct_by:time published_at:time published_unreviewed id`
	assignmentColumns = `title state:assignment.state priority:assignment.priority issuer_name assignee_name co_executor_ids:employee counterparty_name issued_at:time
		due_at:time original_due_at:time due_changes:number asked_due_at:time overdue planned_min:number actual_min:number effort_variance_bp:percent
		reported_at:time verify_by:time verified_at:time returns:number first_time_right on_time on_time_original last_words id`
	messageColumns = `received_at:time channel:message.channel from_raw:phone from_name counterparty_name person_name matched subject excerpt topic
		intent:message.intent urgency:message.urgency state:message.state addressee_name hops:number routed_at:time acknowledge_by:time acknowledged_at:time
		ack_minutes:number overdue callback_by:time attachments:number became_kind:message.outcome resolution_minutes:number closed_at:time id`
	historyColumns = `occurred_at:time recorded_at:time late kind:kind type:event headline quote reason actor_name on_behalf_of:employee source:source event_id`
)

// exported are the read models as far as who asks may take them away.
func (a *API) exported(ctx context.Context) *readmodels.Queries {
	actor := principal(ctx).Actor()
	actor.Within = access.Exports
	return a.Queries.For(actor)
}

func registerExports(a *API) {
	export(a, "/counterparties", "counterparties", "counterparties", "The list of counterparties as a file", reads("clients", "duplicates"), clientColumns,
		func(ctx context.Context, in *clientsExport) (readmodels.Page[readmodels.ClientItem], error) {
			return a.exported(ctx).Clients(ctx, in.ClientFilter)
		})
	export(a, "/contact-persons", "contact-persons", "contact-persons", "The list of contact persons as a file", reads("clients"), personColumns,
		func(ctx context.Context, in *personsExport) (readmodels.Page[readmodels.PersonItem], error) {
			return a.exported(ctx).Persons(ctx, in.PersonFilter)
		})
	export(a, "/negotiations", "negotiations", "negotiations", "The list of negotiations as a file", reads("negotiations", "commitments", "employees", "clients"), negotiationColumns,
		func(ctx context.Context, in *negotiationsExport) (readmodels.Page[readmodels.NegotiationItem], error) {
			return a.exported(ctx).Negotiations(ctx, in.NegotiationFilter, a.Executor.Now())
		})
	export(a, "/assignments", "assignments", "assignments", "The list of assignments as a file", reads("assignments", "employees", "clients"), assignmentColumns,
		func(ctx context.Context, in *assignmentsExport) (readmodels.Page[readmodels.AssignmentItem], error) {
			return a.exported(ctx).Assignments(ctx, in.AssignmentFilter, a.Executor.Now())
		})
	export(a, "/messages", "messages", "messages", "The inbox as a file", reads("messages", "employees", "clients"), messageColumns,
		func(ctx context.Context, in *messagesExport) (readmodels.Page[readmodels.MessageItem], error) {
			return a.exported(ctx).Messages(ctx, in.MessageFilter, a.Executor.Now())
		})
	export(a, "/counterparties/{id}/history", "counterparty-history", "counterparties", "A client's history as a file", reads("history", "clients"), historyColumns,
		func(ctx context.Context, in *historyExport) (readmodels.Page[readmodels.HistoryItem], error) {
			return a.exported(ctx).History(ctx, in.ID, in.HistoryFilter, reader(ctx))
		})
}

// exportLimit is how many rows who asks may take away at a time.
func exportLimit(ctx context.Context) int { return principal(ctx).Actor().ExportRows() }

// paging are the parameters of a list that an export has no use for: it gives the whole list.
var paging = []string{"limit", "cursor"}

func wholeList(ctx huma.Context, next func(huma.Context)) {
	for _, name := range paging {
		if given := ctx.Query(name); given != "" {
			_, w := humamux.Unwrap(ctx)
			writeProblem(w, newProblem(http.StatusUnprocessableEntity, "validation failed",
				&huma.ErrorDetail{Location: "query." + name, Message: "unknown query parameter", Value: given}))
			return
		}
	}
	next(ctx)
}

// asRows are the rows as the API shows them.
func asRows[T any](items []T) ([]map[string]any, error) {
	raw, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	var rows []map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return rows, decoder.Decode(&rows)
}

// exportFile is a list on its way into a file.
type exportFile struct {
	*API
	reader  readmodels.Reader
	format  string
	columns []wording.Column
	limit   int
}

// made writes the whole file before the first byte of it leaves: a query that fails halfway is a problem and no torn file,
// and the header can tell that rows were left out. It is on the disk and has no name there: it ends with the request,
// however that ends.
func (e exportFile) made(ctx context.Context, list string, turn func(cursor string) ([]map[string]any, string, error)) (*exportOutput, error) {
	file, err := os.CreateTemp("", "letopis-export-*")
	if err != nil {
		return nil, err
	}
	out := &exportOutput{
		ContentType: exportTypes[e.format], Disposition: `attachment; filename="` + list + "-" + string(domain.DateOf(e.Executor.Now(), e.reader.Zone)) + "." + e.format + `"`,
		Body: func(to huma.Context) { send(to, file) },
	}
	if err = os.Remove(file.Name()); err == nil {
		err = e.fill(ctx, out, file, turn)
	}
	if err == nil {
		out.Length, err = file.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		_ = file.Close() // the first error says it
		return nil, err
	}
	return out, nil
}

func send(to huma.Context, file *os.File) {
	defer file.Close()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		panic(http.ErrAbortHandler) // the length has been promised
	}
	if _, err := io.Copy(to.BodyWriter(), file); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (e exportFile) fill(ctx context.Context, out *exportOutput, to io.Writer, turn func(cursor string) ([]map[string]any, string, error)) error {
	w, err := e.writer(to)
	if err != nil {
		return err
	}
	for cursor, more := "", true; more && err == nil && !out.Cut; more = cursor != "" {
		var rows []map[string]any
		if rows, cursor, err = turn(cursor); err != nil {
			break
		}
		if room := e.limit - out.Rows; len(rows) > room {
			rows, out.Cut = rows[:room], true
		}
		out.Rows += len(rows)
		out.Cut = out.Cut || cursor != "" && out.Rows == e.limit
		err = e.write(ctx, w, rows)
	}
	if err == nil && out.Cut {
		err = w.Write([]string{wording.Word("export.cut", e.reader.Lang)})
	}
	if err != nil {
		_ = w.Close() // what it would complete is thrown away
		return err
	}
	return w.Close()
}

func (e exportFile) writer(to io.Writer) (spreadsheet.Writer, error) {
	columns := make([]spreadsheet.Column, len(e.columns))
	for i, c := range e.columns {
		columns[i] = spreadsheet.Column{Name: c.Name(e.reader.Lang), Number: c.Numeric()}
	}
	switch {
	case e.format == "xlsx":
		return spreadsheet.NewXLSXWriter(to, columns)
	case e.reader.Lang == wording.English:
		return spreadsheet.NewCSVWriter(to, ',', columns)
	}
	return spreadsheet.NewCSVWriter(to, ';', columns)
}

func (e exportFile) write(ctx context.Context, w spreadsheet.Writer, rows []map[string]any) error {
	wanted := map[string][]string{}
	for _, row := range rows {
		for _, c := range e.columns {
			c.Wanted(row, wanted)
		}
	}
	names, err := e.Queries.Names(ctx, wanted, e.reader.Lang)
	if err != nil {
		return err
	}
	cells := make([]string, len(e.columns))
	for _, row := range rows {
		for i, c := range e.columns {
			cells[i] = c.Cell(row, e.reader.Lang, e.reader.Zone, names)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	return nil
}
