package evidence

import (
	"regexp"
	"strings"
)

var (
	// authorization is the header with a scheme of any name, as logs print it.
	authorization = regexp.MustCompile(`(?im)\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?[A-Za-z][\w-]*\s+)([^\s"',;]{6,})`)
	// keyDetail is PostgreSQL's word on a broken constraint: Key (token, user)=(abc, 1).
	keyDetail = regexp.MustCompile(`(\(([\w", .]+)\)=\()([^)]*)(\))`)
	// statement is a line of PostgreSQL's log with the values of a statement in it.
	statement = regexp.MustCompile(`(?m)^.*\b(?:STATEMENT|QUERY):.*$`)
	literal   = regexp.MustCompile(`'((?:[^']|'')*)'`)
	// parameters is what a database layer logs beside a statement.
	parameters = regexp.MustCompile(`(?i)(\bparam(?:eter)?s:?\s*[=:]\s*)(\[[^\]]*\]|\([^)]*\)|\{[^}]*\})`)
	// passwordHash is one in the forms of bcrypt, argon2 and Django.
	passwordHash = regexp.MustCompile(`\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{20,}|\$argon2(?:id|i|d)?\$[\w$=,+/.-]{20,}|\bpbkdf2_sha\d+\$\d+\$[\w$=+/.-]{20,}`)
	// spoken is a code or a token in a sentence: "code 9f8e… was redeemed".
	spoken = regexp.MustCompile(`(?i)(\b(?:code|token|secret|verifier|nonce)\s+)([0-9a-f]{20,}|[\w-]*\d[\w-]{24,})`)
	// inputValueFirst is a field of an HTML form whose value stands before its name.
	inputValueFirst = regexp.MustCompile(`(?i)(\bvalue=["']?)([^"'\s<>]+)(["']?[^<>]*?\bname=["']?([\w.-]+))`)
)

// records takes secrets out of what logs print in forms of their own: headers, constraints, statements, parameters, hashes.
func (r *Redactor) records(text, lower string) string {
	if strings.Contains(lower, "authorization") {
		text = replace(authorization, text, func(m []string) string { return m[1] + r.hide(Token, m[2]) })
	}
	if strings.Contains(text, ")=(") {
		text = replace(keyDetail, text, func(m []string) string {
			for _, name := range strings.Split(m[2], ",") {
				if secretName(strings.Trim(name, ` "`)) {
					return m[1] + r.hide(kindOf(name, Token), m[3]) + m[4]
				}
			}
			return m[0]
		})
	}
	if hasAny(text, "STATEMENT:", "QUERY:") {
		text = statement.ReplaceAllStringFunc(text, func(line string) string {
			return replace(literal, line, func(m []string) string { return "'" + r.hide(Value, m[1]) + "'" })
		})
	}
	if strings.Contains(lower, "param") {
		text = replace(parameters, text, func(m []string) string {
			return m[1] + "[" + r.hide(Value, m[2][1:len(m[2])-1]) + "]"
		})
	}
	if strings.Contains(text, "$") {
		text = passwordHash.ReplaceAllStringFunc(text, func(s string) string { return r.token(Password, s) })
	}
	if hasAny(lower, "code ", "token ", "secret ", "verifier ", "nonce ") {
		text = replace(spoken, text, func(m []string) string { return m[1] + r.token(kindOf(m[1], Token), m[2]) })
	}
	if strings.Contains(text, "value=") {
		text = replace(inputValueFirst, text, func(m []string) string { return m[1] + r.field(m[4], m[2]) + m[3] })
	}
	return text
}
