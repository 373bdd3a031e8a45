package fakeop

import "strings"

// FaultsVariable is the environment variable that switches faults on in a container, separated by commas.
const FaultsVariable = "SSOPROOF_FAKE_FAULTS"

// FromEnvironment reads the options that the product takes from its environment. The release is not among them: it
// belongs to the image, and the caller sets it.
func FromEnvironment(env map[string]string) (Options, error) {
	return Options{
		BootstrapToken:    env["AUTHENTIK_BOOTSTRAP_TOKEN"],
		BootstrapPassword: env["AUTHENTIK_BOOTSTRAP_PASSWORD"],
		BootstrapEmail:    env["AUTHENTIK_BOOTSTRAP_EMAIL"],
		Faults:            strings.FieldsFunc(env[FaultsVariable], func(r rune) bool { return r == ',' || r == ' ' }),
	}, nil
}
