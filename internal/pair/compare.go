package pair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// notSet stands for a value that is not there.
const notSet = "not set"

// Difference is one value of a pair that is not as a guide has it.
type Difference struct {
	Path  string // in the pair file: authentik.provider.signing_key
	Guide string // what the guide says; empty: nothing
	Line  int    // of the guide; 0: it says nothing
	Pair  string // what the pair has, or "not set"
	Where string // where that is to be changed: a line of a file, or a field of the live system
	// Level is what comes of it, and Reason says of a failure who meets it.
	Level  Level
	Reason string
}

// Against lists how the pair differs from a revision of the guide, with the pair's own names in the place of the example
// names; failures first. A half that was not captured differs in nothing. The release is the one of Immich whose clients
// log in. The error is for names that cannot stand in the guide.
func (p *Pair) Against(g *guide.Settings, r *version.Release) ([]Difference, error) {
	if p.lines == nil { // it was not read from a file
		read, err := p.Reread("pair file")
		if err != nil {
			return nil, err
		}
		p = read
	}
	g, err := p.inGuide(g)
	if err != nil {
		return nil, err
	}
	c := &comparison{pair: p, guide: g, settings: p.settings()}
	if p.Authentik != nil {
		c.clients(r)
		c.signing()
		c.scopes()
		c.grants()
	}
	c.rest()
	slices.SortStableFunc(c.found, func(a, b Difference) int { return cmp.Compare(rank(a.Level), rank(b.Level)) })
	return c.found, nil
}

// inGuide is the guide with the pair's names.
func (p *Pair) inGuide(g *guide.Settings) (*guide.Settings, error) {
	named := *p
	named.NameHosts()
	slug := ""
	if p.Authentik != nil {
		slug = textOf(p.Authentik.Application, "slug")
	}
	for _, own := range []struct{ placeholder, name string }{
		{guide.ImmichHost, named.Names.Immich}, {guide.AuthentikHost, named.Names.Authentik}, {guide.SlugTemplate, slug},
	} {
		if _, has := g.Placeholders[own.placeholder]; !has || own.name == "" || own.name == own.placeholder {
			continue
		}
		replaced, err := g.Replace(own.placeholder, own.name)
		if err != nil {
			return nil, fmt.Errorf("compare with the guide: %w", err)
		}
		g = replaced
	}
	return g, nil
}

// comparison is a pair beside a guide, in the same names.
type comparison struct {
	pair     *Pair
	guide    *guide.Settings
	settings *guide.Settings // the pair's
	found    []Difference
}

// add keeps a difference, the first of each path and value of the guide.
func (c *comparison) add(d Difference) {
	if slices.ContainsFunc(c.found, func(o Difference) bool { return o.Path == d.Path && o.Guide == d.Guide && o.Pair == d.Pair }) {
		return
	}
	d.Pair = cmp.Or(d.Pair, notSet)
	d.Where = cmp.Or(d.Where, c.where(d.Path))
	c.found = append(c.found, d)
}

// fails keeps a difference that keeps people out.
func (c *comparison) fails(path string, documented *guide.Value, has, reason string) {
	d := Difference{Path: path, Pair: has, Level: WillFail, Reason: reason}
	if documented != nil {
		d.Guide, d.Line = documented.Value, documented.Line
	}
	c.add(d)
}

// where is the origin of a value, or the origin of what it belongs to.
func (c *comparison) where(path string) string {
	for ; path != ""; path = parent(path) {
		if origin, ok := c.pair.Origins[path]; ok {
			return origin
		}
	}
	return c.pair.source
}

// rest is what else differs. None of it keeps anybody out by itself.
func (c *comparison) rest() {
	for _, change := range guide.Diff(c.guide, c.settings) {
		path := pathOf(change.Field)
		if path == "" || strings.HasPrefix(path, "authentik.") && c.pair.Authentik == nil || strings.HasPrefix(path, "immich.") && !c.oauthRead() {
			continue
		}
		if change.BeforeLine == 0 && change.Field != "redirect_uris" || c.asGood(change) {
			continue
		}
		for _, kind := range []guide.Kind{guide.Choice, guide.Reference} {
			change.Before = strings.TrimSuffix(change.Before, " ("+string(kind)+")")
		}
		where := ""
		if change.AfterLine > 0 {
			where = c.settings.Ref(change.AfterLine)
		}
		c.add(Difference{Path: path, Guide: change.Before, Line: change.BeforeLine, Pair: change.After, Where: where, Level: Differs})
	}
}

// asGood reports whether a change is one of spelling, or one that the guide leaves to the reader.
func (c *comparison) asGood(change guide.Change) bool {
	switch {
	case change.After == "" && c.told(change.BeforeLine):
		return true
	case strings.Contains(change.Before, guide.SlugTemplate): // authentik's half, which tells it, was not read
		before, after, _ := strings.Cut(change.Before, guide.SlugTemplate)
		slug, begins := strings.CutPrefix(change.After, before)
		slug, ends := strings.CutSuffix(slug, after)
		return begins && ends && slug != "" && !strings.Contains(slug, "/")
	case strings.HasSuffix(change.Before, " ("+string(guide.Choice)+")"), strings.HasSuffix(change.Before, " ("+string(guide.Reference)+")"):
		return change.After != ""
	case change.Field == "redirect_uris" && change.After != "": // a page that names no mode leaves it open
		return strings.HasPrefix(change.Before, string(guide.Unstated)) || strings.Replace(change.Before, " (label)", "", 1) == change.After
	case change.Field == "client_type" || change.Field == "logout_method": // "Back-channel" is backchannel
		plain := func(text string) string { return strings.ReplaceAll(strings.ToLower(text), "-", "") }
		return plain(change.Before) == plain(change.After)
	}
	return false
}

// told reports whether a line of the guide stands in a difference already.
func (c *comparison) told(line int) bool {
	return line > 0 && slices.ContainsFunc(c.found, func(d Difference) bool { return d.Line == line })
}

// oauthRead reports whether Immich's OAuth settings are known as a whole: what is public names no issuer.
func (c *comparison) oauthRead() bool { return c.pair.Immich.Issuer() != "" }

// pathOf is the path in a pair file of a setting that a guide documents, by its name there; empty: it has none.
func pathOf(field string) string {
	switch field {
	case "provider_name":
		return "authentik.provider.name"
	case "client_type", "authentication_flow", "authorization_flow", signingKey, "logout_uri", "logout_method", "redirect_uris":
		return "authentik.provider." + field
	case "application_slug":
		return "authentik.application.slug"
	case "launch_url":
		return "authentik.application.meta_launch_url"
	case "immich_issuer":
		return "immich.config.oauth.issuerUrl"
	case "immich_scope":
		return "immich.config.oauth.scope"
	case "immich_signing_algorithm":
		return "immich.config.oauth.signingAlgorithm"
	}
	return ""
}
