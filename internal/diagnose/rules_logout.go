package diagnose

import (
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// logoutRules are about who tells Immich that a session at authentik has ended.
func logoutRules() []rule {
	return []rule{
		{"authentik.logout-uri", (*Evidence).logoutURI},
		{"authentik.logout-method", (*Evidence).logoutMethod},
	}
}

// untold are the checks that saw a session of Immich's outlive that of authentik's, where both products can end it.
func (e *Evidence) untold() []string {
	if e.Provider.Name == "" || !e.Authentik.Has(version.LogoutFields) || !e.Immich.Has(version.BackchannelLogout) {
		return nil
	}
	return e.those(func(f Failed) bool { return f.in(accepted) })
}

// accepted is the check that signs somebody out of authentik and looks at Immich.
const accepted = "logout.backchannel.accepted"

func (e *Evidence) logoutURI() []sign {
	want := e.ImmichURL + immich.BackchannelPath
	if e.Provider.LogoutURI == want {
		return nil
	}
	return []sign{{
		checks: e.untold(), at: setting{"logout_uri", e.Guide.LogoutURI.At()},
		values:   map[string]string{"have": e.Provider.LogoutURI, "want": want, "provider": e.Provider.Name},
		evidence: []string{"the provider's Logout URI is `" + e.Provider.LogoutURI + "`"},
	}}
}

func (e *Evidence) logoutMethod() []sign {
	if !e.Provider.FrontChannel {
		return nil
	}
	return []sign{{
		checks: e.untold(), at: setting{"logout_method", e.Guide.LogoutMethod.At()},
		values: map[string]string{"provider": e.Provider.Name}, evidence: []string{"the provider's logout method is front-channel"},
	}}
}
