package mistake_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/mistake"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func options() run.Options {
	return run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: 1, Output: io.Discard, Now: time.Now, CheckLimit: 20 * time.Second,
		Authentik: "2025.8.1", Immich: "v2.7.5", Chrome: &browser.Browser{},
	}
}

// TestMistakes makes each mistake on doubles: the run names exactly its cause, with the right side and the right line.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, m := range mistake.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			if m.Alone && !mistake.Alone() {
				apart(t)
				return
			}
			o, told := options(), new(bytes.Buffer)
			o.Output = told
			outcome, err := mistake.Try(t.Context(), o, m)
			require.NoError(t, err)
			proof := mistake.Prove(m, outcome)
			assert.Equal(t, []string{m.Want.String()}, proof.Got, tell(outcome))
			assert.Equal(t, cmp.Or(m.Authentik, o.Authentik)+" × "+cmp.Or(m.Immich, o.Immich), proof.Pair)
			if m.Live != nil {
				assertDoctor(t, m.Live, outcome, told.String())
			}
		})
	}
}

// apart runs the test once more, in a network of its own.
func apart(t *testing.T) {
	t.Helper()
	cmd, err := mistake.Apart(t.Context(), os.Args[0], "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.v")
	if err != nil {
		t.Skip(err)
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "--- PASS: "+t.Name())
}

// assertDoctor holds what the doctor says of a mistake beside its cause.
func assertDoctor(t *testing.T, want *mistake.Live, got *run.Outcome, told string) {
	t.Helper()
	var fails []string
	for _, r := range got.Report.Checks {
		if r.Level != check.Info && (r.Status == check.Fail || r.Status == check.Inconclusive) {
			fails = append(fails, r.Name())
		}
	}
	assert.Equal(t, want.Exit, got.Verdict.ExitCode(), told)
	assert.ElementsMatch(t, want.Fails, fails, told)
	assert.Contains(t, strings.Join(strings.Fields(told), " "), want.Says)
	assert.NotContains(t, told, "hush")
	for _, c := range got.Report.Causes {
		assert.Equal(t, strings.Contains(c.Fix.Text, "--issuer URL"), c.Side == report.SideUnknown, "a cause of no side says how to learn it, and no other does")
	}
}

// TestHiddenReasons makes mistakes of which newer releases of Immich tell the browser nothing: what their log says of the
// request stands with the cause.
func TestHiddenReasons(t *testing.T) {
	t.Parallel()
	logged := map[string]string{
		"no-signing-key":       `Immich logs: OAuth login failed: invalid response encountered`,
		"no-auto-register":     "User does not exist and auto registering is disabled",
		"subject-mode-changed": "the account is bound to the person's sub in the mode hashed_user_id",
		"person-made-anew":     "",
		"ca-not-named":         refusedCertificate,
		"no-way-to-authentik":  "Immich refused no certificate meanwhile",
	}
	for _, m := range mistake.All() {
		says, ok := logged[m.Name]
		if !ok {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Authentik, o.Immich = "2026.2.0", "v3.1.0"
			outcome, err := mistake.Try(t.Context(), o, m)
			require.NoError(t, err)
			require.Len(t, outcome.Report.Causes, 1, tell(outcome))
			cause := outcome.Report.Causes[0]
			assert.Equal(t, m.Want, mistake.Want{Cause: cause.ID, Side: cause.Side, Line: cause.Fix.Line})
			assert.Contains(t, strings.Join(cause.Evidence, "\n"), says)
		})
	}
}

// refusedCertificate is what the edge saw of a double that does not know its CA.
const refusedCertificate = `Immich asked for authentik.company, was shown the certificate, and ended the TLS handshake with the alert "bad certificate"`

// TestEventsStandWithTheCause shows what authentik has written down about the request, and what the edge saw.
func TestEventsStandWithTheCause(t *testing.T) {
	t.Parallel()
	kept := map[string]string{
		"person-deactivated":   "authentik keeps the event login_failed about user-",
		"policy-raises":        "authentik keeps the event policy_exception: Policy failed to execute: name 'not_a_name' is not defined",
		"email-mapping-raises": "authentik keeps the event configuration_error: Failed to evaluate property-mapping",
		"no-grants":            "authentik logs: Invalid grant_type for provider",
		"ca-not-named":         refusedCertificate,
		"no-way-to-authentik":  "Immich refused no certificate meanwhile",
	}
	for _, m := range mistake.All() {
		says, ok := kept[m.Name]
		if !ok {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			outcome, err := mistake.Try(t.Context(), options(), m)
			require.NoError(t, err)
			require.Len(t, outcome.Report.Causes, 1, tell(outcome))
			assert.Contains(t, strings.Join(outcome.Report.Causes[0].Evidence, "\n"), says)
		})
	}
}

func tell(o *run.Outcome) string {
	var text strings.Builder
	for _, c := range o.Report.Causes {
		fmt.Fprintf(&text, "%s: %s\n  %s\n  %s\n  %v\n", c.ID, c.Title, c.Explanation, c.Fix.Text, c.Checks)
	}
	for _, r := range o.Report.Checks {
		fmt.Fprintf(&text, "%s %s %s\n", r.Status, r.Name(), r.Reason)
	}
	return text.String()
}

// TestTwoMistakes makes two at once: both are named, or what one hides is unknown, and never a third.
func TestTwoMistakes(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	all := mistake.All()
	for made := 0; made < 24; {
		a, b := all[random.IntN(len(all))], all[random.IntN(len(all))]
		if !a.With(b) {
			continue
		}
		made++
		t.Run(a.Name+" and "+b.Name, func(t *testing.T) {
			t.Parallel()
			outcome, err := mistake.Try(t.Context(), options(), a, b)
			require.NoError(t, err)
			require.NotEmpty(t, outcome.Report.Causes)
			for _, c := range outcome.Report.Causes {
				assert.Contains(t, []string{a.Want.Cause, b.Want.Cause, report.Unknown}, c.ID, "seed %d\n%s", seed, tell(outcome))
			}
		})
	}
}

// TestThePageIsWrittenAnew holds docs/causes.md to the words, the mistakes and what was kept of real runs.
func TestThePageIsWrittenAnew(t *testing.T) {
	t.Parallel()
	texts, err := diagnose.Texts()
	require.NoError(t, err)
	kept, err := mistake.Kept("proof.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, kept)
	page, err := os.ReadFile("../../docs/causes.md")
	require.NoError(t, err)
	assert.Equal(t, string(page), mistake.Render(texts, kept), "write it anew: make causes")
}

// TestEveryCauseHasAMistakeOrAReason keeps causes from being written that nothing proves.
func TestEveryCauseHasAMistakeOrAReason(t *testing.T) {
	t.Parallel()
	texts, err := diagnose.Texts()
	require.NoError(t, err)
	made := maps.Clone(mistake.Unmade)
	for _, m := range mistake.All() {
		assert.NotContains(t, mistake.Unmade, m.Want.Cause, "it is made by %s", m.Name)
		made[m.Want.Cause] = m.Name
	}
	for _, text := range texts {
		side, _, _ := strings.Cut(text.ID, ".")
		assert.Equal(t, string(text.Side), side, "an ID begins with its side")
		assert.NotEmpty(t, text.Tell, "what tells %s from others", text.ID)
		assert.NotEmpty(t, made[text.ID], "%s: no mistake proves it, and no reason says why", text.ID)
		delete(made, text.ID)
	}
	assert.Empty(t, made, "causes that are not written down")
}
