package authentik_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/rest"
)

// starting is authentik between its first answer and the last object of its blueprints.
type starting struct {
	api     *api
	answers map[string][]answer // by path; the last one stays
	asked   map[string]int
}

type answer struct {
	status int
	body   any // a string is sent as text
}

func (s *starting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	script := s.answers[r.URL.Path]
	if len(script) == 0 {
		s.api.ServeHTTP(w, r)
		return
	}
	next := script[min(s.asked[r.URL.Path], len(script)-1)]
	s.asked[r.URL.Path]++
	if text, ok := next.body.(string); ok {
		w.WriteHeader(next.status)
		_, _ = w.Write([]byte(text))
		return
	}
	s.api.answer(w, next.status, next.body)
}

const (
	mePath     = "/api/v3/core/users/me/"
	flowsPath  = "/api/v3/flows/instances/"
	scopesPath = "/api/v3/propertymappings/provider/scope/"
	keysPath   = "/api/v3/crypto/certificatekeypairs/"
	brandsPath = "/api/v3/core/brands/"
)

func newStarting(t *testing.T, answers map[string][]answer) *starting {
	s := &starting{api: newAPI(t, "2025.8.1"), answers: answers, asked: map[string]int{}}
	for path, ready := range map[string]answer{
		mePath:     {200, object{"user": object{}}},
		brandsPath: {200, page([]object{{"default": true, "flow_authentication": "flow-1"}})},
	} {
		if len(s.answers[path]) == 0 {
			s.answers[path] = []answer{ready}
		}
	}
	return s
}

func (s *starting) wait(t *testing.T, limit time.Duration, progress func(string)) error {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	settings, err := guide.Builtin("2025-06-23")
	require.NoError(t, err)
	client := authentik.New(origin, token, clientOf(s))
	return client.WaitReady(ctx, s.api.release, authentik.ObjectsOf(settings, s.api.release), progress)
}

func TestWaitReadyOutlastsEveryAnswerOfAStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := named("slug", "flow", authentik.AuthenticationFlow, authentik.ExplicitConsentFlow, authentik.ImplicitConsentFlow, authentik.InvalidationFlow)
		s := newStarting(t, map[string][]answer{
			mePath: {
				{502, "failed to connect to authentik backend: authentik starting"},
				{503, object{"error": "authentik starting"}},
				{403, object{"detail": "Token invalid/expired"}},
				{200, object{"user": object{}}},
			},
			flowsPath:  {{200, page(nil)}, {200, page(without(all, authentik.InvalidationFlow))}, {200, page(all)}},
			scopesPath: {{400, object{"managed": []string{"Select a valid choice."}}}, {200, page(named("managed", "scope", scope("openid"), scope("email"), scope("profile")))}},
			keysPath:   {{200, page(nil)}, {200, page(named("name", "key", authentik.SelfSignedKey))}},
			brandsPath: {{200, page([]object{{"default": true, "flow_authentication": nil}})}, {200, page([]object{{"default": true, "flow_authentication": "flow-1"}})}},
		})
		var told []string
		require.NoError(t, s.wait(t, time.Minute, func(line string) { told = append(told, line) }))
		assert.Contains(t, told[0], "the API token")
		assert.Contains(t, strings.Join(told, "\n"), "the default brand's authentication flow")
		for path, least := range map[string]int{mePath: 5, flowsPath: 4, scopesPath: 3, keysPath: 3, brandsPath: 3} {
			assert.GreaterOrEqual(t, s.asked[path], least, "%s: each object is seen twice", path)
		}
	})
}

func TestWaitReadySaysWhatWasMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, missing, last string
		answers             map[string][]answer
	}{
		{"token", "missing the API token", "403 Token invalid/expired", map[string][]answer{mePath: {{403, object{"detail": "Token invalid/expired"}}}}},
		{"flow", "missing flow default-provider-invalidation-flow", "", map[string][]answer{
			flowsPath: {{200, page(named("slug", "flow", authentik.AuthenticationFlow, authentik.ExplicitConsentFlow, authentik.ImplicitConsentFlow))}},
		}},
		{"scope", "scope mapping " + scope("email"), "", map[string][]answer{scopesPath: {{200, page(named("managed", "scope", scope("openid"), scope("profile")))}}}},
		{"certificate", "certificate authentik Self-signed Certificate", "", map[string][]answer{keysPath: {{200, page(nil)}}}},
		{"brand", "the default brand's authentication flow", "", map[string][]answer{brandsPath: {{200, page([]object{{"default": true, "flow_authentication": nil}})}}}},
		{"another brand", "the default brand's authentication flow", "", map[string][]answer{brandsPath: {{200, page([]object{{"default": false, "flow_authentication": "x"}})}}}},
		{"seen once only", "missing a second sight", "", map[string][]answer{keysPath: {{200, page(named("name", "key", authentik.SelfSignedKey))}, {200, page(nil)}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStarting(t, test.answers)
				err := s.wait(t, 10*time.Second, nil)
				require.ErrorContains(t, err, test.missing)
				require.ErrorContains(t, err, test.last)
				require.ErrorContains(t, err, "authentik 2025.8.1 was not ready after 10s")
				require.ErrorIs(t, err, context.DeadlineExceeded)
				var notReady *rest.NotReadyError
				require.ErrorAs(t, err, &notReady)
				for path, n := range s.asked {
					assert.LessOrEqual(t, n, 20, "%s: polled no faster than it should", path)
				}
			})
		})
	}
}

func TestObjectsOfNamesWhatTheGuideNames(t *testing.T) {
	t.Parallel()
	s := &guide.Settings{
		AuthorizationFlow: &guide.Value{Value: "our-flow", Kind: guide.Literal},
		SigningKey:        &guide.Value{Value: "our key", Kind: guide.Literal},
	}
	objects := authentik.ObjectsOf(s, release(t, "2024.8.4"))
	assert.Contains(t, objects.Flows, "our-flow")
	assert.NotContains(t, objects.Flows, authentik.InvalidationFlow, "2024.8 has no such flow")
	assert.Equal(t, []string{"our key"}, objects.Certificates)
	assert.ElementsMatch(t, []string{scope("openid"), scope("email"), scope("profile")}, objects.ScopeMappings)
}
