package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"
)

// findBundles lists the report.json files in folders, at any depth and each once. The site itself is passed over, so that
// it may lie beside the bundles; links are not followed, so that "latest" is not a second bundle.
func findBundles(dirs []string, out string) ([]string, error) {
	site, err := resolved(out)
	if err != nil {
		return nil, &report.DirError{Dir: out, Err: err}
	}
	var paths []string
	seen := map[string]bool{}
	var errs []error
	for _, dir := range dirs {
		found, err := findIn(dir, site)
		if err != nil {
			errs = append(errs, &BundleError{Path: dir, Err: err})
		}
		for _, path := range found {
			real, err := resolved(path)
			if err != nil {
				errs = append(errs, &BundleError{Path: path, Err: err})
			}
			if !seen[real] {
				paths = append(paths, path)
			}
			seen[real] = true
		}
	}
	return paths, errors.Join(errs...)
}

func findIn(dir, site string) ([]string, error) {
	if filepath.Base(dir) == report.JSONFile {
		dir = filepath.Dir(dir)
	}
	root, err := resolved(dir)
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	if root == site || strings.HasPrefix(root, site+string(filepath.Separator)) {
		return nil, errors.New("lies in the site that would be replaced; name another one with --out")
	}
	found, err := walk(root, site)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("is not there; name the output directories of runs, or folders that hold some")
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case len(found) == 0:
		return nil, errors.New("holds no report.json, at no depth; name the output directories of runs, or folders that hold some")
	}
	for i := range found {
		found[i] = filepath.Join(dir, strings.TrimPrefix(found[i], root)) // as the person named it
	}
	return found, nil
}

// walk lists what is called report.json below a folder, without the site and the evidence of bundles.
func walk(root, site string) (found []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path == site:
			return fs.SkipDir
		case entry.IsDir() && entry.Name() == report.EvidenceDir && isFile(filepath.Join(filepath.Dir(path), report.JSONFile)):
			return fs.SkipDir
		case entry.Name() == report.JSONFile && entry.Type().IsRegular():
			found = append(found, path)
		}
		return nil
	})
	return found, err
}

func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// resolved is the absolute path without links; what is not there yet keeps its name.
func resolved(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	if err != nil {
		return absolute, nil
	}
	return filepath.Join(parent, filepath.Base(absolute)), nil
}
