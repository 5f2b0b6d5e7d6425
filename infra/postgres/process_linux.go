package postgres

import "syscall"

const capDacReadSearch = 2

// processAttributes: a session of its own, so that Ctrl-C reaches the program and not the server; and a signal when the
// thread that started it dies, so that no server outlives a killed program.
func processAttributes(a account, onDeath syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: onDeath}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	if a.traverse {
		attr.AmbientCaps = []uintptr{capDacReadSearch}
	}
	return attr
}
