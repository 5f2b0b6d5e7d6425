package domain

import "slices"

// Consent is an agreement to be written to or called by one channel, for one purpose. Proof names where it was given.
type Consent struct {
	Channel   Channel `json:"channel" enum:"email,sms,call,messenger,letter" doc:"By which channel"`
	Scope     string  `json:"scope" public:"" minLength:"1" maxLength:"100" doc:"For what, such as advertising or service"`
	On        Date    `json:"on,omitempty" format:"date" doc:"Day it was given or withdrawn"`
	TextShown string  `json:"text_shown,omitempty" public:"" maxLength:"4000" doc:"The words that were agreed to"`
	Proof     string  `json:"proof,omitempty" pii:"contact" maxLength:"500" doc:"Where it was given: form, letter, digest of a file"`
}

// Channel is a way to reach somebody.
type Channel string

// The channels.
const (
	ChannelEmail     Channel = "email"
	ChannelSMS       Channel = "sms"
	ChannelCall      Channel = "call"
	ChannelMessenger Channel = "messenger"
	ChannelLetter    Channel = "letter"
)

var channels = []Channel{ChannelEmail, ChannelSMS, ChannelCall, ChannelMessenger, ChannelLetter}

func (k Consent) check() error {
	var v Invalid
	v.Check(slices.Contains(channels, k.Channel), "channel", "enum", "is not a channel")
	v.Require("scope", k.Scope)
	v.Check(k.On == "" || k.On.Valid(), "on", "date", "must be a day such as 2026-11-23")
	return v.Err()
}

// same reports the same channel and purpose.
func (k Consent) same(o Consent) bool { return k.Channel == o.Channel && k.Scope == o.Scope }

func hasConsent(given []Consent, k Consent) bool { return slices.ContainsFunc(given, k.same) }
