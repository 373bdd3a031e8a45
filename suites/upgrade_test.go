package suites_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/internal/version"
)

// upgradeExperiment is an upgrade of doubles, with at most one fault in the newer ones, and exactly what becomes of the
// checks.
type upgradeExperiment struct {
	name, why         string
	from, to, guide   string
	authentik, immich string   // the fault of the newer double
	only              []string // beside upgrade.*
	browser           bool     // upgrade.login.web runs, too
	limit             time.Duration
	fail, skip        []string // all others pass
	broken, fixed     []string
	says              string
}

const (
	sameImmich    = "2025.6.4,v2.7.5"
	newAuthentik  = "2025.8.1,v2.7.5"
	sameAuthentik = "2025.8.1,v2.7.5"
	newImmich     = "2025.8.1,v3.1.0"
)

func upgradeExperiments() []upgradeExperiment {
	all := []upgradeExperiment{
		{name: "nothing breaks, both at once", from: sameImmich, to: newImmich, browser: true, only: []string{"token.id"}},
		{
			name: "the page of 2024 where patterns end", from: "2024.8.4,v2.7.5", to: "2024.8.6,v2.7.5", guide: "2024-03-28",
			why:  "each entry became a strict one, so a dot is a dot; the app's URI was never registered",
			only: []string{"redirect.refused[*", "guide.covers-clients"}, fail: []string{"guide.covers-clients"},
			fixed: []string{"redirect.refused[uri=app]", "redirect.refused[uri=link]", "redirect.refused[uri=login]"},
			says:  "the mobile app from 2.6 sends a redirect URI that the guide does not register",
		},
		{
			name: "a page with a true pattern", from: "2024.8.4,v2.7.5", to: "2024.8.6,v2.7.5", guide: "testdata/pattern.md", browser: true,
			why: "a pattern that became a strict entry matches nothing",
			fail: []string{
				"upgrade.settings", "upgrade.login.web", "upgrade.login.app", "upgrade.link", "upgrade.session.authentik", "upgrade.consent",
			},
			says: `authentik 2024.8.6 no longer accepts the redirect URI of the web app's login, which authentik 2024.8.4 accepted by the entry https://immich\.company/.*; the upgrade made that pattern a strict entry`,
		},
	}
	return slices.Concat(all, authentikUpgradeFaults(), immichUpgradeFaults())
}

func authentikUpgradeFaults() []upgradeExperiment {
	all := []upgradeExperiment{
		{
			authentik: "upgrade-rewrites-redirects", why: "an entry that is escaped as a pattern is equal to no URI", browser: true,
			fail: []string{
				"upgrade.settings", "upgrade.login.web", "upgrade.login.app", "upgrade.link", "upgrade.session.authentik", "upgrade.consent",
			},
			says: "the upgrade changed redirect_uris of the provider at authentik, and nothing is known that explains it",
		},
		{authentik: "upgrade-drops-sessions", why: "only a browser of before can tell", fail: []string{"upgrade.session.authentik"}, says: "authentik asked for a login"},
		{authentik: "upgrade-resets-consent", why: "only who consented before can tell", fail: []string{"upgrade.consent"}, says: "authentik asked for consent"},
		{
			authentik: "upgrade-changes-subjects", why: "the account belongs to somebody else now",
			fail: []string{"upgrade.login.app", "upgrade.link"}, says: "linked to another account",
		},
		{
			authentik: "migration-fails", why: "nothing can be judged where nothing runs",
			fail: []string{"upgrade.starts"}, skip: []string{"*"}, says: "django.db.utils.ProgrammingError",
		},
		{
			authentik: "migration-hangs", why: "nothing can be judged where nothing is ready", limit: 5 * time.Second,
			fail: []string{"upgrade.starts"}, skip: []string{"*"}, says: "authentik 2025.8.1 was not ready after",
		},
	}
	for i, x := range all {
		all[i].name, all[i].from, all[i].to = "authentik/"+x.authentik, sameImmich, newAuthentik
	}
	return all
}

