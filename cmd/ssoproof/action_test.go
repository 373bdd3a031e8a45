package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program stands for ssoproof: it keeps its arguments and leaves the report of the verdict that the version asks for.
const program = `#!/usr/bin/env bash
printf '<%s>' "$@" >>"$CALLS"; echo >>"$CALLS"
while [[ $# -gt 0 ]]; do case $1 in --out) out=$2 ;; --immich) immich=$2 ;; esac; shift; done
mkdir -p "$out"
verdict=conformant code=0
case ${immich:-} in bad) verdict=violation code=1 ;; open) verdict=inconclusive code=4 ;; esac
finish() { echo "{\"verdict\": \"$verdict\"}" >"$out/report.json"; echo "$verdict" >"$out/summary.md"; exit $code; }
if [[ ${immich:-} == slow ]]; then
  trap 'verdict=interrupted code=5; finish' TERM
  echo begun >>"$CALLS"
  for _ in $(seq 600); do read -rt 0.1 <> <(:) || true; done
fi
finish
`

// action is the script of the GitHub action with its inputs, as the runner would start it.
func action(t *testing.T, inputs map[string]string) (cmd *exec.Cmd, calls, outputs string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the action runs on Linux")
	}
	for _, tool := range []string{"bash", "jq", "xargs"} {
		_, err := exec.LookPath(tool)
		require.NoError(t, err, "the action's script needs it")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ssoproof"), []byte(program), 0o700))
	calls, outputs = filepath.Join(dir, "calls"), filepath.Join(dir, "outputs")
	cmd = exec.Command("bash", "../../.github/actions/conformance/run.sh")
	// Nothing else of this environment: `make` exports an ARGS of its own.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, "SSOPROOF="+filepath.Join(dir, "ssoproof"), "RESULTS="+filepath.Join(dir, "results"),
		"CALLS="+calls, "GITHUB_OUTPUT="+outputs, "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"))
	for name, value := range inputs {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd, calls, outputs
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return string(data)
}

// TestAction shows what becomes of the inputs of the GitHub action.
func TestAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inputs  map[string]string
		calls   []string // parts of the calls, one after the other
		without string
		verdict string
		code    int
		says    string
	}{
		"nothing": {calls: []string{"<run><--stack><containers><--out>"}, without: "--authentik", verdict: "conformant"},
		"a pair": {inputs: map[string]string{"AUTHENTIK": "2025.8.1", "IMMICH": "v2.7.5", "GUIDE": "my page.md"},
			calls: []string{"<--authentik><2025.8.1><--immich><v2.7.5><--guide><my page.md>"}, verdict: "conformant"},
		"a selection over several lines": {inputs: map[string]string{"ONLY": "login.*\n  redirect.*\n"},
			calls: []string{"<--only><login.*><--only><redirect.*>"}, verdict: "conformant"},
		"arguments over several lines, with quotes": {inputs: map[string]string{"ARGS": "--fresh\n--set immich.company='my photos'"},
			calls: []string{"<--fresh><--set><immich.company=my photos>"}, verdict: "conformant"},
		"an open quote": {inputs: map[string]string{"ARGS": `--set "x`}, code: 2, says: "the input 'args' has a quote that is not closed"},
		"cells, one without a key": {inputs: map[string]string{"CELLS": `[{"immich":"v2.7.5"},{"authentik":"2025.8.1","guide":"2025-06-23"}]`},
			calls: []string{"<--immich><v2.7.5>", "<--authentik><2025.8.1><--guide><2025-06-23>"}, verdict: "conformant"},
		"the worst cell counts": {inputs: map[string]string{"CELLS": `[{"immich":"open"},{"immich":"bad"},{"immich":"good"}]`},
			calls: []string{"open", "bad", "good"}, verdict: "violation", code: 1},
		"no cells":       {inputs: map[string]string{"CELLS": `[]`}, code: 2, says: "the input 'cells' is not a JSON list"},
		"cells, no JSON": {inputs: map[string]string{"CELLS": `2025.8.1`}, code: 2, says: "the input 'cells' is not a JSON list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, calls, outputs := action(t, c.inputs)
			printed, _ := cmd.CombinedOutput()
			require.Equal(t, c.code, cmd.ProcessState.ExitCode(), "%s", printed)
			assert.Contains(t, string(printed), c.says)
			rest := readFile(t, calls)
			for _, call := range c.calls {
				_, after, found := strings.Cut(rest, call)
				require.True(t, found, "%s is not called, only %s", call, readFile(t, calls))
				rest = after
			}
			if c.without != "" {
				assert.NotContains(t, readFile(t, calls), c.without)
			}
			if c.verdict != "" {
				assert.Contains(t, readFile(t, outputs), "verdict="+c.verdict+"\n")
			}
		})
	}
}

// TestActionIsInterrupted shows that what the runner tells the shell reaches the program, whose report is kept, and
// that no further cell begins.
func TestActionIsInterrupted(t *testing.T) {
	t.Parallel()
	cmd, calls, outputs := action(t, map[string]string{"CELLS": `[{"immich":"slow"},{"immich":"next"}]`})
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return strings.Contains(readFile(t, calls), "begun") }, time.Minute, 100*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	assert.Equal(t, 5, cmd.ProcessState.ExitCode(), "%s", printed.String())
	assert.Contains(t, readFile(t, outputs), "verdict=interrupted\n")
	assert.NotContains(t, readFile(t, calls), "next")
}
