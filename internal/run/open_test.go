package run_test

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestTheDoctorExaminesAStackAsPrinted gives the doctor what is printed of a stack that is left up, its edge named as an
// engine may name it.
func TestTheDoctorExaminesAStackAsPrinted(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		_, port, err := net.SplitHostPort(i.stack.Browser().Address)
		require.NoError(t, err)
		printed := run.DoctorLine(t.Context(), "localhost:"+port, i.Cell)
		assert.NotContains(t, printed, "localhost")
		words := strings.Fields(strings.ReplaceAll(printed, "\\\n", ""))
		got := i.examine(t, func(o *run.DoctorOptions) {
			o.Resolve, o.Immich = nil, words[2]
			for n, word := range words {
				if word == "--resolve" {
					o.Resolve = append(o.Resolve, words[n+1])
				}
			}
		})
		assert.Equal(t, []string{"ssoproof", "doctor", "https://photos.example.org", "--ca-file", "ca.pem"}, words[:5])
		assert.Equal(t, report.Partial, got.Verdict, got.text)
		assert.Empty(t, got.Report.Causes, got.text)
	})
}
