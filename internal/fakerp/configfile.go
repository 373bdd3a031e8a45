package fakerp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// readConfigFile puts a configuration file in the place of what is stored. What it leaves out is the default. One with a value
// of another type keeps the product from starting.
func (s *Server) readConfigFile() error {
	if s.options.ConfigFile == nil {
		return nil
	}
	var file object
	if err := json.Unmarshal(s.options.ConfigFile, &file); err != nil {
		return fmt.Errorf("unable to load configuration file: %w", err)
	}
	if problems := mistyped(s.store.defaults, file, ""); len(problems) > 0 {
		return s.refusedFile(problems)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.config = overlay(s.store.defaults, file)
	return nil
}

// mistake is a value that is not of the type that its default has.
type mistake struct{ path, wanted, given string }

// mistyped are the values of a file that are of another type than their defaults.
func mistyped(defaults, file object, path string) []mistake {
	var all []mistake
	for _, key := range slices.Sorted(maps.Keys(file)) {
		wanted, known := defaults[key]
		if !known || wanted == nil || file[key] == nil {
			continue
		}
		section, isSection := asObject(wanted)
		given, isGiven := asObject(file[key])
		switch {
		case isSection && isGiven:
			all = append(all, mistyped(section, given, path+key+".")...)
		case jsonType(wanted) != jsonType(file[key]):
			all = append(all, mistake{path + key, jsonType(wanted), jsonType(file[key])})
		}
	}
	return all
}

// jsonType names the type of a JSON value as zod does.
func jsonType(v any) string { return strings.TrimSuffix(typeOf(v), " value") }

// refusedFile says what is wrong with a file as the product does when it ends (server/src/utils/config.ts): by zod since
// v3.0.0, by class-validator before.
func (s *Server) refusedFile(problems []mistake) error {
	var text strings.Builder
	if s.has(version.BareErrors) {
		text.WriteString("Invalid system config: ")
		for _, p := range problems {
			fmt.Fprintf(&text, "\n  - [%s] Invalid input: expected %s, received %s", p.path, p.wanted, p.given)
		}
		return errors.New(text.String())
	}
	text.WriteString("Invalid value(s) in file: An instance of SystemConfigDto has failed the validation:\n")
	for _, p := range problems {
		fmt.Fprintf(&text, " - property %s has failed the following constraints: is%s%s \n", p.path, strings.ToUpper(p.wanted[:1]), p.wanted[1:])
	}
	return errors.New(text.String())
}
