// Package plain makes texts fit to be shown: what products and reports say, on a terminal, in XML or in Markdown.
package plain

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

var escapeSequence = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")

// workflowCommand is what a runner of GitHub Actions takes for a command in whatever a job prints: "::" at the beginning of
// a line, whatever .NET calls white space aside, and "##[" anywhere.
var workflowCommand = regexp.MustCompile(`(?m)(?:^|\r)[\s\v\x{85}\pZ]*::|##\[`)

// Inert breaks what a CI system would take for a command, and leaves all else as it is.
func Inert(s string) string {
	return workflowCommand.ReplaceAllStringFunc(s, func(m string) string {
		return strings.NewReplacer("::", ": :", "##[", "# #[").Replace(m)
	})
}

// Printable drops terminal escape sequences, marks that turn the direction of writing, and what XML 1.0 and a terminal
// cannot show, and breaks what a CI system would take for a command. Texts of products and of reports reach it.
func Printable(s string) string {
	s = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return c
		}
		if unicode.Is(unicode.Cf, c) && c != '\u00ad' || unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF || c == unicode.ReplacementChar {
			return -1
		}
		return c
	}, escapeSequence.ReplaceAllString(s, ""))
	return Inert(s) // last: what was dropped may have kept a command apart
}

// OneLine folds a text into one printable line.
func OneLine(s string) string { return strings.Join(strings.Fields(Printable(s)), " ") }

// Short cuts a text after n characters.
func Short(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}

// Seconds is a duration in seconds, as people read it.
func Seconds(s float64) string {
	if s >= 60 {
		return fmt.Sprintf("%d min %02d s", int(s)/60, int(s)%60)
	}
	return fmt.Sprintf("%.1f s", s)
}

// Few are texts in one, of a long list the first three.
func Few(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
}

// Count is a number of things: "1 check", "2 checks".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Wrap breaks a text into lines of at most width characters, each with the prefix.
func Wrap(text string, width int, prefix string) string {
	var lines []string
	line := prefix
	for _, word := range strings.Fields(text) {
		if line != prefix && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = prefix
		}
		if line != prefix {
			line += " "
		}
		line += word
	}
	return Inert(strings.Join(append(lines, line), "\n")) // a word can come to stand at the beginning of a line
}

// Sentences tell of numbers of things; what there is none of is not told.
type Sentences []string

// Say adds the sentence for one thing, or the format for n of them.
func (s *Sentences) Say(n int, one, many string) {
	if n == 1 {
		*s = append(*s, one)
	} else if n > 1 {
		*s = append(*s, fmt.Sprintf(many, n))
	}
}
