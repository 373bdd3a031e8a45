package evidence

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// WriteHARs saves what browsers did for a check, as far as it is in the list, in the form that the developer tools of
// browsers open, without its secrets: a file for each browser session, in the order in which they began, and one for what
// was done in a browser's place over HTTP. What the edge kept no headers of is left out.
func (s *Store) WriteHARs(checkName string, list []edge.Exchange) (kept []check.Evidence, err error) {
	var own []edge.Exchange
	for _, x := range list {
		if x.Leg == edge.FromBrowser && x.RequestHeader != nil && (x.Check == "" || x.Check == checkName) {
			own = append(own, x)
		}
	}
	slices.SortStableFunc(own, func(a, b edge.Exchange) int { return a.Started.Compare(b.Started) })
	var sessions []string
	of := map[string][]edge.Exchange{}
	for _, x := range own {
		if of[x.Session] == nil && x.Session != "" {
			sessions = append(sessions, x.Session)
		}
		of[x.Session] = append(of[x.Session], x)
	}
	var errs []error
	write := func(name string, list []edge.Exchange) {
		artefact, err := s.writeHAR(checkName, name, list)
		if err != nil {
			errs = append(errs, err)
			return
		}
		kept = append(kept, artefact)
	}
	for i, session := range sessions {
		name := "browser"
		if len(sessions) > 1 {
			name = fmt.Sprintf("browser-%d", i+1)
		}
		write(name, of[session])
	}
	if list := of[""]; len(list) > 0 {
		write("http", list)
	}
	return kept, errors.Join(errs...)
}

func (s *Store) writeHAR(checkName, name string, own []edge.Exchange) (check.Evidence, error) {
	return s.save(checkName, name, HAR, ".har", func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(har{s.harLog(own)})
	})
}

func (s *Store) harLog(list []edge.Exchange) harLog {
	log := harLog{
		Version: "1.2", Creator: harCreator{Name: "ssoproof", Version: cmp.Or(s.Tool, "dev")},
		Comment: "Recorded between the browser and the products, without scripts, styles and pictures. Secrets are replaced; the same " +
			"secret has the same token in every file of the run.",
	}
	for i := range list {
		s.redact.Meet(&list[i])
	}
	redirects := false
	for i := range list {
		x := &list[i]
		entry := s.harEntry(x)
		navigates := x.RequestHeader.Get("Sec-Fetch-Mode") == "navigate"
		if len(log.Pages) == 0 || navigates && !redirects {
			log.Pages = append(log.Pages, harPage{
				Started: entry.Started, ID: fmt.Sprintf("page_%d", len(log.Pages)+1), Title: entry.Request.URL,
				Timings: harPageTimings{OnContentLoad: -1, OnLoad: -1},
			})
		}
		if navigates {
			redirects = x.Status >= 300 && x.Status < 400
		}
		entry.Page = log.Pages[len(log.Pages)-1].ID
		log.Entries = append(log.Entries, entry)
	}
	return log
}

func (s *Store) harEntry(x *edge.Exchange) harEntry {
	r := s.redact
	took := float64(x.Duration.Microseconds()) / 1000
	return harEntry{
		Started: x.Started.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Time: took,
		Request: s.harRequest(x), Response: s.harResponse(x), Error: r.Text(x.Error),
		Timings: harTimings{
			Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Wait: took,
			Comment: "measured as a whole, from the request's arrival to the end of the answer",
		},
		Comment: fmt.Sprintf("exchange %d", x.ID),
	}
}

