package diagnose

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// brokenRules are about a product that does not get done with a request.
func brokenRules() []rule {
	return []rule{
		{"authentik.server-error", func(e *Evidence) []sign { return e.broken(check.Authentik) }},
		{"immich.server-error", func(e *Evidence) []sign { return e.broken(check.Immich) }},
		{"authentik.flow-error", (*Evidence).flowBroken},
	}
}

// Broken is a call that a product answered with a status of 500 or more, by itself.
type Broken struct {
	By     check.Party
	Call   string // method and path
	Status int
}

// ofAuthentik begin the paths that are authentik's alone.
var ofAuthentik = []string{"/application/o/", "/api/v3/", "/if/", "/flows/", "/-/"}

// foreseen begin what Immich says with a status of 500 of a login that failed for a reason of its own.
var foreseen = []string{"Error in OAuth discovery", "OAuth login failed", "OAuth authentication failed", "Failed to "}

// brokenOf is the call that an exchange did not get done with: a gateway's answers are not the product's.
func brokenOf(x *edge.Exchange) []Broken {
	if x.Status < http.StatusInternalServerError || slices.Contains(gateway, x.Status) {
		return nil
	}
	b := Broken{By: check.Immich, Call: x.Method + " " + path(x), Status: x.Status}
	if begins(path(x), ofAuthentik) {
		b.By = check.Authentik
	} else if begins(words(x), foreseen) {
		return nil
	}
	return []Broken{b}
}

func begins(text string, beginnings []string) bool {
	return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(text, b) })
}

// broken is a sign for each call of a product's that failed, and with which a check ended.
func (e *Evidence) broken(by check.Party) []sign {
	checks := map[Broken][]string{}
	var order []Broken
	saw := func(b Broken, name string) {
		if b.By != by || slices.Contains(checks[b], name) {
			return
		}
		if checks[b] == nil {
			order = append(order, b)
		}
		checks[b] = append(checks[b], name)
	}
	for _, f := range e.Failed {
		if len(f.Stops) == 0 || f.last().Status >= http.StatusInternalServerError {
			for _, b := range f.Errors {
				saw(b, f.Name())
			}
		}
	}
	if d := e.Discovery; d.Status >= http.StatusInternalServerError && !slices.Contains(gateway, d.Status) {
		for _, name := range e.issuerBlames() {
			saw(Broken{check.Authentik, "GET " + parse(d.URL).Path, d.Status}, name)
		}
	}
	var signs []sign
	for _, b := range order {
		signs = append(signs, sign{
			checks: checks[b], values: map[string]string{"call": b.Call, "status": fmt.Sprint(b.Status)},
			evidence: []string{fmt.Sprintf("%s is answered with %d", b.Call, b.Status)},
		})
	}
	return signs
}

// flowError is what authentik shows in the place of a flow that broke.
const flowError = "ak-stage-flow-error"

func (e *Evidence) flowBroken() []sign {
	return []sign{{
		checks:   e.those(func(f Failed) bool { return !f.wanted() && f.last().Component == flowError }),
		evidence: []string{"authentik's flow executor answers with " + flowError},
	}}
}

// typed is the name that somebody enters at authentik's login in an exchange; empty: none.
func typed(x *edge.Exchange) string {
	if x.Method != http.MethodPost || !strings.HasPrefix(path(x), executorPath) {
		return ""
	}
	var form struct {
		UID string `json:"uid_field"`
	}
	_ = json.Unmarshal(x.RequestBody, &form) // the page and the harness send JSON
	return form.UID
}
