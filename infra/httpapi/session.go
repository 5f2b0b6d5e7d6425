package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

type signInInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"200" doc:"Login, without regard to case"`
		Password string `json:"password" minLength:"1" maxLength:"512" doc:"Password"`
	}
}

// Me is who is signed in.
type Me struct {
	Employee domain.EmployeeID `json:"employee_id" format:"uuid" doc:"The employee"`
	Login    string            `json:"login" doc:"The login"`
	Roles    []domain.Role     `json:"roles" doc:"What the person may do in general"`
	Denied   []string          `json:"denied" doc:"Operations, by their ids in this document, that the roles do not allow"`
	Pending  identity.Pending  `json:"second_factor,omitempty" enum:"code,enrol" doc:"What the session lacks before it is good for anything: the code of the second factor, or the second factor itself"`
	Expires  *time.Time        `json:"expires_at,omitempty" doc:"When the session ends at the latest"`
	Previous *time.Time        `json:"previous_sign_in,omitempty" doc:"When the person signed in before"`
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type signOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func registerSession(a *API) {
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/session", OperationID: "sign-in", Summary: "Sign in with login and password", Tags: []string{"session"},
		Security: []map[string][]string{}, Errors: []int{429},
	}, a.signIn)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/setup", OperationID: "set-up", Summary: "Create the first administrator with the token that the first start printed",
		Tags: []string{"session"}, Security: []map[string][]string{}, DefaultStatus: http.StatusCreated, Errors: []int{403},
	}, a.setUp)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodGet, Path: "/v1/sign-in-ways", OperationID: "list-sign-in-ways", Summary: "How one can sign in here", Tags: []string{"session"},
		Security: []map[string][]string{},
	}, a.signInWays)
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodDelete, Path: "/v1/session", OperationID: "sign-out", Summary: "End the session", Tags: []string{"session"},
	}, a.signOut)
	get(a, "/session", "who-am-i", "session", "Who is signed in", nil, func(ctx context.Context, _ *struct{}) (Me, error) { return me(principal(ctx)), nil })
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/session/password", OperationID: "change-password", Summary: "Change my password; my sessions end", Tags: []string{"session"},
		Errors: []int{429},
	}, a.changePassword)
}

// me is who is signed in; of somebody who has not given the code yet, nothing but what they have said themselves.
func me(p identity.Principal) Me {
	m := Me{Employee: p.Employee, Login: p.Login, Roles: p.Roles, Denied: identity.Denied(p), Pending: p.Pending}
	if p.Pending == identity.PendingCode {
		m.Roles = []domain.Role{}
	}
	if !p.Expires.IsZero() {
		m.Expires = &p.Expires
	}
	return m
}

func (a *API) cookieName() string {
	if a.Secure {
		return identity.SecureCookieName
	}
	return identity.CookieName
}

func (a *API) sessionCookie(token string, expires time.Time) http.Cookie {
	//nolint:gosec // Secure is a setting: without a proxy the server speaks plain HTTP on loopback
	return http.Cookie{Name: a.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode, Expires: expires}
}

func (a *API) noCookie() http.Cookie {
	cookie := a.sessionCookie("", time.Time{}) //nolint:gosec // as above
	cookie.MaxAge = -1
	return cookie
}

// cookieOf is the secret of the session in the request, if any.
func (a *API) cookieOf(ctx context.Context) string {
	cookies, err := http.ParseCookie(headerOf(ctx, "Cookie"))
	if err != nil {
		return ""
	}
	for _, c := range cookies {
		if c.Name == a.cookieName() {
			return c.Value
		}
	}
	return ""
}

func (a *API) signIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	session, err := a.Identity.SignIn(ctx, in.Body.Login, in.Body.Password, clientOf(ctx))
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return a.signedIn(ctx, session)
}

// signedIn answers with a fresh session. The one that the browser had before ends.
func (a *API) signedIn(ctx context.Context, session identity.SignedIn) (*signInOutput, error) {
	p, err := a.Identity.FromSession(ctx, session.Token, clientOf(ctx))
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if before := a.cookieOf(ctx); before != "" {
		if err := a.Identity.SignOut(ctx, before, clientOf(ctx)); err != nil {
			return nil, a.problem(ctx, err)
		}
	}
	if p.Renewed != "" {
		session.Token = p.Renewed
	}
	out := &signInOutput{SetCookie: a.sessionCookie(session.Token, session.Expires), Body: me(p)}
	if !session.Previous.IsZero() {
		out.Body.Previous = &session.Previous
	}
	if p.Pending == "" {
		a.firstOfDay(identity.WithPrincipal(ctx, p))
	}
	return out, nil
}

// firstOfDay forms the day's report at the first sign-in. Nobody is kept out because it could not be.
func (a *API) firstOfDay(ctx context.Context) {
	if a.Identity.Authorize(ctx, "form-daily-report") != nil {
		return // who has no day of the kind
	}
	day := &dailyReportInput{Body: DailyReportRequest{FirstSignIn: true}}
	if _, err := a.formDailyReport(ctx, day, "form-daily-report"); err != nil {
		a.Logger.WarnContext(ctx, "no daily report at sign-in", "employee", principal(ctx).Employee, "err", err)
	}
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
	if err := a.Identity.SignOut(ctx, a.cookieOf(ctx), clientOf(ctx)); err != nil {
		return nil, a.problem(ctx, err)
	}
	return &signOutOutput{a.noCookie()}, nil
}

type setUpInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"100" doc:"What the first start printed; it works for 24 hours, and once"`
		Login    string `json:"login" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" doc:"Name to sign in with"`
		Name     string `json:"name" minLength:"1" maxLength:"300" doc:"Family name, given name and patronymic"`
		Password string `json:"password" minLength:"12" maxLength:"128" doc:"Password"`
	}
}

func (a *API) setUp(ctx context.Context, in *setUpInput) (*struct{}, error) {
	if a.FirstEmployee == nil {
		return nil, a.problem(ctx, identity.ErrSetUpToken)
	}
	err := a.Identity.SetUp(ctx, in.Body.Token, in.Body.Login, in.Body.Password, clientOf(ctx), func(ctx context.Context) (domain.EmployeeID, error) {
		return a.FirstEmployee(ctx, in.Body.Login, in.Body.Name)
	})
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}

// SignInWays is how one can sign in.
type SignInWays struct {
	Password bool `json:"password" doc:"With login and password"`
	SetUp    bool `json:"setup" doc:"Nobody can yet: the first administrator is to be created"`
	Provider bool `json:"oidc" doc:"At the company's identity provider: open /v1/oidc/start"`
}

func (a *API) signInWays(ctx context.Context, _ *struct{}) (*queryOutput[SignInWays], error) {
	accounts, err := a.Identity.HasAccounts(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &queryOutput[SignInWays]{Body: SignInWays{Password: true, SetUp: !accounts, Provider: a.Identity.HasProvider()}}, nil
}

type changePasswordInput struct {
	Body struct {
		Old string `json:"old_password" minLength:"1" maxLength:"512" doc:"Present password"`
		New string `json:"new_password" minLength:"12" maxLength:"128" doc:"New password"`
	}
}

func (a *API) changePassword(ctx context.Context, in *changePasswordInput) (*struct{}, error) {
	if err := a.Identity.ChangePassword(ctx, principal(ctx), in.Body.Old, in.Body.New); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil
}
