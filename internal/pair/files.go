package pair

import (
	"errors"
	"fmt"
)

// Files are those that hold a configuration.
type Files struct {
	Blueprint, Terraform string // authentik's half, one or the other
	ImmichConfig         string
	Options
}

// Given reports whether any file is named.
func (f Files) Given() bool { return f.Blueprint != "" || f.Terraform != "" || f.ImmichConfig != "" }

// ReadFiles makes one pair of the files. Its error names the flag, and is of one line.
func ReadFiles(f Files) (*Pair, error) {
	if f.Blueprint != "" && f.Terraform != "" {
		return nil, errors.New("--blueprint and --terraform are both authentik's half; give one of them")
	}
	var halves []*Pair
	for _, source := range []struct {
		flag, file string
		read       func(string) (*Pair, error)
	}{
		{"--blueprint", f.Blueprint, func(name string) (*Pair, error) { return ReadBlueprint(name, f.Options) }},
		{"--terraform", f.Terraform, func(name string) (*Pair, error) { return ReadTerraform(name, f.Options) }},
		{"--immich-config", f.ImmichConfig, ReadImmichConfig},
	} {
		if source.file == "" {
			continue
		}
		half, err := source.read(source.file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source.flag, err)
		}
		halves = append(halves, half)
	}
	return Merge(halves...)
}
