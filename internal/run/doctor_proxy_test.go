package run_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestTheDoctorBlamesTheProxyOfItsOwnMachine holds that a proxy that the environment names and that lets nothing through is a
// mistake in the environment, told in a line, and none of the pair's.
func TestTheDoctorBlamesTheProxyOfItsOwnMachine(t *testing.T) {
	t.Parallel()
	asks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	t.Cleanup(asks.Close)
	asking := strings.TrimPrefix(asks.URL, "http://")
	dead, err := front.Nobody()
	require.NoError(t, err)
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		for name, tt := range map[string]struct{ scheme, host, says string }{
			"nobody is there":                 {"https", dead, "HTTPS_PROXY: the proxy " + dead + " does not answer: dial tcp " + dead + ": connect: connection refused; start it, unset the variable, or name the hosts that are reached without it in NO_PROXY"},
			"nobody is there for http":        {"http", dead, "HTTP_PROXY: the proxy " + dead + " does not answer: dial tcp " + dead + ": connect: connection refused; start it, unset the variable, or name the hosts that are reached without it in NO_PROXY"},
			"it asks for a password":          {"https", asking, "HTTPS_PROXY: the proxy " + asking + " answers 407 Proxy Authentication Required; put its user and password into the variable, as http://USER:PASSWORD@" + asking},
			"it asks for a password for http": {"http", asking, "HTTP_PROXY: the proxy " + asking + " answers 407 Proxy Authentication Required; put its user and password into the variable, as http://USER:PASSWORD@" + asking},
			"it is no address":                {"https", "", "HTTPS_PROXY: it is not the address of a proxy; set it as http://HOST:PORT, or unset it"},
		} {
			t.Run(name, func(t *testing.T) {
				for question, ask := range map[string]func(run.DoctorOptions) error{
					"doctor":  func(o run.DoctorOptions) error { _, err := run.Doctor(t.Context(), o); return err },
					"capture": func(o run.DoctorOptions) error { _, err := run.Capture(t.Context(), o); return err },
				} {
					if question == "capture" && tt.scheme == "http" {
						continue // it asks nothing by http
					}
					o := i.options(t, io.Discard)
					i.credentials(t, "systemConfig.read")(&o)
					o.Proxy = func(r *http.Request) (*url.URL, error) {
						if r.URL.Scheme != tt.scheme {
							return nil, nil
						}
						return url.Parse("http://me:hu%sh@" + tt.host)
					}
					if tt.host != "" {
						o.Proxy = through(tt.scheme, &url.URL{Scheme: "http", User: url.UserPassword("me", "hush"), Host: tt.host})
					}
					err := ask(o)
					asked := new(run.UsageError)
					require.ErrorAs(t, err, &asked, question)
					require.EqualError(t, err, tt.says, question)
					assert.NoDirExists(t, o.Out)
				}
			})
		}
	})
}

// through is an environment whose proxy is for one scheme.
func through(scheme string, proxy *url.URL) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == scheme {
			return proxy, nil
		}
		return nil, nil
	}
}
