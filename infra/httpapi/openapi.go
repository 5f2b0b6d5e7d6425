package httpapi

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain/access"
)

// shared are the parameters that most operations have.
var shared = map[string]string{
	"Idempotency-Key": "IdempotencyKey", "If-Match": "IfMatch", "occurred_at": "OccurredAt", "reason": "Reason", "X-After": "After",
	"limit": "Limit", "cursor": "Cursor",
}

// promiseRefusals adds what any operation may answer instead of doing its work.
func promiseRefusals(document *huma.OpenAPI) {
	schema := huma.SchemaFromType(document.Components.Schemas, reflect.TypeFor[Problem]())
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, status := range refusalsOf(op) {
				op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
					Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
			}
		}
	}
}

// tellRights says of each operation which right it needs.
func tellRights(document *huma.OpenAPI) {
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			if right, declared := access.RightOf(op.OperationID); declared {
				if op.Extensions == nil {
					op.Extensions = map[string]any{}
				}
				op.Extensions["x-authz"] = right
			}
		}
	}
}

func refusalsOf(op *huma.Operation) []int {
	statuses := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if op.RequestBody != nil {
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return statuses
}

// shareParts moves what is the same in all operations into the document's components: the document halves, and readers
// see what is the same.
func shareParts(document *huma.OpenAPI) {
	c := document.Components
	c.Parameters, c.Responses = map[string]*huma.Param{}, map[string]*huma.Response{}
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		item := document.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				shareParameters(c, op)
				shareResponses(c, op)
			}
		}
	}
}

func shareParameters(c *huma.Components, op *huma.Operation) {
	for i, p := range op.Parameters {
		name, ok := shared[p.Name]
		if !ok {
			continue
		}
		// One name may mean two things, such as a limit with another maximum: only the same is shared.
		if first, known := c.Parameters[name]; known && !sameParameter(first, p) {
			continue
		}
		c.Parameters[name] = p
		op.Parameters[i] = &huma.Param{Ref: "#/components/parameters/" + name}
	}
}

func sameParameter(a, b *huma.Param) bool {
	return a.In == b.In && a.Description == b.Description && a.Required == b.Required &&
		(a.Schema == nil) == (b.Schema == nil) && (a.Schema == nil || sameSchema(a.Schema, b.Schema))
}

func sameSchema(a, b *huma.Schema) bool {
	same := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return a.Type == b.Type && a.Format == b.Format && a.Default == b.Default && same(a.Minimum, b.Minimum) && same(a.Maximum, b.Maximum)
}

// shareResponses shares problems and receipts, which are the same everywhere.
func shareResponses(c *huma.Components, op *huma.Operation) {
	for status, response := range op.Responses {
		name := ""
		if problem := response.Content["application/problem+json"]; problem != nil && len(response.Content) == 1 {
			name = "Problem" + status
		}
		if body := response.Content["application/json"]; body != nil && body.Schema != nil && body.Schema.Ref == "#/components/schemas/Receipt" {
			name = "Receipt" + status
		}
		if name != "" {
			c.Responses[name] = response
			op.Responses[status] = &huma.Response{Ref: "#/components/responses/" + name}
		}
	}
}
