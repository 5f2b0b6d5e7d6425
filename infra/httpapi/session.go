package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

type signInInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Login    string `json:"login" minLength:"1" maxLength:"200" doc:"Login, without regard to case"`
		Password string `json:"password" minLength:"1" maxLength:"512" doc:"Password"`
	}
}

// Me is who is signed in.
type Me struct {
	Employee domain.EmployeeID `json:"employee_id" format:"uuid" doc:"The employee"`
	Login    string            `json:"login" doc:"The login"`
	Roles    []identity.Role   `json:"roles" doc:"What the person may do in general"`
	Denied   []string          `json:"denied" doc:"Operations, by their ids in this document, that the roles do not allow"`
	Expires  *time.Time        `json:"expires_at,omitempty" doc:"When the session ends at the latest"`
	Previous *time.Time        `json:"previous_sign_in,omitempty" doc:"When the person signed in before"`
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type tokenOutput struct {
	Body struct {
		Token string             `json:"token" doc:"The secret: it is shown this once"`
		Info  identity.TokenInfo `json:"info" doc:"What is known of the token"`
	}
}

func registerSession(a *API) {
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/session", OperationID: "sign-in", Summary: "Sign in with login and password", Tags: []string{"session"},
		Security: []map[string][]string{}, Errors: []int{429},
	}, a.signIn)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodDelete, Path: "/v1/session", OperationID: "sign-out", Summary: "End the session", Tags: []string{"session"},
	}, a.signOut)
	get(a, "/session", "who-am-i", "session", "Who is signed in", nil, func(ctx context.Context, _ *struct{}) (Me, error) {
		p := principal(ctx)
		return Me{Employee: p.Employee, Login: p.Login, Roles: p.Roles, Denied: identity.Denied(p)}, nil
	})
	get(a, "/tokens", "list-tokens", "session", "My API tokens", nil, func(ctx context.Context, _ *struct{}) ([]identity.TokenInfo, error) {
		return a.Identity.Tokens(ctx, principal(ctx).Employee)
	})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/tokens", OperationID: "create-token", Summary: "Make an API token with my rights", Tags: []string{"session"},
		DefaultStatus: http.StatusCreated,
	}, a.createToken)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/accounts", OperationID: "create-account", Summary: "Give an employee a login and a first password", Tags: []string{"session"},
		DefaultStatus: http.StatusCreated, Errors: []int{409},
	}, a.createAccount)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/accounts/{login}/password", OperationID: "reset-password", Summary: "Give an account a new password; its sessions end", Tags: []string{"session"},
		Errors: []int{404},
	}, a.resetPassword)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/session/password", OperationID: "change-password", Summary: "Change my password; my sessions end", Tags: []string{"session"},
	}, a.changePassword)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodDelete, Path: "/v1/tokens/{id}", OperationID: "revoke-token", Summary: "End one of my API tokens", Tags: []string{"session"}, Errors: []int{404},
	}, a.revokeToken)
}

func (a *API) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	session, err := a.Identity.SignIn(ctx, in.Body.Login, in.Body.Password, in.UserAgent)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	p, err := a.Identity.FromSession(ctx, session.Token)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &signInOutput{
		//nolint:gosec // Secure is a setting: without a proxy the server speaks plain HTTP on loopback
		SetCookie: http.Cookie{Name: identity.CookieName, Value: session.Token, Path: "/", HttpOnly: true, Secure: a.Secure,
			SameSite: http.SameSiteLaxMode, Expires: session.Expires},
		Body: Me{Employee: p.Employee, Login: p.Login, Roles: p.Roles, Denied: identity.Denied(p), Expires: &session.Expires},
	}
	if !session.Previous.IsZero() {
		out.Body.Previous = &session.Previous
	}
	// The day's report is formed at the first sign-in. Nobody is kept out because it could not be.
	day := &dailyReportInput{Body: DailyReportRequest{FirstSignIn: true}}
	if _, err := a.formDailyReport(identity.WithPrincipal(ctx, p), day, "form-daily-report"); err != nil {
		a.Logger.WarnContext(ctx, "no daily report at sign-in", "employee", p.Employee, "err", err)
	}
	return out, nil
}

type signOutInput struct {
	Session string `cookie:"letopis_session" hidden:"true"`
}

type signOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) signOut(ctx context.Context, in *signOutInput) (*signOutOutput, error) {
	if err := a.Identity.SignOut(ctx, in.Session); err != nil {
		return nil, a.problem(ctx, err)
	}
	//nolint:gosec // Secure is a setting, as at sign-in
	return &signOutOutput{http.Cookie{Name: identity.CookieName, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode, MaxAge: -1}}, nil
}

type createTokenInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"200" doc:"What the token is for"`
		Days int    `json:"expires_in_days" minimum:"1" maximum:"366" doc:"Life in days"`
	}
}

func (a *API) createToken(ctx context.Context, in *createTokenInput) (*tokenOutput, error) {
	text, info, err := a.Identity.CreateToken(ctx, principal(ctx), in.Body.Name, time.Duration(in.Body.Days)*24*time.Hour)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &tokenOutput{}
	out.Body.Token, out.Body.Info = text, info
	return out, nil
}

type revokeTokenInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (a *API) revokeToken(ctx context.Context, in *revokeTokenInput) (*struct{}, error) {
	if err := a.Identity.RevokeToken(ctx, principal(ctx).Employee, in.ID); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

type createAccountInput struct {
	Body struct {
		Employee domain.EmployeeID `json:"employee_id" format:"uuid" doc:"The employee"`
		Login    string            `json:"login" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" doc:"Name to sign in with"`
		Password string            `json:"password" minLength:"12" maxLength:"128" doc:"First password"`
	}
}

func (a *API) createAccount(ctx context.Context, in *createAccountInput) (*struct{}, error) {
	known, err := commands.Load(ctx, a.Executor, domain.Employees, in.Body.Employee)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if known.State.State != domain.EmployeeEmployed {
		var wrong domain.Invalid
		wrong.Add("employee_id", "not_found", "there is no such employee")
		return nil, a.problem(ctx, wrong.Err())
	}
	if err := a.Identity.CreateAccount(ctx, in.Body.Employee, in.Body.Login, in.Body.Password); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

type resetPasswordInput struct {
	Login string `path:"login" maxLength:"100" doc:"The account"`
	Body  struct {
		Password string `json:"password" minLength:"12" maxLength:"128" doc:"New password"`
	}
}

func (a *API) resetPassword(ctx context.Context, in *resetPasswordInput) (*struct{}, error) {
	if err := a.Identity.SetPassword(ctx, in.Login, in.Body.Password); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

type changePasswordInput struct {
	Body struct {
		Old string `json:"old_password" minLength:"1" maxLength:"512" doc:"Present password"`
		New string `json:"new_password" minLength:"12" maxLength:"128" doc:"New password"`
	}
}

func (a *API) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	if err := a.Identity.ChangePassword(ctx, principal(ctx).Login, in.Body.Old, in.Body.New); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}
