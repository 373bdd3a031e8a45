// Command ssoproof proves that authentik's Immich guide still logs people in.
package main

import (
	"context"
	"os"

	"github.com/ssoproof/ssoproof/internal/cli"
)

// version is set when a release is built.
var version = "dev"

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.System(version)))
}
