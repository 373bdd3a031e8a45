package guide

import (
	"maps"
	"slices"
)

// Change is one difference between two revisions. A side that is silent has an empty text and line 0.
type Change struct {
	Field      string `json:"field"` // as in the JSON form of Settings
	Before     string `json:"before"`
	After      string `json:"after"`
	BeforeLine int    `json:"before_line"`
	AfterLine  int    `json:"after_line"`
}

// Diff lists what two revisions document differently. A value that only moved to another line is no difference.
func Diff(a, b *Settings) []Change {
	changes := diffRedirects(a, b)
	after := b.fields()
	for i, f := range a.fields() {
		c := Change{Field: f.name}
		c.Before, c.BeforeLine = described(*f.value)
		c.After, c.AfterLine = described(*after[i].value)
		if c.Before != c.After {
			changes = append(changes, c)
		}
	}
	names := append(slices.Collect(maps.Keys(a.Placeholders)), slices.Collect(maps.Keys(b.Placeholders))...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if a.Placeholders[name] != b.Placeholders[name] {
			changes = append(changes, Change{
				Field: "placeholders." + name, Before: a.Placeholders[name], After: b.Placeholders[name],
			})
		}
	}
	return changes
}

// described is a value with its kind, where that is more than the text.
func described(v *Value) (text string, line int) {
	switch {
	case v == nil:
		return "", 0
	case v.Kind == Choice || v.Kind == Reference:
		return v.Value + " (" + string(v.Kind) + ")", v.Line
	}
	return v.Value, v.Line
}

// diffRedirects pairs URIs by text and purpose, so that a changed mode is one change, and another URI two.
func diffRedirects(a, b *Settings) []Change {
	var changes []Change
	find := func(all []RedirectURI, u RedirectURI) int {
		return slices.IndexFunc(all, func(o RedirectURI) bool { return o.URL == u.URL && o.Purpose == u.Purpose })
	}
	for _, u := range a.RedirectURIs {
		c := Change{Field: "redirect_uris", Before: u.String(), BeforeLine: u.Line}
		if i := find(b.RedirectURIs, u); i >= 0 {
			c.After, c.AfterLine = b.RedirectURIs[i].String(), b.RedirectURIs[i].Line
		}
		if c.Before != c.After {
			changes = append(changes, c)
		}
	}
	for _, u := range b.RedirectURIs {
		if find(a.RedirectURIs, u) < 0 {
			changes = append(changes, Change{Field: "redirect_uris", After: u.String(), AfterLine: u.Line})
		}
	}
	return changes
}

// String is the entry as a person would register it: "strict app.immich:///oauth-callback".
func (u RedirectURI) String() string {
	text := string(u.Matching)
	if u.FromLabel {
		text += " (label)"
	}
	if u.Purpose == Logout {
		text += " logout"
	}
	return text + " " + u.URL
}
