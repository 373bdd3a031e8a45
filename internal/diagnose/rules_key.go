package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/version"
)

// keyRules are about keys, algorithms and the client's secret.
func keyRules() []rule {
	return []rule{
		{"authentik.signing-key-missing", (*Evidence).keyMissing},
		{"authentik.encryption-key", (*Evidence).encrypted},
		{"authentik.signing-algorithm", (*Evidence).otherAlgorithm},
		{"immich.client-secret", (*Evidence).secret},
		{"immich.profile-algorithm", (*Evidence).profileAlgorithm},
	}
}

// unread are the checks in which Immich did not take an ID token that matches, and those that judge keys and tokens.
func (e *Evidence) unread(match func(Token) bool) []string {
	return e.those(func(f Failed) bool {
		return f.in("discovery.", "token.") || f.last().Place == AtCallback && (slices.ContainsFunc(f.Tokens, match) || e.unseen(f))
	})
}

// unseen reports whether Immich failed to redeem the code of a live pair, between whose servers nobody listens.
func (e *Evidence) unseen(f Failed) bool {
	return e.Live != nil && f.last().Place == AtCallback && f.last().Status == http.StatusInternalServerError
}

func (e *Evidence) keyMissing() []sign {
	if e.Provider.SigningKey != "" || !slices.Contains(e.Discovery.Algorithms, "HS256") || e.OAuth.Algorithm == "HS256" {
		return nil
	}
	return []sign{{
		checks: e.unread(func(t Token) bool { return t.Algorithm == "HS256" }),
		values: map[string]string{"algorithm": e.OAuth.Algorithm, "provider": e.Provider.Name}, at: setting{"signing_key", e.keyLine()},
		evidence: []string{"no signing key is selected, so authentik signs ID tokens with HS256 and the client secret"},
	}}
}

// keyLine is where the guide speaks of the key; one that is silent about it is at fault as a whole.
func (e *Evidence) keyLine() int {
	if line := e.Guide.SigningKey.At(); line > 0 {
		return line
	}
	if len(e.Guide.RedirectURIs) > 0 {
		return e.Guide.RedirectURIs[0].Line
	}
	return 0
}

func (e *Evidence) encrypted() []sign {
	if !e.Provider.Encrypted {
		return nil
	}
	return []sign{{
		checks: e.unread(func(t Token) bool { return t.Encryption != "" }), values: map[string]string{"provider": e.Provider.Name},
		evidence: []string{"the ID token has five parts: it is a JWE"},
	}}
}

// otherAlgorithm: the provider's key is of another kind than Immich expects.
func (e *Evidence) otherAlgorithm() []sign {
	offered := e.Discovery.Algorithms
	if len(offered) == 0 || e.OAuth.Algorithm == "" || slices.Contains(offered, e.OAuth.Algorithm) || e.Provider.SigningKey == "" {
		return nil
	}
	return []sign{{
		checks: e.unread(func(t Token) bool { return t.Algorithm != e.OAuth.Algorithm }),
		values: map[string]string{
			"key": e.Provider.SigningKey, "offered": strings.Join(offered, ", "), "expected": e.OAuth.Algorithm, "provider": e.Provider.Name,
		},
		at: setting{"signing_key", max(e.Guide.SigningKey.At(), e.Guide.ImmichSigningAlgorithm.At())},
	}}
}

func (e *Evidence) secret() []sign {
	if e.Live != nil {
		return e.secretUnseen()
	}
	if e.OAuth.SameSecret || e.OAuth.ClientID != e.Provider.ClientID {
		return nil
	}
	return []sign{{
		checks: e.those(func(f Failed) bool {
			return f.in("token.") || f.last().Place == AtCallback && slices.ContainsFunc(f.Stops, func(s Stop) bool { return s.Place == AtToken && s.Code == "invalid_client" })
		}),
		at: setting{field: "oauth.clientSecret"}, values: map[string]string{"provider": e.Provider.Name}, evidence: []string{"authentik answers Immich's token request with invalid_client"},
	}}
}

// secretUnseen is for a live pair, whose servers nobody hears. Where both secrets were read they decide; else the secret is
// what is left where Immich cannot redeem a code, and everything else that keeps it from that is in order.
func (e *Evidence) secretUnseen() []sign {
	if e.OAuth.SecretRead {
		if e.OAuth.SameSecret || e.OAuth.ClientID != e.Provider.ClientID {
			return nil
		}
		return []sign{{
			checks: e.those(e.unseen), values: map[string]string{"provider": e.Provider.Name, "read": "both"},
			evidence: []string{"both client secrets were read and compared: they differ"},
		}}
	}
	values := map[string]string{"provider": e.Provider.Name, "unseen": "what the servers say to each other"}
	one := sign{likely: true, values: values}
	if len(e.Discovery.Algorithms) == 0 { // nor does anything tell of keys
		values["blind"] = "yes"
		one.side, one.or = report.SideUnknown, []string{"authentik.signing-key-missing", "authentik.encryption-key"}
	}
	others := slices.Concat(e.keyMissing(), e.encrypted(), e.otherAlgorithm(), e.profileAlgorithm(), e.mappingMissing(), e.clock(), e.gateway())
	explained := func(name string) bool {
		return slices.ContainsFunc(others, func(s sign) bool { return slices.Contains(s.checks, name) })
	}
	one.checks = e.those(func(f Failed) bool { return e.unseen(f) && !explained(f.Name()) })
	return []sign{one}
}

// profileAlgorithm: Immich expects userinfo as a signed token, and authentik answers plain JSON.
func (e *Evidence) profileAlgorithm() []sign {
	if e.OAuth.ProfileAlgorithm == "" || e.OAuth.ProfileAlgorithm == "none" || e.Immich.Has(version.IDTokenClaims) {
		return nil
	}
	return []sign{{
		checks: e.stopped(func(s Stop) bool { return s.Place == AtCallback }), values: map[string]string{"have": e.OAuth.ProfileAlgorithm},
	}}
}
