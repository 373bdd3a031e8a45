package rest

import (
	"html"
	"regexp"
	"strings"
)

// Page is what a person reads on a plain HTML page of a product.
type Page struct {
	Title       string // the heading, else the document's title
	Description string // the first paragraph that says something
}

func (p Page) String() string {
	if p.Description == "" {
		return p.Title
	}
	return p.Title + ": " + p.Description
}

// A regular expression is enough here: the products' templates are flat, and a page that is not leaves the texts empty.
var (
	headingTag   = regexp.MustCompile(`(?is)<h1[^>]*>(.*?)</h1>`)
	titleTag     = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	paragraphTag = regexp.MustCompile(`(?is)<p(?:\s[^>]*)?>(.*?)</p>`)
	anyTag       = regexp.MustCompile(`(?s)<[^>]*>`)
)

// ReadPage reads heading and first paragraph.
func ReadPage(body []byte) Page {
	page := Page{Title: firstText(headingTag, body), Description: firstText(paragraphTag, body)}
	if page.Title == "" {
		page.Title = firstText(titleTag, body)
	}
	return page
}

func firstText(tag *regexp.Regexp, body []byte) string {
	for _, match := range tag.FindAllSubmatch(body, -1) {
		text := html.UnescapeString(anyTag.ReplaceAllString(string(match[1]), " "))
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			return text
		}
	}
	return ""
}
