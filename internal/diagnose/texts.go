package diagnose

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/fixtures/causes"
	"github.com/ssoproof/ssoproof/internal/report"
)

// Text is what a cause says in words. Words in double braces are filled with what was found.
type Text struct {
	ID          string      `yaml:"id"`
	Title       string      `yaml:"title"`
	Side        report.Side `yaml:"side"`
	Explanation string      `yaml:"explanation"`
	Fix         struct {
		Text string `yaml:"text"`
		UI   string `yaml:"ui"`
		API  string `yaml:"api"`
	} `yaml:"fix"`
	Tell     string   `yaml:"tell"`     // what tells it from other causes
	Releases string   `yaml:"releases"` // that it concerns; empty: all
	Links    []string `yaml:"links"`
}

// Catalogue is every cause, in the order of the files.
type Catalogue []Text

// Texts reads fixtures/causes.
func Texts() (Catalogue, error) {
	names, err := fs.Glob(causes.FS, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all Catalogue
	for _, name := range names {
		data, err := causes.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some Catalogue
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		if err := decoder.Decode(&some); err != nil {
			return nil, fmt.Errorf("fixtures/causes/%s: %w", name, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Find is the cause with an ID.
func (c Catalogue) Find(id string) (Text, bool) {
	i := slices.IndexFunc(c, func(t Text) bool { return t.ID == id })
	if i < 0 {
		return Text{}, false
	}
	return c[i], true
}

// cause fills a cause's words with what was found. Where the guide documents the value at fault, the guide is
// at fault; a pair file tells where its product is set so.
func (c Catalogue) cause(id string, s sign, e *Evidence) (report.Cause, error) {
	text, ok := c.Find(id)
	if !ok {
		return report.Cause{}, fmt.Errorf("fixtures/causes has no words for %s", id)
	}
	f := filler{values: s.values}
	cause := report.Cause{
		ID: id, Side: cmp.Or(s.side, text.Side), Checks: e.explains(s), Links: text.Links,
		Title: f.fill(text.Title), Explanation: f.fill(text.Explanation),
		Fix: report.Fix{Text: f.fill(text.Fix.Text), UI: known(f.fill(text.Fix.UI)), API: known(f.fill(text.Fix.API))},
	}
	if s.likely {
		cause.Title = "most likely, " + cause.Title
	}
	for _, said := range s.evidence {
		if said != "" {
			cause.Evidence = append(cause.Evidence, said)
		}
	}
	for _, other := range s.or {
		fits, _ := c.Find(other) // what has no words has no title, which no report may lack
		cause.Alternatives = append(cause.Alternatives, report.Alternative{ID: other, Title: f.fill(fits.Title), Tell: f.fill(fits.Tell)})
	}
	if e.documents(s.at) {
		cause.Fix.File, cause.Fix.Line = e.Guide.Place(s.at.line)
		if e.Guide.Configuration == nil {
			cause.Side = report.SideGuide
		}
	}
	if f.err != nil {
		return report.Cause{}, fmt.Errorf("the words of %s: %w", id, f.err)
	}
	return cause, nil
}

// tellApart gives causes that explain the same check as each other's alternatives.
func (c Catalogue) tellApart(causes []report.Cause) {
	for i := range causes {
		for j := range causes {
			shared := slices.ContainsFunc(causes[i].Checks, func(name string) bool { return slices.Contains(causes[j].Checks, name) })
			if text, ok := c.Find(causes[j].ID); i != j && shared && ok && causes[i].ID != causes[j].ID {
				causes[i].Alternatives = append(causes[i].Alternatives, report.Alternative{ID: causes[j].ID, Title: causes[j].Title, Tell: text.Tell})
			}
		}
	}
}

// known is empty for "-", which says that there is no such place.
func known(place string) string {
	if place == "-" {
		return ""
	}
	return place
}

// filler fills texts, and keeps the first error.
type filler struct {
	values map[string]string
	err    error
}

func (f *filler) fill(text string) string {
	t, err := template.New("").Option("missingkey=zero").Parse(text)
	var filled strings.Builder
	if err == nil {
		err = t.Execute(&filled, f.values)
	}
	if err != nil && f.err == nil {
		f.err = err
	}
	return strings.TrimSpace(filled.String())
}

var (
	otherwise   = regexp.MustCompile(`{{else[^}]*}}`)
	action      = regexp.MustCompile(`{{(if|end)[^}]*}}`)
	placeholder = regexp.MustCompile(`{{\.(\w+)}}`)
)

// Plain is a text whose words are not filled in: each stands as its name, in ‹such marks›, and all that it can say with
// strokes between.
func Plain(text string) string {
	text = action.ReplaceAllString(otherwise.ReplaceAllString(text, " / "), "")
	return strings.TrimSpace(placeholder.ReplaceAllString(text, "‹$1›"))
}
