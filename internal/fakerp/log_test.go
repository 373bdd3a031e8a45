package fakerp_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// lines reads it as a run reads the log of the product.
func (b *lockedBuffer) lines(by check.Party) []diagnose.Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	log := diagnose.NewLog(by, time.Time{})
	_, _ = log.Write(b.text.Bytes())
	return log.Lines()
}

// TestLogNamesTheReason: what a refusal hides stands in the log, under the ID that the refusal tells.
func TestLogNamesTheReason(t *testing.T) {
	t.Parallel()
	const failed = "OAuth login failed: server responded with an error in the response body (400)"
	noAccount := "Unable to register %s/eve@immich.company. User does not exist and auto registering is disabled. " +
		"To enable set OAuth Auto Register to true in admin settings."
	for name, c := range map[string]struct {
		release string
		change  map[string]any
		first   string // line of the request; %s is the sub
		count   int
	}{
		"a wrong secret":                     {"v2.7.5", map[string]any{"clientSecret": "wrong"}, failed, 3},
		"a wrong secret, hidden":             {"v3.1.0", map[string]any{"clientSecret": "wrong"}, failed, 3},
		"a wrong secret, in one line of old": {"v1.131.3", map[string]any{"clientSecret": "wrong"}, "Unknown error: Error: " + failed, 1},
		"no newcomers":                       {"v3.1.0", map[string]any{"autoRegister": false}, noAccount, 1},
		"an issuer where nobody is":          {"v2.7.5", map[string]any{"issuerUrl": "https://127.0.0.1:1/"}, "Error in OAuth discovery: TypeError: fetch failed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, "2025.8.1", c.release)
			u := p.person("eve")
			p.set(c.change)
			_, err := p.login(u)
			var refused *immich.APIError
			require.ErrorAs(t, err, &refused)
			var own []string
			for _, l := range p.rpLog.lines(check.Immich) {
				if l.ID == refused.CorrelationID {
					own = append(own, l.Text)
				}
			}
			require.Len(t, own, c.count)
			assert.Equal(t, strings.ReplaceAll(c.first, "%s", u.UID), own[0])
		})
	}
}

// TestEventsAndLogOfAuthentik: what goes wrong is kept as an event or logged; what goes right is no trouble.
func TestEventsAndLogOfAuthentik(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	u := p.person("eve")
	began := time.Now()
	p.loggedIn(u)
	events, err := p.ak.Troubles(p.ctx, began)
	require.NoError(t, err)
	assert.Empty(t, events, "an authorization is an event, and no trouble")
	assert.Empty(t, p.opLog.lines(check.Authentik))

	u.Password = "wrong"
	_, err = p.login(u)
	require.Error(t, err)
	events, err = p.ak.Troubles(p.ctx, began)
	require.NoError(t, err)
	require.Len(t, events, 1)
	assert.Equal(t, []string{"login_failed", "eve"}, []string{events[0].Action, events[0].Username})
	assert.NotEmpty(t, events[0].RequestID)
	assert.WithinRange(t, events[0].At, began, time.Now())
	later, err := p.ak.Troubles(p.ctx, time.Now())
	require.NoError(t, err)
	assert.Empty(t, later, "those since a time")

	query := url.Values{"client_id": {p.provider.ClientID}, "redirect_uri": {"https://elsewhere.example/"}, "response_type": {"code"}, "scope": {"openid"}}
	res, err := p.hc.Get(p.opURL + "/application/o/authorize/?" + query.Encode())
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusBadRequest, res.StatusCode)
	lines := p.opLog.lines(check.Authentik)
	require.Len(t, lines, 1)
	assert.Equal(t, res.Header.Get("X-Authentik-Id"), lines[0].ID)
	assert.Contains(t, lines[0].Text, "(redirect_uri_no_match)")
}

// TestPeople tells who may log in, and what clients may be told as their sub.
func TestPeople(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	u := p.person("eve")
	require.NoError(t, p.ak.Call(p.ctx, http.MethodPatch, "/core/users/"+strconv.Itoa(u.PK)+"/", map[string]any{"is_active": false}, nil))
	people, err := p.ak.People(p.ctx)
	require.NoError(t, err)
	var eve *authentik.Person
	for i := range people {
		if people[i].Username == "eve" {
			eve = &people[i]
		}
	}
	require.NotNil(t, eve)
	assert.False(t, eve.Active)
	assert.Equal(t, u.UID, eve.Subjects["hashed_user_id"])
	assert.Equal(t, "eve", eve.Subjects["user_username"])
	assert.Equal(t, strconv.Itoa(u.PK), eve.Subjects["user_id"])
	_, err = p.login(u)
	require.ErrorContains(t, err, "Invalid password", "as for a wrong one")
}
