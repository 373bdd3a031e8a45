package mistake

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/internal/run"
)

// Proof is what a run on real products said of a mistake.
type Proof struct {
	Mistake string   `yaml:"mistake"`
	Pair    string   `yaml:"pair"` // authentik × Immich
	Got     []string `yaml:"got"`  // the causes that were named, as Want's String
	Right   bool     `yaml:"right"`
	Verdict string   `yaml:"verdict"`
}

// String is the cause, its side and its line.
func (w Want) String() string {
	if w.Line > 0 {
		return fmt.Sprintf("%s (%s, line %d)", w.Cause, w.Side, w.Line)
	}
	return fmt.Sprintf("%s (%s)", w.Cause, w.Side)
}

// Prove compares what a run said with what it should.
func Prove(m Mistake, o *run.Outcome) Proof {
	p := Proof{Mistake: m.Name, Pair: o.Report.Cell.Authentik + " × " + o.Report.Cell.Immich, Verdict: string(o.Verdict)}
	for _, c := range o.Report.Causes {
		one := Want{Cause: c.ID, Side: c.Side, Line: c.Fix.Line}.String()
		if m.Live == nil || !slices.Contains(p.Got, one) { // the doctor names each redirect URI, where a run names each line
			p.Got = append(p.Got, one)
		}
	}
	p.Right = slices.Equal(p.Got, []string{m.Want.String()})
	return p
}

// Kept reads what was kept of real runs. A file that is not there holds nothing.
func Kept(file string) ([]Proof, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var all []Proof
	if err == nil {
		err = yaml.Unmarshal(data, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return all, nil
}

// Keep writes proofs in the place of older ones of the same mistake and pair.
func Keep(file string, made []Proof) error {
	all, err := Kept(file)
	if err != nil {
		return err
	}
	same := func(a, b Proof) bool { return a.Mistake == b.Mistake && a.Pair == b.Pair }
	all = slices.DeleteFunc(all, func(old Proof) bool {
		return slices.ContainsFunc(made, func(p Proof) bool { return same(old, p) })
	})
	all = append(all, made...)
	slices.SortFunc(all, func(a, b Proof) int { return cmp.Or(cmp.Compare(a.Mistake, b.Mistake), cmp.Compare(a.Pair, b.Pair)) })
	data, err := yaml.Marshal(all)
	if err != nil {
		return err
	}
	head := "# What runs on real products said of each mistake: written by `make causes ARGS=\"-stack containers\"`.\n\n"
	return os.WriteFile(file, append([]byte(head), data...), 0o644)
}
