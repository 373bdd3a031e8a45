package suites

import (
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// Settings are those of a live pair, and what is to be said of them before anybody logs in.
type Settings struct {
	Pair     *pair.Pair
	Concerns []pair.Concern
	// Guide is the revision that they are compared with, and Differences are how they stand to it.
	Guide       string
	Differences []pair.Difference
}

// liveSettings judges the settings of both products, as far as credentials let them be read.
func liveSettings(l *Live) ([]LiveCheck, []Exclusion) {
	var checks []LiveCheck
	var out []Exclusion
	half := func(id, product, flag string, read bool) {
		if !read {
			out = append(out, Exclusion{id, fmt.Sprintf("%s's settings were not read; %s lets them be", product, flag)})
			return
		}
		checks = append(checks, one(id, product+"'s settings let people log in", func(t *check.T, l *Live) { liveConcerns(t, l, strings.ToLower(product)) },
			demand("work", "the settings as they were read", "no setting of %s's is known to keep people out", product)))
	}
	s := l.Settings
	half("guide.authentik", "authentik", "--authentik-token-file", s != nil && s.Pair.Authentik != nil)
	half("guide.immich", "Immich", "--immich-api-key-file", s != nil && s.Pair.Immich != nil)
	if s != nil {
		checks = append(checks, level(one("guide.differences", "the settings are those of the guide "+s.Guide, liveDifferences,
			demand("same", "the guide "+s.Guide, "every setting that the guide documents is as documented")), check.Info))
	}
	return checks, out
}

// liveConcerns tells what will fail of one half.
func liveConcerns(t *check.T, l *Live, half string) {
	t.Confirm("work", func() {
		for _, c := range pair.Failing(l.Settings.Concerns) {
			if strings.HasPrefix(c.Path, half+".") {
				t.Find(check.Finding{Message: c.Text, Setting: c.Path, Source: check.Source{File: c.Place}, Fix: c.Remedy})
			}
		}
	})
}

// liveDifferences tells what is otherwise than the guide says, and what works otherwise than one might think.
func liveDifferences(t *check.T, l *Live) {
	t.Confirm("same", func() {
		for _, d := range l.Settings.Differences {
			expected := d.Guide
			if expected == "" {
				expected = "nothing"
			}
			t.Find(check.Finding{Message: fmt.Sprintf("%s: the guide has %s, here it is %s", d.Path, expected, d.Pair), Setting: d.Path, Expected: expected, Actual: d.Pair, Source: check.Source{File: d.Where}})
		}
		for _, c := range l.Settings.Concerns {
			if c.Level == pair.Differs {
				t.Find(check.Finding{Message: c.Text, Setting: c.Path, Source: check.Source{File: c.Place}, Fix: c.Remedy})
			}
		}
	})
}
