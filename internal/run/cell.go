package run

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// cell resolves what the run judges: two releases and the settings of the guide, with the placeholders replaced.
func (o Options) cell(ctx context.Context) (suites.Cell, error) {
	authentik, immich, err := o.releases()
	if err != nil {
		return suites.Cell{}, err
	}
	name := o.Guide
	if name == "" {
		name = authentik.Guide
	}
	if name == "" {
		return suites.Cell{}, usage("no guide revision is known for authentik %s: name one with --guide (see `ssoproof list guides`)", authentik.Version)
	}
	settings, err := guide.Load(ctx, name, o.Fetch)
	if err != nil {
		return suites.Cell{}, &UsageError{fmt.Errorf("--guide: %w", err)}
	}
	for _, placeholder := range slices.Sorted(maps.Keys(o.Set)) {
		if settings, err = settings.Replace(placeholder, o.Set[placeholder]); err != nil {
			return suites.Cell{}, &UsageError{fmt.Errorf("--set: %w", err)}
		}
	}
	return suites.Cell{Guide: settings, Authentik: authentik, Immich: immich}, nil
}

// guideName is the revision, or where the guide came from.
func guideName(s *guide.Settings) string {
	if s.Revision != "" {
		return s.Revision
	}
	return s.Source
}

func cellOf(c suites.Cell) report.Cell {
	return report.Cell{Authentik: c.Authentik.Version, Immich: c.Immich.Version, Guide: guideName(c.Guide)}
}

// notes are what a reader of the report should know about the cell.
func notes(c suites.Cell) []string {
	var all []string
	if !c.Authentik.Known {
		all = append(all, fmt.Sprintf("authentik %s is not in the version facts; the features of %s are assumed", c.Authentik.Version, c.Authentik.Line))
	}
	if !c.Immich.Known {
		all = append(all, fmt.Sprintf("Immich %s is not in the version facts; the features of %s are assumed", c.Immich.Version, c.Immich.Line))
	}
	if c.LabelledRegex() {
		all = append(all, "the guide's field label says RegEx, where this authentik asks for a mode per entry and starts with Strict: the run follows the label, and near misses are judged under both readings")
	}
	return all
}
