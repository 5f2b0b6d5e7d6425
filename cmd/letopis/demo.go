package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/demo"
)

// demoCommand loads a fictional company.
type demoCommand struct {
	plantFlags
	Size string `default:"tiny" enum:"tiny" help:"Size of the company: tiny (two weeks, some thirty employees)."`
}

func (c *demoCommand) Run(ctx context.Context, out *console) error {
	s, err := openSystem(ctx, c.plantFlags, roles{projector: true, policies: true}, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	_, anything, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	if anything {
		return errors.New("the log is not empty; a demo company is loaded into an empty one only")
	}
	return s.loadDemo(ctx, c.Size, out)
}

// demoPassword is everybody's password in the demo company, and nowhere else.
const demoPassword = "letopis-demo"

// loadDemo writes two weeks of a fictional company's life and gives its people accounts.
func (s *system) loadDemo(ctx context.Context, size string, out *console) error {
	if size != "tiny" {
		return fmt.Errorf("there is no demo company of size %q", size)
	}
	out.printf("Loading the demo company…\n")
	clock := &demo.Clock{}
	x := commands.NewExecutor(s.store, clock.Now)
	company, err := demo.Tiny(ctx, x, clock, time.Now(), nil)
	if err != nil {
		return fmt.Errorf("demo company: %w", err)
	}
	for _, p := range company.Employees {
		if p.Login == "" {
			continue
		}
		if err := s.identity.CreateDemoAccount(ctx, p.ID, p.Login, demoPassword); err != nil {
			return err
		}
	}
	if err := s.settleWithin(ctx, 2*time.Minute); err != nil {
		return err
	}
	out.printf("ООО «Северный Сервис» (fictional), %d employees. Password of all demo accounts: %s\n", len(company.Employees), demoPassword)
	shown := map[string]bool{}
	for _, p := range company.Employees {
		role := "employee"
		if len(p.Roles) > 0 {
			role = string(p.Roles[0])
		}
		if p.Login != "" && !shown[role] {
			shown[role] = true
			out.printf("  %-20s %-12s %s, %s\n", role, p.Login, p.Name, p.Position)
		}
	}
	return nil
}
