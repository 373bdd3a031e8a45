package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
)

// writeSite makes the site beside its place and then puts it there.
func writeSite(out string, m *matrixView) (err error) {
	if err := replaceable(out); err != nil {
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
	if err := os.RemoveAll(out); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	if err := os.Rename(site, out); err != nil {
		return &report.DirError{Dir: out, Err: err}
	}
	return nil
}

// replaceable refuses a folder that holds something other than an earlier site.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return err
	case isFile(filepath.Join(out, indexFile)) && isFile(filepath.Join(out, matrixFile)):
		return nil
	}
	return errors.New("it holds something else than a site")
}

// copyBundle puts a run's files into the folder of its cell. What an interrupted run did not come to render is rendered.
func copyBundle(to string, b *bundle) error {
	from := filepath.Dir(b.path)
	for _, name := range []string{report.JSONFile, report.JUnitFile, report.SummaryFile, report.HTMLFile, report.EvidenceDir} {
		err := filepath.WalkDir(filepath.Join(from, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			relative, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			return linkOrCopy(path, filepath.Join(to, relative))
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("copy %s: %w", from, err)
		}
	}
	if isFile(filepath.Join(to, report.HTMLFile)) {
		return nil
	}
	r, err := report.Load(filepath.Join(to, report.JSONFile))
	if err != nil {
		return err
	}
	return render.Files(to, r)
}

// linkOrCopy gives a file a second name, which costs no space; across file systems it copies.
func linkOrCopy(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if os.Link(from, to) == nil {
		return nil
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
