package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/report"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files []string
		want  string
	}{
		"whole":                           {[]string{report.JSONFile, report.HTMLFile}, report.HTMLFile},
		"the page could not be written":   {[]string{report.JSONFile}, report.JSONFile},
		"not to be looked into from here": {nil, report.HTMLFile},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, file := range test.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
			}
			assert.Equal(t, filepath.Join(dir, test.want), report.Readable(dir))
		})
	}
}
