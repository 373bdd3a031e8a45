package run_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/run"
)

// put puts a front before the installation: the doctor is led to it.
func (i *installation) put(t *testing.T, f front.Front) func(*run.DoctorOptions) {
	t.Helper()
	f.Hosts, f.To = []string{"photos.example.org", "auth.example.org"}, i.stack.HTTPClient().Transport
	started, err := f.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, started.Close()) })
	ca := filepath.Join(t.TempDir(), "front.pem")
	require.NoError(t, os.WriteFile(ca, started.PEM, 0o600))
	return func(o *run.DoctorOptions) {
		o.CAFile, o.Resolve = ca, nil
		for _, host := range f.Hosts {
			o.Resolve = append(o.Resolve, host+":443:"+started.Secure, host+":80:"+started.Plain)
		}
	}
}
