package diagnose_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
)

// TestWhatPeopleConfigure has what whole configurations of people's come to, beside the mistakes that are made one by one.
func TestWhatPeopleConfigure(t *testing.T) {
	t.Parallel()
	noButton := diagnose.Failed{Result: check.Result{ID: "login.web.first", Reason: `the login: waited for Immich's button "Login with OAuth"`}}
	lacks := diagnose.Failed{Result: check.Result{ID: "discovery.document", Findings: []check.Finding{{
		Requirement: "capabilities", Message: "scopes_supported", Actual: `[]string{"openid", "email"} does not contain "immich_role"`,
	}}}}
	role := func(e *diagnose.Evidence) {
		e.OAuth.Scope = "openid email immich_role"
		e.Provider.Name, e.Provider.Scopes = "Immich", []string{"openid", "email"}
	}
	for name, c := range map[string]struct {
		failed diagnose.Failed
		pair   func(*diagnose.Evidence)
		want   string
	}{
		"nothing turns OAuth on":        {noButton, func(e *diagnose.Evidence) { e.OAuth.Enabled = false }, "immich.oauth-off"},
		"no button, and OAuth is on":    {noButton, func(*diagnose.Evidence) {}, "unknown"},
		"a scope of one's own":          {lacks, role, "authentik.scope-mapping-missing"},
		"another than what was missing": {lacks, func(e *diagnose.Evidence) { role(e); e.OAuth.Scope = "openid email groups" }, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := evidenceOf(t, c.failed)
			c.pair(e)
			causes, err := diagnose.Diagnose(e)
			require.NoError(t, err)
			require.Len(t, causes, 1)
			assert.Equal(t, c.want, causes[0].ID)
			if c.want == "authentik.scope-mapping-missing" {
				assert.Contains(t, causes[0].Explanation, "the login goes on")
			}
		})
	}
}
