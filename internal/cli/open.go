package cli

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newReportOpen(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "open [DIR]", Short: "Open a run's report.html in your browser (default: of results/latest)",
		Args: atMostDir,
		RunE: func(_ *cobra.Command, args []string) error {
			page := filepath.Join(folder(args), report.HTMLFile)
			if _, err := os.Stat(page); err != nil {
				return &run.UsageError{Err: fmt.Errorf("%w; name the output directory of a run, or render it with ssoproof report", err)}
			}
			if err := env.open(page); err != nil {
				fmt.Fprintf(env.Out, "No browser can be opened here. The report is %s\n", page)
				return nil
			}
			fmt.Fprintln(env.Out, page)
			return nil
		},
	}
}

// open shows a file in the browser of the person at this machine.
func (env Environment) open(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" && !env.screen() {
		return errors.New("there is no screen")
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/x
		path = "/" + path
	}
	browser.Stdout, browser.Stderr = nil, nil // what it says is nothing for who reads this; and a browser may outlive us
	return browser.OpenURL((&url.URL{Scheme: "file", Path: path}).String())
}

// screen reports whether a window can be shown. Without one, xdg-open would begin a text browser, which has no terminal.
func (env Environment) screen() bool {
	return cmp.Or(env.Variable("DISPLAY"), env.Variable("WAYLAND_DISPLAY"), env.Variable("WSL_DISTRO_NAME"), env.Variable("BROWSER")) != ""
}