func immichUpgradeFaults() []upgradeExperiment {
	all := []upgradeExperiment{
		{
			immich: "upgrade-loses-oauth-ids", why: "a login finds the account by its e-mail and binds it anew",
			fail: []string{"upgrade.account", "upgrade.unlink"}, says: "the oauthId of ",
		},
		{immich: "upgrade-doubles-accounts", why: "only a count can tell", fail: []string{"upgrade.account"}, says: "an account came into being by the upgrade"},
		{
			immich: "upgrade-drops-sessions", why: "whoever kept a session has none", says: "with the session of before",
			fail: []string{"upgrade.session.web", "upgrade.session.app", "upgrade.link", "upgrade.unlink"},
		},
		{
			immich: "upgrade-resets-oauth", why: "another scope is another consent",
			fail: []string{"upgrade.settings", "upgrade.consent"}, says: "the upgrade changed scope of the oauth at immich",
		},
		{
			immich: "migration-fails", why: "nothing can be judged where nothing runs",
			fail: []string{"upgrade.starts"}, skip: []string{"*"}, says: "Migrations failed: Error: Invalid upgrade path",
		},
		{
			immich: "migration-hangs", why: "nothing can be judged where nothing is ready", limit: 5 * time.Second,
			fail: []string{"upgrade.starts"}, skip: []string{"*"}, says: "immich was not ready after",
		},
		{
			immich: "unlink-keeps-oauthid", why: "the release breaks what worked", only: []string{"link.unlink"},
			fail: []string{"upgrade.unlink", "link.unlink"}, broken: []string{"link.unlink"},
			says: "worked before, fails after: it worked with authentik 2025.8.1 and Immich v2.7.5, and fails with authentik 2025.8.1 and Immich v3.1.0",
		},
	}
	for i, x := range all {
		all[i].name, all[i].from, all[i].to = "immich/"+x.immich, sameAuthentik, newImmich
	}
	return all
}

// TestUpgrades shows what becomes of an upgrade, and that its checks bite: each fault brings down exactly those that it
// should.
func TestUpgrades(t *testing.T) {
	type stand struct {
		upgradeExperiment
		options run.UpgradeOptions
	}
	var stands []*stand
	var rules, keys []string
	for i, x := range upgradeExperiments() {
		o, s := upgradeOf(t, x, i)
		stands = append(stands, &stand{x, o})
		rules = append(rules, strings.TrimSuffix(s.Browser().HostRules, elsewhere))
		keys = append(keys, s.Browser().SPKI)
	}
	chrome := startChrome(t, strings.Join(rules, ", ")+elsewhere, strings.Join(keys, ","))
	for _, s := range stands {
		s.options.Chrome = chrome
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			outcome, err := run.Upgrade(t.Context(), s.options)
			require.NoError(t, err)
			if disturbed(outcome.Report.Checks) {
				t.Skip("a network interface of this machine came or went")
			}
			s.compare(t, outcome)
		})
	}
}

func disturbed(results []check.Result) bool {
	return slices.ContainsFunc(results, func(r check.Result) bool {
		return r.Status == check.Inconclusive && strings.Contains(r.Reason, "a network interface of its machine came or went")
	})
}

