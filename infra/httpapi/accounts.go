package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

// act registers an operation on what one signs in with: no command, since nothing of it goes into the log.
func act[I, O any](a *API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.Tags = []string{"session"}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

type ownInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func registerSessions(a *API) {
	get(a, "/sessions", "list-sessions", "session", "Where I am signed in", nil, func(ctx context.Context, _ *struct{}) ([]identity.SessionInfo, error) {
		return a.Identity.Sessions(ctx, principal(ctx))
	})
	act(a, huma.Operation{Method: http.MethodDelete, Path: "/v1/sessions/{id}", OperationID: "end-session", Summary: "Sign out on one of my devices", Errors: []int{404}},
		func(ctx context.Context, in *ownInput) (*struct{}, error) {
			return nil, a.Identity.EndSession(ctx, principal(ctx), in.ID)
		})
	act(a, huma.Operation{Method: http.MethodDelete, Path: "/v1/sessions", OperationID: "end-sessions", Summary: "Sign out everywhere, here too"},
		func(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
			return &signOutOutput{a.noCookie()}, a.Identity.EndSessions(ctx, principal(ctx))
		})
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"Six digits from the authenticator app"`
	}
}

type passwordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"512" doc:"Present password"`
	}
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" doc:"Each replaces the code once, where the device is lost; they are shown this once"`
}

func registerSecondFactor(a *API) {
	const path = "/v1/second-factor"
	get(a, "/second-factor", "get-second-factor", "session", "How my second factor stands", nil, func(ctx context.Context, _ *struct{}) (identity.SecondFactorState, error) {
		return a.Identity.SecondFactor(ctx, principal(ctx))
	})
	act(a, huma.Operation{Method: http.MethodPost, Path: path + "/begin", OperationID: "begin-second-factor", Summary: "Get the secret for an authenticator app; it counts once a code is confirmed", Errors: []int{409}},
		func(ctx context.Context, _ *struct{}) (*queryOutput[identity.Enrolment], error) {
			enrolment, err := a.Identity.BeginSecondFactor(ctx, principal(ctx))
			return &queryOutput[identity.Enrolment]{Body: enrolment}, err
		})
	act(a, huma.Operation{Method: http.MethodPost, Path: path + "/confirm", OperationID: "confirm-second-factor", Summary: "Turn the second factor on with a first code", Errors: []int{409, 429}},
		func(ctx context.Context, in *codeInput) (*queryOutput[RecoveryCodes], error) {
			codes, err := a.Identity.ConfirmSecondFactor(ctx, principal(ctx), in.Body.Code)
			return &queryOutput[RecoveryCodes]{Body: RecoveryCodes{codes}}, err
		})
	act(a, huma.Operation{Method: http.MethodPost, Path: path + "/disable", OperationID: "disable-second-factor", Summary: "Turn my second factor off", Errors: []int{409, 429}},
		func(ctx context.Context, in *passwordInput) (*struct{}, error) {
			return nil, a.Identity.DisableSecondFactor(ctx, principal(ctx), in.Body.Password)
		})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/session/second-factor", OperationID: "pass-second-factor", Summary: "Finish signing in with a code, or with a recovery code",
		Tags: []string{"session"}, Errors: []int{409, 429},
	}, a.passSecondFactor)
}

func (a *API) passSecondFactor(ctx context.Context, in *codeInput) (*signInOutput, error) {
	session, err := a.Identity.PassSecondFactor(ctx, principal(ctx), a.cookieOf(ctx), in.Body.Code)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return a.signedIn(ctx, session)
}

type accountInput struct {
	Login string `path:"login" maxLength:"100" doc:"The account"`
}

type createAccountInput struct {
	Body struct {
		Employee domain.EmployeeID `json:"employee_id" format:"uuid" doc:"The employee"`
		Login    string            `json:"login" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" doc:"Name to sign in with"`
		Password string            `json:"password" minLength:"12" maxLength:"128" doc:"First password"`
	}
}

type resetPasswordInput struct {
	Login string `path:"login" maxLength:"100" doc:"The account"`
	Body  struct {
		Password string `json:"password" minLength:"12" maxLength:"128" doc:"New password"`
	}
}

