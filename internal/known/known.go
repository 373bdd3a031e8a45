// Package known reads known issues, what fails on which releases and why, and says what they make of a result. They are
// strict: an issue that no longer holds fails the run, an expired one excuses nothing.
package known

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	builtin "github.com/ssoproof/ssoproof/fixtures/known"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Issue is one known issue.
type Issue struct {
	Check     string            `yaml:"check"`     // a name, an ID, or a glob over both
	Variant   map[string]string `yaml:"variant"`   // what the check's variant must hold; empty: any
	Authentik string            `yaml:"authentik"` // range of versions; empty: all
	Immich    string            `yaml:"immich"`
	Reason    string            `yaml:"reason"`
	Link      string            `yaml:"link"`    // to the public thread
	Expires   string            `yaml:"expires"` // the last day on which it excuses, 2006-01-02

	source string // "known.yaml: issue 2"
	glob   *regexp.Regexp
	last   time.Time
}

// Builtin are the issues that come with the program.
func Builtin() ([]*Issue, error) { return parse("fixtures/known/known.yaml", builtin.Issues()) }

// Load reads a file of issues. Its errors name the file, the issue, and what is wrong with it.
func Load(path string) ([]*Issue, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(path, data)
}

func parse(name string, data []byte) ([]*Issue, error) {
	var document struct {
		Issues []*Issue `yaml:"issues"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is not a list of known issues: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	var errs []error
	for i, issue := range document.Issues {
		issue.source = fmt.Sprintf("%s: issue %d", name, i+1)
		if err := issue.complete(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", issue.source, err))
		}
	}
	return document.Issues, errors.Join(errs...)
}

// complete checks what was read, and prepares it for matching.
func (i *Issue) complete() error {
	for _, field := range []struct{ name, value string }{
		{"check", i.Check}, {"reason", i.Reason}, {"link", i.Link}, {"expires", i.Expires},
	} {
		if strings.TrimSpace(field.value) == "" {
			return fmt.Errorf("it has no %q", field.name)
		}
	}
	if u, err := url.Parse(i.Link); err != nil || u.Scheme != "https" {
		return fmt.Errorf("its link %q is not an https address", i.Link)
	}
	day, err := time.Parse(time.DateOnly, i.Expires)
	if err != nil {
		return fmt.Errorf("its day %q is not written like 2027-01-31", i.Expires)
	}
	i.last = day
	i.glob = regexp.MustCompile("^(?:" + strings.ReplaceAll(regexp.QuoteMeta(i.Check), `\*`, ".*") + ")$")
	return nil
}

// Source names the file and the issue.
func (i *Issue) Source() string { return i.source }

// Expired reports whether the issue excuses nothing any more.
func (i *Issue) Expired(now time.Time) bool { return now.After(i.last.AddDate(0, 0, 1)) }

// concerns reports whether the issue lies in the versions of a pair.
func (i *Issue) concerns(authentik, immich *version.Release) (bool, error) {
	for _, one := range []struct {
		ranges  string
		release *version.Release
	}{{i.Authentik, authentik}, {i.Immich, immich}} {
		if one.ranges == "" {
			continue
		}
		within, err := one.release.Matches(one.ranges)
		if err != nil || !within {
			if err != nil {
				err = fmt.Errorf("%s: %w", i.source, err)
			}
			return false, err
		}
	}
	return true, nil
}

// Matches reports whether the issue is about a check.
func (i *Issue) Matches(id string, variant check.Variant) bool {
	for key, value := range i.Variant {
		if variant[key] != value {
			return false
		}
	}
	return i.glob.MatchString(id) || i.glob.MatchString(check.Name(id, variant))
}
