package evidence

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// keptHeader reports whether a header's value may be shown; it is redacted as a text all the same.
func keptHeader(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Accept", "Accept-Encoding", "Accept-Language", "Accept-Ranges", "Age", "Allow", "Alt-Svc", "Cache-Control",
		"Connection", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length", "Content-Range",
		"Content-Security-Policy", "Content-Security-Policy-Report-Only", "Content-Type", "Date", "Etag", "Expires",
		"Forwarded", "Host", "If-Modified-Since", "If-None-Match", "Keep-Alive", "Last-Modified", "Link", "Location",
		"Origin", "Permissions-Policy", "Pragma", "Priority", "Range", "Referer", "Referrer-Policy", "Refresh", "Retry-After",
		"Server", "Strict-Transport-Security", "Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "User-Agent",
		"Vary", "Via", "Www-Authenticate", "X-Authentik-Id", "X-Content-Type-Options", "X-Dns-Prefetch-Control",
		"X-Frame-Options", "X-Immich-Cid", "X-Powered-By", "X-Request-Id", "X-Requested-With", "X-Xss-Protection":
		return true
	}
	return slices.ContainsFunc([]string{
		"Access-Control-", "Cross-Origin-", "Sec-Ch-", "Sec-Fetch-", "X-Forwarded-",
	}, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// keptCookie reports whether a cookie's value says something other than who somebody is.
func keptCookie(name string) bool {
	return slices.Contains([]string{"immich_is_authenticated", "immich_auth_type", "authentik_language"}, name)
}

// cookieAttribute reports whether a name behind a cookie belongs to it (RFC 6265 §4.1.1).
func cookieAttribute(name string) bool {
	return slices.Contains([]string{"path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "partitioned"}, name)
}

// keptField reports whether the value of a query or form field may be shown.
func keptField(name, value string) bool {
	if decoded, err := url.QueryUnescape(name); err == nil {
		name = decoded
	}
	switch strings.ToLower(name) {
	case "client_id", "redirect_uri", "redirecturi", "post_logout_redirect_uri", "response_type", "response_mode",
		"scope", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age", "ui_locales",
		"grant_type", "token_type", "expires_in", "iss", "issuer", "error", "error_description", "error_uri",
		"next", "query", "to", "url", "redirect", "continue", "autolaunch", "inspector", "locale", "lang",
		"name", "slug", "search", "email", "username", "ordering", "page", "page_size", "managed", "designation",
		"flow_slug", "application", "component", "uid_field", "version", "v", "plain":
		return true
	}
	return !secretName(name) && plainValue.MatchString(value)
}

// plainValue is too little to be a secret.
var plainValue = regexp.MustCompile(`^(?:true|false|[0-9]{1,4})$`)

// soundsSecret is what names of secrets have in common, in lower case.
func soundsSecret() []string {
	return []string{
		"password", "passwd", "passphrase", "secret", "token", "code", "verifier", "cookie", "session", "csrf",
		"credential", "assertion", "authorization", "jwt", "privatekey", "private_key", "private-key", "apikey",
		"api_key", "api-key",
	}
}

// hasAny reports whether a text holds one of the words; it spares the slow search for what is not there.
func hasAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// secretName reports whether a name in JSON, a form or a log is one of a secret.
func secretName(name string) bool {
	switch folded(name) {
	case "key", "otp", "pin", "state":
		return true
	}
	return hasAny(strings.ToLower(name), soundsSecret()...) && !harmlessName(name)
}

// harmlessName is the allow-list of names that sound secret and are not.
func harmlessName(name string) bool {
	if i := strings.LastIndex(name, "."); i >= 0 { // "oauth.tokenEndpointAuthMethod"
		name = name[i+1:]
	}
	switch folded(name) {
	case "statuscode", "errorcode", "exitcode", "countrycode", "languagecode", "codechallenge", "codechallengemethod",
		"codechallengemethodssupported", "tokentype", "tokenendpoint", "tokenendpointauthmethod",
		"tokenendpointauthmethodssupported", "tokenendpointauthsigningalgvaluessupported",
		"idtokensigningalgvaluessupported", "idtokensignedresponsealg", "idtokenencryptionalgvaluessupported",
		"idtokenencryptionencvaluessupported", "accesstokenvalidity", "accesscodevalidity", "refreshtokenvalidity",
		"refreshtokenthreshold", "tokenduration", "tokenlength", "includeclaimsinidtoken", "endsessionendpoint",
		"endsessionurl", "checksessioniframe", "backchannellogoutsessionsupported",
		"frontchannellogoutsessionsupported", "passwordlogin", "passwordfields", "passwordstage", "passwordchangedate",
		"authorizationendpoint", "deviceauthorizationendpoint", "pushedauthorizationrequestendpoint",
		"authorizationflow", "shouldchangepassword", "showpassword", "allowshowpassword", "sessionduration":
		return true
	}
	return false
}

var errorCode = regexp.MustCompile(`^(?:[A-Z0-9]+(?:_[A-Z0-9]+)+|[a-z]+(?:_[a-z]+)+|invalid|required|blank|[0-9]{1,3})$`)

// harmlessCode reports whether a value under the name "code" is an error's name or an HTTP status, or one under the name
// "state" a word.
func harmlessCode(name, value string) bool {
	switch folded(name) {
	case "code":
		return errorCode.MatchString(value)
	case "state":
		return plainWord.MatchString(value)
	}
	return false
}

func folded(name string) string {
	return strings.NewReplacer("_", "", "-", "", "%5f", "", " ", "").Replace(strings.ToLower(name))
}
