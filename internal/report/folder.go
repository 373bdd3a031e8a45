package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// lockFile marks a folder that a run writes, with the number of its process.
const lockFile = ".ssoproof.lock"

// claim makes a folder this run's own: it refuses one that holds anything but an earlier run, and one that another run
// writes just now, and clears what the earlier run left. release gives it back.
func claim(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := foreign(dir); err != nil {
		return nil, err
	}
	if err := lock(dir); err != nil {
		return nil, err
	}
	release = func() error { return ignoreMissing(os.Remove(filepath.Join(dir, lockFile))) }
	for _, name := range []string{JUnitFile, SummaryFile, HTMLFile, EvidenceDir, BeforeDir} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return nil, errors.Join(err, release())
		}
	}
	return release, nil
}

// foreign says what a folder holds beside the files of a run, or instead of them.
func foreign(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	ours := []string{JSONFile, JUnitFile, SummaryFile, HTMLFile, EvidenceDir, BeforeDir, lockFile}
	known, hasReport := "", false
	for _, entry := range entries {
		switch name := entry.Name(); {
		case isTemporary(name):
		case !slices.Contains(ours, name):
			return fmt.Errorf("it holds %s, which is not a file of a run", name)
		default:
			known, hasReport = name, hasReport || name == JSONFile || name == lockFile
		}
	}
	if known != "" && !hasReport {
		return fmt.Errorf("it holds %s and no report.json, so it is not the folder of an earlier run", known)
	}
	return nil
}

// lock marks the folder. The mark of a process that is gone is taken over.
func lock(dir string) error {
	path := filepath.Join(dir, lockFile)
	for range 2 {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = fmt.Fprintln(file, os.Getpid())
			return errors.Join(err, file.Close())
		}
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if pid, ok := owner(path); ok && alive(pid) {
			return fmt.Errorf("another run writes it just now (process %d)", pid)
		}
		if err := ignoreMissing(os.Remove(path)); err != nil {
			return err
		}
	}
	return errors.New("another run has just begun to write it")
}

func owner(path string) (pid int, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(data)))
	return pid, err == nil && pid > 0
}

// alive reports whether another process has the number. The own number is that of a process before a restart of the
// machine, or in another container.
func alive(pid int) bool {
	if pid == os.Getpid() {
		return false
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// isTemporary reports whether a name is one that Replace makes; a kill can leave one behind.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}

// Replace writes a file so that a reader, or a kill, finds the old content or the new one.
func Replace(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.tmp")
	if err != nil {
		return err
	}
	temp := file.Name()
	_, err = file.Write(data)
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

// Readable is the file of a bundle to be opened: report.html, or report.json where that could not be written any more.
func Readable(dir string) string {
	page, data := filepath.Join(dir, HTMLFile), filepath.Join(dir, JSONFile)
	if exists(data) && !exists(page) {
		return data
	}
	return page
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
