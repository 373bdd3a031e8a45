package pair

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Level says what a concern means for the people who log in.
type Level string

// The levels.
const (
	WillFail Level = "will fail" // somebody cannot do what the pair is there for
	Differs  Level = "differs"   // it works, otherwise than one might think
)

// Concern is a statement on a configuration that nobody has run yet: what its values mean together, in these releases.
type Concern struct {
	ID     string `json:"id"` // a cause of fixtures/causes where it says the same, else pair.…
	Level  Level  `json:"level"`
	About  string `json:"about,omitempty"` // which of several: login, link, app, a claim, a key
	Path   string `json:"path"`            // in the pair file
	Place  string `json:"place,omitempty"` // where the value was read
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// Concerns says what these releases make of the configuration, the worst first. What was not captured, or could not be
// read, gives no concern.
func (p *Pair) Concerns(authentik, immich *version.Release) []Concern {
	l := &look{Pair: p, authentik: authentik, immich: immich}
	if p.Authentik != nil {
		l.provider = p.Authentik.Provider
		for _, rule := range []func(){
			l.refused, l.required, l.redirectShape, l.redirects, l.tooWide, l.unusedURIs, l.signingKey, l.encryptionKey, l.missingMappings,
			l.grants, l.subject, l.launchURL, l.logout, l.publicClient, l.uriTypes,
		} {
			rule()
		}
		l.withoutEffect("authentik", p.Authentik.Ignored)
	}
	if p.Immich != nil {
		for _, rule := range []func(){
			l.types, l.empty, l.off, l.issuer, l.scope, l.profileAlgorithm, l.quota, l.wayIn, l.ownScheme, l.newKeys, l.claims, l.email,
		} {
			rule()
		}
		l.withoutEffect("immich", p.Immich.Ignored)
	}
	if p.Authentik != nil && p.Immich != nil {
		for _, rule := range []func(){l.clientID, l.clientSecret, l.slug, l.issuerMode, l.algorithm} {
			rule()
		}
	}
	slices.SortStableFunc(l.found, func(a, b Concern) int { return cmp.Compare(rank(a.Level), rank(b.Level)) })
	return l.found
}

// rank sorts the worst first.
func rank(l Level) int { return slices.Index([]Level{WillFail, Differs}, l) }

// Failing are the concerns that are findings.
func Failing(all []Concern) []Concern {
	return slices.DeleteFunc(slices.Clone(all), func(c Concern) bool { return c.Level != WillFail })
}

// look is one look at a pair.
type look struct {
	*Pair
	authentik, immich *version.Release
	provider          map[string]any
	found             []Concern
}

// say enters a concern with the place of its value, or of what it stands in.
func (l *look) say(level Level, id, about, path, text, remedy string) {
	l.found = append(l.found, Concern{ID: id, Level: level, About: about, Path: path, Place: l.origin(path), Text: text, Remedy: remedy})
}

// origin is where a value was read, or what it stands in.
func (p *Pair) origin(path string) string {
	for at := path; at != ""; at = parent(at) {
		if place := p.Origins[at]; place != "" {
			return place
		}
	}
	return ""
}

// parent is the path without its last step.
func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	return path[:max(i, 0)]
}

// unread reports whether a value, or a part of it, could not be read: nothing is concluded from its absence then.
func (p *Pair) unread(path string) bool { return p.whyUnread(path) != "" }

// whyUnread is the sentence that says so; empty: there is none. A path that ends in [ is of an entry of a list.
func (p *Pair) whyUnread(path string) string {
	i := slices.IndexFunc(p.NotRead, func(sentence string) bool {
		rest, ok := strings.CutPrefix(sentence, path)
		return ok && (strings.HasSuffix(path, "[") || strings.IndexAny(rest, " .[") == 0)
	})
	if i < 0 {
		return ""
	}
	return p.NotRead[i]
}

// byForm reports whether authentik's form filled in what is not said.
func (l *look) byForm() bool { return l.Authentik.Door != guide.API }

// oauth is a value of Immich's oauth section; nil where it was not said.
func (l *look) oauth(key string) any {
	if l.Immich == nil {
		return nil
	}
	section, _ := l.Immich.Config["oauth"].(map[string]any)
	return section[key]
}

func (l *look) oauthText(key, otherwise string) string {
	if text, _ := l.oauth(key).(string); text != "" {
		return text
	}
	return otherwise
}

// on is a switch of a section of Immich's configuration.
func (l *look) on(section, key string, otherwise bool) bool {
	fields, _ := l.Immich.Config[section].(map[string]any)
	value := fields[key]
	if l.coerced(value, "true or false") {
		return value == "true"
	}
	if value, ok := value.(bool); ok {
		return value
	}
	return otherwise
}

func (l *look) providerText(key string) string {
	text, _ := l.provider[key].(string)
	return text
}

// withoutEffect says which keys a product does not know.
func (l *look) withoutEffect(half string, ignored []string) {
	product := map[string]string{"authentik": "authentik", "immich": "Immich"}[half]
	for i, key := range ignored {
		name, place, _ := strings.Cut(key, " (")
		text, remedy := product+" knows no "+name+" and leaves it without effect", "take it out, or write the key that was meant"
		if instead := meant(name); instead != "" {
			remedy = instead
		}
		if strings.Contains(name, "OAUTH_") {
			text, remedy = product+" takes no OAuth setting from the environment: "+name+" has no effect", "write it into a file that IMMICH_CONFIG_FILE names"
		}
		l.say(Differs, "pair.key-without-effect", name, half+".ignored", text, remedy)
		c := &l.found[len(l.found)-1]
		c.Place, c.Path = strings.TrimSuffix(place, ")"), half+".ignored["+itoa(i)+"]"
	}
}

// meant is the key that people mean by one that there is not.
func meant(key string) string {
	return map[string]string{
		"provider.token_validity": "write access_token_validity", "application.launch_url": "write meta_launch_url",
		"provider.icon": "write meta_icon into the application", "provider.launch_url": "write meta_launch_url into the application",
	}[key]
}
