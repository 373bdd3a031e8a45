package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/ssoproof/ssoproof/internal/run"
)

// person is who sits at the terminal; nil: nobody does.
func (e Environment) person() run.Terminal {
	if e.In == nil {
		return nil
	}
	return &typist{in: e.In, out: e.Err}
}

// typist types, and reads what stands on standard error.
type typist struct {
	in  *os.File
	out io.Writer
}

// Agree implements run.Terminal.
func (p *typist) Agree(ctx context.Context, question string) (bool, error) {
	fmt.Fprintf(p.out, "%s [y/N] ", question)
	answer, err := waited(ctx, func() (string, error) { return bufio.NewReader(p.in).ReadString('\n') })
	if errors.Is(err, io.EOF) {
		err = nil // it is an answer as well
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return err == nil && (answer == "y" || answer == "yes"), err
}

// Secret implements run.Terminal.
func (p *typist) Secret(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(p.out, prompt)
	before, err := term.GetState(int(p.in.Fd()))
	if err != nil {
		return "", err
	}
	secret, err := waited(ctx, func() (string, error) {
		text, err := term.ReadPassword(int(p.in.Fd()))
		return string(text), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(int(p.in.Fd()), before) // else what is typed after this program would not be shown
	}
	fmt.Fprintln(p.out)
	return secret, err
}

// waited does what an interrupt must not wait for.
func waited(ctx context.Context, do func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := do()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
