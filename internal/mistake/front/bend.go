package front

import (
	"net/http"
	"time"
)

// OnHost bends what is asked under a name.
func OnHost(host string, bend func(next http.Handler, w http.ResponseWriter, r *http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Host == host {
				bend(next, w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Answers answers in place of the product under a name.
func Answers(host string, answer http.HandlerFunc) func(http.Handler) http.Handler {
	return OnHost(host, func(_ http.Handler, w http.ResponseWriter, r *http.Request) { answer(w, r) })
}

// Dated dates the answers under a name otherwise.
func Dated(host string, ahead time.Duration) func(http.Handler) http.Handler {
	return OnHost(host, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(Headed(w, func(h http.Header) { h.Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat)) }), r)
	})
}

// WithoutCookies takes the cookies out of the answers under a name.
func WithoutCookies(host string) func(http.Handler) http.Handler {
	return OnHost(host, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(Headed(w, func(h http.Header) { h.Del("Set-Cookie") }), r)
	})
}

// WithoutUpgrade does not hand on that a client asks for WebSockets.
func WithoutUpgrade(host string) func(http.Handler) http.Handler {
	return OnHost(host, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Upgrade")
		next.ServeHTTP(w, r)
	})
}

// Headed is where an answer is written whose header is changed on the way.
func Headed(w http.ResponseWriter, change func(http.Header)) http.ResponseWriter {
	return headed{w, change}
}

type headed struct {
	http.ResponseWriter
	change func(http.Header)
}

func (h headed) WriteHeader(status int) {
	h.change(h.Header())
	h.ResponseWriter.WriteHeader(status)
}

func (h headed) Unwrap() http.ResponseWriter { return h.ResponseWriter }
