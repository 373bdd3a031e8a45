package immich_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
)

const issuer = "https://authentik.company/application/o/photos/"

func settings(t *testing.T, revision string) *guide.Settings {
	t.Helper()
	s, err := guide.Builtin(revision)
	require.NoError(t, err)
	return s
}

func TestConfigureEntersWhatTheGuideSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		revision string
		changes  func(*guide.Settings)
		issuer   string
		fields   object
		resolved []string
	}{
		{"2024-03-28", nil, issuer, object{}, []string{"issuerUrl"}},
		{"2025-06-23", nil, issuer, object{}, []string{"issuerUrl"}},
		{"2025-09-30", nil, issuer + ".well-known/openid-configuration", object{}, []string{"issuerUrl"}},
		{"2026-01-30", nil, issuer + ".well-known/openid-configuration", object{}, []string{"issuerUrl", "signingAlgorithm"}},
		{"2025-06-23", func(s *guide.Settings) { s.ImmichIssuer = nil; s.ImmichScope.Value = "openid" }, issuer, object{"scope": "openid"}, []string{"issuerUrl"}},
		{"2025-06-23", func(s *guide.Settings) {
			s.ImmichIssuer = &guide.Value{Value: "https://other.example/o/", Kind: guide.Literal}
			s.ImmichSigningAlgorithm = &guide.Value{Value: "ES256", Kind: guide.Literal}
		}, "https://other.example/o/", object{"signingAlgorithm": "ES256"}, nil},
	}
	for i, test := range tests {
		t.Run(fmt.Sprint(i, "/", test.revision), func(t *testing.T) {
			t.Parallel()
			s := settings(t, test.revision)
			if test.changes != nil {
				test.changes(s)
			}
			a := newAPI(t, "v2.7.5")
			want := object{"enabled": true, "issuerUrl": test.issuer, "clientId": "id", "clientSecret": "secret"}
			for key, value := range a.config["oauth"].(object) {
				if _, changed := want[key]; !changed {
					want[key] = value
				}
			}
			for key, value := range test.fields {
				want[key] = value
			}
			applied, err := a.client().Configure(t.Context(), s, a.release, "id", "secret", issuer)
			require.NoError(t, err)
			assert.Empty(t, applied.Differences)
			assert.Equal(t, test.issuer, applied.Issuer)
			assert.JSONEq(t, encode(t, want), encode(t, a.config["oauth"]))
			assert.JSONEq(t, `{"concurrency":9007199254740993}`, encode(t, a.config["job"]), "numbers go back as they came")
			assert.Contains(t, encode(t, a.config["job"]), "9007199254740993")
			var fields []string
			for _, r := range applied.Resolved {
				fields = append(fields, r.Field)
				assert.NotEmpty(t, r.Reason)
			}
			assert.Equal(t, test.resolved, fields)
		})
	}
}

func encode(t *testing.T, v any) string {
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	return string(encoded)
}

func TestReadBackTellsWhatIsStoredOtherwise(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		store func(oauth object)
		want  []guide.Difference
	}{
		{"nothing", func(object) {}, nil},
		{"slash lost", func(o object) { o["issuerUrl"] = issuer[:len(issuer)-1] }, []guide.Difference{
			{Field: "oauth.issuerUrl", Documented: issuer, Actual: issuer[:len(issuer)-1], Line: 48},
		}},
		{"off", func(o object) { o["enabled"] = false }, []guide.Difference{{Field: "oauth.enabled", Documented: "true", Actual: "false"}}},
		{"scope", func(o object) { o["scope"] = "openid" }, []guide.Difference{{Field: "oauth.scope", Documented: "openid email profile", Actual: "openid", Line: 51}}},
		{"client", func(o object) { o["clientId"] = "di" }, []guide.Difference{{Field: "oauth.clientId", Documented: "id", Actual: "di"}}},
		{"secret", func(o object) { o["clientSecret"] = "terces" }, []guide.Difference{
			{Field: "oauth.clientSecret", Documented: "the provider's secret", Actual: "another secret"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "v2.7.5")
			a.store = test.store
			applied, err := a.client().Configure(t.Context(), settings(t, "2025-06-23"), a.release, "id", "secret", issuer)
			require.NoError(t, err)
			assert.Equal(t, test.want, applied.Differences)
			assert.NotContains(t, encode(t, applied), `"secret"`)
			assert.NotContains(t, encode(t, applied), "terces")
		})
	}
}

func TestRefusedConfigurationShowsNoSecret(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	config, err := a.client().SystemConfig(t.Context())
	require.NoError(t, err)
	config.OAuth()["clientSecret"] = "s3cr3t-of-the-provider"
	config["notifications"] = object{"smtp": object{"password": "smtp-pass"}}
	mux := newAPI(t, "v2.7.5")
	mux.ServeMux = http.NewServeMux()
	mux.HandleFunc("PUT /api/system-config", func(w http.ResponseWriter, _ *http.Request) {
		mux.refuse(w, 400, []string{"oauth.clientSecret s3cr3t-of-the-provider is bad", "smtp-pass too"})
	})
	_, err = mux.client().PutSystemConfig(t.Context(), config)
	require.ErrorContains(t, err, "oauth.clientSecret [hidden] is bad; [hidden] too")
}

func TestConfigWithoutOAuthCanBeSet(t *testing.T) {
	t.Parallel()
	config := immich.Config{}
	config.OAuth()["enabled"] = true
	assert.Equal(t, immich.Config{"oauth": map[string]any{"enabled": true}}, config)
}
