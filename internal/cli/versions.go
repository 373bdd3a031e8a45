package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/version"
)

func newVersions(env Environment) *cobra.Command {
	command := group(&cobra.Command{Use: "versions", Short: "List the releases that are known, and which are proven"},
		newVersionsAdd(env), newVersionsProve(env))
	command.RunE = func(*cobra.Command, []string) error {
		catalogue, err := version.Load()
		if err != nil {
			return err
		}
		return catalogue.WriteText(env.Out)
	}
	return command
}

func newVersionsAdd(env Environment) *cobra.Command {
	var file string
	command := &cobra.Command{
		Use: "add PRODUCT VERSION", Short: "Enter a release into the version facts of the source tree", Args: wants("PRODUCT VERSION"),
		Example: "  ssoproof versions add immich v3.2.0",
		RunE: func(cmd *cobra.Command, args []string) error {
			product := version.Product(strings.ToLower(args[0]))
			if product != version.Authentik && product != version.Immich {
				return misuse(cmd, "%q is not a product; there are %s and %s", args[0], version.Authentik, version.Immich)
			}
			path, err := factsFile(file, string(product)+".yaml")
			if err != nil {
				return err
			}
			added, err := version.Add(os.DirFS(filepath.Dir(path)), product, args[1])
			if err != nil {
				return &run.UsageError{Err: err}
			}
			if err := rewrite(path, added.Content); err != nil {
				return err
			}
			return tellAdded(env.Out, path, added)
		},
	}
	command.Flags().StringVar(&file, "file", "", "the file to write, PRODUCT.yaml (default: that of the source tree around the working directory)")
	return command
}

// tellAdded says what a run would assume of a release that was entered.
func tellAdded(w io.Writer, path string, added *version.Added) error {
	r := added.Release
	if added.NewLine {
		fmt.Fprintf(w, "%s: %s %s, of the new line %s; it is assumed to be as the line before\n", path, r.Product, r.Version, r.Line)
	} else {
		fmt.Fprintf(w, "%s: %s %s, of the line %s\n", path, r.Product, r.Version, r.Line)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(table, "  %s\t%s\n", name, value) }
	var features []string
	for _, info := range version.Features() {
		if r.Has(info.Feature) {
			features = append(features, string(info.Feature))
		}
	}
	row("features", cmp.Or(strings.Join(features, " "), "-"))
	switch {
	case r.Product == version.Immich:
		for _, app := range r.Apps {
			row("app", fmt.Sprintf("%s, %s", app.Name, app.UserAgent))
		}
	case r.Guide != "":
		row("guide", r.Guide)
	default:
		row("guide", "not known; add the revision that it ships to its line")
	}
	row("image", r.Image)
	for _, service := range r.Services {
		row(service.Name, service.Image)
	}
	if r.Unsupported != "" {
		row("a run refuses it", r.Unsupported)
	}
	return table.Flush()
}

func newVersionsProve(env Environment) *cobra.Command {
	var file string
	command := &cobra.Command{
		Use: "prove REPORT", Short: "Enter the pair of a conformant run on the products as proven", Args: wants("REPORT"),
		Long: "Reads a report.json, or the folder that holds it, and enters its pair into fixtures/versions/proven.yaml.\n" +
			"It takes a conformant run of all checks on the official images and refuses everything else.",
		Example: "  ssoproof versions prove results/latest",
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := factsFile(file, "proven.yaml")
			if err != nil {
				return err
			}
			folder := os.DirFS(filepath.Dir(path))
			pair, err := proofIn(folder, args[0])
			if err != nil {
				return err
			}
			content, err := version.Prove(folder, pair)
			if err != nil {
				return &run.UsageError{Err: fmt.Errorf("authentik %s with Immich %s, guide %s: %w", pair.Authentik, pair.Immich, pair.Guide, err)}
			}
			if err := rewrite(path, content); err != nil {
				return err
			}
			fmt.Fprintf(env.Out, "%s: authentik %s with Immich %s, guide %s, proven on %s\n", path, pair.Authentik, pair.Immich, pair.Guide, pair.Date)
			return nil
		},
	}
	command.Flags().StringVar(&file, "file", "", "the file to write, proven.yaml (default: that of the source tree around the working directory)")
	return command
}

// proofIn is what a report proves, by the facts of a folder.
func proofIn(folder fs.FS, name string) (version.Proof, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "report.json")
	}
	r, err := report.Load(name)
	if err != nil {
		return version.Proof{}, &run.UsageError{Err: fmt.Errorf("%w; name the output directory of a run", err)}
	}
	catalogue, err := version.LoadFrom(folder)
	if err != nil {
		return version.Proof{}, &run.UsageError{Err: err}
	}
	pair, err := run.Proof(catalogue, r)
	if err != nil {
		return version.Proof{}, &run.UsageError{Err: fmt.Errorf("%s proves nothing:\n%w", name, err)}
	}
	return pair, nil
}

// factsFile is the file of the version facts to write: the one that was named, else that of the source tree around the
// working directory.
func factsFile(named, base string) (string, error) {
	if named != "" {
		if filepath.Base(named) != base {
			return "", &run.UsageError{Err: fmt.Errorf("--file %s: the file is called %s and lies beside the other version facts", named, base)}
		}
		for _, name := range []string{base, "authentik.yaml", "immich.yaml", "proven.yaml"} {
			if _, err := os.Stat(filepath.Join(filepath.Dir(named), name)); err != nil {
				return "", &run.UsageError{Err: fmt.Errorf("--file %s: %w", named, err)}
			}
		}
		return named, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the source tree: %w", err)
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "fixtures", "versions", base)
		if _, err := os.Stat(path); err == nil {
			if near, err := filepath.Rel(here, path); err == nil {
				path = near
			}
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			return "", &run.UsageError{Err: fmt.Errorf("no fixtures/versions/%s in %s or above: go to a source tree of ssoproof, or name the file with --file", base, here)}
		}
	}
}

// rewrite replaces a file in one step, so that a full disk leaves it as it was.
func rewrite(path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return &run.UsageError{Err: err}
	}
	fresh := path + ".new"
	err = os.WriteFile(fresh, content, info.Mode().Perm())
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return &run.UsageError{Err: errors.Join(fmt.Errorf("write %s: %w", path, err), removed(fresh))}
	}
	return nil
}

func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
