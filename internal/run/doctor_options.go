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
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/live"
)

// origin is the address of an Immich as people open it, without what may follow the host.
func origin(flag, text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" && u.Scheme != "http" && u.Scheme != "https":
		return "", usage("%s%s: this is no URL; name the address of Immich, such as https://photos.example.org", flag, text)
	case u.Scheme == "http":
		return "", usage("%s%s: the doctor asks over https, and says what it finds there; name https://%s", flag, text, u.Host)
	case u.Scheme != "https" || u.Hostname() == "":
		return "", usage("%s%s: want https:// and a host, such as https://photos.example.org", flag, text)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", usage("%s%s: Immich has a host of its own; name https://%s", flag, withoutUser(u), u.Host)
	}
	host := strings.ToLower(u.Host)
	return "https://" + strings.TrimSuffix(host, ":443"), nil
}

// withoutUser is the address without what may be a password.
func withoutUser(u *url.URL) string {
	shown := *u
	shown.User = nil
	return shown.String()
}

func (o DoctorOptions) issuerMistake() error {
	if o.Issuer == "" {
		return nil
	}
	if u, err := url.Parse(o.Issuer); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return usage("--issuer %s: want the OpenID Configuration Issuer as the provider's page in authentik shows it, such as https://auth.example.org/application/o/immich/", o.Issuer)
	}
	return nil
}

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

// noImmich says that something else is at the address, or nothing at all.
func noImmich(s *live.Seen) error {
	var unknown *net.DNSError
	if errors.As(s.Immich.NoAddress, &unknown) && unknown.IsNotFound {
		return usage("%s: there is no host %s; check the name, or say where it is with --resolve %s:443:ADDRESS", s.Immich.Origin, s.Immich.Host, s.Immich.Host)
	}
	other := func(a live.Answer) bool {
		return a.Status == http.StatusNotFound || a.OK() && !strings.Contains(a.Header.Get("Content-Type"), "json")
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
