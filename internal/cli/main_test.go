package cli_test

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ssoproof/ssoproof/internal/cli"
)

// TestMain makes this test program the command as well: scripts and tests run it as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ssoproof": func() { os.Exit(cli.Main(context.Background(), os.Args[1:], cli.System("v0.0.0-test"))) },
	})
}
