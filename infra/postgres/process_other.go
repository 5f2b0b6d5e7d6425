//go:build unix && !linux

package postgres

import "syscall"

// processAttributes: without Linux's signal at the parent's death the server of a killed program stays until the next
// start, which finds its lock file.
func processAttributes(a account, _ syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}
