package suites

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Difference is a stored setting that an upgrade changed, added or took away.
type Difference struct {
	Product   version.Product
	Object    string // provider, application or oauth
	Field     string
	Before    string // as JSON; empty: there was none
	After     string
	Entered   bool   // the guide, or the product's form for it, sets the field
	Explained string // by what is known of the releases; empty: by nothing
}

// Upgrade is what the checks after an upgrade know of before.
type Upgrade struct {
	From, To      Cell
	Lasting       *Lasting
	Before, After *Stored
	// Starts is why the newer releases did not start on the old data; nil: they did.
	Starts error
}

// secretFields are compared and not shown.
var secretFields = [...]string{"client_secret", "clientSecret"}

// Differences compares what is stored field by field.
func (u *Upgrade) Differences() []Difference {
	if u.Before == nil || u.After == nil {
		return nil
	}
	var all []Difference
	for _, part := range []struct {
		product       version.Product
		object        string
		before, after map[string]any
	}{
		{version.Authentik, "provider", u.Before.Provider, u.After.Provider},
		{version.Authentik, "application", u.Before.Application, u.After.Application},
		{version.Immich, "oauth", u.Before.OAuth, u.After.OAuth},
	} {
		for _, field := range fieldsOf(part.before, part.after) {
			before, was := part.before[field]
			after, is := part.after[field]
			if was == is && reflect.DeepEqual(before, after) {
				continue
			}
			d := Difference{Product: part.product, Object: part.object, Field: field, Entered: u.From.enters(part.object, field)}
			d.Before, d.After = shown(field, before, was), shown(field, after, is)
			d.Explained = u.explain(d, before, after)
			all = append(all, d)
		}
	}
	return all
}

// fieldsOf are the fields of either, without authentik's copy of an application's provider, which is compared itself.
func fieldsOf(before, after map[string]any) []string {
	both := maps.Clone(before)
	maps.Copy(both, after)
	delete(both, "provider_obj")
	return slices.Sorted(maps.Keys(both))
}

