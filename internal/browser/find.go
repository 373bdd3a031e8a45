package browser

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// ErrNoChrome says that no Chrome, Chromium or headless-shell is installed where one is looked for.
var ErrNoChrome = errors.New("no Chrome, Chromium or headless-shell found; `make setup` installs one")

// Find looks for a Chrome in the search path and in the usual places: the headless shell first, since it costs least.
func Find() (string, error) {
	for _, name := range executables() {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoChrome
}

func executables() []string {
	names := []string{
		"headless-shell", "chromium-headless-shell", "chrome-headless-shell",
		"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome",
	}
	if runtime.GOOS == "darwin" {
		names = append(names,
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Chromium.app/Contents/MacOS/Chromium")
	}
	return names
}

// NeedsNoSandbox reports whether Chrome would refuse its sandbox here: it always does for root.
func NeedsNoSandbox() bool { return os.Geteuid() == 0 }
