package guide

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// token is a piece of an entry that means something: the name of a setting, a mode, a purpose, or a value. Values
// get the setting, the mode and the purpose that they belong to in attribute.
type token struct {
	topic   *topic
	mode    Matching
	purpose Purpose
	value   string
	line    int
	// fromLabel is set on a value whose mode stands in a label.
	fromLabel bool
}

var (
	regexWord      = regexp.MustCompile(`(?i)\b(?:regexp?|regular expressions?)\b`)
	strictWord     = regexp.MustCompile(`(?i)\bstrict\b`)
	postLogoutWord = regexp.MustCompile(`(?i)\bpost[- ]logout\b`)
	logoutMark     = regexp.MustCompile(`(?i)^(?:post[- ]?)?logout$`)
	wordsOrURI     = regexp.MustCompile(`\S+`)
)

// tokens reads spans from left to right. In prose a URI counts only where bareURIs is set: elsewhere it is a link.
func tokens(topics []topic, side side, spans []span, bareURIs bool) []token {
	var found []token
	for _, s := range spans {
		if s.code {
			found = append(found, codeToken(topics, side, s))
			continue
		}
		found = append(found, proseTokens(topics, side, s, bareURIs)...)
	}
	return found
}

func codeToken(topics []topic, side side, s span) token {
	for i := range topics {
		if t := &topics[i]; t.side == side && t.words.FindString(s.text) == s.text && s.text != "" {
			return token{topic: t, line: s.line}
		}
	}
	switch {
	case strictWord.FindString(s.text) == s.text:
		return token{mode: Strict, line: s.line}
	case regexWord.FindString(s.text) == s.text:
		return token{mode: Regex, line: s.line}
	case strings.EqualFold(s.text, string(Authorization)):
		return token{purpose: Authorization, line: s.line}
	case logoutMark.MatchString(s.text):
		return token{purpose: Logout, line: s.line}
	}
	return token{value: s.text, line: s.line}
}

func proseTokens(topics []topic, side side, s span, bareURIs bool) []token {
	type match struct {
		at, end int
		token   token
	}
	var matches []match
	find := func(words *regexp.Regexp, t token) {
		for _, at := range words.FindAllStringIndex(s.text, -1) {
			matches = append(matches, match{at[0], at[1], t})
		}
	}
	if bareURIs {
		for _, at := range wordsOrURI.FindAllStringIndex(s.text, -1) {
			word := strings.TrimRight(s.text[at[0]:at[1]], ".,;")
			if anyURI.MatchString(word) {
				matches = append(matches, match{at[0], at[1], token{value: word, line: s.line}})
			}
		}
	}
	for i := range topics {
		if t := &topics[i]; t.side == side && !t.labelOnly {
			find(t.words, token{topic: t, line: s.line})
		}
	}
	find(strictWord, token{mode: Strict, line: s.line})
	find(regexWord, token{mode: Regex, line: s.line})
	find(postLogoutWord, token{purpose: Logout, line: s.line})

	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.at, b.at) })
	var found []token
	end := 0
	for _, m := range matches {
		if m.at >= end { // what lies within an earlier match is part of it
			found = append(found, m.token)
			end = m.end
		}
	}
	return found
}

// scope is what is named above an entry and holds for what is nested below it.
type scope struct {
	topic     *topic
	mode      Matching // empty where none was named
	fromLabel bool
	purpose   Purpose
}

// attribute gives each value the setting, the mode and the purpose that were named last before it, else above the
// entry; a setting or a mode that is named nowhere before is the next one after it ("use `X` as the signing key").
// It returns what holds below the entry.
func attribute(found []token, above scope) scope {
	now := above
	now.mode = ""
	for i := range found {
		switch v := &found[i]; {
		case v.value != "":
			v.topic, v.mode, v.purpose = now.topic, now.mode, now.purpose
		case v.topic != nil:
			now.topic = v.topic
		default:
			now.mode, now.purpose = cmp.Or(v.mode, now.mode), cmp.Or(v.purpose, now.purpose)
		}
	}
	var next token
	for i := range slices.Backward(found) {
		v := &found[i]
		if v.value == "" {
			next.topic, next.mode = cmp.Or(v.topic, next.topic), cmp.Or(v.mode, next.mode)
			continue
		}
		v.topic, v.mode = cmp.Or(v.topic, next.topic), cmp.Or(v.mode, next.mode)
		if v.mode == "" {
			v.mode, v.fromLabel = above.mode, above.fromLabel
		}
	}
	if now.mode == "" {
		now.mode = above.mode
	} else {
		now.fromLabel = false
	}
	return now
}
