package suites

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// immichConfig is what a check changes that changes Immich's settings.
const immichConfig = "immich.config"

// What checks take for granted of the settings, which a pair file may have otherwise; every guide has it so.
const (
	passwords   = "password login: somebody signs in to Immich by a password"
	newcomers   = "auto-registration: an account is made for who has none"
	plainClaims = "authentik's own claims: accounts have what Immich makes of them, or of the check's"
)

// assuming is a check that takes something for granted.
func assuming(c Check, what ...string) Check {
	c.Assumes = what
	return c
}

// fitting leaves out the checks that a pair file's settings do not allow.
func (c Cell) fitting(checks []Check) (fit []Check, out []Exclusion) {
	otherwise := c.otherwise()
	for _, check := range checks {
		if reason := unfit(check, otherwise); reason != "" {
			out = append(out, Exclusion{check.ID, reason})
		} else {
			fit = append(fit, check)
		}
	}
	return fit, out
}

// unfit is why a check is left out; empty: it is not.
func unfit(c Check, otherwise map[string]string) string {
	for _, what := range append([]string{c.Changes}, c.Assumes...) {
		if reason := otherwise[what]; reason != "" {
			return reason
		}
	}
	return ""
}

// otherwise says of what checks take for granted, or change, how a pair file has it.
func (c Cell) otherwise() map[string]string {
	reasons := map[string]string{}
	if c.Guide.Configuration != nil && c.Guide.Configuration.ImmichFile {
		reasons[immichConfig] = "it changes Immich's settings, and Immich reads them from a file"
	}
	if !c.passwordLogin() {
		reasons[passwords] = "it needs an account with a password, and passwordLogin.enabled is false"
	}
	if !c.autoRegister() {
		reasons[newcomers] = "it needs a newcomer, and oauth.autoRegister is false"
	}
	if c.ownClaims() {
		reasons[plainClaims] = "a scope mapping of the pair file's own gives people claims that the check would have to replace"
	}
	return reasons
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