// upgradeOf starts the doubles of an experiment and says what happens to them.
func upgradeOf(t *testing.T, x upgradeExperiment, number int) (run.UpgradeOptions, *inproc.Stack) {
	t.Helper()
	hosts := map[string]string{
		"authentik.company": fmt.Sprintf("authentik.u%d.company", number), "immich.company": fmt.Sprintf("immich.u%d.company", number),
	}
	o := run.UpgradeOptions{From: x.from, To: x.to, Order: run.Together, Options: run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: 2, Output: io.Discard, Now: time.Now, Out: t.TempDir(), ReadyLimit: x.limit,
		Guide: cmp.Or(x.guide, usual.guide), Set: hosts, Only: append([]string{"upgrade.*"}, x.only...),
	}}
	if !x.browser {
		o.Skip = append(o.Skip, "upgrade.login.web")
	}
	if strings.HasSuffix(o.Guide, ".md") {
		o.Set = nil // the experiment speaks of the page's own names
	}
	if x.only != nil && x.guide == "2024-03-28" {
		o.Skip = append(o.Skip, "redirect.refused[seen=browser]")
	}
	authentik, immich, _ := strings.Cut(x.from, ",")
	first := o.Options
	first.Authentik, first.Immich, first.Only, first.Skip = authentik, immich, nil, nil
	plan, err := run.StackPlan(t.Context(), first)
	require.NoError(t, err)
	s, err := inproc.Start(plan)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) }) // the run has closed it already
	s.UpgradeFaults = map[version.Product][]string{}
	if x.authentik != "" {
		s.UpgradeFaults[version.Authentik] = []string{x.authentik}
	}
	if x.immich != "" {
		s.UpgradeFaults[version.Immich] = []string{x.immich}
	}
	o.Raise = func(stack.Plan) (stack.Stack, error) { return s, nil }
	return o, s
}

func (x upgradeExperiment) compare(t *testing.T, outcome *run.Outcome) {
	t.Helper()
	told := ""
	expected, actual := map[string]check.Status{}, map[string]check.Status{}
	for _, r := range outcome.Report.Checks {
		switch {
		case matches(x.fail, r.Name()):
			expected[r.Name()] = check.Fail
		case matches(x.skip, r.Name()):
			expected[r.Name()] = check.Skip
		}
		if r.Status != check.Pass {
			actual[r.Name()] = r.Status
			told += tell(r)
		}
	}
	assert.Equal(t, expected, actual, "what does not pass:\n%s", told)
	for _, id := range x.fail {
		assert.Contains(t, actual, id)
	}
	assert.Contains(t, told, x.says, "what a reader learns")
	up := outcome.Report.Upgrade
	require.NotNil(t, up)
	assert.ElementsMatch(t, x.broken, up.Broken, "worked before, fail after")
	assert.ElementsMatch(t, x.fixed, up.Fixed, "failed before, work after")
	var unshown []string
	for name, status := range actual {
		if status == check.Skip && !strings.HasPrefix(name, "upgrade.") { // those have no before
			unshown = append(unshown, name)
		}
	}
	assert.ElementsMatch(t, unshown, up.Unshown, "worked before, were not judged after")
	if slices.ContainsFunc(x.fail, func(id string) bool { return id != "upgrade.session.authentik" && id != "upgrade.consent" }) {
		assert.Equal(t, report.FakesFailed, outcome.Verdict)
	} else {
		assert.Equal(t, report.FakesOK, outcome.Verdict, "what the products do not promise is no violation")
	}
	require.Len(t, up.Steps, 1)
}

// TestNoUpgradeFaultWithoutAnExperiment keeps faults and checks from coming into being that nobody notices.
func TestNoUpgradeFaultWithoutAnExperiment(t *testing.T) {
	t.Parallel()
	var known, tried, failing []string
	for _, f := range fakeop.UpgradeFaults() {
		known = append(known, "authentik/"+f.Name)
	}
	for _, f := range fakerp.UpgradeFaults() {
		known = append(known, "immich/"+f.Name)
	}
	for _, x := range upgradeExperiments() {
		tried, failing = append(tried, x.name), append(failing, x.fail...)
	}
	assert.Subset(t, tried, known)
	checks, err := run.Explain(t.Context(), run.Options{Authentik: usual.authentik, Immich: usual.immich, Guide: usual.guide}, "upgrade.*")
	require.NoError(t, err)
	for _, c := range checks {
		assert.Contains(t, failing, c.ID, "no experiment makes it fail")
	}
}
