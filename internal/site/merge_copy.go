package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
)

// writeSite makes the site beside its place and then puts it there.
func writeSite(out string, m *matrixView) (err error) {
	names := []string{indexFile, matrixFile, report.SummaryFile}
	for _, c := range m.judged() {
		names = append(names, c.Dir)
	}
	if err := replaceable(out, names); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	parent := filepath.Dir(out)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	temp, err := os.MkdirTemp(parent, "."+filepath.Base(out)+"-*")
	if err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	site := filepath.Join(temp, "site") // which others may read
	if err := os.Mkdir(site, 0o755); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	for _, c := range m.judged() {
		if err := copyBundle(filepath.Join(site, c.Dir), c.bundle); err != nil {
			return err
		}
	}
	if err := renderSite(site, m); err != nil {
		return err
	}
	return moveInto(out, site)
}

// moveInto puts the entries of a new site in the place of those that an earlier one had, and leaves all else alone: a
// folder that is published can be a checkout.
func moveInto(out, site string) error {
	old, err := ownEntries(out)
	if err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	for _, name := range old {
		if err := os.RemoveAll(filepath.Join(out, name)); err != nil {
			return &report.DirError{Dir: out, Err: err}
		}
	}
	entries, err := os.ReadDir(site)
	for _, entry := range entries {
		err = errors.Join(err, os.Rename(filepath.Join(site, entry.Name()), filepath.Join(out, entry.Name())))
	}
	if err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	return nil
}

// ownEntries are the names in a folder that an earlier merge wrote there, by its matrix.json; none where there was none.
func ownEntries(out string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(out, matrixFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var earlier siteDocument
	if err := json.Unmarshal(data, &earlier); err != nil {
		return nil, fmt.Errorf("its %s is none of a site: %w", matrixFile, err)
	}
	names := []string{indexFile, matrixFile, report.SummaryFile}
	for _, cell := range earlier.Cells {
		if name := cell.folder(); name != "" && isFile(filepath.Join(out, name, report.JSONFile)) {
			names = append(names, name)
		}
	}
	return names, nil
}

// replaceable refuses a folder in which a new site would overwrite what no earlier one wrote.
func replaceable(out string, names []string) error {
	own, err := ownEntries(out)
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return unused(out)
	}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(out, name)); err == nil && !slices.Contains(own, name) {
			return fmt.Errorf("it holds %s, which no merge wrote", name)
		}
	}
	return nil
}

// unused refuses a folder of something else for a first site; what only makes a folder a checkout or a published one may
// be there.
func unused(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && name != "CNAME" {
			return fmt.Errorf("it holds %s and no site", name)
		}
	}
	return nil
}

// copyBundle puts a run into the folder of its cell: its report, renderings made anew, since a page that somebody else
// rendered can hold anything, and those artefacts that no browser runs. Each is a copy: a later run may write the original.
func copyBundle(to string, b *bundle) error {
	from := filepath.Dir(b.path)
	r, err := report.Load(b.path)
	if err != nil {
		return &BundleError{Path: b.path, Err: errors.New(strings.TrimPrefix(err.Error(), b.path+" "))}
	}
	if err := copyFile(b.path, filepath.Join(to, report.JSONFile)); err != nil {
		return fmt.Errorf("copy %s: %w", b.path, err)
	}
	err = filepath.WalkDir(filepath.Join(from, report.EvidenceDir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !harmless(path) {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyFile(path, filepath.Join(to, relative))
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return render.Files(to, r)
}

// harmless reports whether a browser shows a file and does not run it.
func harmless(path string) bool {
	return slices.Contains([]string{".jpg", ".png", ".json", ".log", ".txt", ".har"}, strings.ToLower(filepath.Ext(path)))
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close() // nothing was written
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

var unfitForNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// folderName names a cell as a folder can be named; taken are the names of others.
func folderName(c report.Cell, taken map[string]bool) string {
	base := unfitForNames.ReplaceAllString(fmt.Sprintf("%s_%s_%s", c.Authentik, c.Immich, c.Guide), "-")
	name := base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	taken[name] = true
	return name
}
