package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// personRules are about whom authentik lets through, and with what.
func personRules() []rule {
	return []rule{
		{"authentik.policy-denies", (*Evidence).denied},
		{"authentik.policy-fails", (*Evidence).policyFails},
		{"authentik.user-inactive", (*Evidence).inactive},
		{"authentik.login-refused", (*Evidence).loginRefused},
		{"authentik.user-without-email", (*Evidence).withoutEmail},
		{"authentik.grant-types-empty", (*Evidence).grantTypes},
		{"authentik.code-short-lived", (*Evidence).codeShortLived},
	}
}

// deniedBy are the checks that authentik denied access, by a policy that could be evaluated or by one that could not.
func (e *Evidence) deniedBy(failing bool) []string {
	return e.those(func(f Failed) bool {
		_, failed := f.told("policy_exception", "")
		return !f.wanted() && f.last().Component == accessDenied && e.ours(f.last()) && failed == failing
	})
}

func (e *Evidence) denied() []sign {
	return []sign{{checks: e.deniedBy(false), values: map[string]string{"slug": e.application()}}}
}

// application is the slug of Immich's, as the settings or the address of the discovery document tell it.
func (e *Evidence) application() string {
	_, rest, _ := strings.Cut(e.Discovery.URL, "/application/o/")
	slug, _, _ := strings.Cut(rest, "/")
	return cmp.Or(e.Provider.Slug, slug, "of Immich")
}

func (e *Evidence) policyFails() []sign {
	return []sign{{checks: e.deniedBy(true), values: map[string]string{"slug": e.application()}}}
}

// told is what an event that is certainly about a check says, where its text begins so.
func (f Failed) told(event, beginning string) (text string, ok bool) {
	i := slices.IndexFunc(f.Own, func(l Line) bool { return l.Event == event && strings.HasPrefix(l.Text, beginning) })
	if i < 0 {
		return "", false
	}
	return f.Own[i].Text, true
}

// stays reports whether authentik's login shows its form again, or an error.
func (f Failed) stays() bool {
	s := f.last()
	return !f.wanted() && s.Place == AtFlow && s.Component != accessDenied && s.Component != flowError && s.Status < http.StatusInternalServerError
}

// mayNot reports whether the person of a check is deactivated at authentik.
func (e *Evidence) mayNot(f Failed) bool {
	return f.Person != "" && slices.ContainsFunc(e.People, func(p authentik.Person) bool {
		return !p.Active && (p.Username == f.Person || p.Email == f.Person)
	})
}

func (e *Evidence) inactive() []sign {
	who := ""
	checks := e.those(func(f Failed) bool {
		if f.stays() && e.mayNot(f) {
			who = f.Person
			return true
		}
		return false
	})
	return []sign{{checks: checks, values: map[string]string{"who": who}, evidence: []string{"authentik's directory says that " + who + " is not active"}}}
}

// withoutEmail: authentik's directory has no e-mail of the person, so that the claim is blank.
func (e *Evidence) withoutEmail() []sign {
	if e.Live != nil {
		return e.withoutEmailUnseen()
	}
	who := ""
	checks := e.those(func(f Failed) bool {
		if f.wanted() || f.last().Place != AtCallback || !f.blankEmail() || !e.hasNoEmail(f.Person) {
			return false
		}
		who = f.Person
		return true
	})
	return []sign{{checks: checks, values: map[string]string{"who": who}, evidence: []string{"the claim email in the ID token is blank"}}}
}

// withoutEmailUnseen is for a live pair, whose tokens and directory nobody read: Immich says what it lacks, though its scope and
// the provider's mappings bring it.
func (e *Evidence) withoutEmailUnseen() []sign {
	const scope = "email"
	if !slices.Contains(strings.Fields(e.OAuth.Scope), scope) || len(e.Provider.Scopes) > 0 && !slices.Contains(e.Provider.Scopes, scope) {
		return nil // which is the reason
	}
	checks := e.those(func(f Failed) bool { return f.last().Place == AtCallback && wordsOf(f, "does not have an email") })
	if len(checks) == 0 {
		return nil
	}
	return []sign{{
		checks: checks, likely: true, values: map[string]string{"unseen": "yes"},
		evidence: []string{"Immich says: " + e.failed(checks[0]).last().Message},
	}}
}

// blankEmail reports whether the last ID token of a check names an e-mail, and a blank one.
func (f Failed) blankEmail() bool {
	return len(f.Tokens) > 0 && f.Tokens[len(f.Tokens)-1].Claims["email"] == ""
}

func (e *Evidence) hasNoEmail(who string) bool {
	return slices.ContainsFunc(e.People, func(p authentik.Person) bool { return p.Username == who && p.Email == "" })
}

// loginRefused: authentik does not take the login of somebody who may log in.
func (e *Evidence) loginRefused() []sign {
	is := func(f Failed) bool { return f.stays() && !e.mayNot(f) }
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
	values := map[string]string{"said": said}
	if e.Live == nil {
		values["read"] = "the directory"
	}
	return []sign{{checks: checks, values: values, evidence: []string{"authentik says: " + said}}}
}

func (e *Evidence) grantTypes() []sign {
	if e.Provider.GrantTypes == nil || slices.Contains(e.Provider.GrantTypes, "authorization_code") {
		return nil
	}
	refused := func(s Stop) bool {
		return e.ours(s) && (s.Place == AtAnswer || s.Place == AtRequest && !strings.Contains(s.Message, "redirect_uri"))
	}
	return []sign{{
		// A browser goes on with the error to Immich, which then refuses it, too.
		checks: e.those(func(f Failed) bool { return slices.ContainsFunc(f.Stops, refused) }),
		values: map[string]string{"provider": e.Provider.Name, "have": strings.Join(e.Provider.GrantTypes, ", ")},
	}}
}

// codeNeeds is how long a code has to live: a busy server, or a phone, takes seconds to bring it back.
const codeNeeds = 10 * time.Second

// codeShortLived: authentik does not redeem a code that is a few seconds old.
func (e *Evidence) codeShortLived() []sign {
	if e.Provider.CodeLives <= 0 || e.Provider.CodeLives >= codeNeeds {
		return nil
	}
	return []sign{{
		checks: e.those(func(f Failed) bool {
			return !f.wanted() && slices.ContainsFunc(f.Stops, func(s Stop) bool { return s.Place == AtToken && s.Code == "invalid_grant" })
		}),
		at: setting{field: "access_code_validity"}, values: map[string]string{"lives": e.Provider.CodeLives.String(), "provider": e.Provider.Name},
	}}
}
