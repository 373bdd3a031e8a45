package evidence_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
)

// secret is what must not survive, wherever it stands. No rule knows it, nor is it met on the wire, short and without a
// digit as it is; only its place gives it away.
const secret = "secrEt-Value.xY"

// unsigned is what is left of token.
var unsigned = token[:strings.LastIndex(token, ".")+1] + "«signature»"

// token is a JWT in form.
var token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"x"}`)) + ".c2ln-bmF0_dXJl"

func TestTextHasNoSecrets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		keep []string // harmless neighbours
	}{
		"state": {"https://immich.company/auth/login?state=" + secret, []string{"https://immich.company/auth/login?state="}},
		"code in a URL": {"https://immich.company/auth/login?code=" + secret + "&scope=abc-1",
			[]string{"https://immich.company/auth/login?code=", "&scope=abc-1"}},
		"code in the app's URL": {"got app.immich:///oauth-callback?scope=q1&code=" + secret, []string{"app.immich:///oauth-callback?scope=q1"}},
		"code in a fragment":    {"https://x/y#code=" + secret + "&scope=openid", []string{"&scope=openid"}},
		"id_token_hint":         {"https://a/end-session/?id_token_hint=" + secret + "&client_id=immich", []string{"client_id=immich"}},
		"logout_token":          {"POST /x?logout_token=" + secret, []string{"POST /x?logout_token="}},
		"a parameter that nobody listed": {"https://a/?foo=" + secret + "&scope=openid%20email",
			[]string{"scope=openid%20email"}},
		"a URL within a URL": {"https://a/if/flow/?next=%2Fback%3Fcode%3D" + secret + "%26scope%3Dkeep", []string{"scope", "keep", "/if/flow/?next="}},
		"a URL within a URL within a URL": {"https://a/?query=next%3D%252Fback%253Fscope%253Dkeep%2526token%253D" + secret,
			[]string{"keep"}},
		"a URL in HTML":          {`<a href="/x?scope=openid&amp;code=` + secret + `&amp;scope=k1">`, []string{"scope=openid", "scope=k1"}},
		"a URL in escaped JSON":  {`/x?scope=openid\u0026code=` + secret + `\u0026scope=k1`, []string{"scope=openid", "scope=k1"}},
		"an escaped URL":         {"see https%3A%2F%2Fimmich%2F%3Fscope%3Dk1%26code%3D" + secret, []string{"https%3A%2F%2Fimmich", "k1"}},
		"a password in a URL":    {"postgres://user:" + secret + "@postgres:5432/db", []string{"@postgres:5432/db"}},
		"a JWT":                  {"the token " + token + " is old", []string{"is old"}},
		"a JWT that is cut off":  {"id " + token[:40], []string{"id "}},
		"bearer":                 {"Authorization: Bearer " + secret + "\nHost: a", []string{"Bearer", "Host: a"}},
		"basic":                  {"authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("id:"+secret)), []string{"Basic"}},
		"authorization alone":    {"authorization: " + secret, nil},
		"cookies":                {"Cookie: a=" + secret + "; b=" + secret + "\nHost: a", []string{"Host: a"}},
		"cookies in an object":   {`headers { cookie: 'a=` + secret + `; b=` + secret + `', host: 'a' }`, []string{"host: 'a'"}},
		"set-cookie":             {"set-cookie: authentik_session=" + secret + "; Path=/", nil},
		"a header of Immich":     {"x-immich-user-token: " + secret, []string{"x-immich-user-token: "}},
		"environment":            {"POSTGRES_PASSWORD=" + secret + " POSTGRES_USER=immich", []string{"POSTGRES_USER=immich"}},
		"JSON that is cut off":   {`{"scope": "openid", "access_token": "` + secret, []string{`"scope": "openid"`}},
		"JSON in a string":       {`body "{\"clientSecret\":\"` + secret + `\",\"scope\":\"openid\"}"`, []string{`\"scope\":\"openid\"`}},
		"an object in a log":     {`{ codeVerifier: '` + secret + `', state: 'k1' }`, []string{"state: 'k1'"}},
		"quoted with blanks":     {`password: "two words ` + secret + `", user: "x"`, []string{`user: "x"`}},
		"a hash in a log":        {`:secret => "` + secret + `"`, nil},
		"a field of a page":      {`<input type="hidden" name="code" value="` + secret + `"> <p>hello</p>`, []string{"<p>hello</p>"}},
		"a private key":          {"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n" + secret + "\n-----END RSA PRIVATE KEY-----\nafter", []string{"after"}},
		"a private key, cut off": {"key -----BEGIN PRIVATE KEY-----\\n" + secret, []string{"key "}},
		"another scheme":         {"Authorization: ApiKey " + secret + "\nHost: a", []string{"Host: a"}},
		"a broken constraint":    {"DETAIL:  Key (token)=(" + secret + ") already exists.", []string{"DETAIL:  Key (token)=(", "already exists."}},
		"a statement":            {"STATEMENT:  INSERT INTO t VALUES ('a-b','svc','" + secret + "')\nLOG:  'kept'", []string{"STATEMENT:  INSERT INTO t VALUES", "LOG:  'kept'"}},
		"parameters":             {`"token" = $1 -- parameters: ["` + secret + `", 1]`, []string{"parameters: "}},
		"a field, value first":   {`<input value="` + secret + `" type="hidden" name="csrfmiddlewaretoken"> <p>hello</p>`, []string{"<p>hello</p>"}},
		"a code that is no name": {`"code":"` + secret + `","state":"k1"`, []string{`"state":"k1"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := evidence.NewRedactor()
			require.True(t, strings.Contains(c.in, secret) || strings.Contains(c.in, "eyJ") || strings.Contains(c.in, "Basic"))
			got := r.Text(c.in)
			assertNoSecret(t, got)
			assert.Regexp(t, `«[a-z]+:[0-9a-f]{8}»`, got)
			for _, keep := range c.keep {
				assert.Contains(t, got, keep)
			}
			assert.Equal(t, got, r.Text(got), "what was redacted stays as it is")
		})
	}
}

func TestHashesAndSpokenCodesDisappear(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor()
	for in, want := range map[string]string{
		`"hash":"$2b$10$abcdefghijklmnopqrstuuTn8S0O8s0Vv0u0abcdefghijklmnopqr"`: `"hash":"«password»"`,
		"pbkdf2_sha256$600000$saltsaltsalt$Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6": "«password»",
		"code 9f8e7d6c5b4a39281706f5e4d3c2b1a0 was redeemed":                     "code «code» was redeemed",
		"the code challenge method of the token endpoint":                        "the code challenge method of the token endpoint",
	} {
		assert.Equal(t, want, evidence.WithoutRun(r.Text(in)))
	}
}

func assertNoSecret(t *testing.T, text string) {
	t.Helper()
	assert.NotContains(t, text, secret)
	assert.NotContains(t, text, "two words")
	assert.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte("id:"+secret)))
	assert.NotContains(t, text, token[strings.LastIndex(token, ".")+1:], "the signature")
}

func TestHarmlessTextStaysByteForByte(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor("known-to-the-run")
	for _, text := range []string{
		"https://authentik.company/application/o/authorize/?client_id=Ab1&response_type=code&scope=openid+email%20profile" +
			"&redirect_uri=app.immich%3A%2F%2F%2Foauth-callback&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" +
			"&code_challenge_method=S256&nonce=n1",
		"https://immich.company/auth/login?autoLaunch=0",
		"expected 302, got status code: 400",
		"no session: the cookie is missing",
		"redirected without a code: https://immich.company/auth/login",
		"invalid_grant: the code verifier is wrong",
		`{ code: 'OAUTH_RESPONSE_BODY_ERROR', error: 'invalid_grant', statusCode: 500 }`,
		"token_endpoint_auth_method: client_secret_post",
		"response_types_supported: code id_token token",
		"the basic settings of the token endpoint hold",
		"", "Incorrect email or password",
	} {
		assert.Equal(t, text, r.Text(text))
	}
}

func TestKnownSecretsDisappearEverywhere(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor("first/one&two<3\"", "plainly")
	r.Know(evidence.Secret, "plainly-longer")
	r.Know(evidence.Secret, "a b")
	assert.Equal(t, "in base64 «secret» and «secret»", evidence.WithoutRun(r.Text("in base64 "+base64.StdEncoding.EncodeToString([]byte("plainly-longer"))+
		" and "+base64.RawURLEncoding.EncodeToString([]byte("plainly-longer")))))
	in := "1 first/one&two<3\" 2 first%2Fone%26two%3C3%22 3 first/one&amp;two&lt;3&#34; 4 first/one\\u0026two\\u003c3\\\" first/one&two<3\\\" 5 plainly-longer 6 a b"
	assert.Equal(t, "1 «secret» 2 «secret» 3 «secret» 4 «secret» «secret» 5 «secret» 6 a b", evidence.WithoutRun(r.Text(in)),
		"in every spelling; the longest first; what is too short is left to its name")
}

func TestHeader(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor()
	got := r.Header(http.Header{
		"Authorization":       {"Bearer " + secret},
		"Cookie":              {"immich_access_token=" + secret + "; immich_is_authenticated=true; other=" + secret},
		"Set-Cookie":          {"authentik_session=" + secret + "; Path=/; HttpOnly; SameSite=None; Secure", "gone=; Max-Age=0"},
		"X-Immich-User-Token": {secret},
		"X-Api-Key":           {secret},
		"X-Authentik-Csrf":    {secret},
		"X-Unheard-Of":        {secret},
		"X-Empty":             {""},
		"Location":            {"https://immich.company/auth/login?code=" + secret + "&state=k1"},
		"Referer":             {"https://a/?code=" + secret},
		"Content-Type":        {"application/json"},
		"X-Forwarded-Proto":   {"https"},
		"X-Authentik-Id":      {"0123456789abcdef"},
	})
	text, err := json.Marshal(got)
	require.NoError(t, err)
	assertNoSecret(t, string(text))
	for _, values := range got {
		for i := range values {
			values[i] = evidence.WithoutRun(values[i])
		}
	}
	assert.Equal(t, http.Header{
		"Authorization":       {"Bearer «token»"},
		"Cookie":              {"immich_access_token=«token»; immich_is_authenticated=true; other=«cookie»"},
		"Set-Cookie":          {"authentik_session=«cookie»; Path=/; HttpOnly; SameSite=None; Secure", "gone=; Max-Age=0"},
		"X-Immich-User-Token": {"«token»"},
		"X-Api-Key":           {"«key»"},
		"X-Authentik-Csrf":    {"«cookie»"},
		"X-Unheard-Of":        {"«value»"},
		"X-Empty":             {""},
		"Location":            {"https://immich.company/auth/login?code=«code»&state=«state»"},
		"Referer":             {"https://a/?code=«code»"},
		"Content-Type":        {"application/json"},
		"X-Forwarded-Proto":   {"https"},
		"X-Authentik-Id":      {"0123456789abcdef"},
	}, got)
}

func TestBody(t *testing.T) {
	t.Parallel()
	const form, js = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	for name, c := range map[string]struct {
		kind, body string
		truncated  bool
		want       string // as JSON
	}{
		"token request": {kind: form,
			body: "grant_type=authorization_code&code=" + secret + "&client_id=immich&client_secret=" + secret + "&code_verifier=" + secret + "&redirect_uri=https%3A%2F%2Fa%2F&x=" + secret,
			want: `"grant_type=authorization_code&code=«code»&client_id=immich&client_secret=«secret»&code_verifier=«verifier»&redirect_uri=https%3A%2F%2Fa%2F&x=«value»"`},
		"logout token": {kind: form, body: "logout_token=" + token, want: `"logout_token=` + unsigned + `"`},
		"token response": {kind: js,
			body: `{"access_token":"` + secret + `","id_token":"` + token + `","refresh_token":"` + secret + `","token_type":"Bearer","expires_in":300,"scope":"openid"}`,
			want: `{"access_token":"«token»","expires_in":300,"id_token":"` + unsigned + `","refresh_token":"«token»","scope":"openid","token_type":"Bearer"}`},
		"login response of Immich": {kind: js, body: `{"accessToken":"` + secret + `","userEmail":"a@b","shouldChangePassword":false}`,
			want: `{"accessToken":"«token»","shouldChangePassword":false,"userEmail":"a@b"}`},
		"callback of the app": {kind: js, body: `{"url":"app.immich:///oauth-callback?code=` + secret + `&state=k1","state":"k1","codeVerifier":"` + secret + `"}`,
			want: `{"codeVerifier":"«verifier»","state":"«state»","url":"app.immich:///oauth-callback?code=«code»&state=«state»"}`},
		"nested": {kind: js, body: `[{"oauth":{"clientSecret":"` + secret + `","clientId":"x","tokenEndpointAuthMethod":"client_secret_post"}},{"tokens":[{"value":"` + secret + `","n":1234}],"password":null}]`,
			want: `[{"oauth":{"clientId":"x","clientSecret":"«secret»","tokenEndpointAuthMethod":"client_secret_post"}},{"password":null,"tokens":[{"n":"«token»","value":"«token»"}]}]`},
		"one-time code":      {kind: js, body: `{"code":123456,"component":"x"}`, want: `{"code":"«code»","component":"x"}`},
		"error":              {kind: js, body: `{"code":"invalid","statusCode":400,"error":"invalid_grant"}`, want: `{"code":"invalid","error":"invalid_grant","statusCode":400}`},
		"empty secret":       {kind: js, body: `{"clientSecret":""}`, want: `{"clientSecret":""}`},
		"API token":          {kind: js, body: `{"key":"` + secret + `"}`, want: `{"key":"«key»"}`},
		"JSON without type":  {body: `{"password":"` + secret + `"}`, want: `{"password":"«password»"}`},
		"a flow's answer":    {kind: js, body: `{"to":"/x?code=` + secret + `","html":"<a href=\"?token=` + secret + `\">"}`, want: `{"html":"<a href=\"?token=«token»\">","to":"/x?code=«code»"}`},
		"JWT":                {kind: "application/jwt", body: token, want: `"` + unsigned + `"`},
		"JSON, cut off":      {kind: js, body: `{"scope":"openid","password":"` + secret + strings.Repeat("y", 600), truncated: true, want: `"{\"scope\":\"openid\",\"password\":\"«password»"`},
		"two JSON documents": {kind: js, body: `{"a":1}{"password":"` + secret + `"}`, want: `"{\"a\":1}{\"password\":\"«password»\"}"`},
		"picture":            {kind: "image/png", body: "\x89PNG" + secret, want: `"[19 bytes of image/png]"`},
		"bytes":              {kind: "application/octet-stream", body: "\xff" + secret, want: `"[16 bytes of application/octet-stream]"`},
		"a form in parts":    {kind: "multipart/form-data; boundary=x", body: "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + secret, want: `"[71 bytes of multipart/form-data; boundary=x]"`},
		"nothing":            {kind: js, want: `null`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := evidence.NewRedactor().Body(http.Header{"Content-Type": {c.kind}}, []byte(c.body), c.truncated)
			var text strings.Builder
			enc := json.NewEncoder(&text)
			enc.SetEscapeHTML(false)
			require.NoError(t, enc.Encode(got))
			assert.Equal(t, c.want, evidence.WithoutRun(strings.TrimSpace(text.String())))
		})
	}
}

func TestHalfAKnownSecretIsCutOff(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor("0123456789abcdef")
	body := strings.Repeat("harmless ", 100) + "0123456789abc"
	got := r.Body(http.Header{"Content-Type": {"text/plain"}}, []byte(body), true)
	assert.NotContains(t, got, "0123")
	assert.Contains(t, got, "harmless")
}

func TestResult(t *testing.T) {
	t.Parallel()
	in := check.Result{
		ID: "a.b", Reason: "at /x?code=" + secret, Steps: []check.Step{{Name: "land", Error: "password=" + secret}},
		Findings:     []check.Finding{{Message: token, Expected: "?code=" + secret, Actual: "code=" + secret, Fix: "?scope=k1"}},
		Observations: map[string]string{"url": "?id_token=" + secret}, Additions: []string{"client_secret=" + secret},
	}
	before, err := json.Marshal(in)
	require.NoError(t, err)
	got := evidence.NewRedactor().Result(in)
	after, err := json.Marshal(got)
	require.NoError(t, err)
	assertNoSecret(t, string(after))
	assert.Equal(t, "?scope=k1", got.Findings[0].Fix)
	again, err := json.Marshal(in)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(again), "the result that was given stays as it is")
}

func FuzzTextKeepsNoKnownSecret(f *testing.F) {
	f.Add("a", "b")
	f.Add("code=", "&state=1")
	f.Add("%3Fcode%3D", "%26")
	f.Add(`{"password":"`, `"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		const known = "kn0wn-S3cret"
		got := evidence.NewRedactor(known).Text(before + known + after)
		if strings.Contains(got, known) && !strings.Contains(before, known) && !strings.Contains(after, known) {
			t.Errorf("%q", got)
		}
	})
}

func BenchmarkText(b *testing.B) {
	r := evidence.NewRedactor("known-to-the-run")
	line := `[Nest] 17  - 01/02/2026, 3:04:05 AM   DEBUG [Api:LoggingInterceptor~k3b1] GET /api/users/me?x=1 200 4.21ms ::ffff:172.18.0.5`
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		r.Text(line)
	}
}
