package guide

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	revisionName = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)
	addressLike  = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://`)
)

// Load returns the settings that arg names: a known revision ("2025-06-23"), a file, or an https address of a page.
// Errors are an *UnknownRevisionError, a *PageError, or what kept the page from being read.
func Load(ctx context.Context, arg string, client *http.Client) (*Settings, error) {
	switch {
	case addressLike.MatchString(arg):
		return fetch(ctx, arg, client)
	case revisionName.MatchString(arg):
		if _, err := os.Stat(arg); err != nil {
			return Builtin(arg)
		}
	}
	return open(arg)
}

// ErrPairFile says that a page is a pair file.
var ErrPairFile = errors.New("this is a pair file, and this command takes guides alone")

// isPairFile reports whether a text is a pair file, also one that would be refused.
func isPairFile(text []byte) bool {
	var keys map[string]yaml.Node
	if yaml.Unmarshal(text, &keys) != nil {
		return false
	}
	_, authentik := keys["authentik"]
	_, immich := keys["immich"]
	return keys["version"].Value != "" && (authentik || immich)
}

func open(name string) (*Settings, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		_, unknown := Builtin(name)
		return nil, fmt.Errorf("guide %s: there is no such file, and %w", name, unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("read guide: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("guide %s: this is a folder; name the page in it, e.g. index.md", name)
	}
	page, err := io.ReadAll(io.LimitReader(f, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("read guide: %w", err)
	}
	return Parse(name, page)
}

// fetch reads a page over https. The query stays out of every message and report: it may hold a token.
func fetch(ctx context.Context, address string, client *http.Client) (*Settings, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("guide: the address cannot be read; expected https://host/path")
	}
	source := u.Scheme + "://" + u.Host + u.Path
	if u.Scheme != "https" {
		return nil, fmt.Errorf("guide %s: only https addresses are read; for a local page name the file", source)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("guide %s: %w", source, err)
	}
	response, err := httpsOnly(client).Do(request)
	if err != nil {
		var detail *url.Error
		if errors.As(err, &detail) {
			err = detail.Err // without the address, see above
		}
		return nil, fmt.Errorf("fetch guide %s: %w", source, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch guide %s: the server answered %s", source, response.Status)
	}
	page, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("fetch guide %s: %w", source, err)
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); strings.Contains(kind, "html") {
		return nil, &PageError{Source: source, Reason: notMarkdown}
	}
	return Parse(source, page)
}

// httpsOnly is the client with redirects held to https.
func httpsOnly(client *http.Client) *http.Client {
	c := *client
	next := c.CheckRedirect
	c.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		switch {
		case r.URL.Scheme != "https":
			return fmt.Errorf("it redirects to %s, which is not https", r.URL.Scheme)
		case next != nil:
			return next(r, via)
		case len(via) >= 10:
			return errors.New("it redirects more than 10 times")
		}
		return nil
	}
	return &c
}
