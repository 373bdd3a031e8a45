// Package pyre matches regular expressions as authentik does: those of Python, which know look-ahead and look-behind.
package pyre

import (
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// Full reports whether a pattern matches a whole text, as Python's re.fullmatch does. The error is for a pattern that
// cannot be read here or takes too long, whatever Python makes of it.
func Full(pattern, text string) (bool, error) {
	compiled, err := compile(pattern)
	if err != nil {
		return false, err
	}
	return compiled.MatchString(text)
}

// Valid is nil for a pattern that can be read.
func Valid(pattern string) error {
	_, err := compile(pattern)
	return err
}

// patience ends a match that goes through the same text again and again, as (a+)+ makes one do: a pattern comes from a page
// that anybody may have written.
const patience = time.Second

// The names of groups are written otherwise in the dialect of the library.
var dialect = strings.NewReplacer("(?P<", "(?<", `\Z`, `\z`)

func compile(pattern string) (*regexp2.Regexp, error) {
	compiled, err := regexp2.Compile(`\A(?:`+dialect.Replace(pattern)+`)\z`, regexp2.None)
	if err != nil {
		return nil, fmt.Errorf("the pattern %s cannot be read: %w", pattern, err)
	}
	compiled.MatchTimeout = patience
	return compiled, nil
}
