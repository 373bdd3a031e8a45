package fakerp

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// FaultsVariable is the environment variable that switches faults on in a container, separated by commas.
const FaultsVariable = "SSOPROOF_FAKE_FAULTS"

// FromEnvironment reads the options that the product takes from its environment: NODE_EXTRA_CA_CERTS names a file of
// certificates that the back channel trusts beside the system's, and IMMICH_CONFIG_FILE its configuration file. The release is not among them: it belongs to the image,
// and the caller sets it.
func FromEnvironment(env map[string]string) (Options, error) {
	o := Options{Faults: strings.FieldsFunc(env[FaultsVariable], func(r rune) bool { return r == ',' || r == ' ' })}
	if path := env["IMMICH_CONFIG_FILE"]; path != "" {
		file, err := os.ReadFile(path)
		if err != nil {
			return Options{}, fmt.Errorf("IMMICH_CONFIG_FILE: %w", err)
		}
		o.ConfigFile = file
	}
	path := env["NODE_EXTRA_CA_CERTS"]
	if path == "" {
		return o, nil
	}
	certificates, err := os.ReadFile(path)
	if err != nil {
		return Options{}, fmt.Errorf("NODE_EXTRA_CA_CERTS: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil { // an image FROM scratch may have none
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(certificates) {
		return Options{}, fmt.Errorf("NODE_EXTRA_CA_CERTS: %s holds no certificate in PEM", path)
	}
	o.Client = &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}}
	return o, nil
}
