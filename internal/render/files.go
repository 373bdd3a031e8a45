// Package render writes what a person or a CI system reads of a report: the console, junit.xml, summary.md and
// report.html. It decides nothing: what a result means is asked of the report.
package render

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/ssoproof/ssoproof/internal/report"
)

// Files writes junit.xml, summary.md and report.html into dir. One that fails does not keep the others from being
// written.
func Files(dir string, r *report.Report) error {
	var errs []error
	for name, render := range map[string]func(*report.Report) ([]byte, error){
		report.JUnitFile: JUnit, report.SummaryFile: Summary, report.HTMLFile: HTML,
	} {
		data, err := render(r)
		if err == nil {
			err = report.Replace(filepath.Join(dir, name), data)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("write %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
