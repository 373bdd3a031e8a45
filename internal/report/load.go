package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// largest is more than any report has, in bytes: what goes on and on is none.
const largest = 32 << 20

// Load reads a report.json that this version understands; path is the file, or the output directory that holds it.
func Load(path string) (*Report, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, JSONFile)
	}
	data, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	if err := readable(data); err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is not a report: %w", path, err)
	}
	if r.SchemaVersion == 1 {
		r.fromFirstSchema()
	}
	if err := r.valid(); err != nil {
		return nil, fmt.Errorf("%s is not a report: %w", path, err)
	}
	return &r, nil
}

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, largest+1))
	if err == nil && len(data) > largest {
		return nil, fmt.Errorf("%s is larger than any report: more than %d MiB", path, largest>>20)
	}
	return data, err
}

// readable says why this version cannot read a file, before it trusts its form.
func readable(data []byte) error {
	var head struct {
		SchemaVersion *int `json:"schemaVersion"`
	}
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&head)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("is not a report: it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("is cut off: its JSON does not end within its %d bytes", len(data))
	case err != nil:
		return fmt.Errorf("is not a report: %w", err)
	case head.SchemaVersion == nil:
		return errors.New("is not a report: it has no schemaVersion")
	case *head.SchemaVersion < 1 || *head.SchemaVersion > SchemaVersion:
		return fmt.Errorf("has schemaVersion %d; this ssoproof reads 1 to %d", *head.SchemaVersion, SchemaVersion)
	}
	return nil
}
