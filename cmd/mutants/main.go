// Command mutants makes small edits of the doubles and says which of them the catalogue notices: `make mutants`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/mutants"
)

func main() {
	if err := do(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func do(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == "work" { // in a process of the edited doubles
		return mutants.Work(ctx, os.Stdin, os.Stdout)
	}
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	only := flags.String("only", "", "judge the edits whose key matches this expression, and write nothing")
	again := flags.Bool("again", false, "judge nothing, and write anew what was judged last: after a change of survivors.yaml")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pages := os.Getenv("SSOPROOF_MUTANTS_PAGES") == "1"
	if *again {
		return writeAgain(pages)
	}
	return judge(ctx, *only, pages, os.Stdout)
}

func judge(ctx context.Context, only string, pages bool, out io.Writer) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	source, err := mutants.Read(ctx, ".", mutants.Doubles...)
	if err != nil {
		return err
	}
	dir, remove, err := mutants.TempDir()
	if err != nil {
		return err
	}
	defer remove()
	binary, err := source.Build(ctx, dir)
	if err != nil {
		return err
	}
	edits := slices.DeleteFunc(slices.Clone(source.Edits), func(e mutants.Edit) bool { return !wanted.MatchString(e.Key) })
	j := mutants.Judge{Binary: binary, Log: out}
	if pages {
		reasons, err := mutants.Reasons()
		if err != nil {
			return err
		}
		j.InBrowser = mutants.InBrowser(reasons)
	}
	verdicts, err := j.All(ctx, edits)
	if err != nil {
		return err
	}
	if only != "" {
		for _, v := range verdicts {
			fmt.Fprintf(out, "%s: %s%s\n", v.Key, strings.Join(v.By, ", "), v.How)
		}
		return nil
	}
	return errors.Join(keep(verdicts), write(verdicts, pages))
}

// last is where the verdicts are kept, for who writes reasons.
const last = "results/mutants.json"

func keep(verdicts []mutants.Verdict) error {
	text, err := json.Marshal(verdicts)
	return errors.Join(err, os.MkdirAll("results", 0o755), os.WriteFile(last, text, 0o644))
}

func writeAgain(pages bool) error {
	text, err := os.ReadFile(last)
	if err != nil {
		return err
	}
	var verdicts []mutants.Verdict
	if err := json.Unmarshal(text, &verdicts); err != nil {
		return fmt.Errorf("%s: %w", last, err)
	}
	return write(verdicts, pages)
}

// write renders what is known now, also where a survivor has no reason yet.
func write(verdicts []mutants.Verdict, pages bool) error {
	reasons, err := mutants.Reasons()
	if err != nil {
		return err
	}
	excused, unexplained := mutants.Excused(verdicts, reasons, pages)
	err = errors.Join(
		os.WriteFile("docs/mutants.md", mutants.Render(verdicts, excused), 0o644), //nolint:gosec // the path is this one
		os.WriteFile("internal/mutants/noticed.tsv", mutants.Noticed(verdicts), 0o644))
	return errors.Join(err, unexplained)
}
