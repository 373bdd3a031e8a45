package diagnose

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

// accountRules are about who may come in.
func accountRules() []rule {
	return []rule{
		{"immich.oauth-off", (*Evidence).oauthOff},
		{"immich.auto-register-off", (*Evidence).autoRegisterOff},
		{"immich.linked-elsewhere", (*Evidence).linkedElsewhere},
		{"authentik.subject-mode", (*Evidence).subjectMode},
		{"immich.quota-zero", (*Evidence).quotaZero},
	}
}

func (e *Evidence) oauthOff() []sign {
	if e.OAuth.Enabled {
		return nil
	}
	return []sign{{at: setting{field: "oauth.enabled"}, checks: e.those(func(f Failed) bool {
		return f.in("live.oauth-on") || strings.Contains(f.Reason, "waited for Immich's button") || len(f.Stops) > 0 && e.ours(f.last()) && (f.last().Place == AtStart || f.last().Place == AtCallback)
	})}}
}

func (e *Evidence) autoRegisterOff() []sign {
	if e.OAuth.AutoRegister && !e.OAuth.Unread || !e.OAuth.Enabled {
		return nil
	}
	return []sign{{checks: e.those(func(f Failed) bool {
		if f.last().Place != AtCallback || wordsOf(f, "linked") {
			return false
		}
		if e.Live != nil { // whose tokens nobody sees
			return wordsOf(f, "auto registering is disabled") || e.hidesReason(f)
		}
		return len(f.Tokens) > 0 && f.Tokens[len(f.Tokens)-1].Claims["email"] != nil
	})}}
}

// elsewhere are the checks that Immich stopped since the e-mail's account has another identity, as far as match says so.
func (e *Evidence) elsewhere(match func(account Account, was string) bool) []string {
	return e.those(func(f Failed) bool {
		if f.wanted() || f.last().Place != AtCallback || f.blankEmail() || !e.saysElsewhere(f) {
			return false
		}
		account := e.accountOf(f)
		return match(account, e.modeOf(account.Subject))
	})
}

// saysElsewhere: newer releases of Immich hide the reason, and have this one alone while they register newcomers.
func (e *Evidence) saysElsewhere(f Failed) bool {
	return wordsOf(f, "linked to another account") || e.OAuth.AutoRegister && e.hidesReason(f)
}

// hidesReason reports whether a newer Immich refuses an account and tells the reason to its log alone.
func (e *Evidence) hidesReason(f Failed) bool {
	return e.Immich.Has(version.HiddenReasons) && f.last().Status == http.StatusBadRequest && f.last().Message == "OAuth authentication failed"
}

// accountOf is Immich's account with the e-mail of the last token; the zero Account: there is none.
func (e *Evidence) accountOf(f Failed) Account {
	if len(f.Tokens) == 0 {
		return Account{}
	}
	email, _ := f.Tokens[len(f.Tokens)-1].Claims["email"].(string)
	i := slices.IndexFunc(e.Accounts, func(a Account) bool { return email != "" && strings.EqualFold(a.Email, email) })
	if i < 0 {
		return Account{}
	}
	return e.Accounts[i]
}

// modeOf is the subject mode in which a sub is somebody's at authentik, where that is not the provider's; empty: none.
func (e *Evidence) modeOf(subject string) string {
	for _, p := range e.People {
		for mode, sub := range p.Subjects {
			if subject != "" && sub == subject && mode != e.Provider.SubjectMode {
				return mode
			}
		}
	}
	return ""
}

// linkedElsewhere: the e-mail has an account, and that account has another identity at authentik.
func (e *Evidence) linkedElsewhere() []sign {
	values := map[string]string{}
	if e.Live == nil { // else authentik's people were not read
		values["mode"] = e.Provider.SubjectMode
	}
	return []sign{{checks: e.elsewhere(func(_ Account, was string) bool { return was == "" }), values: values}}
}

// subjectMode: the account is bound to the same person, by what another subject mode tells.
func (e *Evidence) subjectMode() []sign {
	before := ""
	checks := e.elsewhere(func(_ Account, was string) bool {
		before = cmp.Or(was, before)
		return was != ""
	})
	return []sign{{
		checks: checks, at: setting{field: "sub_mode"},
		values:   map[string]string{"mode": e.Provider.SubjectMode, "before": before, "provider": e.Provider.Name},
		evidence: []string{"the account is bound to the person's sub in the mode " + before},
	}}
}

// quotaZero: newcomers get an account that can store nothing.
func (e *Evidence) quotaZero() []sign {
	if !e.OAuth.NoSpace {
		return nil
	}
	return []sign{{at: setting{field: "oauth.defaultStorageQuota"}, checks: e.those(func(f Failed) bool {
		return f.in("account.newcomer") && slices.ContainsFunc(f.Findings, func(found check.Finding) bool { return found.Requirement == "quota" })
	})}}
}

func wordsOf(f Failed, part string) bool { return strings.Contains(f.last().Message, part) }
