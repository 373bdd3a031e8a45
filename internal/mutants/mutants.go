// Package mutants makes small edits of the doubles, each like something that a release of a product could do, and asks of
// each whether the catalogue notices it. It is a tool for who writes checks, and no part of the program.
//
// All edits are written into one copy of the source, each behind a switch (mutant schemata, Untch et al. 1993): the copy
// is compiled once, by the go command's overlay, and a process of it makes one edit after the other.
package mutants

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Edit is a small change of a double.
type Edit struct {
	ID   int    `json:"id"`   // from 1, in the order of the source: it changes with every change of the source
	Key  string `json:"key"`  // function and text: it stays while they do
	File string `json:"file"` // below the root of the module
	Line int    `json:"line"`
	What string `json:"what"`

	// ByRelease is set where the function asks for features of the release.
	ByRelease bool `json:"byRelease"`
}

// Function is where the edit is.
func (e Edit) Function() string {
	function, _, _ := strings.Cut(e.Key, ": ")
	return function
}

// Doubles are the packages that are edited.
var Doubles = []string{"internal/fakeop", "internal/fakerp"}

// unedited are files of no product's behaviour: the faults, what a double begins with, and how it is kept for another
// process.
var unedited = [...]string{
	"fakeop/admin", "fakeop/applications", "fakeop/bootstrap", "fakeop/environment", "fakeop/faults", "fakeop/health", "fakeop/mappings",
	"fakeop/migrate", "fakeop/pages", "fakeop/persist", "fakeop/providers", "fakeop/server", "fakeop/state", "fakeop/users",
	"fakerp/config", "fakerp/environment", "fakerp/faults", "fakerp/pages", "fakerp/persist", "fakerp/server", "fakerp/store",
}

// Source is the doubles with all edits in them.
type Source struct {
	Edits []Edit
	root  string
	files map[string][]byte // the edited ones, by path
}

// Read finds the edits of packages of the module at root.
func Read(ctx context.Context, root string, packages ...string) (*Source, error) {
	s := &Source{root: root, files: map[string][]byte{}}
	for _, dir := range packages {
		double, err := load(ctx, root, dir)
		if err != nil {
			return nil, err
		}
		for _, file := range double.files {
			path := double.fset.File(file.Pos()).Name()
			name := double.name + "/" + filepath.Base(path)
			if slices.ContainsFunc(unedited[:], func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
				continue
			}
			f := newFinder(double, file, len(s.Edits))
			f.find()
			if len(f.edits) == 0 {
				continue
			}
			for i := range f.edits {
				f.edits[i].File = filepath.ToSlash(filepath.Join(dir, filepath.Base(path)))
			}
			s.Edits = append(s.Edits, f.edits...)
			s.files[path] = f.woven()
		}
	}
	s.number()
	return s, nil
}

// number makes the keys of edits unique that say the same of the same function.
func (s *Source) number() {
	seen := map[string]int{}
	for i := range s.Edits {
		key := s.Edits[i].Key
		seen[key]++
		if n := seen[key]; n > 1 {
			s.Edits[i].Key = fmt.Sprintf("%s (%d)", key, n)
		}
	}
}

// Write puts the edited files into a folder, and returns the overlay for the go command that names them.
func (s *Source) Write(dir string) (overlay string, err error) {
	replace := map[string]string{}
	for path, text := range s.files {
		to := filepath.Join(dir, filepath.Base(filepath.Dir(path))+"_"+filepath.Base(path))
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return "", fmt.Errorf("write the edited doubles: %w", err)
		}
		replace[path] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	return overlay, nil
}
