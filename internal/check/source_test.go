package check_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
)

func TestSourceInAReport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]check.Source{
		"index.md:37":                            {File: "index.md", Line: 37},
		"my notes/page:4":                        {File: "my notes/page", Line: 4},
		"https://example.org:8443/immich.md:37":  {File: "https://example.org:8443/immich.md", Line: 37},
		"RFC 6749 §4.1.3":                        {Work: "RFC 6749 §4.1.3"},
		"index.md:0":                             {Work: "index.md:0"},
		"index.md:99999999999999999999999999":    {Work: "index.md:99999999999999999999999999"},
		"OpenID Connect Core 1.0 §3.1.3.7 no. 3": {Work: "OpenID Connect Core 1.0 §3.1.3.7 no. 3"},
	} {
		var q check.Requirement
		in, err := json.Marshal(map[string]string{"key": "k", "text": "t", "source": text})
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(in, &q))
		assert.Equal(t, want, q.Source, text)
		out, err := json.Marshal(q)
		require.NoError(t, err)
		assert.JSONEq(t, string(in), string(out))
	}
	out, err := json.Marshal(check.Finding{Message: "m"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"message": "m"}`, string(out), "no source")
}
