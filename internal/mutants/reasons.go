package mutants

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed survivors.yaml
var survivors []byte

// Reason says why it is right that no check over HTTP notices some edits.
type Reason struct {
	Why   string   `yaml:"why"`
	By    string   `yaml:"by"`    // a check in the browser that does notice; empty: none
	Edits []string `yaml:"edits"` // keys; one that ends in a star stands for all that begin so
}

// Reasons are those that are written down.
func Reasons() ([]Reason, error) {
	decoder := yaml.NewDecoder(strings.NewReader(string(survivors)))
	decoder.KnownFields(true)
	var all []Reason
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("survivors.yaml: %w", err)
	}
	return all, nil
}

// InBrowser is the check in the browser that is said to notice the edit of a key; empty: none is.
func InBrowser(reasons []Reason) func(key string) string {
	return func(key string) string {
		for _, r := range reasons {
			if _, ok := r.covers(key); ok {
				return r.By
			}
		}
		return ""
	}
}

func (r Reason) covers(key string) (pattern string, ok bool) {
	for _, pattern := range r.Edits {
		before, star := strings.CutSuffix(pattern, "*")
		if pattern == key || star && strings.HasPrefix(key, before) {
			return pattern, true
		}
	}
	return "", false
}

// Excused finds a survivor's reason, by number of the edit. Its error names survivors without a reason, and reasons without
// a survivor. pages says that the checks in the browser were asked as well.
func Excused(verdicts []Verdict, reasons []Reason, pages bool) (map[int]Reason, error) {
	excused := map[int]Reason{}
	used := map[string]bool{}
	var problems []error
	for _, v := range verdicts {
		found := false
		for _, r := range reasons {
			pattern, covers := r.covers(v.Key)
			if !covers {
				continue
			}
			switch {
			case !v.Noticed() && pages && r.By != "":
				problems, found = append(problems, fmt.Errorf("%s:%d: %s: %s does not notice it", v.File, v.Line, v.Key, r.By)), true
			case !v.Noticed():
				excused[v.ID], found = r, true
			case r.By == "":
				continue // a star may stand for what is noticed as well
			}
			used[pattern] = true
		}
		if !v.Noticed() && !found {
			problems = append(problems, fmt.Errorf("%s:%d: nothing notices, and no reason says why that is right: %s", v.File, v.Line, v.Key))
		}
	}
	for _, r := range reasons {
		for _, pattern := range r.Edits {
			if !used[pattern] {
				problems = append(problems, fmt.Errorf("survivors.yaml: %q stands for no edit that survives", pattern))
			}
		}
	}
	return excused, errors.Join(problems...)
}
