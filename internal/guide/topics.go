package guide

import (
	"regexp"
	"strings"
)

// topic is a setting as pages speak of it.
type topic struct {
	name string // the field's name in the JSON form
	side side
	// words find the setting in prose and name it in a label.
	words *regexp.Regexp
	// labelOnly is set where the words are too common to mean the setting in prose.
	labelOnly bool
	// accepts says whether a text can be the value; it keeps stray code spans out.
	accepts *regexp.Regexp
	// keyword is set where the value is what accepts finds in the text, not the whole text.
	keyword bool
	// choice is what a page that leaves the setting to the reader is recorded with; empty where none does.
	choice string
	// field is nil for redirect URIs, which are a list.
	field func(*Settings) **Value
}

// pick is the value in a text, or "" where there is none.
func (t *topic) pick(text string) string {
	if t.keyword {
		return t.accepts.FindString(text)
	}
	if t.accepts.MatchString(text) {
		return text
	}
	return ""
}

var (
	anyText  = regexp.MustCompile(`\S`)
	webURL   = regexp.MustCompile(`(?i)^https?://[^\s/]+\S*$`)
	slugText = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)
	// scopeText has one scope of OpenID Connect Core §5.4 at least, and openid only where the page does not forget it.
	scopeText  = regexp.MustCompile(`^(?:[a-z_]+[, ]+)*(?:openid|profile|email|offline_access)(?:[, ]+[a-z_]+)*$`)
	algorithm  = regexp.MustCompile(`\b(?:[HREP]S(?:256|384|512)|EdDSA)\b`)
	issuerText = regexp.MustCompile(`(?i)^https?://[^\s/]+\S*$|\bissuer\b`)

	// anyURI is a URI with a path, app.immich:/ included, or a regular expression that begins like one.
	anyURI = regexp.MustCompile(`(?i)^\^?[a-z](?:[a-z0-9+.-]|\\\.)*:\\?/\S*$`)
)

func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + alternatives + `)\b`)
}

// topics lists every setting that is read. In prose, where words overlap, the earlier topic counts.
func topics() []topic {
	return []topic{
		{name: "redirect_uris", side: authentikSide, accepts: anyURI,
			words: words(`redirect(?:ion)?[ _]ur[il]s?(?:/origins)?|callback[ _]ur[il]s?`)},
		{name: "provider_name", side: authentikSide, words: words(`(?:provider )?name`), labelOnly: true,
			accepts: anyText, field: func(s *Settings) **Value { return &s.ProviderName }},
		{name: "application_slug", side: authentikSide, words: words(`(?:application )?slug`),
			accepts: slugText, field: func(s *Settings) **Value { return &s.ApplicationSlug }},
		{name: "client_type", side: authentikSide, words: words(`client type`),
			accepts: words(`confidential|public`), keyword: true,
			field: func(s *Settings) **Value { return &s.ClientType }},
		{name: "authentication_flow", side: authentikSide, words: words(`authentication flow`),
			accepts: slugText, choice: "the authentication flow to use",
			field: func(s *Settings) **Value { return &s.AuthenticationFlow }},
		{name: "authorization_flow", side: authentikSide, words: words(`authorization flow`),
			accepts: slugText, choice: "the authorization flow to use",
			field: func(s *Settings) **Value { return &s.AuthorizationFlow }},
		{name: "signing_key", side: authentikSide, words: words(`signing key`),
			accepts: anyText, choice: "any available signing key",
			field: func(s *Settings) **Value { return &s.SigningKey }},
		{name: "launch_url", side: authentikSide, words: words(`launch ur[il]`),
			accepts: webURL, field: func(s *Settings) **Value { return &s.LaunchURL }},
		{name: "logout_uri", side: authentikSide, words: words(`logout ur[il]`),
			accepts: webURL, field: func(s *Settings) **Value { return &s.LogoutURI }},
		{name: "logout_method", side: authentikSide, words: words(`logout method`),
			accepts: words(`(?:back|front)[- ]?channel`), keyword: true,
			field: func(s *Settings) **Value { return &s.LogoutMethod }},
		{name: "immich_issuer", side: immichSide, words: words(`issuer(?:[ _]ur[il])?`),
			accepts: issuerText, field: func(s *Settings) **Value { return &s.ImmichIssuer }},
		{name: "immich_scope", side: immichSide, words: words(`scopes?`),
			accepts: scopeText, field: func(s *Settings) **Value { return &s.ImmichScope }},
		{name: "immich_signing_algorithm", side: immichSide, accepts: algorithm, keyword: true,
			words: words(`id[ _]token[ _]signed[ _]response[ _]alg|(?:token[ _])?signing[ _]algorithm`),
			field: func(s *Settings) **Value { return &s.ImmichSigningAlgorithm }},
	}
}

var (
	labelText = regexp.MustCompile(`^\s*([^:\n]{1,80}):(?:\s|$)`)
	asides    = regexp.MustCompile(`\([^)]*\)`)
	verbs     = regexp.MustCompile(`(?i)^(?:add|choose|configure|enter|select|set)\s+(?:an?\s+|the\s+)?`)
)

// splitLabel splits "Label (RegEx): value" into the setting, the label's text and the rest. The setting is nil where
// the entry does not begin with the label of one.
func splitLabel(topics []topic, e *entry) (t *topic, label string, rest []span) {
	text := e.text()
	m := labelText.FindStringSubmatchIndex(text)
	if m == nil {
		return nil, "", nil
	}
	label = text[m[2]:m[3]]
	bare := postLogoutWord.ReplaceAllString(asides.ReplaceAllString(label, ""), "")
	bare = strings.TrimSpace(verbs.ReplaceAllString(strings.TrimSpace(bare), ""))
	for i := range topics {
		t := &topics[i]
		if bare != "" && t.side == e.side && t.words.FindString(bare) == bare {
			return t, label, after(e.spans, m[3]+1)
		}
	}
	return nil, "", nil
}
