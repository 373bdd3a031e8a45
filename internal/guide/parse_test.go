package guide_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// pages are samples of every structure that the known revisions use; each has its settings beside it as JSON.
func pages(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.md*")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	all := map[string][]byte{}
	for _, name := range names {
		all[filepath.Base(name)], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	return all
}

func TestParseReadsEveryStructure(t *testing.T) {
	t.Parallel()
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join("testdata", strings.TrimSuffix(name, filepath.Ext(name))+".json"))
			require.NoError(t, err)
			s, err := guide.Parse(name, page)
			require.NoError(t, err)
			got, err := json.Marshal(s)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(got))
		})
	}
}

func TestParseToleratesWhitespace(t *testing.T) {
	t.Parallel()
	rewrites := map[string]func(string) string{
		"crlf":            func(p string) string { return strings.ReplaceAll(p, "\n", "\r\n") },
		"cr":              func(p string) string { return strings.ReplaceAll(p, "\n", "\r") },
		"trailing blanks": func(p string) string { return strings.ReplaceAll(p, "\n", " \n") },
		"trailing tabs":   func(p string) string { return strings.ReplaceAll(p, "\n", "\t\n") },
		"tabs":            func(p string) string { return strings.ReplaceAll(p, "    ", "\t") },
		"byte order mark": func(p string) string { return "\ufeff" + p },
		"no final line":   func(p string) string { return strings.TrimRight(p, "\n") },
	}
	for name, page := range pages(t) {
		want, err := guide.Parse(name, page)
		require.NoError(t, err)
		for what, rewrite := range rewrites {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				got, err := guide.Parse(name, []byte(rewrite(string(page))))
				require.NoError(t, err)
				assert.Empty(t, cmp.Diff(want, got))
			})
		}
	}
}

func TestParseReadsThePublishedPages(t *testing.T) {
	t.Parallel()
	const folder = "../../../shared/guides"
	names, err := filepath.Glob(filepath.Join(folder, "20*.md*"))
	require.NoError(t, err)
	if len(names) == 0 {
		t.Skipf("the published pages are not in %s: they have a licence of their own and are kept beside the checkout", folder)
	}
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	known := map[string]guide.Revision{}
	for _, r := range revisions {
		known[r.Revision] = r
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			want, ok := known[strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))]
			require.True(t, ok, "the page has no settings among the known revisions")
			page, err := os.ReadFile(name)
			require.NoError(t, err)
			got, err := guide.Parse(want.Source, page)
			require.NoError(t, err)
			got.Revision, got.Commit = want.Revision, want.Commit
			assert.Empty(t, cmp.Diff(&want.Settings, got))
		})
	}
}