func registerAccounts(a *API) {
	act(a, huma.Operation{Method: http.MethodPost, Path: "/v1/accounts", OperationID: "create-account", Summary: "Give an employee a login and a first password",
		DefaultStatus: http.StatusCreated, Errors: []int{409}}, a.createAccount)
	act(a, huma.Operation{Method: http.MethodPost, Path: "/v1/accounts/{login}/password", OperationID: "reset-password", Summary: "Give an account a new password; its sessions end", Errors: []int{404}},
		func(ctx context.Context, in *resetPasswordInput) (*struct{}, error) {
			return nil, a.Identity.SetPassword(ctx, in.Login, in.Body.Password)
		})
	act(a, huma.Operation{Method: http.MethodPost, Path: "/v1/accounts/{login}/unlock", OperationID: "unlock-account", Summary: "Let an account sign in again that too many failed attempts have locked", Errors: []int{404}},
		func(ctx context.Context, in *accountInput) (*struct{}, error) {
			return nil, a.Identity.Unlock(ctx, in.Login)
		})
	act(a, huma.Operation{Method: http.MethodPost, Path: "/v1/accounts/{login}/second-factor/reset", OperationID: "reset-second-factor",
		Summary: "Take away the second factor of somebody who has lost it; the sessions end", Errors: []int{404, 409}},
		func(ctx context.Context, in *accountInput) (*struct{}, error) {
			return nil, a.Identity.ResetSecondFactor(ctx, in.Login)
		})
	get(a, "/sign-in-journal", "list-sign-in-journal", "session", "Who signed in, who failed to, and what became of passwords, second factors and tokens", nil,
		func(ctx context.Context, in *identity.JournalFilter) ([]identity.JournalEntry, error) {
			return a.Identity.Journal(ctx, *in)
		})
}

func (a *API) createAccount(ctx context.Context, in *createAccountInput) (*struct{}, error) {
	known, err := commands.Load(ctx, a.Executor, domain.Employees, in.Body.Employee)
	if err != nil {
		return nil, err
	}
	if known.State.State != domain.EmployeeEmployed {
		var wrong domain.Invalid
		wrong.Add("employee_id", "not_found", "there is no such employee")
		return nil, wrong.Err()
	}
	return nil, a.Identity.CreateAccount(ctx, in.Body.Employee, in.Body.Login, in.Body.Password)
}

type tokenOutput struct {
	Body struct {
		Token string             `json:"token" doc:"The secret: it is shown this once"`
		Info  identity.TokenInfo `json:"info" doc:"What is known of the token"`
	}
}

type createTokenInput struct {
	Body struct {
		Name   string   `json:"name" minLength:"1" maxLength:"200" doc:"What the token is for"`
		Days   int      `json:"expires_in_days" minimum:"1" maximum:"366" doc:"Life in days"`
		Scopes []string `json:"scopes,omitempty" minItems:"1" maxItems:"500" doc:"read for all queries, write for all that changes something, or ids of operations in this document; both read and write when absent. Never more than I may myself"`
	}
}

func registerTokens(a *API) {
	get(a, "/tokens", "list-tokens", "session", "My API tokens", nil, func(ctx context.Context, _ *struct{}) ([]identity.TokenInfo, error) {
		return a.Identity.Tokens(ctx, principal(ctx).Employee)
	})
	act(a, huma.Operation{Method: http.MethodPost, Path: "/v1/tokens", OperationID: "create-token", Summary: "Make an API token with my rights, or some of them", DefaultStatus: http.StatusCreated}, a.createToken)
	act(a, huma.Operation{Method: http.MethodDelete, Path: "/v1/tokens/{id}", OperationID: "revoke-token", Summary: "End one of my API tokens", Errors: []int{404}},
		func(ctx context.Context, in *ownInput) (*struct{}, error) {
			return nil, a.Identity.RevokeToken(ctx, principal(ctx), in.ID)
		})
}

func (a *API) createToken(ctx context.Context, in *createTokenInput) (*tokenOutput, error) {
	scopes := in.Body.Scopes
	if len(scopes) == 0 {
		scopes = []string{identity.ScopeRead, identity.ScopeWrite}
	}
	var v domain.Invalid
	for i, scope := range scopes {
		known := scope == identity.ScopeRead || scope == identity.ScopeWrite || slices.Contains(a.operations, scope)
		v.Check(known, fmt.Sprintf("scopes[%d]", i), "unknown", "is neither read nor write nor an operation")
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	text, info, err := a.Identity.CreateToken(ctx, principal(ctx), identity.NewToken{Name: in.Body.Name, Lifetime: time.Duration(in.Body.Days) * 24 * time.Hour, Scopes: scopes})
	if err != nil {
		return nil, err
	}
	out := &tokenOutput{}
	out.Body.Token, out.Body.Info = text, info
	return out, nil
}
