package authentik

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Endpoints calls the OAuth endpoints as a client of authentik does, without the harness's header.
type Endpoints struct {
	BaseURL string // https://authentik.company
	HTTP    *http.Client
}

// Redemption is a request for tokens. Empty fields are not sent.
type Redemption struct {
	ClientID, ClientSecret string
	Basic                  bool // the credentials stand in the header instead of the body
	Code                   string
	RedirectURI            string
	Verifier               string
}

// Answer is what an endpoint said, whatever the status. Fields is empty where the body is not a JSON object.
type Answer struct {
	Status int
	Header http.Header
	Fields map[string]any
}

// Text is a field of the answer, or empty.
func (a *Answer) Text(name string) string { return text(a.Fields[name]) }

// String says the status and the OAuth error, and no token.
func (a *Answer) String() string {
	said := fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status))
	if code := a.Text("error"); code != "" {
		said += " " + code
	}
	if a.Text("access_token") != "" || a.Text("id_token") != "" {
		said += " with tokens"
	}
	return said
}

// Token asks for tokens. An answer of 500 and above is an error: it says nothing of the request.
func (e *Endpoints) Token(ctx context.Context, r Redemption) (*Answer, error) {
	form := url.Values{"grant_type": {"authorization_code"}}
	fields := map[string]string{"code": r.Code, "redirect_uri": r.RedirectURI, "code_verifier": r.Verifier}
	if !r.Basic {
		fields["client_id"], fields["client_secret"] = r.ClientID, r.ClientSecret
	}
	for name, value := range fields {
		if value != "" {
			form.Set(name, value)
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.BaseURL+"/application/o/token/", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r.Basic {
		request.SetBasicAuth(r.ClientID, r.ClientSecret)
	}
	return e.send(request)
}

// UserInfo asks for the claims of an access token; an empty one is not sent.
func (e *Endpoints) UserInfo(ctx context.Context, accessToken string) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.BaseURL+"/application/o/userinfo/", nil)
	if err != nil {
		return nil, err
	}
	if accessToken != "" {
		request.Header.Set("Authorization", "Bearer "+accessToken)
	}
	return e.send(request)
}

func (e *Endpoints) send(request *http.Request) (*Answer, error) {
	response, err := e.HTTP.Do(request)
	if err != nil {
		return nil, fmt.Errorf("authentik: %s %s: %w", request.Method, request.URL.Path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("authentik: %s %s: %d, then reading the answer failed: %w", request.Method, request.URL.Path, response.StatusCode, err)
	}
	answer := &Answer{Status: response.StatusCode, Header: response.Header}
	if answer.Status >= http.StatusInternalServerError {
		return nil, fmt.Errorf("authentik: %s %s: %s", request.Method, request.URL.Path, answer)
	}
	_ = json.Unmarshal(body, &answer.Fields) // the answer without a token is empty
	return answer, nil
}
