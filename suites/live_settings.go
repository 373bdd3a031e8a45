package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// Settings are those of a live pair, and what is to be said of them before anybody logs in.
type Settings struct {
	Pair     *pair.Pair
	Closed   []pair.Closed // what of them was not read
	Concerns []pair.Concern
	// Guide is the revision that they are compared with, and Differences are how they stand to it.
	Guide       string
	Differences []pair.Difference
}

// liveSettings judges the settings of both products, as far as credentials let them be read.
func liveSettings(l *Live) ([]LiveCheck, []Exclusion) {
	var checks []LiveCheck
	var out []Exclusion
	half := func(id, product, flag string) {
		otherwise := product + "'s settings were not read; " + flag + " lets them be"
		if l.Unread != "" {
			otherwise = product + "'s settings were not read, since " + l.Unread
		}
		if why := l.Settings.unread(strings.ToLower(product), otherwise); why != "" {
			out = append(out, Exclusion{id, why})
			return
		}
		checks = append(checks, one(id, product+"'s settings let people log in", func(t *check.T, l *Live) { liveConcerns(t, l, strings.ToLower(product)) },
			demand("work", "the settings as they were read", "no setting of %s's is known to keep people out", product)))
	}
	s := l.Settings
	half("guide.authentik", "authentik", "--authentik-token-file")
	half("guide.immich", "Immich", "--immich-api-key-file")
	switch {
	case s == nil:
	case s.Pair.Authentik == nil && s.closed("immich") != nil:
		out = append(out, Exclusion{"guide.differences", "no settings were read that a guide documents"})
	default:
		checks = append(checks, level(one("guide.differences", "the settings are those of the guide "+s.Guide, liveDifferences,
			demand("same", "the guide "+s.Guide, "every setting that the guide documents is as documented")), check.Info))
	}
	return checks, out
}

// closed is what of a half was not read; nil: nothing.
func (s *Settings) closed(half string) *pair.Closed {
	if i := slices.IndexFunc(s.Closed, func(c pair.Closed) bool { return c.Half == half }); i >= 0 {
		return &s.Closed[i]
	}
	return nil
}

// unread says why a half is not judged; empty: it is. A part that was not read hides no finding in the others. otherwise is
// for where nothing was asked for.
func (s *Settings) unread(half, otherwise string) string {
	if s == nil {
		return otherwise
	}
	fails := func(c pair.Concern) bool { return c.Level == pair.WillFail && strings.HasPrefix(c.Path, half+".") }
	if c := s.closed(half); c != nil && !slices.ContainsFunc(s.Concerns, fails) {
		return c.What + " were not read: " + c.Why
	}
	return ""
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
