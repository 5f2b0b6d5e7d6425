package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// userCommand makes accounts where nobody can sign in to do it.
type userCommand struct {
	Create   userCreate   `cmd:"" help:"Put an employee into the register and give them an account."`
	Password userPassword `cmd:"" help:"Give an account a new password."`
	Unlock   userUnlock   `cmd:"" help:"Let an account sign in again that too many failed attempts have locked."`
	Factor   userFactor   `cmd:"" name:"reset-second-factor" help:"Take away the second factor of somebody who has lost it."`
}

type userCreate struct {
	plantFlags
	Login string      `arg:"" help:"Name to sign in with."`
	Name  string      `arg:"" help:"Family name, given name and patronymic."`
	Role  domain.Role `default:"employee" enum:"employee,service_engineer,marketer,manager,quality_manager,compliance_reviewer,auditor,data_protection_officer,administrator" help:"What the person may do: employee, service_engineer, marketer, manager, quality_manager, compliance_reviewer, auditor, data_protection_officer, administrator."`
}

func (c *userCreate) Run(ctx context.Context, out *console) error {
	s, err := openSystem(ctx, c.plantFlags, roles{projector: true, policies: true}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	password := newPassword()
	if _, err := s.newUser(ctx, person{Login: c.Login, Name: c.Name, Roles: []domain.Role{c.Role}}, password); err != nil {
		return err
	}
	out.printf("%s can sign in with the password %s\n", c.Login, password)
	return nil
}

type userPassword struct {
	plantFlags
	Login string `arg:"" help:"Name to sign in with."`
}

func (c *userPassword) Run(ctx context.Context, out *console) error {
	s, err := openSystem(ctx, c.plantFlags, roles{}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	password := newPassword()
	if err := s.identity.SetPassword(ctx, c.Login, password); err != nil {
		return err
	}
	out.printf("%s can sign in with the password %s\n", c.Login, password)
	return nil
}

type userUnlock struct {
	plantFlags
	Login string `arg:"" help:"Name to sign in with."`
}

func (c *userUnlock) Run(ctx context.Context, out *console) error {
	s, err := openSystem(ctx, c.plantFlags, roles{}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := s.identity.Unlock(ctx, c.Login); err != nil {
		return err
	}
	out.printf("%s can sign in again\n", c.Login)
	return nil
}

type userFactor struct {
	plantFlags
	Login string `arg:"" help:"Name to sign in with."`
}

func (c *userFactor) Run(ctx context.Context, out *console) error {
	s, err := openSystem(ctx, c.plantFlags, roles{}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if err := s.identity.ResetSecondFactor(ctx, c.Login); err != nil {
		return err
	}
	out.printf("%s signs in without a second factor\n", c.Login)
	return nil
}

// person is somebody to be put into the register.
type person struct {
	Login, Name string
	Roles       []domain.Role
}

// newUser hires the person, grants the roles and makes the account. Every step can be repeated.
func (s *system) newUser(ctx context.Context, p person, password string) (domain.EmployeeID, error) {
	id, err := s.hire(ctx, p)
	if err != nil {
		return id, err
	}
	return id, s.identity.CreateAccount(ctx, id, p.Login, password)
}

// firstEmployee is the administrator whom the set-up token is for.
func (s *system) firstEmployee(ctx context.Context, login, name string) (domain.EmployeeID, error) {
	return s.hire(ctx, person{Login: login, Name: name, Roles: []domain.Role{domain.RoleAdministrator}})
}

func (s *system) hire(ctx context.Context, p person) (domain.EmployeeID, error) {
	id := domain.DerivedID[domain.Employee]("user", domain.NormalLogin(p.Login))
	name := domain.SplitName(p.Name)
	hire := commands.HireEmployee{Name: domain.EmployeeName{Last: name.LastName, First: name.FirstName, Patronymic: name.Patronymic}, Login: p.Login,
		Hired: domain.DateOf(time.Now(), time.UTC)}
	_, err := commands.Execute(ctx, s.executor, domain.Employees, id, hire, s.systemRequest("hire "+p.Login))
	if err != nil && !errors.Is(err, domain.ErrAlreadyExists) {
		return id, err
	}
	for _, role := range p.Roles {
		if _, err := commands.Execute(ctx, s.executor, domain.Employees, id, commands.GrantRole{Role: role}, s.systemRequest("grant "+string(role)+" "+p.Login)); err != nil {
			return id, err
		}
	}
	return id, nil
}

// systemRequest is a command of the operator at the machine, in the system's name.
func (s *system) systemRequest(what string) commands.Request {
	return commands.Request{CommandID: uuid.NewSHA1(domain.SystemActor.UUID(), []byte(what)), Actor: domain.SystemActor, Source: domain.SourceImport}
}

// actor is the employee with the login, the system for none.
func (s *system) actor(ctx context.Context, login string) (domain.EmployeeID, error) {
	if login == "" {
		return domain.SystemActor, nil
	}
	account, err := s.identity.AccountNamed(ctx, login)
	return account.Employee, err
}

// newPassword is easy to type and has 100 bits.
func newPassword() string {
	b := make([]byte, 13)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))[:20]
}

// welcome makes a fresh installation usable: a demo company, or a way to create the first administrator. There is no
// password that somebody could forget to change.
func (s *system) welcome(ctx context.Context, demo, url string, out *console) error {
	_, anything, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	if !anything && demo != "" {
		return s.loadDemo(ctx, demo, out)
	}
	accounts, err := s.identity.HasAccounts(ctx)
	if err != nil || accounts {
		return err
	}
	token, err := s.identity.NewSetUpToken(ctx)
	if err != nil {
		return err
	}
	// Behind # it stays in the browser: no server and no proxy writes it into its log.
	out.printf("Nobody can sign in yet. Create the first administrator within 24 hours: %s/setup#token=%s (works once)\n", url, token)
	return nil
}

// settleWithin waits until the read models hold everything that is in the log now.
func (s *system) settleWithin(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return s.settle(ctx)
}
