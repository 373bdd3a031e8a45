package run

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/live"
)

// product is one whose address a person names.
type product struct{ name, example string }

func immichProduct() product    { return product{"Immich", "https://photos.example.org"} }
func authentikProduct() product { return product{"authentik", "https://auth.example.org"} }

// address is a URL with https and a host, and without a user. No other is asked, so that no credential goes without TLS.
func (p product) address(flag, text string) (*url.URL, error) {
	if text == "" {
		return nil, usage("%sno address is given; name that of %s, such as %s", flag, p.name, p.example)
	}
	u, ok := parsed(text)
	switch shown := flag + withoutUser(text); {
	case !ok:
		return nil, usage("%s: this is not a URL; name the address of %s, such as %s", shown, p.name, p.example)
	case u.Scheme == "http" && u.Port() != "" && u.Port() != "80":
		return nil, usage("%s: only https is asked; name the address with https under which people open %s, such as %s", shown, p.name, p.example)
	case u.Scheme == "http" && u.Hostname() != "":
		return nil, usage("%s: only https is asked; name https://%s", shown, strings.TrimSuffix(u.Host, ":80"))
	case u.Scheme != "https" || u.Hostname() == "":
		return nil, usage("%s: want https:// and a host, such as %s", shown, p.example)
	case u.User != nil:
		return nil, usage("%s: no user and password belong in the address; name https://%s", shown, u.Host)
	}
	u.Host = strings.TrimSuffix(strings.ToLower(u.Host), ":443")
	return u, nil
}

// parsed is a text as a URL; ok is false where it is none.
func parsed(text string) (u *url.URL, ok bool) {
	u, err := url.Parse(text)
	if err == nil && u.Port() != "" {
		_, err = strconv.ParseUint(u.Port(), 10, 16)
	}
	return u, err == nil && (u.Host != "" || u.Scheme == "http" || u.Scheme == "https")
}

// origin is the address of an Immich as people open it, without what may follow the host.
func origin(flag, text string) (string, error) {
	u, err := immichProduct().address(flag, text)
	if err != nil {
		return "", err
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", usage("%s%s: Immich has a host of its own; name https://%s", flag, text, u.Host)
	}
	return "https://" + u.Host, nil
}

// authentikAddress is where authentik is, also where a person names one of its pages. It may be below a path.
func authentikAddress(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := authentikProduct().address("--authentik ", text)
	if err != nil {
		return "", err
	}
	path := u.Path + "/"
	for _, page := range []string{"/if/", "/application/", "/api/"} {
		path, _, _ = strings.Cut(path, page)
	}
	return "https://" + u.Host + strings.TrimRight(path, "/"), nil
}

// user is what an address may begin with that may be a password.
var user = regexp.MustCompile(`^([A-Za-z]+://)?[^/]*@`)

// withoutUser is what was given as an address, as it may be shown.
func withoutUser(text string) string { return user.ReplaceAllString(text, "$1") }

// roots are the CAs of this machine and those of a file; nil: those of this machine alone.
func roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--ca-file %s: %w", file, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without any
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, usage("--ca-file %s: it holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----", file)
	}
	return pool, nil
}

// places reads host:port:address, whose address may be several with commas between them, as curl has it, and may carry a
// port of its own.
func places(texts []string) (map[string][]netip.AddrPort, error) {
	all := map[string][]netip.AddrPort{}
	for _, text := range texts {
		host, rest, found := strings.Cut(text, ":")
		port, addresses, foundToo := strings.Cut(rest, ":")
		number, err := strconv.ParseUint(port, 10, 16)
		if !found || !foundToo || host == "" || err != nil || number == 0 {
			return nil, usage("--resolve %s: want host:port:address, such as photos.example.org:443:192.0.2.7", text)
		}
		place := strings.ToLower(net.JoinHostPort(host, port))
		for _, address := range strings.Split(addresses, ",") {
			one, err := netip.ParseAddrPort(address)
			if err != nil {
				var bare netip.Addr
				if bare, err = netip.ParseAddr(strings.Trim(address, "[]")); err != nil {
					return nil, usage("--resolve %s: %q is no IP address", text, address)
				}
				one = netip.AddrPortFrom(bare, uint16(number))
			}
			all[place] = append(all[place], one)
		}
	}
	return all, nil
}

// proxyMistake makes a mistake in this machine's environment of a proxy there that lets nothing through.
func proxyMistake(err error) error {
	dead := new(live.ProxyError)
	switch {
	case !errors.As(err, &dead):
		return err
	case dead.Status != 0:
		return usage("%s: %w; put its user and password into the variable, as http://USER:PASSWORD@%s", dead.Variable, dead, dead.Proxy)
	case dead.Proxy == "":
		return usage("%s: %w; set it as http://HOST:PORT, or unset it", dead.Variable, dead)
	}
	return usage("%s: %w; start it, unset the variable, or name the hosts that are reached without it in NO_PROXY", dead.Variable, dead)
}

// noHost says that nobody knows a name; nil: err says something else.
func noHost(s *live.Site, err error) error {
	var unknown *net.DNSError
	if !errors.As(err, &unknown) || !unknown.IsNotFound {
		return nil
	}
	host, port := s.Place()
	return usage("%s: there is no host %s; check the name, or say where it is with --resolve %s:%s:ADDRESS", s.Origin, host, host, port)
}

// unreachable says why a product could not be asked for its settings, and what helps where that is in this command.
func unreachable(err error, addresses ...string) error {
	var unknown *net.DNSError
	if errors.As(err, &unknown) && unknown.IsNotFound {
		name := strings.TrimSuffix(unknown.Name, ".")
		site := &live.Site{Origin: "https://" + name, Host: name}
		for _, address := range addresses {
			if u, bad := url.Parse(address); bad == nil && u.Hostname() == name {
				site = &live.Site{Origin: address, Host: u.Host}
			}
		}
		return noHost(site, err)
	}
	if issuer := (x509.UnknownAuthorityError{}); errors.As(err, &issuer) {
		return fmt.Errorf("%w; name a CA of your own with --ca-file", err)
	}
	return err
}

// noImmich says that something else is at the address, or nothing at all.
func noImmich(s *live.Seen) error {
	if err := noHost(s.Immich, s.Immich.NoAddress); err != nil {
		return err
	}
	other := func(a live.Answer) bool {
		return a.Status == http.StatusNotFound || a.OK() && !strings.Contains(string(a.Body), `"endpoint"`)
	}
	if !s.Server.Pong && other(s.Ping) && other(s.WellKnown) {
		as, way := "", ""
		if of := s.Ping.Of(); of != "" {
			as, way = ", as "+of, ", or let the proxy send it to Immich"
		}
		what := strings.TrimSpace(fmt.Sprint(s.Ping.Status, " ", s.Ping.Header.Get("Content-Type"))) + as
		return usage("%s: there is no Immich: GET /api/server/ping is answered with %s; name the address under which people open Immich%s", s.Immich.Origin, what, way)
	}
	return nil
}

// agent is how the doctor names itself to the products.
func agent(tool string) string {
	return fmt.Sprintf("ssoproof/%s (doctor; +https://github.com/ssoproof/ssoproof)", tool)
}
