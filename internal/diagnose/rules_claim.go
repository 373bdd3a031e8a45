package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
)

// claimRules are about what authentik tells of a person.
func claimRules() []rule {
	return []rule{
		{"immich.scope-missing", (*Evidence).scopeMissing},
		{"authentik.scope-mapping-missing", (*Evidence).mappingMissing},
		{"authentik.scope-mapping-fails", (*Evidence).mappingFails},
		{"authentik.scope-mapping-empty", (*Evidence).mappingEmpty},
	}
}

// needed are the scopes without which no login works: openid for userinfo, which Immich before v2.6 asks, and email for the
// account.
var needed = []string{"openid", "email"}

// judgedBy are the requirements of discovery.document and token.id that cannot hold without a scope.
var judgedBy = map[string][]string{"openid": {"capabilities", "userinfo"}, "email": {"capabilities", "claims"}}

// without are the checks that Immich stopped for want of what a scope brings.
func (e *Evidence) without(scope string) []string {
	return e.those(func(f Failed) bool {
		switch {
		case f.in("token.", "discovery.document"):
			return slices.ContainsFunc(f.Findings, func(found check.Finding) bool {
				return slices.Contains(judgedBy[scope], found.Requirement)
			})
		case f.in("live.authorize"):
			return !slices.Contains(strings.Fields(e.OAuth.Scope), scope)
		case f.last().Place != AtCallback:
			return false
		case scope == "openid": // then userinfo is refused
			return slices.ContainsFunc(f.Stops, func(s Stop) bool { return s.Place == AtUserinfo && s.Status == http.StatusForbidden })
		}
		return !slices.ContainsFunc(f.Tokens, func(t Token) bool { return t.Claims[scope] != nil })
	})
}

func (e *Evidence) scopeMissing() []sign {
	asked := strings.Fields(e.OAuth.Scope)
	var signs []sign
	for _, scope := range needed {
		if slices.Contains(asked, scope) || len(asked) == 0 {
			continue
		}
		signs = append(signs, sign{
			checks: e.without(scope), at: setting{"oauth.scope", e.Guide.ImmichScope.At()},
			values:   map[string]string{"scope": scope, "have": e.OAuth.Scope, "want": e.OAuth.Scope + " " + scope, "lack": lackWithout(scope)},
			evidence: []string{"Immich asks for the scope `" + e.OAuth.Scope + "`"},
		})
	}
	return signs
}

func (e *Evidence) mappingMissing() []sign {
	var signs []sign
	if e.Live != nil && len(e.Provider.Scopes) == 0 { // nobody told them
		return nil
	}
	for _, scope := range strings.Fields(e.OAuth.Scope) {
		if e.Provider.Name == "" || slices.Contains(e.Provider.Scopes, scope) {
			continue
		}
		checks, own, lack := e.without(scope), "", lackWithout(scope)
		if !slices.Contains(needed, scope) { // the login goes on
			own, lack = scope, ""
			checks = e.those(func(f Failed) bool { return f.in("discovery.document") && f.lacks(scope) })
		}
		signs = append(signs, sign{
			checks:   checks,
			values:   map[string]string{"scope": scope, "have": strings.Join(e.Provider.Scopes, ", "), "provider": e.Provider.Name, "lack": lack, "own": own},
			evidence: []string{"the provider has mappings for: " + strings.Join(e.Provider.Scopes, ", ")},
		})
	}
	return signs
}

// lacks reports whether a finding names a scope that authentik's discovery document does not offer.
func (f Failed) lacks(scope string) bool {
	return slices.ContainsFunc(f.Findings, func(found check.Finding) bool {
		return found.Requirement == "capabilities" && strings.Contains(found.Actual, `does not contain`) && strings.Contains(found.Actual, `"`+scope+`"`)
	})
}

// mappingFails: authentik could not evaluate a mapping for the token or the userinfo of a check.
func (e *Evidence) mappingFails() []sign {
	said := ""
	checks := e.those(func(f Failed) bool {
		why, raised := f.mappingRaised()
		said = cmp.Or(why, said)
		return raised
	})
	return []sign{{checks: checks, values: map[string]string{"provider": e.Provider.Name, "said": said}}}
}

// mappingRaised is what authentik notes of a mapping that it could not evaluate for a check.
func (f Failed) mappingRaised() (said string, raised bool) {
	configured, failed := f.told("configuration_error", "Failed to evaluate property-mapping")
	exception, also := f.told("property_mapping_exception", "")
	return cmp.Or(configured, exception), failed || also
}

// mappingEmpty: the scope email is asked for and mapped by a mapping that somebody made, and no claim came of it.
func (e *Evidence) mappingEmpty() []sign {
	const scope = "email"
	if !slices.Contains(strings.Fields(e.OAuth.Scope), scope) || !slices.Contains(e.Provider.OwnScopes, scope) {
		return nil
	}
	lacking := e.without(scope)
	return []sign{{
		checks: e.those(func(f Failed) bool {
			_, raised := f.mappingRaised()
			if raised || len(f.Tokens) == 0 || !slices.Contains(lacking, f.Name()) {
				return false
			}
			claims := f.Tokens[len(f.Tokens)-1].Claims
			return claims != nil && claims[scope] == nil // nil: the token is encrypted
		}),
		values: map[string]string{"provider": e.Provider.Name}, evidence: []string{"the ID token has no claim email"},
	}}
}

// lackWithout says what Immich does not get without a scope.
func lackWithout(scope string) string {
	if scope == "openid" {
		return "an answer from userinfo"
	}
	return "the person's e-mail"
}
