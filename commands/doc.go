// Package commands holds what can be asked of Letopis: one struct per command, and the executor that turns commands
// into events.
//
// A command struct is at once the vocabulary of the HTTP API (its tags are validation and OpenAPI) and the request to
// one aggregate. Decide hands over to the aggregate's method in package domain; a command that needs facts of other
// aggregates also has Prepare, one that needs to know who asks embeds By.
package commands
