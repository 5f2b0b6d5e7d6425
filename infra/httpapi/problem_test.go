package httpapi_test

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/infra/httpapi"
)

// A form puts each finding at its field, so a missing field has to be named like a wrong one.
func TestMissingFieldIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := httpapi.New(httpapi.Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context()}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ location, message, want, code string }{
		{"body", "expected required property due_at to be present", "body.due_at", "required"},
		{"body.context[0]", "expected required property kind to be present", "body.context[0].kind", "required"},
		{"body.title", "expected length >= 1", "body.title", "length"},
	} {
		var problem *httpapi.Problem
		err := huma.NewError(422, "validation failed", &huma.ErrorDetail{Location: c.location, Message: c.message})
		if !errors.As(err, &problem) || len(problem.Errors) != 1 || problem.Errors[0].Location != c.want || problem.Errors[0].Code != c.code {
			t.Errorf("%s: %s: %+v", c.location, c.message, err)
		}
	}
}
