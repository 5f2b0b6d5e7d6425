package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// Problem is the body of every error answer (RFC 9457). Code is stable and translated by user interfaces.
type Problem struct {
	Type   string         `json:"type,omitempty" doc:"A URI that identifies the kind of problem"`
	Title  string         `json:"title" doc:"The status in words"`
	Status int            `json:"status" doc:"The HTTP status"`
	Detail string         `json:"detail" doc:"What was wrong, in English, for developers"`
	Code   string         `json:"code" doc:"Stable code such as work_item.not_planned"`
	Errors []ProblemField `json:"errors,omitempty" doc:"Each wrong field"`
}

// ProblemField names one wrong field.
type ProblemField struct {
	Location string `json:"location" doc:"Where, such as body.due_date or query.limit"`
	Code     string `json:"code" doc:"Stable code such as required"`
	Message  string `json:"message" doc:"What was wrong, in English"`
	Value    any    `json:"value,omitempty" doc:"What was given"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// newProblem turns huma's own errors (validation, parsing) into problems.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	if status == http.StatusInternalServerError && len(errs) > 0 {
		status = unreadable(errs[0])
	}
	p := &Problem{Status: status, Title: http.StatusText(status), Detail: message, Code: codeOf(status)}
	for _, err := range errs {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			d := detailer.ErrorDetail()
			p.Errors = append(p.Errors, ProblemField{Location: locationOf(d), Code: fieldCode(d.Message), Message: d.Message, Value: shortValue(d.Value)})
		} else if err != nil {
			p.Errors = append(p.Errors, ProblemField{Code: "invalid", Message: err.Error()})
		}
	}
	return p
}

// unreadable: the library calls a body that it could not read to the end a fault of the server.
func unreadable(err error) int {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// locationOf is the field at fault: of a missing one huma names only the object that lacks it.
func locationOf(d *huma.ErrorDetail) string {
	field, missing := strings.CutPrefix(d.Message, "expected required property ")
	if !missing {
		return d.Location
	}
	field, _, _ = strings.Cut(field, " ")
	return d.Location + "." + field
}

func codeOf(status int) string {
	switch status {
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		return domain.CodeInvalid
	case http.StatusNotFound:
		return "not_found"
	case http.StatusUnauthorized:
		return "unauthenticated"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusServiceUnavailable:
		return "unavailable"
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
}

// fieldCode gives validation messages a code by their first words.
func fieldCode(message string) string {
	switch {
	case strings.Contains(message, "required property"):
		return "required"
	case strings.Contains(message, "unexpected property"), strings.Contains(message, "unknown query"):
		return "unknown"
	case strings.Contains(message, "expected length"), strings.Contains(message, "expected array length"):
		return "length"
	case strings.Contains(message, "expected number <"), strings.Contains(message, "expected number >"):
		return "range"
	case strings.Contains(message, "one of"):
		return "choice"
	case strings.Contains(message, "expected number"), strings.Contains(message, "expected integer"),
		strings.Contains(message, "expected string"), strings.Contains(message, "expected boolean"),
		strings.Contains(message, "expected object"), strings.Contains(message, "expected array"):
		return "type"
	}
	return "invalid"
}

// shortValue keeps what was given readable and small.
func shortValue(v any) any {
	switch x := v.(type) {
	case string:
		if len(x) > 200 {
			return x[:200] + "…"
		}
		return x
	case nil, bool, float64, int, int64:
		return x
	}
	return nil
}

// statuses of the refusals that are not plain conflicts with the record's state.
var statuses = map[string]int{
	domain.CodeInvalid:  http.StatusUnprocessableEntity,
	"not_found":         http.StatusNotFound,
	"forbidden":         http.StatusForbidden,
	"unauthenticated":   http.StatusUnauthorized,
	"too_many_attempts": http.StatusTooManyRequests,

	"second_factor.code_needed":      http.StatusUnauthorized,
	"second_factor.wrong_code":       http.StatusUnauthorized,
	"second_factor.enrolment_needed": http.StatusForbidden,
	"second_factor.needed":           http.StatusForbidden,
	"token.session_needed":           http.StatusForbidden,
	"token.scope":                    http.StatusForbidden,
	"setup.token":                    http.StatusForbidden,
	"oidc.refused":                   http.StatusForbidden,
	"file.too_large":                 http.StatusRequestEntityTooLarge,
	"file.empty":                     http.StatusUnprocessableEntity,
	"file.not_found":                 http.StatusUnprocessableEntity,
	"file.no_room":                   http.StatusInsufficientStorage,
	"revision_mismatch":              http.StatusPreconditionFailed,
	"access_log.unavailable":         http.StatusServiceUnavailable,
	"busy":                           http.StatusServiceUnavailable,
	"unavailable":                    http.StatusServiceUnavailable,
	"command_id_reused":              http.StatusConflict,
	"already_exists":                 http.StatusConflict,
}

// problem turns an error of a command or a query into the answer. A technical failure is logged, and tells the caller
// only that it failed and that the same request may be sent again.
func (a *API) problem(ctx context.Context, err error) error {
	if known, ok := errors.AsType[huma.StatusError](err); ok {
		return known
	}
	if limited, ok := errors.AsType[*identity.Throttled](err); ok {
		seconds := int64((limited.After + time.Second - 1) / time.Second)
		return huma.ErrorWithHeaders(refusalProblem(identity.ErrTooManyAttempts), http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}})
	}
	if refusal, ok := domain.IsRefusal(err); ok {
		return refusalProblem(refusal)
	}
	// Class 22: the database cannot take a value, such as a zone that does not exist or a text with a zero byte.
	var data interface{ SQLState() string }
	if errors.As(err, &data) && strings.HasPrefix(data.SQLState(), "22") {
		a.Logger.InfoContext(ctx, "the database cannot take a value", "err", err)
		return newProblem(http.StatusUnprocessableEntity, "a value cannot be used")
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return &Problem{Status: 499, Title: "Client Closed Request", Code: "cancelled", Detail: "the caller went away"}
	}
	a.Logger.ErrorContext(ctx, "request failed", "err", err)
	p := &Problem{Status: http.StatusServiceUnavailable, Title: http.StatusText(http.StatusServiceUnavailable), Code: "unavailable",
		Detail: "the request could not be completed; it is safe to send it again with the same Idempotency-Key"}
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"1"}})
}

func refusalProblem(r *domain.Refusal) *Problem {
	status, ok := statuses[r.Code]
	switch {
	case ok:
	case strings.HasSuffix(r.Code, ".not_found"):
		status = http.StatusNotFound
	case strings.HasSuffix(r.Code, ".forbidden"), strings.HasSuffix(r.Code, ".foreign"):
		status = http.StatusForbidden
	case len(r.Fields) > 0:
		status = http.StatusUnprocessableEntity
	default:
		status = http.StatusConflict
	}
	p := &Problem{Status: status, Title: http.StatusText(status), Code: r.Code, Detail: r.Message}
	for _, f := range r.Fields {
		location := f.Field
		if strings.HasPrefix(location, "query.") {
			p.Errors = append(p.Errors, ProblemField{Location: location, Code: f.Code, Message: f.Message})
			continue
		}
		if location != "cursor" && location != "occurred_at" && location != "reason" {
			location = "body." + location
		} else {
			location = "query." + location
		}
		p.Errors = append(p.Errors, ProblemField{Location: location, Code: f.Code, Message: f.Message})
	}
	return p
}
