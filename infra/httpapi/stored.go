package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// storedCommand gives a command that was written down earlier. Every command that the API takes has one.
type storedCommand struct {
	category string
	// read checks a body as the operation itself does, and gives the command with the record it is for.
	read func(ctx context.Context, given uuid.UUID, body []byte) (command any, target uuid.UUID, err error)
	// run gives the command that read gave.
	run func(ctx context.Context, target uuid.UUID, command any, request commands.Request) (commands.Receipt, error)
	// record is what the right to the target depends on, and whether it is there.
	record func(ctx context.Context, target uuid.UUID) (access.Record, bool, error)
}

func store[C domain.Command[S], S any](a *API, operation string, category *domain.Category[S], target func(ctx context.Context, given uuid.UUID, command C) domain.ID[S]) {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[C](), true, "")
	a.stored[operation] = storedCommand{
		category: category.Name(),
		read: func(ctx context.Context, given uuid.UUID, body []byte) (any, uuid.UUID, error) {
			command, err := readStored[C](a, schema, body)
			return command, target(ctx, given, command).UUID(), err
		},
		run: func(ctx context.Context, target uuid.UUID, command any, request commands.Request) (commands.Receipt, error) {
			return commands.Execute(ctx, a.Executor, category, domain.ID[S](target), command.(C), request)
		},
		record: func(ctx context.Context, target uuid.UUID) (access.Record, bool, error) {
			loaded, err := commands.Load(ctx, a.Executor, category, domain.ID[S](target))
			if err != nil || loaded.Revision < 0 {
				return access.Record{}, false, err
			}
			_, record, err := commands.Rights(ctx, a.Executor, category.Name(), loaded.State)
			return record, true, err
		},
	}
}

// readStored holds the body to the same schema as a request for the operation.
func readStored[C any](a *API, schema *huma.Schema, body []byte) (command C, err error) {
	var loose any
	if err := strictJSON.Unmarshal(body, &loose); err != nil {
		return command, newProblem(http.StatusUnprocessableEntity, "the payload is not JSON", err)
	}
	result, path := &huma.ValidateResult{}, huma.NewPathBuffer([]byte("body.payload"), len("body.payload"))
	huma.Validate(a.huma.OpenAPI().Components.Schemas, schema, path, huma.ModeWriteToServer, loose, result)
	if len(result.Errors) > 0 {
		return command, newProblem(http.StatusUnprocessableEntity, "the payload is not one of the operation", result.Errors...)
	}
	if err := json.Unmarshal(body, &command); err != nil {
		return command, newProblem(http.StatusUnprocessableEntity, "the payload is not one of the operation", err)
	}
	return command, nil
}
