package containers

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// Values of Plan.Browser.
const (
	browserAuto      = "auto"
	browserContainer = "container"
	browserHost      = "host"
)

// startEdge starts the edge and everything that reaches the products through it.
func (s *Stack) startEdge(ctx context.Context, img image) error {
	sp, err := s.edgePart(img)
	if err != nil {
		return err
	}
	r, err := s.launch(ctx, sp)
	if err != nil {
		return err
	}
	public, err := s.address(ctx, r, publicPort)
	if err != nil {
		return err
	}
	control, err := s.address(ctx, r, controlPort)
	if err != nil {
		return err
	}
	s.client = s.publicClient(public)
	s.control = edge.Dial("https://"+control, s.token, &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.ca.Pool(), ServerName: s.plan.AuthentikHost},
		ForceAttemptHTTP2: true,
	}})
	s.browser.SPKI, s.browser.Address = s.ca.SPKI(), public
	s.browser.HostRules = "MAP * ~NOTFOUND"
	for _, host := range s.plan.Hosts() {
		s.browser.HostRules = fmt.Sprintf("MAP %s:443 %s, MAP %s:80 %s, %s", host, public, host, public, s.browser.HostRules)
	}
	if err := s.await(ctx, Edge, serviceTimeout, s.control.Health); err != nil {
		return err
	}
	close(s.edgeUp)
	return nil
}

// publicClient reaches the public names at the edge's published port and nothing else.
func (s *Stack) publicClient(address string) *http.Client {
	names := map[string]bool{}
	for _, host := range s.plan.Hosts() {
		names[host+":443"], names[host+":80"] = true, true
	}
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: s.ca.Pool()},
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 16,
			DialContext: func(ctx context.Context, network, wanted string) (net.Conn, error) {
				if !names[wanted] {
					return nil, fmt.Errorf("%s is not a public name of this run", wanted)
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// browserImage is Chrome's; none where Chrome is to run on the host, or has to because the image cannot be had.
func (s *Stack) browserImage(ctx context.Context) (image, error) {
	switch s.plan.Browser {
	case browserHost:
		return image{}, nil
	case "", browserAuto, browserContainer:
	default:
		return image{}, fmt.Errorf("browser %q: want auto, container or host", s.plan.Browser)
	}
	img, err := s.ensure(ctx, Browser)
	if err != nil && s.plan.Browser != browserContainer && s.plan.Images[Browser] == "" && ctx.Err() == nil {
		s.progress("no image for Chrome, one on the host is used")
		return image{}, nil
	}
	return img, err
}

func (s *Stack) startBrowser(ctx context.Context, images map[string]image) error {
	if images[Browser].ref == "" {
		return nil
	}
	if _, err := s.launch(ctx, s.browserPart(images[Browser])); err != nil {
		return err
	}
	address, err := s.forward(ctx, Browser, chromePort)
	if err != nil {
		return err
	}
	if err := s.await(ctx, Browser, serviceTimeout, func(ctx context.Context) error { return probeChrome(ctx, address) }); err != nil {
		return err
	}
	s.browser.RemoteURL = "http://" + address
	return nil
}
