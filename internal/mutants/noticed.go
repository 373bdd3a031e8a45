package mutants

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/trial"
)

//go:embed noticed.tsv
var noticed string

// Known is an edit that a check over HTTP has noticed: its key, and the check on its cell.
type Known struct {
	Key, Check string
	Cell       trial.Cell
}

// quickly is how soon an edit is noticed that the tests make again, in seconds, on a busy machine.
const quickly = 5

// Noticed is the list that KnownNoticed reads: a line for each edit that one check notices quickly, of key, check and cell.
func Noticed(verdicts []Verdict) []byte {
	var out bytes.Buffer
	for _, v := range verdicts {
		if v.Alone && v.Seconds < quickly {
			fmt.Fprintf(&out, "%s\t%s\t%s\t%s\t%s\n", v.Key, v.By[0], v.Cell.Authentik, v.Cell.Immich, v.Cell.Guide)
		}
	}
	return out.Bytes()
}

// KnownNoticed are the edits that were noticed when all were judged last.
func KnownNoticed() []Known {
	var all []Known
	for line := range strings.Lines(noticed) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, Known{Key: f[0], Check: f[1], Cell: trial.Cell{Authentik: f[2], Immich: f[3], Guide: f[4]}})
	}
	return all
}

// Again runs the check that noticed an edit, with the edit and without. The statuses differ where it still does.
func (s *Source) Again(ctx context.Context, binary string, k Known) (without, with check.Status, err error) {
	i := slices.IndexFunc(s.Edits, func(e Edit) bool { return e.Key == k.Key })
	if i < 0 {
		return "", "", fmt.Errorf("no edit is called %q", k.Key)
	}
	p := process{binary: binary}
	defer p.stop()
	before, err := p.do(ctx, task{Cell: k.Cell, Only: []string{k.Check}})
	if err != nil {
		return "", "", err
	}
	after, err := p.do(ctx, task{Cell: k.Cell, Only: []string{k.Check}, Edit: s.Edits[i].ID})
	if dead := (*ended)(nil); errors.As(err, &dead) {
		return before.Statuses[k.Check], check.Error, nil
	}
	return before.Statuses[k.Check], after.Statuses[k.Check], err
}
