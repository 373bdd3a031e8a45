package render_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// upgraded is the sample after an upgrade.
func upgraded() *report.Report {
	r := reporttest.Sample()
	r.Run.Command = []string{"ssoproof", "upgrade", "--from", "2024.8.4,v2.7.5", "--to", "2025.8.1,v2.7.5", "--out", "x"}
	r.Upgrade = &report.Upgrade{
		From: report.Cell{Authentik: "2024.8.4", Immich: "v2.7.5", Guide: "2024-03-28"}, To: r.Cell, Order: "together",
		Steps: []report.UpgradeStep{{
			Changes: []report.Change{{Product: "authentik", From: "2024.8.4", To: "2025.8.1"}}, Seconds: 71.5,
			Images: []string{"ghcr.io/goauthentik/server:2025.8.1"}, Recreated: []string{"authentik-server", "authentik-worker"},
		}},
		Differences: []report.Difference{
			{Product: "authentik", Object: "provider", Field: "redirect_uris", Before: `"a|b"`, After: `[]`, Entered: true},
			{Product: "authentik", Object: "provider", Field: "encryption_key", After: "null", Explained: "new in authentik 2025.8.1"},
		},
		Broken: []string{"login.web.first"}, Unshown: []string{"link.taken", "logout.web"}, Fixed: []string{"redirect.refused[miss=host-dot,uri=login]"},
	}
	return r
}

func TestUpgradeIsTold(t *testing.T) {
	t.Parallel()
	var console bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &console})
	defer c.Close()
	c.Summary(upgraded(), "results/x")
	for _, line := range []string{
		"The upgrade\n  authentik 2024.8.4 → 2025.8.1 in 1 min 11 s\n",
		"  1 worked before, fail after: login.web.first\n",
		"  2 worked before, were not judged after: link.taken, logout.web\n",
		"  1 failed before, work after: redirect.refused[miss=host-dot,uri=login]\n",
		"  authentik provider redirect_uris: \"a|b\" → [] (not explained by what is known of the releases)\n",
		"  authentik provider encryption_key: none → null (new in authentik 2025.8.1)\n",
		"ssoproof upgrade --from 2024.8.4,v2.7.5 --to 2025.8.1,v2.7.5 --only '",
	} {
		assert.Contains(t, console.String(), line)
	}
	md, err := render.Summary(upgraded())
	require.NoError(t, err)
	assert.Contains(t, string(md), "- **1 worked before, fail after**: `login.web.first`\n")
	assert.Contains(t, string(md), "| authentik provider `redirect_uris` | `\"a\\|b\"` | `[]` | not known |\n")
	r := upgraded()
	for i := range r.Causes {
		r.Causes[i].Fix.Text = "enter `https://a/`"
	}
	page, err := render.HTML(r)
	require.NoError(t, err)
	assert.Contains(t, string(page), `href="before/report.html"`)
	assert.Contains(t, string(page), `<span class="pill bad">1 worked before, fail after</span>`)
	assert.NotContains(t, string(page), "ZgotmplZ")
	_, answer, _ := strings.Cut(string(page), "<strong>The upgrade is ")
	answer, _, _ = strings.Cut(answer, "</ol>")
	assert.Contains(t, answer, "<li>enter <code>https://a/</code>")
}

func TestUpgradeFitsTheSchema(t *testing.T) {
	t.Parallel()
	for name, up := range map[string]*report.Upgrade{
		"full":  upgraded().Upgrade,
		"fakes": {From: upgraded().Upgrade.From, To: upgraded().Cell, Order: "together", Steps: []report.UpgradeStep{{Changes: upgraded().Upgrade.Steps[0].Changes}}},
		"begun": {From: upgraded().Upgrade.From, To: upgraded().Cell, Order: "together"},
	} {
		r := *reporttest.Sample()
		r.Upgrade = up
		assert.NoError(t, compileSchema(t).Validate(written(t, &r)), name)
	}
}
