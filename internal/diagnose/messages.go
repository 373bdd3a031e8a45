package diagnose

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// mostMessages is what one diagram holds; the last ones say where a way ended.
const mostMessages = 24

// Messages are what browser, app and products said to each other on the way of a login, from a check's own exchanges.
func Messages(own []edge.Exchange, began time.Time, immichURL string) []check.Message {
	var all []check.Message
	for i := range own {
		x := &own[i]
		if !telling(x) {
			continue
		}
		m := check.Message{
			From: sender(x), To: check.Authentik, Text: x.Method + " " + path(x) + asked(x), Answer: answer(x),
			Failed: stopOf(x) != nil || refused(x), After: max(0, x.Started.Sub(began).Seconds()),
		}
		if strings.HasPrefix(x.URL, immichURL+"/") {
			m.To = check.Immich
		}
		all = append(all, m)
	}
	return ordered(all)
}

// ordered are the last messages, in the order of time.
func ordered(all []check.Message) []check.Message {
	slices.SortStableFunc(all, func(a, b check.Message) int { return int((a.After - b.After) * 1e6) })
	return all[max(0, len(all)-mostMessages):]
}

// telling are the steps of a login; the rest are pages, their parts and the harness's preparations.
func telling(x *edge.Exchange) bool {
	p := path(x)
	return strings.HasPrefix(p, "/api/oauth/") || strings.HasPrefix(p, "/application/o/") || strings.HasPrefix(p, executorPath) ||
		p == "/api/auth/logout" || x.Status >= http.StatusInternalServerError
}

func sender(x *edge.Exchange) check.Party {
	switch {
	case x.Leg == edge.FromImmich:
		return check.Immich
	case x.Leg == edge.FromAuthentik:
		return check.Authentik
	case at(x, startPath, callbackPath, linkPath) && strings.Contains(string(x.RequestBody), "app.immich"):
		return check.App
	}
	return check.Browser
}

// asked are the parameters that matter.
func asked(x *edge.Exchange) string {
	var texts []string
	add := func(name, value string) {
		if value != "" {
			texts = append(texts, name+"="+value)
		}
	}
	switch {
	case at(x, startPath):
		var body struct {
			RedirectURI string `json:"redirectUri"`
		}
		_ = json.Unmarshal(x.RequestBody, &body)
		add("redirectUri", body.RedirectURI)
	case at(x, authorizePath):
		if u, err := url.Parse(x.URL); err == nil {
			add("redirect_uri", u.Query().Get("redirect_uri"))
			add("scope", u.Query().Get("scope"))
		}
	case at(x, tokenPath):
		add("grant_type", form(x).Get("grant_type"))
		add("redirect_uri", form(x).Get("redirect_uri"))
	}
	if len(texts) == 0 {
		return ""
	}
	return " " + strings.Join(texts, " ")
}

// answer is the status, and what it says.
func answer(x *edge.Exchange) string {
	if x.Status == 0 {
		return "no answer: " + words(x)
	}
	text := fmt.Sprintf("%d %s", x.Status, http.StatusText(x.Status))
	switch stop := stopOf(x); {
	case stop != nil && stop.Message != "":
		return text + ": " + stop.Message
	case refused(x):
		return text + ": " + words(x)
	}
	if to := withoutQuery(x.ResponseHeader.Get("Location")); to != "" {
		return text + " → " + to
	}
	if token := tokenOf(x); token != nil {
		return text + ": an ID token, " + strings.TrimSpace(token.Algorithm+" "+token.Encryption)
	}
	return text
}

// withoutQuery keeps codes and states out of a diagram.
func withoutQuery(address string) string {
	base, _, _ := strings.Cut(address, "?")
	return base
}
