package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/version"
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

// retired begin the calls that a release of Immich does not know any more: /api/user is older than all that run here.
func (e *Evidence) retired() []string {
	if e.Immich.Has(version.ServerInfo) {
		return []string{"/api/user/"}
	}
	return []string{"/api/user/", "/api/server-info"}
}

// toCome begin the calls that a release of Immich does not know yet.
func (e *Evidence) toCome() []string {
	if e.Immich.Has(version.ServerPaths) {
		return nil
	}
	return []string{"/api/server/"}
}

// stateless are Immich's words to an app that brings no state and no verifier, as apps before 1.132 do.
var stateless = []string{"OAuth state is missing", "OAuth code verifier is missing"}

// stateless reports whether a browser came back to Immich without the state or the verifier that Immich had given it.
func (f Failed) stateless() bool {
	s := f.last()
	return !f.wanted() && !s.App && s.Place == AtCallback && slices.Contains(stateless, s.Message)
}

func (e *Evidence) appTooOld() []sign {
	asked := ""
	checks := e.those(func(f Failed) bool {
		s := f.last()
		brought := !f.wanted() && s.App && s.Place == AtCallback && slices.Contains(stateless, s.Message)
		if gone := askedFor(f, e.retired()); gone != "" || brought {
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
		missing := askedFor(f, e.toCome())
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
		if f.in("login.mobile.") && begins(p, beginnings) {
			return p
		}
	}
	return ""
}
