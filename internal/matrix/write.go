package matrix

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the matrix for people.
func (m *Matrix) WriteText(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "authentik\tImmich\tguide\tshard\twhy\n")
	for _, c := range m.Cells {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", c.Authentik, c.Immich, c.Guide, c.Shard, strings.Join(c.Reasons, "; "))
	}
	fmt.Fprintf(table, "cells: %d, shards: %d, strategy: %s\n", len(m.Cells), m.Shards, m.Strategy)
	for _, note := range m.Notes {
		fmt.Fprintf(table, "note: %s\n", note)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	return nil
}

// WriteJSON writes the matrix as data, for any CI system and for "ssoproof report merge --plan".
func (m *Matrix) WriteJSON(w io.Writer) error { return encode(w, m, "  ") }

// githubJobs is how many jobs GitHub Actions takes from one matrix.
const githubJobs = 256

// WriteGitHub writes what fromJSON turns into the strategy.matrix of a GitHub Actions job, in one line as GITHUB_OUTPUT
// wants it: an entry for each cell, or, where shards are wanted, one for each shard with the list of its cells.
func (m *Matrix) WriteGitHub(w io.Writer, shards bool) error {
	type cell struct {
		Authentik string `json:"authentik"`
		Immich    string `json:"immich"`
		Guide     string `json:"guide"`
	}
	type job struct {
		*cell
		Shard  int    `json:"shard"`
		Shards int    `json:"shards,omitempty"`
		Cells  []cell `json:"cells,omitempty"`
	}
	jobs := []job{}
	for _, c := range m.Cells {
		one := cell{c.Authentik, c.Immich, c.Guide}
		switch {
		case !shards:
			jobs = append(jobs, job{cell: &one, Shard: c.Shard})
		case len(jobs) == 0 || jobs[len(jobs)-1].Shard != c.Shard:
			jobs = append(jobs, job{Shard: c.Shard, Shards: m.Shards, Cells: []cell{one}})
		default:
			last := &jobs[len(jobs)-1]
			last.Cells = append(last.Cells, one)
		}
	}
	if len(jobs) > githubJobs {
		return fmt.Errorf("%d jobs, but GitHub takes %d from one matrix; let the cells share jobs with --shards, or narrow the ranges",
			len(jobs), githubJobs)
	}
	return encode(w, map[string][]job{"include": jobs}, "")
}

func encode(w io.Writer, value any, indent string) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	return nil
}
