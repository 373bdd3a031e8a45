package suites

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// immichConfig is what a check changes that changes Immich's settings.
const immichConfig = "immich.config"

// fitting leaves out the checks whose people a pair file keeps out: a person with a password, or a newcomer.
func (c Cell) fitting(checks []Check) (fit []Check, out []Exclusion) {
	for _, check := range checks {
		switch {
		case check.Changes == immichConfig && c.Guide.Configuration != nil && c.Guide.Configuration.ImmichFile:
			out = append(out, Exclusion{check.ID, "it changes Immich's settings, and Immich reads them from a file"})
		case !c.passwordLogin() && slices.Contains(withPassword(), check.ID):
			out = append(out, Exclusion{check.ID, "it needs an account with a password, and passwordLogin.enabled is false"})
		case !c.autoRegister() && slices.Contains(withNewcomer(), check.ID):
			out = append(out, Exclusion{check.ID, "it needs a newcomer, and oauth.autoRegister is false"})
		case c.ownClaims() && slices.Contains(withClaims(), check.ID):
			out = append(out, Exclusion{check.ID, "a scope mapping of the pair file's own gives people claims that the check would have to replace"})
		default:
			fit = append(fit, check)
		}
	}
	return fit, out
}

// withPassword are the checks in which somebody signs in to Immich by a password.
func withPassword() []string {
	return []string{
		"login.web.existing", "account.local", "account.email-case", "account.other-email", "account.relinked", "account.administrator",
		"link.forged", "link.web", "link.unlink", "link.taken", "session.several", "rp.cookies", "rp.logout", "rp.password", "rp.rights", "rp.registration",
		"logout.backchannel.forged", "logout.backchannel.accepted",
	}
}

// withNewcomer are the checks that judge what becomes of who has no account yet.
func withNewcomer() []string {
	return []string{
		"login.web.existing", "account.newcomer", "account.local", "account.email-missing", "account.email-case", "account.taken",
		"account.other-email", "account.administrator", "account.claims", "session.onboarding",
	}
}

// withClaims are the checks whose accounts have what Immich makes of authentik's own claims, or of the check's.
func withClaims() []string {
	return []string{"account.newcomer", "account.local", "account.administrator", "account.claims", "account.claims-later"}
}

// ownClaims reports whether a pair file has a scope mapping with an expression of its own.
func (c Cell) ownClaims() bool {
	return c.Guide.Configuration != nil &&
		slices.ContainsFunc(c.Guide.Configuration.Mappings, func(m guide.Mapping) bool { return m.Expression != "" })
}

// passwordLogin reports whether people can sign in to Immich by a password. No guide says that they cannot.
func (c Cell) passwordLogin() bool { return c.immichSwitch("passwordLogin", "enabled") }

// autoRegister reports whether Immich makes accounts for newcomers.
func (c Cell) autoRegister() bool { return c.immichSwitch("oauth", "autoRegister") }

// immichSwitch is a switch of Immich's as a pair file has it; on where nothing is said, which is Immich's default for both.
func (c Cell) immichSwitch(section, key string) bool {
	if c.Guide.Configuration == nil {
		return true
	}
	fields, _ := c.Guide.Configuration.Immich[section].(map[string]any)
	on, said := fields[key].(bool)
	return on || !said
}
