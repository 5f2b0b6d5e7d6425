package main

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/infra/identity"
)

// signInFlags say how people sign in.
type signInFlags struct {
	SessionIdle  time.Duration  `default:"30m" help:"A session ends when it was not used for so long."`
	SessionLife  time.Duration  `default:"12h" help:"A session ends after so long, used or not."`
	RequireTOTP  bool           `name:"require-totp" help:"Administrators, compliance reviewers and data protection officers must have a second factor."`
	TrustedProxy []netip.Prefix `help:"Networks whose proxies say in X-Forwarded-For whom they speak for." placeholder:"CIDR"`

	OIDCIssuer       string `name:"oidc-issuer" help:"Let people sign in at this OpenID Connect provider, too." placeholder:"URL"`
	OIDCClientID     string `name:"oidc-client-id" help:"Our client id there."`
	OIDCSecretFile   string `name:"oidc-secret-file" type:"existingfile" help:"File with our client secret there." placeholder:"FILE"`
	OIDCRedirect     string `name:"oidc-redirect-url" help:"Address of /v1/oidc/callback as browsers reach it." placeholder:"URL"`
	OIDCAllowPrivate bool   `name:"oidc-allow-private" help:"The provider is in our own network, or without HTTPS. Link-local addresses stay forbidden."`
}

func (f signInFlags) settings() (identity.Settings, error) {
	if f.SessionIdle < time.Minute || f.SessionLife < f.SessionIdle {
		return identity.Settings{}, errors.New("--session-idle is a minute or more, and --session-life no less than it")
	}
	provider, err := f.provider()
	return identity.Settings{Idle: f.SessionIdle, Absolute: f.SessionLife, RequireSecondFactor: f.RequireTOTP, Provider: provider}, err
}

// provider is nil without an issuer.
func (f signInFlags) provider() (*identity.Provider, error) {
	if f.OIDCIssuer == "" {
		return nil, nil
	}
	p := &identity.Provider{Issuer: f.OIDCIssuer, ClientID: f.OIDCClientID, Redirect: f.OIDCRedirect, Private: f.OIDCAllowPrivate}
	if f.OIDCSecretFile != "" {
		secret, err := os.ReadFile(f.OIDCSecretFile)
		if err != nil {
			return nil, err
		}
		p.ClientSecret = strings.TrimSpace(string(secret))
	}
	return p, p.Check()
}
