package evidence

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// The kinds of evidence.
const (
	Screenshot = "screenshot"
	Exchanges  = "exchanges"
	HAR        = "har" // of a browser session
	Log        = "log"
)

// Store saves artefacts below evidence/ in the output directory, a folder for each check. It is safe for concurrent
// use.
type Store struct {
	Tool string // version of the program, for what names its maker

	dir    string
	redact *Redactor

	mu      sync.Mutex
	folders map[string]string // by name of the check
	files   map[string]int    // by folder
}

// NewStore saves below dir, the output directory; folders are made when something is saved.
func NewStore(dir string, r *Redactor) *Store {
	return &Store{dir: dir, redact: r, folders: map[string]string{}, files: map[string]int{}}
}

// WriteScreenshot saves a JPEG. It must show no secret: pictures cannot be redacted.
func (s *Store) WriteScreenshot(checkName, name string, picture []byte) (check.Evidence, error) {
	return s.save(checkName, name, Screenshot, ".jpg", func(w io.Writer) error {
		_, err := w.Write(picture)
		return err
	})
}

// WriteLog saves a text without its secrets, line by line as write produces it; stack.Logs is such a function.
func (s *Store) WriteLog(checkName, name string, write func(io.Writer) error) (check.Evidence, error) {
	return s.save(checkName, name, Log, ".log", func(w io.Writer) error {
		lines := s.redact.Writer(w)
		return errors.Join(write(lines), lines.Close())
	})
}

// WriteExchanges saves exchanges as readable JSON without their secrets.
func (s *Store) WriteExchanges(checkName, name string, list []edge.Exchange) (check.Evidence, error) {
	return s.save(checkName, name, Exchanges, ".json", func(w io.Writer) error {
		for i := range list {
			s.redact.Meet(&list[i])
		}
		separator := "[\n"
		for i := range list {
			data, err := json.MarshalIndent(s.shown(&list[i]), "  ", "  ")
			if err != nil {
				return fmt.Errorf("encode exchange %d: %w", list[i].ID, err)
			}
			if _, err := fmt.Fprintf(w, "%s  %s", separator, data); err != nil {
				return err
			}
			separator = ",\n"
		}
		if len(list) == 0 {
			_, err := io.WriteString(w, "[]\n")
			return err
		}
		_, err := io.WriteString(w, "\n]\n")
		return err
	})
}

// exchange is the readable form of an edge.Exchange.
type exchange struct {
	ID           int64     `json:"id"`
	Started      time.Time `json:"started"`
	Milliseconds int64     `json:"milliseconds"`
	Leg          edge.Leg  `json:"leg"`
	Request      message   `json:"request"`
	Response     message   `json:"response"`
	Truncated    bool      `json:"truncated,omitempty"`
	Error        string    `json:"error,omitempty"`
}

type message struct {
	Method string              `json:"method,omitempty"`
	URL    string              `json:"url,omitempty"`
	Status int                 `json:"status,omitempty"`
	Header map[string][]string `json:"header,omitempty"`
	Body   any                 `json:"body,omitempty"`
}

func (s *Store) shown(x *edge.Exchange) exchange {
	r := s.redact
	return exchange{
		ID: x.ID, Started: x.Started, Milliseconds: x.Duration.Milliseconds(), Leg: x.Leg,
		Request: message{
			Method: x.Method, URL: r.URL(x.URL), Header: r.Header(x.RequestHeader),
			Body: r.Body(x.RequestHeader, x.RequestBody, x.Truncated),
		},
		Response: message{
			Status: x.Status, Header: r.Header(x.ResponseHeader),
			Body: r.Body(x.ResponseHeader, x.ResponseBody, x.Truncated),
		},
		Truncated: x.Truncated, Error: r.Text(x.Error),
	}
}

func (s *Store) save(checkName, name, kind, ext string, write func(io.Writer) error) (check.Evidence, error) {
	relative := s.place(checkName, name) + ext
	full := filepath.Join(s.dir, filepath.FromSlash(relative))
	fail := func(err error) (check.Evidence, error) {
		return check.Evidence{}, fmt.Errorf("save evidence %s: %w", relative, err)
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return fail(err)
	}
	// A file of its own, put in its place when it is whole: a full disk leaves no half of one, and what has another name
	// for an older file keeps it.
	file, err := os.CreateTemp(filepath.Dir(full), ".*"+ext+".tmp")
	if err != nil {
		return fail(err)
	}
	buffered := bufio.NewWriter(file)
	cut := write(buffered) // what came until then is worth keeping
	if err := errors.Join(buffered.Flush(), file.Chmod(0o644), file.Close()); err != nil {
		return fail(errors.Join(cut, err, os.Remove(file.Name())))
	}
	if err := os.Rename(file.Name(), full); err != nil {
		return fail(errors.Join(cut, err, os.Remove(file.Name())))
	}
	if cut != nil {
		return fail(cut)
	}
	return check.Evidence{Kind: kind, Name: s.redact.Text(name), Path: relative}, nil
}

// place is the path of the next artefact of a check, without its extension: evidence/login.web.first/01-landing. Two
// checks never share a folder. What belongs to no check goes to evidence/run.
func (s *Store) place(checkName, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	folder, known := s.folders[checkName]
	if !known {
		base := slug(checkName, "run")
		folder = base
		for n := 2; s.files[folder] > 0; n++ {
			folder = fmt.Sprintf("%s-%d", base, n)
		}
		s.folders[checkName] = folder
	}
	s.files[folder]++
	return path.Join("evidence", folder, fmt.Sprintf("%02d-%s", s.files[folder], slug(s.redact.Text(name), "artefact")))
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// slug makes a name fit for a file on every system; otherwise stands for a name that has nothing of that.
func slug(name, otherwise string) string {
	name = unsafe.ReplaceAllString(name, "-")
	name = strings.Trim(name[:min(len(name), 100)], "-.")
	if name == "" {
		return otherwise
	}
	return name
}
