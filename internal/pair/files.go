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

// Check names what excludes another, or chooses in files that are not given. Its error is of one line.
func (f Files) Check() error {
	switch {
	case f.Blueprint != "" && f.Terraform != "":
		return errors.New("--blueprint and --terraform are both authentik's half; give one of them")
	case f.Provider != "" && f.Blueprint == "" && f.Terraform == "":
		return fmt.Errorf("--provider %s: it chooses a provider of --blueprint or --terraform; give one of them, or leave it out", f.Provider)
	case len(f.Env) > 0 && f.Blueprint == "":
		return errors.New("--env: the !Env tags of a --blueprint read it; give one, or leave it out")
	}
	return nil
}

// ReadFiles makes one pair of the files. Its error names the flag, and is of one line.
func ReadFiles(f Files) (*Pair, error) {
	if err := f.Check(); err != nil {
		return nil, err
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
