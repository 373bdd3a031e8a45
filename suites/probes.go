package suites

import "strings"

// probe is a redirect URI that resembles a documented one and must be refused.
type probe struct {
	kind string // what was done to the documented one: deletion, port, host-dot
	uri  string
}

// probesOf are made from one URI: each of its characters gone, doubled and replaced, and what people and attackers do to
// addresses. Some may be documented themselves.
func probesOf(uri string) []probe {
	p := &prober{uri: uri, seen: map[string]bool{uri: true}}
	p.characters()
	p.dots()
	p.schemes()
	p.letters()
	p.around()
	if a, ok := splitAddress(uri); ok {
		p.hosts(a)
		p.paths(a)
	} else {
		p.slashes()
	}
	return p.all
}

type prober struct {
	uri  string
	seen map[string]bool
	all  []probe
}

func (p *prober) add(kind string, uris ...string) {
	for _, uri := range uris {
		if !p.seen[uri] && uri != "" {
			p.seen[uri] = true
			p.all = append(p.all, probe{kind, uri})
		}
	}
}

func (p *prober) characters() {
	for i, c := range p.uri {
		before, after := p.uri[:i], p.uri[i+1:]
		p.add("deletion", before+after)
		p.add("doubling", before+string(c)+string(c)+after)
		if other := neighbour(c); other != c {
			p.add("substitution", before+string(other)+after)
		}
	}
}

// neighbour is another letter or digit; other characters stay.
func neighbour(c rune) rune {
	switch {
	case c >= 'a' && c < 'z', c >= 'A' && c < 'Z', c >= '0' && c < '9':
		return c + 1
	case c == 'z', c == 'Z', c == '9':
		return c - 1
	}
	return c
}

// dots replaces what stands for any character in a pattern whose author meant a dot.
func (p *prober) dots() {
	for i, c := range p.uri {
		if c == '.' {
			before, after := p.uri[:i], p.uri[i+1:]
			p.add("host-dot", before+"X"+after, before+"-"+after, before+"\u3002"+after) // an ideographic full stop
			p.add("encoded", before+"%2E"+after, before+"%2e"+after)
		}
	}
}

// schemes keeps what follows the scheme, and puts schemes that run in the page before the whole.
func (p *prober) schemes() {
	scheme, rest, _ := strings.Cut(p.uri, ":")
	for _, other := range []string{"http", "https", "ftp", "ws", "file", "intent", "app", scheme + "s"} {
		p.add("scheme", other+":"+rest)
	}
	p.add("scheme", rest, strings.TrimLeft(rest, "/"))
	for _, runs := range []string{"javascript", "data", "vbscript", "JavaScript"} {
		p.add("script", runs+":"+rest, runs+":alert(1)//"+p.uri, runs+":text/html,"+p.uri)
	}
	p.add("script", "javascript://"+strings.TrimLeft(rest, "/")+"\nalert(1)")
}

// alike are Latin letters and what looks like them in Cyrillic.
var alike = [...][2]string{{"a", "\u0430"}, {"c", "\u0441"}, {"e", "\u0435"}, {"i", "\u0456"}, {"o", "\u043e"}, {"p", "\u0440"}, {"s", "\u0455"}}

func (p *prober) letters() {
	scheme, rest, _ := strings.Cut(p.uri, ":")
	p.add("case", strings.ToUpper(p.uri), strings.ToUpper(scheme)+":"+rest, scheme+":"+strings.ToUpper(rest))
	for _, pair := range alike {
		latin, other := pair[0], pair[1]
		p.add("look-alike", strings.Replace(p.uri, latin, other, 1))
		if at := strings.LastIndex(p.uri, latin); at >= 0 {
			p.add("look-alike", p.uri[:at]+other+p.uri[at+1:])
		}
	}
	if at := strings.LastIndex(p.uri, "/"); at >= 0 {
		p.add("encoded", p.uri[:at]+"%2F"+p.uri[at+1:], p.uri[:at]+"%2f"+p.uri[at+1:], p.uri[:at]+"%252F"+p.uri[at+1:], p.uri[:at]+`\`+p.uri[at+1:])
	}
	last := len(p.uri) - 1
	p.add("encoded", p.uri[:last]+"%"+hexOf(p.uri[last]))
}

func hexOf(c byte) string {
	const digits = "0123456789ABCDEF"
	return string(digits[c>>4]) + string(digits[c&15])
}

func (p *prober) around() {
	p.add("suffix", p.uri+"-other", p.uri+".other.example", p.uri+"x", p.uri+"/", p.uri+"//", p.uri+"/.", p.uri+"/other", p.uri+"*", p.uri+".*")
	p.add("query", p.uri+"?", p.uri+"?x=1", p.uri+"?code=1", p.uri+"&x=1", p.uri+";x=1")
	p.add("fragment", p.uri+"#", p.uri+"#x", p.uri+"#@other.example")
	for _, blank := range []string{" ", "\n", "\r\n", "\t", "\u00a0"} {
		p.add("blank", p.uri+blank, blank+p.uri)
	}
	p.add("blank", p.uri+"%0A", p.uri+"%20", p.uri+"%00", p.uri+" "+p.uri, p.uri+"\n"+p.uri, p.uri+","+p.uri)
}

// slashes are the other numbers of slashes that an app's address can have.
func (p *prober) slashes() {
	scheme, rest, _ := strings.Cut(p.uri, ":")
	path := strings.TrimLeft(rest, "/")
	p.add("slashes", scheme+":"+path, scheme+":/"+path, scheme+"://"+path, scheme+":///"+path, scheme+":////"+path)
	p.add("host-other", scheme+"://other.example/"+path, scheme+"://user@"+path)
}
