package guide

import (
	"fmt"
	"strings"
)

// PageError says why a page cannot be used as a guide. It is the reader's to mend: another page, or a change to it.
type PageError struct {
	Source   string
	From, To int // the lines that were searched, 1-based and inclusive; 0 where the page could not be read at all
	Reason   string
}

func (e *PageError) Error() string {
	if e.From == 0 {
		return fmt.Sprintf("guide %s: %s", e.Source, e.Reason)
	}
	return fmt.Sprintf("guide %s:%d-%d: %s", e.Source, e.From, e.To, e.Reason)
}

// Parse reads the settings that a page documents. Source names the page in reports, as "source:line".
//
// Two families of pages are known: lists of form fields ("**Client type**: Confidential") and walks through the
// application wizard, where values stand in sentences. Both are read by the same rules: a value belongs to the setting
// that is named with it, in the section of the product that it configures. A page without a redirect URI for the
// login, or without an issuer, is refused with a *PageError; everything else that a page leaves unsaid stays nil.
func Parse(source string, page []byte) (*Settings, error) {
	if isPairFile(page) {
		return nil, fmt.Errorf("guide %s: %w", source, ErrPairFile)
	}
	text, err := markdown(page)
	if err != nil {
		return nil, &PageError{Source: source, Reason: err.Error()}
	}
	o := newOutline(text)
	s := &Settings{Source: source, Placeholders: map[string]string{}}
	r := reader{topics: topics(), into: s, seen: map[RedirectURI]bool{}}
	for _, e := range o.entries {
		r.visit(e, scope{})
	}
	if err := o.complete(source, s); err != nil {
		return nil, err
	}
	s.addKnownPlaceholders()
	return s, nil
}

const (
	wantRedirect = `no redirect URI: looked for a code span beside the words "redirect URI", or a list below a "Redirect URIs" label, in the section that configures authentik`
	wantIssuer   = `no issuer: looked for an "Issuer URL" or "issuer_url" label with a value, in the section that configures Immich`
)

// complete refuses a page without the two things that no login can do without.
func (o *outline) complete(source string, s *Settings) error {
	logins := false
	for _, u := range s.RedirectURIs {
		logins = logins || u.Purpose == Authorization
	}
	var missing []string
	lines := [2]int{1, o.lines}
	if s.ImmichIssuer == nil {
		missing = append(missing, wantIssuer+o.without(immichSide))
		lines = o.searched(immichSide)
	}
	if !logins {
		missing = append([]string{wantRedirect + o.without(authentikSide)}, missing...)
		lines = o.searched(authentikSide)
	}
	switch len(missing) {
	case 0:
		return nil
	case 2:
		lines = [2]int{1, o.lines}
	}
	return &PageError{
		Source: source, From: lines[0], To: lines[1],
		Reason: strings.Join(missing, "; ") + "; is this authentik's page on Immich?",
	}
}

// searched is where a side's settings were looked for: its sections, or the whole page where it has none.
func (o *outline) searched(s side) [2]int {
	if c, ok := o.covers[s]; ok {
		return c
	}
	return [2]int{1, o.lines}
}

func (o *outline) without(s side) string {
	if _, ok := o.covers[s]; ok {
		return ""
	}
	return " (no heading names it)"
}

// addKnownPlaceholders adds the well-known example names that the settings use without an introduction.
func (s *Settings) addKnownPlaceholders() {
	for _, name := range []string{ImmichHost, AuthentikHost, SlugTemplate} {
		for _, text := range s.texts() {
			if _, ok := s.Placeholders[name]; !ok && mentions(*text, name) {
				s.Placeholders[name] = name
			}
		}
	}
}
