// Command soak runs the catalogue on doubles many times and fails where a check does not come to the same each time:
// `make soak`.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"

	"github.com/ssoproof/ssoproof/internal/mutants"
	"github.com/ssoproof/ssoproof/internal/soak"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "burn" { // until it is killed
		for {
			runtime.Gosched()
		}
	}
	if err := do(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func do(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	s := soak.Soak{Cells: mutants.Cells, Load: burn, Log: os.Stdout}
	flags.IntVar(&s.Runs, "runs", 200, "how many runs")
	flags.Uint64Var(&s.Seed, "seed", rand.Uint64(), "what decides about each run") //nolint:gosec // it is told, so that the runs can be made again
	flags.Float64Var(&s.Browser, "browser", 0.05, "the share of runs with the checks in the browser")
	flags.Float64Var(&s.Busy, "busy", 0.2, "the share of runs with eight busy processes per core beside them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	fmt.Printf("seed %d\n", s.Seed)
	differing, err := s.Run(ctx)
	if err != nil {
		return err
	}
	for _, line := range differing {
		fmt.Println(line)
	}
	if len(differing) > 0 {
		return fmt.Errorf("%d checks did not come to the same each time (seed %d)", len(differing), s.Seed)
	}
	fmt.Printf("%d runs, and no status differs\n", s.Runs)
	return nil
}

// burn keeps every core busy eight times over.
func burn() (stop func(), err error) {
	var burning []*exec.Cmd
	stop = func() {
		for _, one := range burning {
			_ = one.Process.Kill()
			_ = one.Wait() // it was killed
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for range 8 * runtime.NumCPU() {
		one := exec.Command(self, "burn") //nolint:noctx // it is ended by stop
		if err := one.Start(); err != nil {
			stop()
			return nil, err
		}
		burning = append(burning, one)
	}
	return stop, nil
}
