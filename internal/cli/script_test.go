package cli_test

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ssoproof/ssoproof/fixtures/schema"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/report"
)

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			program, err := exec.LookPath("ssoproof")
			if err != nil {
				return err
			}
			e.Setenv("SSOPROOF", program) // for scripts with another search path
			e.Setenv("TMPDIR", e.WorkDir)
			for _, name := range []string{"CI", "GITHUB_ACTIONS", "NO_COLOR", "DOCKER_HOST", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"} {
				e.Setenv(name, "")
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "chrome":
				_, err := browser.Find()
				return err == nil, nil
			case "root":
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "told": told, "verdict": verdict},
	})
}

// exits runs ssoproof and compares the exit code: exits CODE ARGUMENT...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(ts.Getenv("SSOPROOF"), args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// told wants standard error to be exactly the lines that match, each a whole line, the first of "ssoproof: ": told REGEXP...
func told(ts *testscript.TestScript, _ bool, args []string) {
	pattern := "^ssoproof: "
	for i, line := range args {
		if i > 0 {
			pattern += "  "
		}
		pattern += "(?:" + line + ")\n"
	}
	if text := ts.ReadFile("stderr"); !regexp.MustCompile(pattern + "$").MatchString(text) {
		ts.Fatalf("standard error is %q, want %s", text, pattern)
	}
}

// verdict wants DIR/report.json to be a report by its schema, with that verdict, and all that is rendered beside it:
// verdict DIR VERDICT
func verdict(ts *testscript.TestScript, _ bool, args []string) {
	r, err := report.Load(ts.MkAbs(args[0] + "/report.json"))
	ts.Check(err)
	if string(r.Verdict) != args[1] {
		ts.Fatalf("verdict %s, want %s", r.Verdict, args[1])
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Report()))
	ts.Check(err)
	compiler := jsonschema.NewCompiler()
	ts.Check(compiler.AddResource("report.schema.json", document))
	compiled, err := compiler.Compile("report.schema.json")
	ts.Check(err)
	written, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0] + "/report.json")))
	ts.Check(err)
	ts.Check(compiled.Validate(written))
	for _, name := range []string{"junit.xml", "summary.md", "report.html"} {
		ts.ReadFile(args[0] + "/" + name)
	}
}
