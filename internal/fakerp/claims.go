package fakerp

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// What an account is made of comes from the claims that the settings name, each in whatever form it has
// (server/src/services/auth.service.ts of each release).

const (
	administrator = "admin"
	ordinary      = "user"
	gibibyte      = 1 << 30
)

// label is the storage label of a new account: a text, without its dots.
func (s *Server) label(oauth object, p *profile) string {
	value := p.claims[oauth.text("storageLabelClaim")]
	label, isText := value.(string)
	if !isText && s.faulty(labelAny) {
		label = written(value)
	}
	return strings.ReplaceAll(label, ".", "")
}

// quota is that of a new account, in bytes; nil: none.
func (s *Server) quota(oauth object, p *profile) *int64 {
	value, given := p.claims[oauth.text("storageQuotaClaim")]
	_, plain := value.(float64)
	size := oauth["defaultStorageQuota"]
	if n := number(value); given && n >= 0 && (plain || s.has(version.QuotaText)) && !s.faulty(quotaIgnored) {
		size = n
	}
	gib, limited := size.(float64)
	if !limited || gib == 0 && !s.has(version.NullQuota) {
		return nil
	}
	bytes := int64(gib * gibibyte)
	return &bytes
}

// role is what the claims make of a person; empty: nothing is said about it.
func (s *Server) role(oauth object, p *profile) string {
	value, given := p.claims[oauth.text("roleClaim")]
	roles := []any{value}
	if several, many := value.([]any); many && s.has(version.RoleRenewed) {
		roles = several
	}
	for _, role := range []string{administrator, ordinary} {
		if slices.Contains(roles, any(role)) {
			return role
		}
	}
	if given && s.faulty(roleAny) {
		return administrator
	}
	return ""
}

// renew is what a login changes in an account that is there.
func (s *Server) renew(oauth object, p *profile, u *user) {
	if role := s.role(oauth, p); role != "" && s.has(version.RoleRenewed) && !s.faulty(roleOnce) {
		u.admin = role == administrator
	}
	if s.faulty(claimsRenewed) {
		u.storageLabel, u.quota = s.label(oauth, p), s.quota(oauth, p)
	}
}

// name is the first of the claims that can serve as one; older releases take the first two as they are.
func (s *Server) name(p *profile, email string) string {
	name := p.claims["name"]
	full := p.claims.text("given_name") + " " + p.claims.text("family_name")
	if !s.has(version.NameFallback) || s.faulty(nameBlank) {
		if name != nil {
			return written(name)
		}
		return full
	}
	for _, name := range []string{written(name), strings.TrimSpace(full), p.claims.text("preferred_username")} {
		if name != "" {
			return name
		}
	}
	return email
}

// number is what JavaScript's Number() makes of a JSON value.
func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case string, []any:
		text := strings.TrimSpace(written(v))
		if text == "" {
			return 0
		}
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

// written is what JavaScript makes of a JSON value where it wants a text.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var parts []string
		for _, inner := range v {
			parts = append(parts, written(inner))
		}
		return strings.Join(parts, ",")
	}
	return ""
}
