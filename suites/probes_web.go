package suites

import (
	"net/url"
	"strings"
)

// address is a web address in parts.
type address struct{ scheme, host, path string }

// splitAddress is false for an address without a host, as an app's.
func splitAddress(uri string) (address, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return address{}, false
	}
	_, rest, _ := strings.Cut(uri, u.Host)
	return address{u.Scheme + "://", u.Host, rest}, true
}

func (p *prober) hosts(a address) {
	with := func(kind string, hosts ...string) {
		for _, host := range hosts {
			p.add(kind, a.scheme+host+a.path)
		}
	}
	name, _, _ := strings.Cut(a.host, ":")
	with("port", name+":443", name+":8443", name+":80", name+":", name+":0443", name+":1")
	with("userinfo", "user@"+a.host, "user:secret@"+a.host, ":@"+a.host, "@"+a.host, a.host+"@other.example", a.host+":x@other.example",
		`other.example\@`+a.host, "other.example#@"+a.host, "other.example?@"+a.host, "other.example%23@"+a.host)
	with("subdomain", "sub."+a.host, "www."+a.host, "*."+a.host, "sub-"+a.host, "."+a.host)
	with("host-other", "other.example", a.host+".other.example", a.host+"other.example", a.host+"-other.example", a.host+".", "localhost",
		"127.0.0.1", "[::1]", a.host+"%2Eother.example", a.host+"%00.other.example")
	if _, domain, ok := strings.Cut(a.host, "."); ok {
		with("host-other", domain)
	}
	with("case", strings.ToUpper(a.host), strings.ToUpper(a.host[:1])+a.host[1:])
	with("encoded", "%"+hexOf(a.host[0])+a.host[1:])
	p.add("scheme", "//"+a.host+a.path, `\\`+a.host+a.path, "https:"+a.host+a.path, "https:/"+a.host+a.path, "https:///"+a.host+a.path, a.path)
}

func (p *prober) paths(a address) {
	base := a.scheme + a.host
	p.add("path", base, base+"/", base+"/other", base+"/."+a.path, base+"/"+a.path, base+"//"+strings.TrimPrefix(a.path, "/"))
	for _, back := range []string{"/..", "/%2e%2e", "/%2E%2E", "/..%2F..", `/..\..`, "/..;"} {
		p.add("traversal", base+a.path+back, base+a.path+back+"/other", base+"/other"+back+a.path, base+a.path+back+a.path)
	}
	p.add("case", base+strings.ToUpper(a.path))
}
