package mutants

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/mutants/active"
	"github.com/ssoproof/ssoproof/internal/trial"
)

// task is one edit, or none, on one cell, before some checks.
type task struct {
	Edit int        `json:"edit"` // 0: none
	Cell trial.Cell `json:"cell"`
	Only []string   `json:"only"`

	// Expected are the statuses without an edit: the first other one ends the run. None: it goes on to its end.
	Expected map[string]check.Status `json:"expected"`

	Pages bool `json:"pages"` // with a browser
}

// outcome is what became of the checks.
type outcome struct {
	Statuses map[string]check.Status `json:"statuses"` // by name, of those that can make a violation
	Seconds  map[string]float64      `json:"seconds"`
	Judged   map[string]string       `json:"judged"`  // the requirements of each
	Reached  []int                   `json:"reached"` // edits whose place was passed, where none was made
	Error    string                  `json:"error"`   // why there are no statuses
}

// The limits of a run that takes less than a second without an edit, on a busy machine.
const (
	checkLimit = 20 * time.Second
	readyLimit = 5 * time.Second
	runLimit   = 60 * time.Second
)

// Work does tasks from in, one a line, and answers to out, until in ends. It is what the compiled edits run.
func Work(ctx context.Context, in io.Reader, out io.Writer) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make the signing key: %w", err)
	}
	tasks, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var t task
		switch err := tasks.Decode(&t); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read a task: %w", err)
		}
		if err := answers.Encode(t.do(ctx, key)); err != nil {
			return fmt.Errorf("answer a task: %w", err)
		}
	}
}

func (t task) do(ctx context.Context, key *rsa.PrivateKey) outcome {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	one := trial.Trial{Cell: t.Cell, Only: t.Only, Limit: checkLimit, Ready: readyLimit, Key: key, Browser: t.Pages}
	if t.Edit == 0 {
		active.Record()
	}
	active.Set(t.Edit)
	o := outcome{Statuses: map[string]check.Status{}, Seconds: map[string]float64{}, Judged: map[string]string{}}
	one.Ended = func(r check.Result) {
		if r.Level != check.Must || ctx.Err() != nil {
			return
		}
		o.Statuses[r.Name()], o.Seconds[r.Name()], o.Judged[r.Name()] = r.Status, r.Seconds, requirements(r)
		if status, known := t.Expected[r.Name()]; known && r.Status != status {
			cancel()
		}
	}
	_, err := one.Run(ctx)
	active.Set(0)
	if err != nil && len(o.Statuses) == 0 {
		return outcome{Error: err.Error()}
	}
	if t.Edit == 0 {
		o.Reached = active.Reached()
	}
	return o
}

func requirements(r check.Result) string {
	var keys []string
	for _, j := range r.Requirements {
		keys = append(keys, j.Key)
	}
	return strings.Join(keys, " ")
}
