package evidence_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/evidence"
)

func TestWithhold(t *testing.T) {
	t.Parallel()
	const known = "s3cret+of the/run"
	long := strings.Repeat("0123456789abcdef", 20)
	for name, c := range map[string]struct {
		text string
		want evidence.Kind // empty: it stays
	}{
		"harmless":                  {"s3cret+of the", ""},
		"its token":                 {"«password:01234567»", ""},
		"alone":                     {known, evidence.Password},
		"in bytes":                  {"\xff\x00" + known + "\x00", evidence.Password},
		"in a URL":                  {"?x=" + url.QueryEscape(known), evidence.Password},
		"in base64":                 {base64.StdEncoding.EncodeToString([]byte("x:" + known + ":y")), evidence.Password},
		"in a JWT":                  {jwtOf(map[string]any{"sub": known}), evidence.Password},
		"a signature":               {"eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJlLW9mLWEtdG9rZW4", evidence.Signature},
		"the half of a long one":    {long[:100], evidence.Key},
		"at the end of a block":     {strings.Repeat(".", 256<<10-len(known)) + known, evidence.Password},
		"across blocks":             {strings.Repeat(".", 256<<10-5) + known + strings.Repeat(".", 1<<20), evidence.Password},
		"across the next, at its 1": {strings.Repeat(".", 512<<10-64-1) + known, evidence.Password},
		"empty":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r := evidence.NewRedactor()
			r.Know(evidence.Password, known)
			r.Know(evidence.Key, long)
			r.Know(evidence.Token, "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWEtdG9rZW4")
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "evidence", "a.b"), 0o755))
			path := filepath.Join(dir, "evidence", "a.b", "x.har")
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			leaks, err := r.Withhold(dir)
			require.NoError(t, err)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			if c.want == "" {
				assert.Empty(t, leaks)
				assert.Equal(t, c.text, string(data))
				return
			}
			assert.Equal(t, []evidence.Leak{{Path: "evidence/a.b/x.har", Kind: c.want}}, leaks)
			assert.Equal(t, "evidence/a.b/x.har held a secret ("+string(c.want)+") and is withheld\n", string(data))
			leaks, err = r.Withhold(dir)
			require.NoError(t, err)
			assert.Empty(t, leaks, "the note holds none")
		})
	}
}

func TestWithholdKeepsOtherNamesOfTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "mine")
	require.NoError(t, os.WriteFile(outside, []byte("known-to-the-run"), 0o600))
	if os.Link(outside, filepath.Join(dir, "x")) != nil || os.Symlink(outside, filepath.Join(dir, "y")) != nil {
		t.Skip("no links here")
	}
	leaks, err := evidence.NewRedactor("known-to-the-run").Withhold(dir)
	require.NoError(t, err)
	assert.Len(t, leaks, 1, "what a symbolic link names is not of this folder")
	data, err := os.ReadFile(outside)
	require.NoError(t, err)
	assert.Equal(t, "known-to-the-run", string(data))
}

func TestWithholdSaysWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	_, err := evidence.NewRedactor("known-to-the-run").Withhold(filepath.Join(t.TempDir(), "gone"))
	assert.Error(t, err)
}

// BenchmarkWithhold looks for the secrets of a long run in its 5 MB.
func BenchmarkWithhold(b *testing.B) {
	dir := b.TempDir()
	r := evidence.NewRedactor()
	for range 5000 {
		r.Know(evidence.Token, rand.Text()+rand.Text())
	}
	line := `[Nest] 17  - 01/02/2026, 3:04:05 AM   DEBUG [Api:LoggingInterceptor~k3b1] GET /api/users/me?x=1 200 4.21ms ::ffff:172.18.0.5` + "\n"
	const files, size = 50, 100 << 10
	for i := range files {
		data := bytes.Repeat([]byte(line), size/len(line))
		if i%2 == 0 {
			_, _ = rand.Read(data) // a picture
		}
		require.NoError(b, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), data, 0o600))
	}
	b.SetBytes(files * size)
	for b.Loop() {
		leaks, err := r.Withhold(dir)
		if err != nil || len(leaks) > 0 {
			b.Fatal(leaks, err)
		}
	}
}

// BenchmarkKnow makes the secrets of a long run known.
func BenchmarkKnow(b *testing.B) {
	r := evidence.NewRedactor()
	for b.Loop() {
		r.Know(evidence.Token, rand.Text()+rand.Text())
	}
}
