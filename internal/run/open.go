package run

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/suites"
)

// howToOpen says how a person gets at a stack that was left up, and how the doctor does. It names where the passwords are,
// not the passwords.
func howToOpen(ctx context.Context, s stack.Stack, c suites.Cell) string {
	immich, authentik := c.Guide.Hosts()
	b := s.Browser()
	id, ca := "", ""
	if kept, ok := s.(*containers.Stack); ok {
		id, ca = kept.ID(), kept.CA()
	}
	return fmt.Sprintf(`
The stack stays up until `+"`ssoproof stack down %[1]s`"+`. To open it:
  chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules='%[2]s' \
    --ignore-certificate-errors-spki-list=%[3]s https://%[4]s https://%[5]s
authentik: user akadmin, password in AUTHENTIK_BOOTSTRAP_PASSWORD of
  docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' ssoproof-%[1]s-authentik-server
Immich: user %[6]s, password in SSOPROOF_ADMIN_PASSWORD of
  docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' ssoproof-%[1]s-immich
To have it examined, with its own certificate authority:
  docker cp %[7]s ca.pem
  %[8]s`,
		id, b.HostRules, b.SPKI, immich, authentik, s.Secrets().ImmichAdminEmail, ca, doctorLine(ctx, b.Address, c))
}

// doctorLine is the command by which the doctor examines a stack whose edge is at an address, with the authority in ca.pem.
func doctorLine(ctx context.Context, address string, c suites.Cell) string {
	immich, authentik := c.Guide.Hosts()
	words := []string{"ssoproof doctor https://" + immich, "--ca-file ca.pem"}
	for _, host := range c.Guide.FurtherHosts() {
		words = append(words, "--origin https://"+host)
	}
	at := numeric(ctx, address)
	for _, host := range append([]string{immich, authentik}, c.Guide.FurtherHosts()...) {
		words = append(words, "--resolve "+host+":443:"+at, "--resolve "+host+":80:"+at)
	}
	return strings.Join(words, " \\\n    ")
}

// numeric is an address with a number in the place of a name, as --resolve takes it; where the name leads nowhere, as it is.
func numeric(ctx context.Context, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return address
	}
	i := max(0, slices.IndexFunc(found, func(a netip.Addr) bool { return a.Unmap().Is4() })) // an engine publishes at all, or at this one
	return net.JoinHostPort(found[i].Unmap().String(), port)
}
