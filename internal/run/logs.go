package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// keepLogs keeps what the containers logged; a log that is lost is not worth a verdict.
func (r *road) keepLogs() {
	if err := keepLogs(r.store, r.logs); err != nil {
		r.note("not all logs of the containers were kept: " + err.Error())
	}
}

// keepLogs copies the logs of all containers into the evidence. folder is where they were written meanwhile; it is removed.
func keepLogs(store *evidence.Store, folder string) error {
	if folder == "" {
		return nil
	}
	return errors.Join(copyLogs(store, folder), os.RemoveAll(folder))
}

// copyLogs copies what the containers have logged since their first second into the evidence, without its secrets.
func copyLogs(store *evidence.Store, folder string) error {
	if folder == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.log"))
	errs := []error{err}
	for _, path := range files {
		service := strings.TrimSuffix(filepath.Base(path), ".log")
		_, err := store.WriteLog("", service, func(w io.Writer) error { return copyFile(w, path) })
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func copyFile(w io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// Limits of what an error shows of a log. More lines are read than are shown: what a secret is can stand lines before it.
const (
	readLines = 200
	lastLines = 5
	lineWidth = 240
	// errorWidth is of any line of an error, which can hold a log's.
	errorWidth = 1000
)

// withLastWords adds to a product that was not ready what its services logged last: it says what a person looks at next.
func withLastWords(ctx context.Context, err error, s stack.Stack, redact *evidence.Redactor) error {
	var missing *rest.NotReadyError
	if !errors.As(err, &missing) {
		return err
	}
	text := ""
	for _, service := range s.Services() {
		if !isProduct(service.Name) {
			continue
		}
		var log strings.Builder
		lines := redact.Writer(&log)
		if errors.Join(s.LastLines(ctx, service.Name, readLines, lines), lines.Close()) == nil && log.Len() > 0 {
			text += fmt.Sprintf("\nthe last lines of %s:\n%s", service.Name, tail(log.String()))
		}
	}
	return fmt.Errorf("%w%s", err, text)
}

// isProduct reports whether a service is a product itself and not what it needs.
func isProduct(service string) bool {
	return service == "immich" || strings.HasPrefix(service, "authentik") && !strings.HasSuffix(service, "postgres")
}

func tail(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	lines = lines[max(0, len(lines)-lastLines):]
	for i, line := range lines {
		lines[i] = "  " + shorten(line, lineWidth)
	}
	return strings.Join(lines, "\n")
}

// shortLines cuts the lines of an error. It comes after the redaction: half a secret would not be known as one.
func shortLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = shorten(line, errorWidth)
	}
	return strings.Join(lines, "\n")
}

func shorten(line string, width int) string {
	if letters := []rune(line); len(letters) > width {
		return string(letters[:width]) + "…"
	}
	return line
}
