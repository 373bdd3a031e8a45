package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/version"
)

// captureOptions are the flags of "ssoproof capture".
type captureOptions struct {
	authentik, immich, out string
	pair.Files
	live run.DoctorOptions
}

func newCapture(env Environment, options run.Options) *cobra.Command {
	c := captureOptions{live: run.DoctorOptions{Options: options, Proxy: http.ProxyFromEnvironment}}
	command := &cobra.Command{
		Use: "capture [URL]", Short: "Make a pair file of your own configuration, from a running pair or from the files that hold it",
		Args: upTo("URL"),
		Long: `Reads the configuration of authentik, of Immich or of both, from a running Immich at URL and its authentik or from the
files that hold it, and writes a pair file: one YAML document without secrets, each value with the place where it was
read. Then it says what is seen to fail, and what the file leaves open, for the releases that are given. Of a running
pair it only reads. A secret that somebody has written into the expression of a scope mapping is copied with it.

authentik's half comes from a blueprint, or from what "terraform show -json" prints of a plan or a state (OpenTofu
likewise). Immich's half is a configuration file in JSON or YAML, or what "nix eval --json" prints of
services.immich.settings; with --immich-stored it is what GET /api/system-config answered, which Immich keeps in its
database and migrates with an upgrade. Either half may be left out.`,
		Example: `  ssoproof capture https://photos.example.org --immich-api-key-file KEY --authentik-token-file TOKEN > pair.yaml
  ssoproof capture --blueprint immich.yaml --immich-config immich.json > pair.yaml
  terraform show -json plan.out > plan.json && ssoproof capture --terraform plan.json --out pair.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.capture(cmd, args, env) },
	}
	flags := command.Flags()
	fileFlags(flags, &c.Files)
	liveFlags(flags, &c.live.Live)
	wayFlags(flags, &c.live)
	flags.StringVar(&c.authentik, "authentik-version", "", "the version that authentik has, where it does not say (default, for what is said of it: the newest known)")
	flags.StringVar(&c.immich, "immich-version", "", "the version that Immich has (likewise)")
	flags.StringVar(&c.out, "out", "-", "where to write the pair file; - is standard output")
	return command
}

func (c *captureOptions) capture(cmd *cobra.Command, args []string, env Environment) error {
	p, err := c.read(cmd, args)
	if err != nil {
		return err
	}
	authentik, immich, err := c.releases(p)
	if err != nil {
		return err
	}
	p.Captured.At, p.Captured.Tool = env.Now().UTC().Truncate(time.Second), env.Version
	var text bytes.Buffer
	if err := p.Write(&text); err != nil {
		return err
	}
	if c.out == "-" {
		_, err = env.Out.Write(text.Bytes())
	} else if err = os.WriteFile(c.out, text.Bytes(), 0o644); err != nil {
		return &run.UsageError{Err: fmt.Errorf("--out: %w", err)}
	}
	c.sayTaken(env.Err)
	sayConcerns(env.Err, p, authentik, immich)
	return err
}

// read makes one pair of the files.
func (c *captureOptions) read(cmd *cobra.Command, args []string) (*pair.Pair, error) {
	c.Provider = c.live.Live.Provider
	if len(args) == 1 {
		if c.Given() {
			return nil, misuse(cmd, "%s is a running pair, and --blueprint, --terraform and --immich-config are files; give one or the other", args[0])
		}
		if cmd.Flags().Changed("env") {
			return nil, misuse(cmd, "--env is for a --blueprint, and %s is a running pair; leave it out", args[0])
		}
		c.live.Immich = args[0]
		return run.Capture(cmd.Context(), c.live)
	}
	if !c.Given() {
		return nil, misuse(cmd, "name what holds the configuration: the address of a running Immich, or --blueprint or --terraform, and --immich-config")
	}
	for _, flag := range []string{"immich-api-key-file", "authentik-token-file", "authentik", "ca-file", "resolve"} {
		if cmd.Flags().Changed(flag) {
			return nil, misuse(cmd, "--%s is for a running pair, and no URL names one; leave it out where files hold the configuration", flag)
		}
	}
	p, err := pair.ReadFiles(c.Files)
	if err != nil {
		return nil, &run.UsageError{Err: err}
	}
	return p, nil
}

// releases are those that concerns are told for; what was asked for is noted in the pair.
func (c *captureOptions) releases(p *pair.Pair) (authentik, immich *version.Release, err error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, nil, err
	}
	find := func(product version.Product, text string, note *string) (*version.Release, error) {
		if text == "" && *note != "" {
			text = *note // as the live product told
		}
		if text == "" {
			all := catalogue.Releases(product)
			return all[len(all)-1], nil
		}
		r, err := catalogue.Resolve(product, text)
		if err == nil {
			*note = r.Version
		}
		return r, err
	}
	var errs [2]error
	authentik, errs[0] = find(version.Authentik, c.authentik, &p.Captured.Authentik)
	immich, errs[1] = find(version.Immich, c.immich, &p.Captured.Immich)
	return authentik, immich, errors.Join(errs[:]...)
}

// sayTaken says what Immich's half was taken for, on which the answer of an upgrade depends.
func (c *captureOptions) sayTaken(w io.Writer) {
	switch {
	case c.ImmichConfig == "":
	case c.ImmichStored:
		fmt.Fprintf(w, "%s is taken for settings in Immich's database, which an upgrade migrates\n", c.ImmichConfig)
	default:
		fmt.Fprintf(w, "%s is taken for a file that IMMICH_CONFIG_FILE names, which no upgrade migrates; if GET /api/system-config gave it, say --immich-stored\n", c.ImmichConfig)
	}
}

// sayConcerns says what is to be expected of a pair, and what of it was not read.
func sayConcerns(w io.Writer, p *pair.Pair, authentik, immich *version.Release) {
	var out strings.Builder
	fmt.Fprintf(&out, "for authentik %s and Immich %s, read and not run:\n", authentik.Version, immich.Version)
	row := func(mark, text string) { fmt.Fprintf(&out, "%-9s  %s\n", mark, plain.OneLine(text)) }
	concerns := p.Concerns(authentik, immich)
	for _, c := range concerns {
		text := c.Text
		if c.Place != "" {
			text += " (" + c.Place + ")"
		}
		row(string(c.Level), text)
		row("", "→ "+c.Remedy)
	}
	if len(concerns) == 0 {
		row("nothing", "is seen to fail")
	}
	for _, sentence := range p.Assumed() {
		row("default", sentence)
	}
	for _, sentence := range p.NotRead {
		row("not read", sentence)
	}
	fmt.Fprint(w, out.String())
}

// fileFlags are those that name the files which hold a configuration.
func fileFlags(flags *pflag.FlagSet, f *pair.Files) {
	flags.StringVar(&f.Blueprint, "blueprint", "", "a blueprint of authentik's")
	flags.StringVar(&f.Terraform, "terraform", "", "a plan or a state as JSON")
	flags.StringVar(&f.ImmichConfig, "immich-config", "", "Immich's configuration file as JSON or YAML")
	flags.BoolVar(&f.ImmichStored, "immich-stored", false, "the file of --immich-config is what GET /api/system-config answered, and no file that IMMICH_CONFIG_FILE names")
	flags.StringToStringVar(&f.Env, "env", nil, "a variable that the blueprint reads with !Env, NAME=VALUE; no secret, runs make their own; may be repeated")
}
