package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/readmodels"
)

// Files is the store of files.
type Files interface {
	commands.Files
	// Put keeps a content of at most limit bytes.
	Put(ctx context.Context, content io.Reader, limit int64) (domain.StoredFile, error)
	// Open opens a kept content.
	Open(sha256 string) (*os.File, error)
}

// DefaultMaxFile is how large an uploaded file may be where the operator has said nothing else.
const DefaultMaxFile = 50 << 20

// uploadPath is the one address whose body may be larger than maxBody.
const uploadPath = "/v1/files"

// uploadWithin is how long a file may be on its way; the server's usual limit is for requests that fit into memory.
const uploadWithin = 15 * time.Minute

// Uploaded is a file that the server keeps. Until something names it by its digest, nobody can read it.
type Uploaded struct {
	SHA256    string `json:"sha256" doc:"Digest of the content: name it in the command that attaches the file"`
	Size      int64  `json:"size" doc:"Bytes"`
	MediaType string `json:"media_type" doc:"What it will be downloaded as, under the name given"`
}

type attachmentsInput struct{ readmodels.AttachmentFilter }

type attachmentInput struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The attachment"`
}

func registerAttachments(a *API) {
	const attachments = "attachments"
	create[commands.AttachFile](a, domain.AttachedFiles, attachments, "Put an uploaded file beside a record of any kind")
	post[commands.DescribeAttachment](a, domain.AttachedFiles, attachments, "describe", "Change a file's name and what is said about it")
	post[commands.WithdrawAttachment](a, domain.AttachedFiles, attachments, "withdraw", "Take a file from its record, saying why")
	from := reads("attachments", "employees")
	get(a, "/attachments", "list-attachments", attachments, "Files of a record, or all that concern a counterparty, the newest first", from,
		func(ctx context.Context, in *attachmentsInput) (readmodels.Page[readmodels.AttachmentItem], error) {
			return a.queries(ctx).Attachments(ctx, in.AttachmentFilter)
		})
	get(a, "/attachments/{id}", "get-attachment", attachments, "What is known of a file", from,
		func(ctx context.Context, in *attachmentInput) (readmodels.AttachmentItem, error) {
			return a.queries(ctx).Attachment(ctx, in.ID)
		})
	a.upload()
	a.download()
}

// readableFile is the attachment, if who asks may read it.
func (a *API) readableFile(ctx context.Context, id uuid.UUID) (domain.AttachedFile, []domain.CounterpartyID, error) {
	known, err := commands.Load(ctx, a.Executor, domain.AttachedFiles, domain.AttachedFileID(id))
	if err == nil && known.Revision < 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return known.State, nil, err
	}
	clients, err := a.mayRead(ctx, domain.AttachedFiles.Name(), known.State)
	return known.State, clients, err
}

// sawFile writes down who was given the content of a file.
func (a *API) sawFile(ctx context.Context, id uuid.UUID, file domain.AttachedFile, clients []domain.CounterpartyID) error {
	resource, _ := access.Of(string(file.About.Kind))
	e := a.entry(ctx)
	e.Way, e.Operation, e.Resource, e.Guarded = access.View, "download-attachment", resource, resource.Guarded()
	e.Kind, e.Record, e.Results = domain.AttachedFiles.Name(), id, 1
	for _, client := range clients {
		e.Clients = append(e.Clients, client.UUID())
	}
	return a.AccessLog.Note(ctx, e)
}

// stream registers an operation whose body is not JSON and passes through, whatever its length.
func (a *API) stream(op *huma.Operation, handle func(http.ResponseWriter, *http.Request) error) {
	op.Tags = []string{"attachments"}
	a.huma.OpenAPI().AddOperation(op)
	a.mux.HandleFunc(op.Path, func(w http.ResponseWriter, r *http.Request) {
		err := a.mayAsk(r.Context(), op)
		if err == nil {
			err = onlyKnown(r, op)
		}
		if err == nil {
			err = handle(w, r)
		}
		if err != nil {
			writeProblem(w, a.problem(r.Context(), err))
		}
	}).Methods(op.Method)
}

// onlyKnown refuses parameters that the operation does not have.
func onlyKnown(r *http.Request, op *huma.Operation) error {
	var v domain.Invalid
	for name := range r.URL.Query() {
		known := slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name })
		v.Check(known, "query."+name, "unknown", "is no parameter of this operation")
	}
	return v.Err()
}

