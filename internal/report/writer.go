package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
)

// DirError says that the output directory cannot be written.
type DirError struct {
	Dir string
	Err error
}

func (e *DirError) Error() string {
	cause := e.Err
	var path *os.PathError
	if errors.As(cause, &path) {
		cause = path.Err
	}
	return fmt.Sprintf("cannot write the output directory %s: %v; name another one with --out", e.Dir, cause)
}

// Unwrap gives the cause.
func (e *DirError) Unwrap() error { return e.Err }

// Writer keeps report.json in step with the run. It is safe for concurrent use.
type Writer struct {
	dir     string
	release func() error // gives the folder back

	mu     sync.Mutex
	report Report
}

// Open creates the output directory and writes the report as far as it is known. Its verdict is Interrupted until
// Close. What an earlier run left there is removed; a folder that holds anything else, or that another run writes just
// now, is refused. The error is a *DirError.
func Open(dir string, r Report) (*Writer, error) {
	release, err := claim(dir)
	if err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	r.Verdict = Interrupted
	w := &Writer{dir: dir, release: release, report: r}
	if err := w.Update(func(*Report) {}); err != nil {
		return nil, &DirError{Dir: dir, Err: errors.Join(err, release())}
	}
	return w, nil
}

// Add appends the result of a check that ended.
func (w *Writer) Add(result check.Result) error {
	return w.Update(func(r *Report) { r.Checks = append(r.Checks, result) })
}

// Phase appends a phase that ended.
func (w *Writer) Phase(name string, took time.Duration) error {
	return w.Update(func(r *Report) {
		r.Run.Phases = append(r.Run.Phases, Phase{Name: name, Seconds: round(took)})
	})
}

// Update changes the report and writes report.json. The file is replaced as a whole: a kill leaves the one before.
func (w *Writer) Update(change func(*Report)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.report)
	w.report.SchemaVersion = SchemaVersion
	w.report.Run.Seconds = round(time.Since(w.report.Run.Started))
	data, err := w.report.encode()
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	return Replace(filepath.Join(w.dir, JSONFile), data)
}

// Report is a copy of the report so far; its lists may be appended to, their elements belong to the writer.
func (w *Writer) Report() Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.report
	r.Run.Phases = slices.Clip(r.Run.Phases)
	r.Checks = slices.Clone(r.Checks)
	return r
}

// Close puts the results into the order of the plan, sets the verdict, and gives the folder back.
func (w *Writer) Close(v Verdict) error {
	return errors.Join(w.Update(func(r *Report) {
		r.Verdict = v
		place := make(map[string]int, len(r.Plan.Checks))
		for i, name := range r.Plan.Checks {
			place[name] = i + 1
		}
		slices.SortStableFunc(r.Checks, func(a, b check.Result) int { return place[a.Name()] - place[b.Name()] })
	}), w.release())
}

// The files of an output directory.
const (
	JSONFile    = "report.json"
	JUnitFile   = "junit.xml"
	SummaryFile = "summary.md"
	HTMLFile    = "report.html"
	EvidenceDir = "evidence"
)

// Latest makes "latest", beside the output directory, point to it: a symbolic link, or a text file with the
// directory's name where links cannot be had.
func Latest(dir string) error {
	name := filepath.Base(dir)
	latest := filepath.Join(filepath.Dir(dir), "latest")
	if name == "latest" {
		return nil
	}
	link := filepath.Join(filepath.Dir(dir), "."+name+".latest")
	if err := os.Symlink(name, link); err != nil {
		return Replace(latest, []byte(name+"\n"))
	}
	if err := os.Rename(link, latest); err != nil {
		return errors.Join(fmt.Errorf("point %s to %s: %w", latest, name, err), os.Remove(link))
	}
	return nil
}

func round(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
