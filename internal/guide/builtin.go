package guide

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/fixtures/guides"
)

// Revision is a known revision of the page.
type Revision struct {
	Settings `yaml:",inline"`
	// Releases are the authentik release lines that shipped with it ("2025.8"); empty where none did.
	Releases []string `yaml:"releases"`
}

// UnknownRevisionError says that no settings are built in under a name, and which are.
type UnknownRevisionError struct {
	Name    string
	Nearest []string // the known revisions closest to the name, closest first
}

func (e *UnknownRevisionError) Error() string {
	return fmt.Sprintf("guide revision %q is not known; the nearest known ones are %s", e.Name, strings.Join(e.Nearest, ", "))
}

// Revisions returns the known revisions, oldest first.
func Revisions() ([]Revision, error) {
	names, err := fs.Glob(guides.Files, "*.yaml") // sorted, and dates sort by name
	if err != nil {
		return nil, fmt.Errorf("list built-in guide revisions: %w", err)
	}
	var all []Revision
	for _, name := range names {
		data, err := guides.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read built-in guide revision: %w", err)
		}
		r, err := decodeRevision(data)
		if err != nil {
			return nil, fmt.Errorf("built-in guide revision %s: %w", name, err)
		}
		if r.Revision+".yaml" != name {
			return nil, fmt.Errorf("built-in guide revision %s: says that it is %q", name, r.Revision)
		}
		all = append(all, *r)
	}
	return all, nil
}

// Builtin returns the settings of a known revision by its date, "2025-06-23". Another name is an
// *UnknownRevisionError.
func Builtin(revision string) (*Settings, error) {
	all, err := Revisions()
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Revision == revision {
			return &r.Settings, nil
		}
	}
	return nil, &UnknownRevisionError{Name: revision, Nearest: nearest(all, revision)}
}

// decodeRevision reads one file strictly: a misspelt key would otherwise be a setting that is silently unsaid.
func decodeRevision(data []byte) (*Revision, error) {
	var r Revision
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&r); err != nil {
		return nil, err
	}
	return &r, r.Settings.validate()
}

// validate refuses facts that no page can document.
func (s *Settings) validate() error {
	for _, u := range s.RedirectURIs {
		switch {
		case u.URL == "" || u.Line < 1:
			return fmt.Errorf("redirect URI %q on line %d: it needs a URL and a line", u.URL, u.Line)
		case !slices.Contains([]Matching{Strict, Regex, Unstated}, u.Matching):
			return fmt.Errorf("redirect URI %s: unknown matching %q", u.URL, u.Matching)
		case !slices.Contains([]Purpose{Authorization, Logout}, u.Purpose):
			return fmt.Errorf("redirect URI %s: unknown purpose %q", u.URL, u.Purpose)
		}
	}
	for _, f := range s.fields() {
		v := *f.value
		switch {
		case v == nil:
		case v.Value == "" || v.Line < 1:
			return fmt.Errorf("%s: it needs a value and a line", f.name)
		case !slices.Contains([]Kind{Literal, Template, Reference, Choice}, v.Kind):
			return fmt.Errorf("%s: unknown kind %q", f.name, v.Kind)
		}
	}
	if len(s.RedirectURIs) == 0 || s.ImmichIssuer == nil {
		return fmt.Errorf("redirect_uris and immich_issuer are required")
	}
	return nil
}

// nearest sorts the known revisions by their distance in days; for a name that is no date the newest come first.
func nearest(all []Revision, name string) []string {
	wanted, ok := dayOf(name)
	if !ok {
		wanted = math.MaxInt32
	}
	distance := func(r Revision) int64 {
		day, _ := dayOf(r.Revision)
		return max(day-wanted, wanted-day)
	}
	byDistance := slices.Clone(all)
	slices.SortStableFunc(byDistance, func(a, b Revision) int { return cmp.Compare(distance(a), distance(b)) })
	var names []string
	for _, r := range byDistance[:min(3, len(byDistance))] {
		names = append(names, r.Revision)
	}
	return names
}

// dayOf counts a date's days.
func dayOf(date string) (day int64, ok bool) {
	t, err := time.Parse(time.DateOnly, date)
	return t.Unix() / (24 * 60 * 60), err == nil
}