func (s *Store) harRequest(x *edge.Exchange) harRequest {
	r := s.redact
	q := harRequest{
		Method: x.Method, URL: r.URL(x.URL), HTTPVersion: protocol, Headers: r.harHeaders(x.RequestHeader),
		Cookies: []harCookie{}, Query: []harPair{}, HeadersSize: -1, BodySize: bodySize(x, x.RequestHeader, x.RequestBody),
	}
	for _, value := range x.RequestHeader.Values("Cookie") {
		for pair := range strings.SplitSeq(r.cookies(value), ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			q.Cookies = append(q.Cookies, harCookie{Name: name, Value: value})
		}
	}
	if _, query, found := strings.Cut(q.URL, "?"); found {
		q.Query = harPairs(query)
	}
	if len(x.RequestBody) > 0 {
		post := &harPost{MimeType: x.RequestHeader.Get("Content-Type"), Text: r.bodyText(x, x.RequestHeader, x.RequestBody)}
		if isForm(x.RequestHeader) {
			post.Params = harPairs(post.Text)
		}
		q.PostData = post
	}
	return q
}

func (s *Store) harResponse(x *edge.Exchange) harResponse {
	r := s.redact
	a := harResponse{
		Status: x.Status, StatusText: http.StatusText(x.Status), HTTPVersion: protocol, Headers: r.harHeaders(x.ResponseHeader),
		Cookies: []harCookie{}, RedirectURL: r.URL(x.ResponseHeader.Get("Location")), HeadersSize: -1,
		BodySize: bodySize(x, x.ResponseHeader, x.ResponseBody),
		Content: harContent{
			Size: max(0, bodySize(x, x.ResponseHeader, x.ResponseBody)), MimeType: x.ResponseHeader.Get("Content-Type"),
			Text: r.bodyText(x, x.ResponseHeader, x.ResponseBody),
		},
	}
	if len(x.ResponseBody) == 0 && a.BodySize != 0 {
		a.Content.Comment = "the body was not kept"
	}
	for _, line := range x.ResponseHeader.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			a.Cookies = append(a.Cookies, r.harCookie(c))
		}
	}
	return a
}

func (r *Redactor) harCookie(c *http.Cookie) harCookie {
	_, value, _ := strings.Cut(r.cookies(c.Name+"="+c.Value), "=")
	shown := harCookie{Name: c.Name, Value: value, Path: c.Path, Domain: c.Domain, HTTPOnly: c.HttpOnly, Secure: c.Secure}
	if !c.Expires.IsZero() {
		shown.Expires = c.Expires.UTC().Format(time.RFC3339)
	}
	switch c.SameSite {
	case http.SameSiteLaxMode:
		shown.SameSite = "Lax"
	case http.SameSiteStrictMode:
		shown.SameSite = "Strict"
	case http.SameSiteNoneMode:
		shown.SameSite = "None"
	}
	return shown
}

func (r *Redactor) harHeaders(h http.Header) []harPair {
	clean, list := r.Header(h), []harPair{}
	for _, name := range slices.Sorted(maps.Keys(clean)) {
		for _, value := range clean[name] {
			list = append(list, harPair{Name: name, Value: value})
		}
	}
	return list
}

// harPairs are the fields of a query or form that has no secrets any more.
func harPairs(query string) []harPair {
	plain := func(text string) string {
		if decoded, err := url.QueryUnescape(text); err == nil {
			return decoded
		}
		return text
	}
	list := []harPair{}
	for field := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(field, "="); field != "" {
			list = append(list, harPair{Name: plain(name), Value: plain(value)})
		}
	}
	return list
}

// bodyText is a body as text, redacted.
func (r *Redactor) bodyText(x *edge.Exchange, h http.Header, body []byte) string {
	switch clean := r.Body(h, body, x.Truncated).(type) {
	case string:
		return clean
	case json.RawMessage:
		return string(clean)
	}
	return ""
}

// bodySize is the length of a body, -1 where it is not known: not every body is kept, and none as a whole beyond a cap.
func bodySize(x *edge.Exchange, h http.Header, body []byte) int {
	size, err := strconv.Atoi(h.Get("Content-Length"))
	switch {
	case err == nil && size >= len(body):
		return size
	case len(body) > 0 && !x.Truncated:
		return len(body)
	case x.Status == http.StatusNoContent, x.Status == http.StatusNotModified, h.Get("Content-Type") == "" && !x.Truncated:
		return 0
	}
	return -1
}

func isForm(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "application/x-www-form-urlencoded"
}