// TestScopes reads what a page tells people to enter, also where it forgets openid, and leaves out what is no scope.
func TestScopes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"**Scope**: `openid email profile`":          "openid email profile",
		"**Scope**: `email profile`":                 "email profile",
		"**Scope**: `profile`":                       "profile",
		"**Scope**: `email`, `profile`":              "email profile",
		"**Scope**: `groups email`":                  "groups email",
		"**Scope**: `default`":                       "",
		"Leave the **Scope** as it is, see `claims`": "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			page := "## authentik\n\n- a `Strict` redirect URI `app.photos:/`\n\n## Immich\n\n- **Issuer URL**: `https://id.example/`\n- " + text + "\n"
			s, err := guide.Parse("page.md", []byte(page))
			require.NoError(t, err)
			if want == "" {
				assert.Nil(t, s.ImmichScope)
				return
			}
			require.NotNil(t, s.ImmichScope)
			assert.Equal(t, want, s.ImmichScope.Value)
			assert.Equal(t, 8, s.ImmichScope.Line)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const (
		authentik = "## authentik\n\n- Add a `Strict` redirect URI `app.photos:/`\n\n"
		immich    = "## Immich\n\n- **Issuer URL**: `https://id.example/`\n"
	)
	tests := map[string]struct {
		page     string
		from, to int
		reason   string
	}{
		"empty":                    {" \n\t\n", 0, 0, "empty"},
		"binary":                   {"## authentik\x00", 0, 0, "not UTF-8 text"},
		"terminal escape":          {authentik + "\x1b[2J" + immich, 0, 0, "not UTF-8 text"},
		"latin-1":                  {"caf\xe9", 0, 0, "not UTF-8 text"},
		"huge":                     {strings.Repeat("a", 1<<20), 0, 0, "larger than"},
		"html":                     {"\n<!DOCTYPE HTML><p>x", 0, 0, "HTML page"},
		"another text":             {"# Cooking\n\nBoil water.\n", 1, 3, "no redirect URI"},
		"both missing":             {"## authentik\n\nx\n\n## Immich\n", 1, 5, "no issuer"},
		"no issuer":                {authentik + "## Immich\n\n- **Scope**: `openid`\n", 5, 7, "no issuer"},
		"no Immich section":        {authentik, 1, 4, "no heading names it"},
		"no redirect URI":          {"intro\n\n## authentik\n\n- **Name**: x\n\n" + immich, 3, 6, "no redirect URI"},
		"logout only":              {"## authentik\n\n- **Redirect URIs**:\n    - `Strict` `Post Logout` `https://a.example/`\n\n" + immich, 1, 5, "no redirect URI"},
		"URI in a remark":          {"## authentik\n\n:::note\n- **Redirect URI**: `app.photos:/`\n:::\n\n" + immich, 1, 6, "no redirect URI"},
		"URI in prose only":        {"## authentik\n\nRedirect URIs are explained at https://docs.example/\n\n" + immich, 1, 4, "no redirect URI"},
		"URI on the wrong side":    {"## authentik\n\n## Immich\n\n- **Redirect URI**: `app.photos:/`\n- **Issuer URL**: `https://id.example/`\n", 1, 2, "no redirect URI"},
		"issuer that is no issuer": {authentik + "## Immich\n\nSet the **Issuer URL** to `nothing`.\n", 5, 7, "no issuer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := guide.Parse("page.md", []byte(test.page))
			assert.Nil(t, s)
			var refused *guide.PageError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, "page.md", refused.Source)
			assert.Contains(t, refused.Error(), test.reason)
			assert.Equal(t, [2]int{test.from, test.to}, [2]int{refused.From, refused.To})
			assert.NotContains(t, refused.Error(), "\n")
		})
	}
}

// FuzzParse looks for panics, and for settings that break the promises that the rest of the program relies on.
func FuzzParse(f *testing.F) {
	for _, page := range pages(f) {
		f.Add(page)
	}
	f.Add([]byte("## authentik\n- a `Regex` redirect URI `a:/`\n## Immich\n1. **Issuer**: <kbd><em>slug</em>"))
	f.Add([]byte("---\n:::x\n```\n:::\n```\n::: - a:/ - b:/"))
	f.Fuzz(func(t *testing.T, page []byte) {
		s, err := guide.Parse("page.md", page)
		if err != nil {
			var refused *guide.PageError
			require.ErrorAs(t, err, &refused)
			require.LessOrEqual(t, refused.From, refused.To)
			return
		}
		lines := strings.Count(strings.ReplaceAll(string(page), "\r\n", "\n"), "\n") + strings.Count(string(page), "\r") + 1
		require.NotEmpty(t, s.RedirectURIs)
		for _, u := range s.RedirectURIs {
			require.NotEmpty(t, u.URL)
			require.Contains(t, []guide.Matching{guide.Strict, guide.Regex, guide.Unstated}, u.Matching)
			require.Contains(t, []guide.Purpose{guide.Authorization, guide.Logout}, u.Purpose)
			require.True(t, u.Line >= 1 && u.Line <= lines, "line %d of %d", u.Line, lines)
		}
		require.NotNil(t, s.ImmichIssuer)
		require.NotEmpty(t, s.ImmichIssuer.Value)
		require.Empty(t, guide.Diff(s, s.Clone()))
		for name := range s.Placeholders {
			_, err := s.Replace(name, "new")
			require.NoError(t, err)
		}
	})
}
