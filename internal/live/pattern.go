package live

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// patterns looks, for each redirect URI that authentik refuses, for a pattern in a strict entry: authentik takes its very
// text, letter by letter, as a redirect URI.
func (a *asker) patterns(ctx context.Context) {
	for i := range a.seen.Logins {
		l := &a.seen.Logins[i]
		if l.Answer.Status != http.StatusBadRequest || !l.Client.Own {
			continue
		}
		for _, pattern := range spellings(l.Asked()) {
			if a.t.Left() == 0 {
				return
			}
			query := l.Request.Query()
			query.Set("redirect_uri", pattern)
			asked := *l.Request
			asked.RawQuery = query.Encode()
			if answer := a.get(ctx, a.onAuthentik(&asked)); answer.Status >= http.StatusMultipleChoices && answer.Status < http.StatusBadRequest {
				l.Pattern = pattern
				break
			}
		}
	}
}

// spellings are the patterns that people write for a redirect URI, the most common first.
func spellings(uri string) []string {
	escaped := regexp.QuoteMeta(uri)
	slashed := strings.ReplaceAll(escaped, "/", `\/`)
	scheme, _, _ := strings.Cut(uri, ":")
	all := []string{escaped, slashed, "^" + escaped + "$"}
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		origin := u.Scheme + "://" + u.Host
		all = append(all, origin+"/.*", regexp.QuoteMeta(origin)+"/.*", "^"+regexp.QuoteMeta(origin)+"/.*$")
	} else {
		all = append(all, scheme+":.*", regexp.QuoteMeta(scheme)+":.*", scheme+"://.*", scheme+":/.*")
	}
	all = append(all, ".*")
	return slices.Compact(slices.DeleteFunc(all, func(text string) bool { return text == uri }))
}
