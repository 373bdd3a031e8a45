package run

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/suites"
)

// fewNames is how many near names an error gives.
const fewNames = 3

// nearest are the IDs of a catalogue that are most like a text, closest first.
func nearest(text string, catalogue []suites.Check) []string {
	text, _, _ = strings.Cut(strings.Trim(text, "*."), "[")
	var ids []string
	for _, c := range catalogue {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(distance(text, a), distance(text, b)) })
	return ids[:min(fewNames, len(ids))]
}

// distance is the least number of letters to insert, drop or replace (Levenshtein); a part of an ID is as near as a slip
// of one letter.
func distance(a, b string) int {
	if a != "" && strings.Contains(b, a) {
		return 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(b)]
}
