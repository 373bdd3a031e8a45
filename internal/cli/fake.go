package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/fakedb"
	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/version"
)

// newFake is what images of the doubles run, on the ports of what they double. Further arguments are those that the
// real image gets.
func newFake(env Environment) *cobra.Command {
	release := ""
	command := &cobra.Command{
		Use: "fake authentik|immich|postgres|valkey", Hidden: true, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			switch args[0] {
			case "authentik":
				return fakeAuthentik(ctx, env, release, args[1:])
			case "immich":
				return fakeImmich(ctx, env, release)
			case "postgres":
				return serveDatabase(ctx, 5432, fakedb.ServePostgres)
			case "valkey":
				return serveDatabase(ctx, 6379, fakedb.ServeValkey)
			}
			return misuse(cmd, "there is no double of %q", args[0])
		},
	}
	command.Flags().StringVar(&release, "release", "", "the release that is doubled")
	command.Flags().SetInterspersed(false)
	command.FParseErrWhitelist.UnknownFlags = true
	return command
}

func fakeAuthentik(ctx context.Context, env Environment, name string, role []string) error {
	release, err := resolve(version.Authentik, name)
	if err != nil {
		return err
	}
	if len(role) > 0 && role[0] == "worker" {
		<-ctx.Done()
		return nil
	}
	options, err := fakeop.FromEnvironment(variables(env))
	if err != nil {
		return err
	}
	options.Release = release
	if options.Stored, err = stored(release); err != nil {
		return err
	}
	double, err := fakeop.New(options)
	if err != nil {
		return err
	}
	return serve(ctx, env, release, double)
}

func fakeImmich(ctx context.Context, env Environment, name string) error {
	release, err := resolve(version.Immich, name)
	if err != nil {
		return err
	}
	options, err := fakerp.FromEnvironment(variables(env))
	if err != nil {
		return err
	}
	options.Release, options.Log = release, env.Out
	if options.Stored, err = stored(release); err != nil {
		return err
	}
	double, err := fakerp.New(options)
	if err != nil {
		return err
	}
	return serve(ctx, env, release, double)
}

func serveDatabase(ctx context.Context, port int, serve func(context.Context, net.Listener) error) error {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	return serve(ctx, listener)
}

func resolve(product version.Product, name string) (*version.Release, error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, err
	}
	return catalogue.Resolve(product, name)
}

func variables(env Environment) map[string]string {
	all := map[string]string{}
	for _, pair := range env.All() {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

// storePath is where a double keeps its state: on the media volume, since the doubles of databases keep nothing.
func storePath(release *version.Release) string { return filepath.Join(release.Media, "double.json") }

// stored is what a double of an older release has left on the volume; nil where there is nothing.
func stored(release *version.Release) ([]byte, error) {
	data, err := os.ReadFile(storePath(release))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// persistent is a double whose state outlives it.
type persistent interface {
	http.Handler
	Dump() ([]byte, error)
}

// store leaves the state on the volume, where there is one.
func store(release *version.Release, double persistent) error {
	if _, err := os.Stat(release.Media); err != nil {
		return nil //nolint:nilerr // nobody wants it
	}
	data, err := double.Dump()
	if err != nil {
		return err
	}
	return os.WriteFile(storePath(release), data, 0o600)
}

// serve serves a double on the product's port until ctx ends.
func serve(ctx context.Context, env Environment, release *version.Release, double persistent) error {
	server := &http.Server{Addr: fmt.Sprintf(":%d", release.Port), Handler: double, ReadHeaderTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	fmt.Fprintf(env.Out, "double of %s %s on port %d\n", release.Product, release.Version, release.Port)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return store(release, double)
}
