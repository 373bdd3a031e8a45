package edge

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// bodyCap is how much of one body is kept, in bytes.
const bodyCap = 256 << 10

// detail is how much of an exchange is worth keeping.
type detail int

const (
	detailLine    detail = iota // method, URL, status: scripts, styles, pictures
	detailHeaders               // and headers: pages, redirects
	detailBodies                // and bodies: API, OAuth, flow executor
)

// detailOf decides by the path alone, so that both products and their doubles are treated alike.
func detailOf(p string) detail {
	for _, prefix := range []string{"/api/assets/", "/api/socket.io/", "/static/", "/_app/", "/media/", "/ws/"} {
		if strings.HasPrefix(p, prefix) {
			return detailLine
		}
	}
	for _, prefix := range []string{"/api/", "/application/o/", "/.well-known/"} {
		if strings.HasPrefix(p, prefix) {
			return detailBodies
		}
	}
	switch path.Ext(p) {
	case ".js", ".mjs", ".css", ".map", ".woff", ".woff2", ".png", ".jpg", ".svg", ".ico", ".webp", ".wasm":
		return detailLine
	}
	return detailHeaders
}

// capture collects one exchange while it passes and adds it to the log once, as soon as the upstream's answer has
// ended: before the client has its last byte, so who has an answer finds its exchange in the log.
type capture struct {
	log      *exchangeLog
	detail   detail
	request  tee
	response tee
	once     sync.Once

	mu sync.Mutex
	x  Exchange
}

func newCapture(log *exchangeLog, leg Leg, r *http.Request) *capture {
	c := &capture{log: log, detail: detailOf(r.URL.Path)}
	c.x = Exchange{
		Started: time.Now(), Leg: leg, Check: r.Header.Get(CheckHeader), Session: r.Header.Get(SessionHeader),
		Method: r.Method, URL: scheme(r) + r.Host + r.URL.RequestURI(),
	}
	if c.detail >= detailHeaders {
		c.x.RequestHeader = r.Header.Clone()
	}
	return c
}

// answered notes the head of an answer, and which of the cookies that the product has set are not in it. An upgraded connection is logged at once: it may live for hours.
func (c *capture) answered(res *http.Response, set []*http.Cookie) {
	c.mu.Lock()
	c.x.Status = res.StatusCode
	c.x.Dropped = dropped(set, res.Cookies())
	if c.detail >= detailHeaders {
		c.x.ResponseHeader = res.Header.Clone()
	}
	c.mu.Unlock()
	if res.StatusCode == http.StatusSwitchingProtocols {
		c.finish()
		return
	}
	c.response.source, c.response.ended = res.Body, c.finish
	c.response.keep = c.detail == detailBodies
	res.Body = &c.response
}

// dropped are the names of cookies that did not pass.
func dropped(set, passed []*http.Cookie) []string {
	var names []string
	for _, cookie := range set {
		if !slices.ContainsFunc(passed, func(p *http.Cookie) bool { return p.Name == cookie.Name }) {
			names = append(names, cookie.Name)
		}
	}
	return names
}

// replaced notes an answer that somebody gives in the upstream's place.
func (c *capture) replaced(status int, header http.Header, body string) {
	c.mu.Lock()
	c.x.Status = status
	if c.detail >= detailHeaders {
		c.x.ResponseHeader = header.Clone()
	}
	c.mu.Unlock()
	if c.detail == detailBodies {
		c.response.mu.Lock()
		c.response.buf.WriteString(body)
		c.response.mu.Unlock()
	}
}

// failed notes why no answer came.
func (c *capture) failed(err error) {
	c.mu.Lock()
	c.x.Error = err.Error()
	c.mu.Unlock()
}

// finish logs the exchange; only the first call counts.
func (c *capture) finish() {
	c.once.Do(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		var cut, cutToo bool
		c.x.Duration = time.Since(c.x.Started)
		c.x.RequestBody, cut = c.request.content()
		c.x.ResponseBody, cutToo = c.response.content()
		c.x.ResponseBody = decode(c.x.ResponseBody, c.x.ResponseHeader.Get("Content-Encoding"))
		c.x.Truncated = cut || cutToo
		c.log.add(c.x)
	})
}

// decode undoes a content encoding as far as it can be read; what cannot is returned as it is. br does not occur, since
// the edge asks upstreams for plain bodies where it keeps them.
func decode(body []byte, encoding string) []byte {
	var r io.Reader
	switch encoding {
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return body
		}
		r = z
	case "deflate":
		r = flate.NewReader(bytes.NewReader(body))
	default:
		return body
	}
	// A truncated body ends in an error; what came before it is worth having.
	plain, _ := io.ReadAll(io.LimitReader(r, bodyCap))
	if len(plain) == 0 {
		return body
	}
	return plain
}

// tee hands a body through and keeps its beginning.
type tee struct {
	source io.ReadCloser
	keep   bool
	ended  func() // called when the source has ended; nil is allowed

	mu  sync.Mutex
	buf bytes.Buffer
	cut bool
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.source.Read(p)
	if t.keep && n > 0 {
		t.mu.Lock()
		room := bodyCap - t.buf.Len()
		t.buf.Write(p[:min(n, room)])
		t.cut = t.cut || n > room
		t.mu.Unlock()
	}
	if err != nil && t.ended != nil {
		t.ended()
	}
	return n, err
}

func (t *tee) Close() error { return t.source.Close() }

func (t *tee) content() (kept []byte, cut bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.buf.Bytes()), t.cut
}

// scheme begins the address that a request was for.
func scheme(r *http.Request) string {
	if r.TLS == nil {
		return "http://"
	}
	return "https://"
}
