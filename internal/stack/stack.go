// Package stack says what a running pair of authentik and Immich offers to the rest of the harness, however it runs.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Kind is how a stack runs.
type Kind string

// The kinds of a stack.
const (
	Containers Kind = "containers" // the products in Docker
	Fake       Kind = "fake"       // in-process doubles
	Live       Kind = "live"       // an installation that was there
)

// Progress is what is being waited for, and of whom: news of a subject replace what was told of it before.
type Progress struct {
	Subject string // a product, a pull; empty: the stack as a whole
	Text    string
}

// String is the line that people read.
func (p Progress) String() string {
	if p.Subject == "" {
		return p.Text
	}
	return p.Subject + ": " + p.Text
}

// Service is one running part, as the report names it.
type Service struct {
	Name   string `json:"name"` // authentik-server, authentik-worker, immich, edge, browser, …
	Image  string `json:"image,omitempty"`
	Digest string `json:"digest,omitempty"`
	// Pulled is the digest under which a registry gave the image out as this very repository, "sha256:…"; empty for one
	// that was built or only named here.
	Pulled   string `json:"pulled,omitempty"`
	Observed string `json:"observed,omitempty"` // the version that the product itself reports
	Restarts int    `json:"restarts,omitempty"` // how often it ended before the pair was ready, and was started again
	Fake     bool   `json:"fake,omitempty"`
}

// Browser says where the Chrome of this stack runs.
type Browser struct {
	// RemoteURL is the DevTools address of a Chrome in a container, http://127.0.0.1:PORT; empty: start one on the host.
	RemoteURL string
	// Address is where the edge is on this machine, 127.0.0.1:32768: both public names are there, by https and by http.
	Address string
	// HostRules is the value of --host-resolver-rules for a Chrome on the host.
	HostRules string
	// SPKI is the base64 SHA-256 of the run's CA key, for --ignore-certificate-errors-spki-list. A remote Chrome has it.
	SPKI string
}

// Secrets are the credentials of a stack; they never reach a log or a report.
type Secrets struct {
	AuthentikToken      string // API token of akadmin
	AuthentikPassword   string // password of akadmin, for --keep
	ImmichAdminEmail    string
	ImmichAdminPassword string
	Internal            []string // of the services among themselves: their databases' passwords, authentik's secret key
	Control             string   // token of the edge's control port; empty: it has none
}

// All are the secrets among them.
func (s Secrets) All() []string {
	return append([]string{s.AuthentikToken, s.AuthentikPassword, s.ImmichAdminPassword, s.Control}, s.Internal...)
}

// Stack is a running pair.
type Stack interface {
	Kind() Kind
	// Warm reports whether the databases came from a snapshot.
	Warm() bool
	Services() []Service
	// HTTPClient reaches the two public names through the edge and nothing else; it trusts the run's CA, keeps no
	// cookies and follows no redirects. Its requests are recorded with leg browser.
	HTTPClient() *http.Client
	Edge() edge.Control
	Browser() Browser
	Secrets() Secrets
	// LastLines copies what a service has logged last.
	LastLines(ctx context.Context, service string, lines int, w io.Writer) error
	// Watch waits until a part ends for good, which is its error, or ctx ends, which is nil: who waits for a product
	// watches beside it.
	Watch(ctx context.Context) error
	// Ready says that the pair is ready. Until then a product that ends may be started again, as its compose file does;
	// from now on its end is for good: what is judged meanwhile would be judged on a broken pair.
	Ready()
	// Snapshot keeps the bootstrapped databases for the next start; a stack that has none does nothing.
	Snapshot(ctx context.Context) error
	// Close takes down everything that was started, also after a failed start. It is safe to call twice.
	Close(ctx context.Context) error
}

// Upgrader is a stack whose products can give way to other releases.
type Upgrader interface {
	Stack
	// Upgrade ends the products whose release differs, and what they need where its image differs, and starts what the
	// step names on the same names and data. It returns the names of the services that were recreated. Whether the
	// products are ready, and whether they live, is for the caller to find out, as after a start.
	Upgrade(ctx context.Context, step Step) ([]string, error)
}

// Step is what runs after one step of an upgrade.
type Step struct {
	Authentik, Immich *version.Release
	Images            map[string]string // replaced, by service name
}

// ExitedError says that a part of a stack ended by itself.
type ExitedError struct {
	Service string
	Code    int64
	Starts  int    // how often it was started, if more than once
	Tail    string // the last lines of its log
	// OutOfMemory says that the kernel ended it since it, or the machine, had no memory left.
	OutOfMemory bool
}

func (e *ExitedError) Error() string { return e.brief() + "; its last lines:\n" + e.Tail }

func (e *ExitedError) brief() string {
	often := ""
	if e.Starts > 1 {
		often = fmt.Sprintf(" at the last of %d starts", e.Starts)
	}
	if e.OutOfMemory {
		often += ", for lack of memory"
	}
	return fmt.Sprintf("%s ended with exit code %d%s", e.Service, e.Code, often)
}

// Brief is what err says without the last lines of a log: for who says it of many checks, or keeps the whole log beside it.
func Brief(err error) string {
	text := err.Error()
	if exited := new(ExitedError); errors.As(err, &exited) {
		text = strings.Replace(text, exited.Error(), exited.brief(), 1)
	}
	return text
}

// ImmichHosts are all public names of Immich.
func (p Plan) ImmichHosts() []string { return append([]string{p.ImmichHost}, p.ImmichAliases...) }

// Hosts are all public names of the stack.
func (p Plan) Hosts() []string { return append([]string{p.AuthentikHost}, p.ImmichHosts()...) }

// BlueprintPath is where a plan's blueprint lies, below authentik's folder of blueprints.
const BlueprintPath = "custom/ssoproof.yaml"

// Lack is what somebody forgot when a product was started.
type Lack string

// What Immich can lack.
const (
	LacksCA  Lack = "CA"  // the run's, among those that it trusts
	LacksWay Lack = "way" // to authentik's public name, which leads to where nobody is
)

// Plan is what a stack is started from.
type Plan struct {
	Authentik *version.Release
	Immich    *version.Release
	// AuthentikHost and ImmichHost are the public names, "authentik.company" and "immich.company".
	AuthentikHost, ImmichHost string
	// ImmichAliases are further public names of Immich.
	ImmichAliases []string
	// PlainHosts are public names that are served without TLS as well.
	PlainHosts []string
	// ImmichConfig is a configuration file that Immich is started with, as IMMICH_CONFIG_FILE; nil: none.
	ImmichConfig []byte
	// ImmichLacks is what Immich is started without, for who makes that mistake on purpose; empty: nothing.
	ImmichLacks Lack
	// Blueprint lies in authentik's folder of blueprints, as BlueprintPath; nil: none. Variables are what it reads with !Env.
	Blueprint []byte
	Variables map[string]string
	// Images replaces images by service name.
	Images map[string]string
	// Browser is auto, container or host.
	Browser string
	Fresh   bool // ignore snapshots
	Keep    bool // leave everything up
	// Volumes keeps what the products store apart from their containers, as an Upgrade needs it. Such a stack starts from
	// snapshots, but leaves none.
	Volumes bool
	// Steps are what will take the place of the products later, whose images have to be at hand from the start.
	Steps []Step
	// Progress is told what is being waited for; nil is allowed.
	Progress func(p Progress, elapsed time.Duration)
	// LogDir is where container logs are kept from the first second; empty: nowhere.
	LogDir string
}
