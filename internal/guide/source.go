package guide

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const notMarkdown = `this is an HTML page, not Markdown; name the page's source (index.md or index.mdx), on GitHub its "Raw" address`

// maxPage is the largest page that is read, in bytes. The longest known one has 4 kB, and parsing hostile Markdown takes
// time quadratic in its length.
const maxPage = 64 << 10

var (
	admonition    = regexp.MustCompile(`^\s*(:{3,})\s*[A-Za-z]`)
	admonitionEnd = regexp.MustCompile(`^(\s*)(:{3,})\s*((?:[-*+]|\d+[.)])\s.*)?$`)
	fence         = regexp.MustCompile("^\\s*(```|~~~)")
	moduleLine    = regexp.MustCompile(`^(import|export)\s.*["'{=]`)
	componentLine = regexp.MustCompile(`^\s*(</?[A-Z][\w.]*(\s[^>]*)?>|\{/\*.*\*/\})\s*$`)
	htmlPage      = regexp.MustCompile(`(?i)^\s*(<!doctype\s+html|<html[\s>]|<\?xml)`)
)

// markdown reduces a page to plain Markdown with the same number of lines, so that a position in the result is a
// position in the page. Front matter, MDX statements, component tags and admonitions become blank lines: remarks are
// not settings, and a Markdown parser would take their fences for text.
func markdown(page []byte) ([]byte, error) {
	if err := readable(page); err != nil {
		return nil, err
	}
	page = bytes.TrimPrefix(page, []byte("\ufeff"))
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(page))
	lines := strings.Split(text, "\n")
	blankFrontMatter(lines)
	blankModules(lines)
	blankAdmonitions(lines)
	return []byte(strings.Join(lines, "\n")), nil
}

// readable refuses what cannot be a Markdown page, with the reason.
func readable(page []byte) error {
	switch {
	case len(page) > maxPage:
		return fmt.Errorf("the page is larger than %d bytes", maxPage)
	case len(bytes.TrimSpace(page)) == 0:
		return errors.New("the page is empty")
	case !utf8.Valid(page) || bytes.ContainsFunc(page, isControl):
		return errors.New("the page is not UTF-8 text")
	case htmlPage.Match(bytes.TrimPrefix(page, []byte("\ufeff"))):
		return errors.New(notMarkdown)
	}
	return nil
}

// isControl keeps terminal escapes out of everything that is later printed.
func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0
}

func blankFrontMatter(lines []string) {
	if strings.TrimSpace(lines[0]) != "---" {
		return
	}
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) == "---" {
			clear(lines[:i+2])
			return
		}
	}
}

func blankModules(lines []string) {
	outsideFences(lines, func(i int) {
		if moduleLine.MatchString(lines[i]) || componentLine.MatchString(lines[i]) {
			lines[i] = ""
		}
	})
}

// blankAdmonitions blanks each remark from its opening to its closing line. Formatters have glued the list that
// follows a remark to its closing line ("::: - a - b"): that list stays, as an item of its own. A remark that is
// never closed loses its opening line only.
func blankAdmonitions(lines []string) {
	type opening struct {
		line   int
		colons string
	}
	var open []opening
	outsideFences(lines, func(i int) {
		if m := admonition.FindStringSubmatch(lines[i]); m != nil {
			open = append(open, opening{i, m[1]})
			return
		}
		m := admonitionEnd.FindStringSubmatch(lines[i])
		if m == nil || len(open) == 0 || open[len(open)-1].colons != m[2] {
			return
		}
		clear(lines[open[len(open)-1].line:i])
		lines[i] = ""
		if glued := m[3]; glued != "" {
			lines[i] = m[1] + glued
		}
		open = open[:len(open)-1]
	})
	for _, o := range open {
		lines[o.line] = ""
	}
}

// outsideFences calls f with the index of each line that is not part of a fenced code block.
func outsideFences(lines []string, f func(i int)) {
	inside := ""
	for i, line := range lines {
		m := fence.FindStringSubmatch(line)
		switch {
		case m == nil && inside == "":
			f(i)
		case m != nil && inside == "":
			inside = m[1]
		case m != nil && inside == m[1]:
			inside = ""
		}
	}
}
