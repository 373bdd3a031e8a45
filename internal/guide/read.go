package guide

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// reader fills Settings from the entries of a page.
type reader struct {
	topics []topic
	into   *Settings
	seen   map[RedirectURI]bool // by URL and purpose: a page may repeat a URI, the first mention counts
}

func (r *reader) visit(e *entry, above scope) {
	below := above
	switch e.side {
	case preparation:
		r.placeholder(e)
	case authentikSide, immichSide:
		below = r.read(e, above)
	}
	for _, child := range e.children {
		r.visit(child, below)
	}
}

var exampleHost = regexp.MustCompile(`(?i)^(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?$`)

// placeholder reads "`https://immich.company` is the URL of …".
func (r *reader) placeholder(e *entry) {
	i := slices.IndexFunc(e.spans, func(s span) bool { return s.code })
	if i < 0 {
		return
	}
	if m := exampleHost.FindStringSubmatch(e.spans[i].text); m != nil {
		r.into.Placeholders[m[1]] = m[1]
	}
}

// read takes the settings out of one entry and returns what holds for the entries nested below it.
func (r *reader) read(e *entry, above scope) scope {
	labelled, label, spans := splitLabel(r.topics, e)
	if labelled != nil {
		above = scope{topic: labelled, mode: modeIn(label)}
		above.fromLabel = above.mode != ""
		if postLogoutWord.MatchString(label) {
			above.purpose = Logout
		}
	} else {
		spans = e.spans
	}
	found := tokens(r.topics, e.side, spans, above.topic != nil)
	below := attribute(found, above)
	for _, v := range found {
		if v.value != "" {
			r.value(v)
		}
	}
	if labelled != nil {
		r.remainder(labelled, spans)
	}
	for _, name := range found {
		if name.value == "" && name.topic != nil {
			r.leftOpen(name.topic, e.text(), name.line)
		}
	}
	r.defaultAlgorithm(e)
	return below
}

func modeIn(text string) Matching {
	switch {
	case regexWord.MatchString(text):
		return Regex
	case strictWord.MatchString(text):
		return Strict
	}
	return ""
}

// value records a text that stands where a value is expected, if it can be one.
func (r *reader) value(v token) {
	if v.topic == nil {
		return
	}
	if v.topic.name == "immich_scope" && r.moreScope(v) {
		return
	}
	text := v.topic.pick(v.value)
	if text == "" {
		return
	}
	if v.topic.field != nil {
		r.set(v.topic, text, v.line)
		return
	}
	uri := RedirectURI{
		URL:       text,
		Matching:  cmp.Or(v.mode, Unstated),
		FromLabel: v.fromLabel,
		Purpose:   cmp.Or(v.purpose, Authorization),
		Line:      v.line,
	}
	if key := (RedirectURI{URL: uri.URL, Purpose: uri.Purpose}); !r.seen[key] {
		r.seen[key] = true
		r.into.RedirectURIs = append(r.into.RedirectURIs, uri)
	}
}

var scopeName = regexp.MustCompile(`^[a-z_]+$`)

// moreScope adds to a scope whose parts stand in code spans of their own: "`openid`, `email`, and `profile`".
func (r *reader) moreScope(v token) bool {
	scope := r.into.ImmichScope
	if scope == nil || scope.Line != v.line || !scopeName.MatchString(v.value) {
		return false
	}
	scope.Value += " " + v.value
	return true
}

var issuerReference = regexp.MustCompile(`(?i)\bopenid configuration issuer\b`)

// remainder records what a label is followed by where that holds no code span: "Client type: Confidential".
func (r *reader) remainder(t *topic, spans []span) {
	if t.field == nil || *t.field(r.into) != nil {
		return
	}
	i := slices.IndexFunc(spans, func(s span) bool { return strings.TrimSpace(s.text) != "" })
	if i < 0 {
		return
	}
	text := strings.TrimRight(strings.Join(strings.Fields(joined(spans)), " "), ".")
	if r.leftOpen(t, text, spans[i].line); *t.field(r.into) != nil {
		return
	}
	if reference := issuerReference.FindString(text); reference != "" && t.side == immichSide {
		text = reference
	}
	if text = t.pick(text); text != "" {
		r.set(t, text, spans[i].line)
	}
}

// set records a value; the first one on the page counts, but for one that only left the choice open.
func (r *reader) set(t *topic, text string, line int) {
	field := t.field(r.into)
	if *field == nil || (*field).Kind == Choice {
		*field = &Value{Value: text, Line: line, Kind: kindOf(t, text)}
	}
}

var (
	placeholderText = regexp.MustCompile(`<[^<>\s]+>`)
	referenceText   = regexp.MustCompile(`(?i)\bauto-?(?:populated|generated|provided)\b`)
)

func kindOf(t *topic, text string) Kind {
	switch {
	case placeholderText.MatchString(text):
		return Template
	case referenceText.MatchString(text), t.name == "immich_issuer" && !webURL.MatchString(text):
		return Reference
	}
	return Literal
}

var choiceWords = words(`any|available|of your choice|choose|prefer(?:red)?|provide|to use`)

// leftOpen records that the page asks for a setting and leaves its value to the reader.
func (r *reader) leftOpen(t *topic, text string, line int) {
	if t.choice != "" && *t.field(r.into) == nil && choiceWords.MatchString(text) {
		*t.field(r.into) = &Value{Value: t.choice, Line: line, Kind: Choice}
	}
}

var namedDefault = regexp.MustCompile(`(?i)\bdefault\W+(` + algorithm.String() + `)`)

// defaultAlgorithm reads "if you do not use the default RS256, set …, e.g. HS256": the reader may choose, and what
// holds unless they do is the named default, not the example.
func (r *reader) defaultAlgorithm(e *entry) {
	m := namedDefault.FindStringSubmatch(e.text())
	current := r.into.ImmichSigningAlgorithm
	if m == nil || current == nil || !slices.ContainsFunc(e.spans, func(s span) bool { return s.line == current.Line }) {
		return
	}
	current.Value, current.Kind = m[1], Choice
}
