package immich_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
)

// TestEachGenerationAsksInItsWay holds the calls of the app's generations, in order, on a server that knows them all.
func TestEachGenerationAsksInItsWay(t *testing.T) {
	t.Parallel()
	const wellKnown, info, server = "/.well-known/immich", "/api/server-info", "/api/server"
	tests := map[string][]string{ // by a release that has the generation among its own or older ones
		"1.92":  {wellKnown, info + "/version", info + "/features", info + "/config", "/api/user/me"},
		"1.103": {wellKnown, info + "/ping", info + "/version", info + "/features", info + "/config", "/api/user/me"},
		"1.106": {wellKnown, info + "/ping", info + "/version", info + "/features", info + "/config", "/api/users/me"},
		"1.113": {wellKnown, info + "/ping", server + "/version", server + "/features", server + "/config", "/api/users/me"},
		"1.118": {wellKnown, server + "/ping", server + "/version", server + "/features", server + "/config", "/api/users/me"},
		"1.132": {wellKnown, server + "/ping", server + "/version", server + "/features", server + "/config", "/api/users/me"},
	}
	known := newAPI(t, "v2.7.5").release.OlderApps
	for _, app := range known {
		calls, ok := tests[app.Name]
		if !ok {
			continue // as the generation before it
		}
		t.Run(app.Name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "v2.7.5")
			var asked []string
			a.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.Path)
				a.answer(w, 200, object{})
			})
			require.NoError(t, a.client().LookUp(t.Context(), app))
			_, err := a.client().WhoAmI(t.Context(), app)
			require.NoError(t, err)
			assert.Equal(t, calls, asked)
		})
	}
}

func TestAnAppThatIsNotKnownGoesNoFurther(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("GET /.well-known/immich", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, object{}) })
	a.HandleFunc("GET /api/", func(w http.ResponseWriter, r *http.Request) { a.refuse(w, 404, "Cannot GET "+r.URL.Path) })
	err := a.client().LookUp(t.Context(), a.release.OlderApps[0])
	var refused *immich.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "/api/server-info/version", refused.Path)
	assert.Equal(t, "Cannot GET /api/server-info/version", refused.Message)
}
