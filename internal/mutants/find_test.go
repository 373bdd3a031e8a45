package mutants_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mutants"
)

// TestEdits shows each kind of edit, and that what a fault does is left alone.
func TestEdits(t *testing.T) {
	t.Parallel()
	source, err := mutants.Read(t.Context(), "../..", "internal/mutants/testdata/sample")
	require.NoError(t, err)
	var keys []string
	for i, e := range source.Edits {
		assert.Equal(t, i+1, e.ID)
		keys = append(keys, strings.TrimPrefix(e.Key, "sample."))
	}
	assert.Equal(t, []string{
		`server.lives: return nothing`,
		`server.lives: 30 * time.Second → a second`,
		`server.lives: 30 * time.Second → a year`,
		`server.allowed: asked == registered && len(asked) > 3 && !s.faults["closed"] → always`,
		`server.allowed: asked == registered && len(asked) > 3 && !s.faults["closed"] → never`,
		`server.allowed: without asked == registered in a condition`,
		`server.allowed: without len(asked) > 3 in a condition`,
		`server.allowed: len(asked) > 3 → >=`,
		`server.allowed: 3 → 0`,
		`answer: do nothing`,
		`answer: delete w.Header().Set("Cache-Control", "no-store")`,
		`answer: "Cache-Control" → "Cache-Control-2"`,
		`answer: "no-store" → "no-store-2"`,
		`answer: delete http.SetCookie(w, &http.Cookie{Name: strings.ToLower(r.FormValue("name")), HttpOnly: true})`,
		`answer: Name: strings.ToLower(r.FormValue("name")) → empty`,
		`answer: strings.ToLower(r.FormValue("name")) → r.FormValue("name")`,
		`answer: r.FormValue("name") → empty`,
		`answer: HttpOnly: true → false`,
		`answer: case r.Method == http.MethodPost → always`,
		`answer: case r.Method == http.MethodPost → never`,
		`answer: delete w.WriteHeader(http.StatusCreated)`,
		`answer: http.StatusCreated → 400`,
	}, keys)
	overlay, err := source.Write(t.TempDir())
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "go", "vet", "-overlay", overlay, "./internal/mutants/testdata/sample")
	command.Dir = "../.."
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

// TestKeysAreUnique keeps a reason from standing for another edit than the one it was written for.
func TestKeysAreUnique(t *testing.T) {
	t.Parallel()
	source, err := mutants.Read(t.Context(), "../..", mutants.Doubles...)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, e := range source.Edits {
		assert.False(t, seen[e.Key], e.Key)
		assert.NotContains(t, e.Key, "\n")
		assert.NotContains(t, e.Key, "\t")
		seen[e.Key] = true
	}
	assert.Greater(t, len(seen), 200)
}

func TestExcused(t *testing.T) {
	t.Parallel()
	survivor := mutants.Verdict{Edit: mutants.Edit{ID: 1, Key: "op.token: delete x", File: "op/token.go", Line: 7}}
	noticed := mutants.Verdict{Edit: mutants.Edit{ID: 2, Key: "op.token: delete y"}, By: []string{"op.code"}}
	for name, c := range map[string]struct {
		verdicts []mutants.Verdict
		reason   mutants.Reason
		pages    bool
		problem  string
	}{
		"a survivor with its reason": {[]mutants.Verdict{survivor, noticed}, mutants.Reason{Why: "w", Edits: []string{"op.token: delete x"}}, false, ""},
		"a star":                     {[]mutants.Verdict{survivor, noticed}, mutants.Reason{Why: "w", Edits: []string{"op.token: *"}}, false, ""},
		"a survivor without":         {[]mutants.Verdict{survivor}, mutants.Reason{}, false, "op/token.go:7: nothing notices"},
		"a reason without": {
			[]mutants.Verdict{survivor}, mutants.Reason{Why: "w", Edits: []string{"op.token: delete x", "op.code: *"}}, false,
			`"op.code: *" stands for no edit that survives`,
		},
		"a reason of what is noticed":  {[]mutants.Verdict{noticed}, mutants.Reason{Why: "w", Edits: []string{"op.token: delete y"}}, false, "no edit that survives"},
		"a check that was not asked":   {[]mutants.Verdict{survivor}, mutants.Reason{Why: "w", By: "login.web", Edits: []string{"op.*"}}, false, ""},
		"a check that does not notice": {[]mutants.Verdict{survivor}, mutants.Reason{Why: "w", By: "login.web", Edits: []string{"op.*"}}, true, "login.web does not notice it"},
		"a check that does":            {[]mutants.Verdict{noticed}, mutants.Reason{Why: "w", By: "login.web", Edits: []string{"op.*"}}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := mutants.Excused(c.verdicts, []mutants.Reason{c.reason}, c.pages)
			if c.problem == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.problem)
		})
	}
}