func (a *API) upload() {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Uploaded](), true, "")
	most := 500
	a.stream(&huma.Operation{
		Method: http.MethodPost, Path: uploadPath, OperationID: "upload-file", Summary: "Upload the content of a file, to be attached to a record afterwards",
		Parameters: []*huma.Param{{Name: "name", In: "query", Description: "What the file is called: its type depends on it", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most}}},
		RequestBody: &huma.RequestBody{Required: true, Description: "The bytes of the file, whatever Content-Type says",
			Content: map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		Responses: map[string]*huma.Response{
			"201": {Description: "Kept", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}},
			"507": problemResponse(a, http.StatusInsufficientStorage),
		},
	}, a.keep)
}

func (a *API) keep(w http.ResponseWriter, r *http.Request) error {
	name, err := uploadName(r)
	if err != nil {
		return err
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWithin)); err != nil {
		return err
	}
	body := &uploadBody{r.Body}
	kept, err := a.Files.Put(r.Context(), body, a.maxFile())
	if errors.Is(err, domain.ErrFileTooLarge) {
		// A browser reads no answer while it still sends: what is a little too long is taken to its end.
		_, _ = io.Copy(io.Discard, body)
	}
	if err != nil {
		return err
	}
	if kept, err = a.Files.Look(r.Context(), kept.SHA256, domain.FileName(name)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(Uploaded(kept)) // the caller may have gone
	return nil
}

// uploadName is the one parameter of an upload.
func uploadName(r *http.Request) (string, error) {
	query := r.URL.Query()
	var v domain.Invalid
	v.Check(len([]rune(query.Get("name"))) <= 500, "query.name", "length", "is longer than 500 characters")
	return query.Get("name"), v.Err()
}

// uploadBody tells what went wrong on the way from the caller: that is no fault of the server.
type uploadBody struct{ io.Reader }

func (b *uploadBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if unreadable(err) == http.StatusRequestEntityTooLarge {
		return n, domain.ErrFileTooLarge
	}
	if os.IsTimeout(err) {
		return n, newProblem(http.StatusRequestTimeout, "the file did not arrive in time")
	}
	return n, newProblem(http.StatusBadRequest, "the file did not arrive whole")
}

func (a *API) maxFile() int64 {
	if a.MaxFile > 0 {
		return a.MaxFile
	}
	return DefaultMaxFile
}

func (a *API) download() {
	bytes := map[string]*huma.MediaType{domain.AnyBytes: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	a.stream(&huma.Operation{
		Method: http.MethodGet, Path: "/v1/attachments/{id}/content", OperationID: "download-attachment", Summary: "The content of a file, to be saved",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "The attachment", Schema: &huma.Schema{Type: huma.TypeString, Format: "uuid"}},
			{Name: "Range", In: "header", Description: "A part of it, such as bytes=0-1023", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "The file", Content: bytes},
			"206": {Description: "The part asked for", Content: bytes},
			"304": {Description: "It is what the caller has"},
			"404": problemResponse(a, http.StatusNotFound),
			"412": {Description: "It is not what the caller has"},
			"416": {Description: "It has no such part"},
		},
	}, a.give)
}

func problemResponse(a *API, status int) *huma.Response {
	schema := huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, reflect.TypeFor[Problem]())
	return &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
}

func (a *API) give(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(mux.Vars(r)["id"])
	if err != nil || len(mux.Vars(r)["id"]) != 36 {
		return newProblem(http.StatusUnprocessableEntity, "an attachment is named by its id", &huma.ErrorDetail{Location: "path.id", Message: "expected string to be RFC 4122 uuid"})
	}
	file, clients, err := a.readableFile(r.Context(), id)
	if err != nil {
		return err
	}
	if err := a.sawFile(r.Context(), id, file, clients); err != nil {
		return err
	}
	content, err := a.Files.Open(file.SHA256)
	if err != nil {
		// What the log names must be there: its absence is a fault, and not "no such record".
		return fmt.Errorf("the content of attachment %s: %s", id, err) //nolint:errorlint // no refusal, see above
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", file.MediaType)
	h.Set("Content-Disposition", attachmentNamed(file.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("ETag", `"`+file.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// attachmentNamed makes the browser save a file under its name (RFC 6266): in letters that every browser knows, and as it is.
func attachmentNamed(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	var exact strings.Builder
	for i := range len(name) {
		if c := name[i]; 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			exact.WriteByte(c)
		} else {
			fmt.Fprintf(&exact, "%%%02X", c)
		}
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + exact.String()
}
