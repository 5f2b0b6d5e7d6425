// Package postgres keeps the read models: the connection pool, a private server for runs without configuration, the
// runtime that feeds projections, and the hub that tells who waits how far they are.
//
// Projections are rows that follow from the event log, so nothing here is worth more than the time to rebuild it. What
// must hold is that a row is the effect of every event up to the checkpoint, once: rows and checkpoint are written in
// one transaction, and the checkpoint is moved only from the position the writer believes it to be at.
package postgres
