package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// appRules are about a mobile app and a server that are not of one time.
func appRules() []rule {
	return []rule{
		{"immich.app-too-old", (*Evidence).appTooOld},
		{"immich.app-too-new", (*Evidence).appTooNew},
	}
}

// unknownPath is the path of a request for which Immich has no such call.
func unknownPath(x *edge.Exchange) []string {
	if x.Status != http.StatusNotFound || !strings.HasPrefix(words(x), "Cannot "+x.Method+" ") {
		return nil
	}
	return []string{path(x)}
}

// retired begin the calls that only servers of old know, and came begin those that took their place: /api/server from
// v1.107.0 on, when /api/server-info went away with v1.118.0; /api/users/me from v1.106.0 on.
var (
	retired = []string{"/api/server-info", "/api/user/"}
	came    = []string{"/api/server/", "/api/users/"}
)

// stateless are Immich's words to an app that brings no state and no verifier, as apps before 1.132 do.
var stateless = []string{"OAuth state is missing", "OAuth code verifier is missing"}

func (e *Evidence) appTooOld() []sign {
	asked := ""
	checks := e.those(func(f Failed) bool {
		s := f.last()
		brought := !f.wanted() && s.App && s.Place == AtCallback && slices.Contains(stateless, s.Message)
		if gone := askedFor(f, retired); gone != "" || brought {
			asked = gone
			return true
		}
		return false
	})
	return []sign{{checks: checks, values: map[string]string{"release": e.Immich.String(), "asked": asked}}}
}

func (e *Evidence) appTooNew() []sign {
	asked := ""
	checks := e.those(func(f Failed) bool {
		missing := askedFor(f, came)
		if missing != "" {
			asked = missing
		}
		return missing != ""
	})
	return []sign{{checks: checks, values: map[string]string{"release": e.Immich.String(), "asked": asked}}}
}

// askedFor is a path that a check asked for, of which Immich knows nothing, and that begins as one of these.
func askedFor(f Failed, beginnings []string) string {
	for _, p := range f.Unknown {
		if f.in("login.mobile.") && slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(p, b) }) {
			return p
		}
	}
	return ""
}
