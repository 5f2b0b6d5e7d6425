// Package domain holds the rules of Letopis: aggregates, their events and their decisions.
//
// It is pure: the standard library and google/uuid only. An aggregate is a struct whose zero value is "does not exist
// yet"; its events change it through Apply, its methods decide which events a request leads to. Nothing here reads a
// clock, a database or a network: what a rule needs is an argument.
package domain
