package pair

import (
	"errors"
	"fmt"
)

// Files are those that hold a configuration.
type Files struct {
	Blueprint, Terraform string // authentik's half, one or the other
	ImmichConfig         string
	// ImmichStored says that ImmichConfig is what Immich's API gave of its database, where an upgrade migrates it; else it
	// is a configuration file, which nothing does.
	ImmichStored bool
	Options
}

// Given reports whether any file is named.
func (f Files) Given() bool {
	return f.Blueprint != "" || f.Terraform != "" || f.ImmichConfig != "" || f.ImmichStored
}

// ReadFiles makes one pair of the files. Its error names the flag, and is of one line.
func ReadFiles(f Files) (*Pair, error) {
	if f.Blueprint != "" && f.Terraform != "" {
		return nil, errors.New("--blueprint and --terraform are both authentik's half; give one of them")
	}
	if f.ImmichStored && f.ImmichConfig == "" {
		return nil, errors.New("--immich-stored says what the file of --immich-config is; give that as well")
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
		if half.Immich != nil {
			half.Immich.File = !f.ImmichStored
		}
	}
	return Merge(halves...)
}
