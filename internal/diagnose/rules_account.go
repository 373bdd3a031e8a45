package diagnose

import (
	"net/http"
	"slices"
	"strings"
)

// accountRules are about who may come in.
func accountRules() []rule {
	return []rule{
		{"immich.oauth-off", (*Evidence).oauthOff},
		{"immich.auto-register-off", (*Evidence).autoRegisterOff},
		{"immich.linked-elsewhere", (*Evidence).linkedElsewhere},
		{"authentik.policy-denies", (*Evidence).denied},
		{"authentik.login-refused", (*Evidence).loginRefused},
		{"authentik.grant-types-empty", (*Evidence).grantTypes},
	}
}

func (e *Evidence) oauthOff() []sign {
	if e.OAuth.Enabled {
		return nil
	}
	return []sign{{at: setting{field: "oauth.enabled"}, checks: e.stopped(func(s Stop) bool { return s.Place == AtStart || s.Place == AtCallback })}}
}

func (e *Evidence) autoRegisterOff() []sign {
	if e.OAuth.AutoRegister || !e.OAuth.Enabled {
		return nil
	}
	return []sign{{checks: e.those(func(f Failed) bool {
		return f.last().Place == AtCallback && len(f.Tokens) > 0 && f.Tokens[len(f.Tokens)-1].Claims["email"] != nil && !wordsOf(f, "linked")
	})}}
}

// linkedElsewhere: the e-mail has an account, and that account has another identity at authentik.
func (e *Evidence) linkedElsewhere() []sign {
	return []sign{{
		checks: e.those(func(f Failed) bool {
			return !f.wanted() && f.last().Place == AtCallback && strings.Contains(f.last().Message, "linked to another account")
		}),
		values: map[string]string{"mode": e.Provider.SubjectMode},
	}}
}

func wordsOf(f Failed, part string) bool { return strings.Contains(f.last().Message, part) }

func (e *Evidence) denied() []sign {
	return []sign{{
		checks: e.those(func(f Failed) bool {
			return !f.wanted() && f.last().Component == "ak-stage-access-denied" && e.ours(f.last())
		}),
		values: map[string]string{"slug": e.Provider.Slug},
	}}
}

// loginRefused: authentik's login shows its form again, or an error.
func (e *Evidence) loginRefused() []sign {
	is := func(f Failed) bool {
		s := f.last()
		return !f.wanted() && s.Place == AtFlow && s.Component != "ak-stage-access-denied" && s.Status < http.StatusInternalServerError
	}
	checks := e.those(is)
	if len(checks) == 0 {
		return nil
	}
	said := ""
	for _, f := range e.Failed {
		if is(f) {
			said = f.last().Message
		}
	}
	return []sign{{checks: checks, values: map[string]string{"said": said}, evidence: []string{"authentik says: " + said}}}
}

func (e *Evidence) grantTypes() []sign {
	if e.Provider.GrantTypes == nil || slices.Contains(e.Provider.GrantTypes, "authorization_code") {
		return nil
	}
	return []sign{{
		checks: e.stopped(func(s Stop) bool {
			return s.Place == AtAnswer || s.Place == AtRequest && !strings.Contains(s.Message, "redirect_uri")
		}),
		values: map[string]string{"provider": e.Provider.Name, "have": strings.Join(e.Provider.GrantTypes, ", ")},
	}}
}
