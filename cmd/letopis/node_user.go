package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// nodeUser adds a user of the node, or gives one a new password. A running node notices.
type nodeUser struct {
	Users string `required:"" help:"File of users; made when there is none, closed to others." placeholder:"FILE"`
	Name  string `required:"" help:"Login." placeholder:"LOGIN"`
}

func (c *nodeUser) Run(ctx context.Context, out *console) error {
	password, err := askPassword(ctx, os.Stdin, out.err, c.Name)
	if err != nil {
		return err
	}
	if err := eventnode.SetPassword(c.Users, c.Name, password); err != nil {
		return err
	}
	out.printf("%s may use the event node with this password\n", c.Name)
	return nil
}

// askPassword reads a line: at a terminal unseen and twice, else as it comes.
func askPassword(ctx context.Context, in *os.File, prompt io.Writer, login string) (string, error) {
	lines := bufio.NewReader(in)
	restore, atTerminal, err := hideInput(in)
	if err != nil {
		return "", err
	}
	if !atTerminal {
		return readLine(ctx, lines)
	}
	defer restore()
	fmt.Fprintf(prompt, "Password of %s: ", login)
	first, err := readLine(ctx, lines)
	fmt.Fprintln(prompt)
	if err != nil {
		return "", err
	}
	fmt.Fprint(prompt, "Again: ")
	second, err := readLine(ctx, lines)
	fmt.Fprintln(prompt)
	if err == nil && first != second {
		err = errors.New("the two passwords differ")
	}
	return first, err
}

// readLine gives up when the program is told to stop, so that the terminal is put right again.
func readLine(ctx context.Context, in *bufio.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		got <- answer{strings.TrimRight(line, "\r\n"), err}
	}()
	select {
	case a := <-got:
		if errors.Is(a.err, io.EOF) {
			return "", errors.New("no password was given")
		}
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// hideInput stops a terminal from showing what is typed.
func hideInput(in *os.File) (restore func(), atTerminal bool, err error) {
	fd := int(in.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, false, nil //nolint:nilerr // a file or a pipe, which shows nothing
	}
	hidden := *before
	hidden.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &hidden); err != nil {
		return nil, false, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }, true, nil // the shell puts it right as well
}