func shown(field string, value any, there bool) string {
	if !there {
		return ""
	}
	if slices.Contains(secretFields[:], field) {
		return `"(a secret)"`
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// enters reports whether somebody who follows the guide enters a field, by the guide's word or as the form fills it in.
func (c Cell) enters(object, field string) bool {
	entered := []string{"name", "client_type", "client_id", "client_secret", "authorization_flow", "signing_key", "redirect_uris", "property_mappings"}
	switch object {
	case "application":
		entered = []string{"name", "slug", "provider", "meta_launch_url"}
	case "oauth":
		entered = []string{"enabled", "issuerUrl", "clientId", "clientSecret", "scope", "signingAlgorithm"}
	case "provider":
		if c.Guide.AuthenticationFlow != nil {
			entered = append(entered, "authentication_flow")
		}
		if c.Guide.LogoutURI != nil {
			entered = append(entered, "backchannel_logout_uri", "logout_uri", "logout_method")
		}
	}
	return slices.Contains(entered, field)
}

// explain says why a setting differs, where that is known of the releases.
func (u *Upgrade) explain(d Difference, before, after any) string {
	old, current := u.From.release(d.Product), u.To.release(d.Product)
	gained := func(f version.Feature) bool { return !old.Has(f) && current.Has(f) }
	switch {
	case old.Version == current.Version:
		return ""
	case d.Field == "redirect_uris":
		return u.explainRedirects(before, after)
	case d.Field == "backchannel_logout_uri" && gained(version.LogoutFields) && reflect.DeepEqual(before, u.After.Provider["logout_uri"]):
		return "it is logout_uri now"
	case d.Field == "grant_types" && gained(version.GrantTypes):
		return "the upgrade allows an existing provider every grant type"
	case d.Field == "invalidation_flow" && gained(version.InvalidationFlow):
		return "the upgrade gives an existing provider the default flow"
	case d.Before == "":
		return "new in " + current.String()
	case d.After == "" && !d.Entered:
		return "gone from " + current.String()
	}
	return ""
}

func (u *Upgrade) explainRedirects(before, after any) string {
	old, current := u.From.Authentik, u.To.Authentik
	expected, reason := before, ""
	if text, ok := before.(string); ok && old.Has(version.RedirectURIText) && current.Has(version.RedirectURIList) {
		expected = authentik.MigratedText(text)
		reason = "a list takes the place of the text: each line became a strict entry, and none but `*` and `.*` stayed a pattern"
	}
	if entries, ok := expected.([]any); ok && !old.Has(version.RedirectURIType) && current.Has(version.RedirectURIType) {
		expected = forAuthorization(entries)
		reason = strings.TrimPrefix(reason+"; each entry is for authorization", "; ")
	}
	if reason == "" || !reflect.DeepEqual(expected, after) {
		return ""
	}
	return reason
}

func forAuthorization(entries []any) []any {
	typed := make([]any, len(entries))
	for i, item := range entries {
		fields, _ := item.(map[string]any)
		one := maps.Clone(fields)
		one["redirect_uri_type"] = "authorization"
		typed[i] = one
	}
	return typed
}

func (c Cell) release(product version.Product) *version.Release {
	if product == version.Immich {
		return c.Immich
	}
	return c.Authentik
}

// settingsCheck judges what the upgrade did to the settings.
func (u *Upgrade) settingsCheck() Check {
	return one("upgrade.settings", "the stored settings mean after the upgrade what they meant before", upgradeSettings,
		demand("kept", u.arrow(), "what %s sets is stored as before, or migrated as the release is known to", u.From.Guide.What()),
		demand("accepted", u.arrow(), "authentik accepts every redirect URI of Immich's clients that it accepted before"))
}

func upgradeSettings(t *check.T, e *Env) {
	u := e.Upgrade
	other := 0
	t.Confirm("kept", func() {
		for _, d := range u.Differences() {
			if !d.Entered || d.Explained != "" {
				other++
				continue
			}
			t.Find(check.Finding{
				Message:  fmt.Sprintf("the upgrade changed %s of the %s at %s, and nothing is known that explains it", d.Field, d.Object, d.Product),
				Expected: d.Before, Actual: d.After,
			})
		}
	})
	t.Observe("other differences", fmt.Sprint(other))
	t.Confirm("accepted", func() {
		judged := map[string]bool{}
		for _, client := range append(u.From.clients(e.ImmichURL), u.To.clients(e.ImmichURL)...) {
			if !judged[client.uri] {
				judged[client.uri] = true
				u.judgeAccepted(t, client)
			}
		}
	})
}

// judgeAccepted finds a redirect URI that is not accepted any more, and the entry that let it through before.
func (u *Upgrade) judgeAccepted(t *check.T, c client) {
	text, before, err := authentik.Accepting(u.Before.Provider["redirect_uris"], c.uri)
	t.Block(err)
	_, after, err := authentik.Accepting(u.After.Provider["redirect_uris"], c.uri)
	t.Block(err)
	if !before || after {
		return
	}
	f := check.Finding{
		Message:  fmt.Sprintf("%s no longer accepts the redirect URI of %s, which %s accepted by the entry %s", u.To.Authentik, c.who, u.From.Authentik, text),
		Expected: c.uri + " is accepted", Actual: strings.Join(authentik.Entries(u.After.Provider["redirect_uris"]), ", "),
	}
	if entries := authentik.Entries(u.After.Provider["redirect_uris"]); slices.Contains(entries, "strict "+text) {
		f.Message += "; the upgrade made that pattern a strict entry, which is compared letter by letter"
		f.Fix = fmt.Sprintf("at authentik, give the entry %s the mode Regex, or register %s as Strict", text, c.uri)
	}
	for _, entry := range u.From.Guide.RedirectURIs {
		if entry.URL == text {
			f.Source = u.From.at(entry.Line)
		}
	}
	t.Find(f)
}
