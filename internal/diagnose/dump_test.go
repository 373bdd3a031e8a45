package diagnose_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/suites"
)

func TestDump(t *testing.T) {
	base, _ := os.ReadFile("testdata/page.md")
	for name, m := range map[string][2]string{
		"none":  {"", ""},
		"slash": {"/immich/`", "/immich`"},
		"slug":  {"/o/immich/`", "/o/photos/`"},
		"http":  {"`https://authentik.company/app", "`http://authentik.company/app"},
		"scope": {"openid email profile", "openid profile"},
		"uri":   {"auth/login`", "auth/login/`"},
		"link":  {"        - `Strict` `https://immich.company/user-settings`\n", ""},
		"key":   {"    - **Signing Key**: authentik Self-signed Certificate\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "page.md")
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(base), m[0], m[1], 1)), 0o600))
			var env *suites.Env
			o := run.Options{Stack: run.Fake, Browser: "auto", Parallel: 1, Output: io.Discard, Now: time.Now, CheckLimit: 5 * time.Second,
				Authentik: "2025.8.1", Immich: "v2.7.5", Guide: file, Out: filepath.Join(dir, "out"), Chrome: &browser.Browser{},
				Skip: strings.Split("login.web.*,redirect.documented*,link.web,logout.web,op.lifetime*,launch.library*,redirect.refused[seen=browser],login.mobile.*", ","),
			}
			o.Configured = func(_ context.Context, e *suites.Env) error { env = e; return nil }
			out, err := run.Run(t.Context(), o)
			fmt.Println(name, err)
			for _, c := range out.Report.Causes {
				fmt.Printf("%s: %s (%s, line %d) %s | %s | %s | %d checks: %.150s %v\n", name, c.ID, c.Side, c.Fix.Line, c.Title, c.Explanation, c.Fix.Text, len(c.Checks), strings.Join(c.Checks, " "), c.Evidence)
			}
			for _, r := range out.Report.Checks {
				if r.Status != check.Pass && r.Status != check.Skip && r.Level == check.Must && out.Report.CauseOf(r.Name()) == nil {
					fmt.Println("NOT EXPLAINED", r.Name(), r.Reason)
				}
			}
			_ = env
		})
	}
}
