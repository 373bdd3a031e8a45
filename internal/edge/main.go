package edge

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

// File is the configuration of an edge in a process of its own, as JSON. It holds the run's key and token, so it is
// a file and neither arguments nor environment.
type File struct {
	Listen      string            `json:"listen"`      // address of the public names, ":443"
	Plain       string            `json:"plain"`       // address without TLS, ":80"; empty: none
	PlainNames  []string          `json:"plainNames"`  // public names that are served there; the others lead to https
	Control     string            `json:"control"`     // address of the control port, TLS as well
	Token       string            `json:"token"`       // bearer token of the control port
	Certificate string            `json:"certificate"` // PEM chain
	Key         string            `json:"key"`         // PEM
	Routes      map[string]string `json:"routes"`      // public name → upstream URL
	Legs        map[Leg][]string  `json:"legs"`        // leg → host names of those who talk on it
	Tunnels     []string          `json:"tunnels"`     // "name:port" that the control port connects to
}

// Main runs an edge from a configuration file until ctx ends: `ssoproof edge`.
func Main(ctx context.Context, path string, stdout io.Writer) error {
	file, err := readFile(path)
	if err != nil {
		return err
	}
	certificate, err := tls.X509KeyPair([]byte(file.Certificate), []byte(file.Key))
	if err != nil {
		return fmt.Errorf("edge: %s: certificate: %w", path, err)
	}
	routes := map[string]Route{}
	for name, url := range file.Routes {
		routes[name] = Route{URL: url}
	}
	e, err := New(Config{Certificate: certificate, Routes: routes, Plain: file.PlainNames, Legs: file.Legs, Tunnels: file.Tunnels, Log: stdout})
	if err != nil {
		return fmt.Errorf("edge: %s: %w", path, err)
	}
	return e.run(ctx, file, serverTLS(certificate), stdout)
}

func readFile(path string) (File, error) {
	var file File
	raw, err := os.ReadFile(path)
	if err != nil {
		return file, fmt.Errorf("edge: read the configuration: %w", err)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return file, fmt.Errorf("edge: %s is not an edge's configuration: %w", path, err)
	}
	if file.Token == "" {
		return file, fmt.Errorf("edge: %s: token: a control port without a token would show everything to everybody", path)
	}
	return file, nil
}

// run serves both ports until ctx ends or one fails.
func (e *Edge) run(ctx context.Context, file File, cfg *tls.Config, stdout io.Writer) error {
	public, err := net.Listen("tcp", file.Listen)
	if err != nil {
		return fmt.Errorf("edge: %w", err)
	}
	private, err := net.Listen("tcp", file.Control)
	if err != nil {
		return fmt.Errorf("edge: control port: %w", err)
	}
	e.address = public.Addr().String()
	control := &http.Server{
		Handler: e.ControlHandler(file.Token), TLSConfig: cfg, ErrorLog: e.server.ErrorLog, ReadHeaderTimeout: time.Minute,
	}
	fmt.Fprintf(stdout, "edge: serving %v on %s, control on %s\n", e.names, e.address, private.Addr())

	var plain net.Listener
	if file.Plain != "" {
		if plain, err = net.Listen("tcp", file.Plain); err != nil {
			return fmt.Errorf("edge: without TLS: %w", err)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.serve(public) })
	if plain != nil {
		group.Go(func() error { return closed(e.plain.Serve(plain)) })
	}
	group.Go(func() error { return closed(control.ServeTLS(private, "", "")) })
	group.Go(func() error {
		<-ctx.Done()
		_ = control.Close()
		return e.Close()
	})
	return group.Wait()
}
