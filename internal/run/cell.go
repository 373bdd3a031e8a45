package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// resolve looks at all that was asked for before anything is started. Its error names every mistake, a line each.
func (o Options) resolve(ctx context.Context) (suites.Cell, error) {
	cell, err := o.cell(ctx)
	if err := errors.Join(o.check(), err); err != nil {
		return suites.Cell{}, err
	}
	return cell, nil
}

// cell resolves what the run judges: two releases and the settings of the guide, with the placeholders replaced.
func (o Options) cell(ctx context.Context) (suites.Cell, error) {
	o, settings, err := o.readPairFile()
	if err != nil {
		return suites.Cell{}, err
	}
	authentik, immich, err := o.releases()
	if settings != nil {
		return suites.Cell{Guide: settings, Authentik: authentik, Immich: immich}, errors.Join(err, o.noPlaceholders())
	}
	shipped := ""
	if authentik != nil {
		shipped = authentik.Guide
	}
	if err != nil && o.Guide == "" {
		return suites.Cell{}, err
	}
	settings, guideErr := o.guide(ctx, shipped)
	if err := errors.Join(err, guideErr); err != nil {
		return suites.Cell{}, err
	}
	return suites.Cell{Guide: settings, Authentik: authentik, Immich: immich}, nil
}

// noPlaceholders refuses --set beside a pair file, which has no example names.
func (o Options) noPlaceholders() error {
	if len(o.Set) == 0 {
		return nil
	}
	return usage("--set: a pair file has no example names to replace; change the names in %s", o.Pair)
}

// guide reads the guide that was asked for, else the shipped revision.
func (o Options) guide(ctx context.Context, shipped string) (*guide.Settings, error) {
	name := cmp.Or(o.Guide, shipped)
	if name == "" {
		return nil, usage("--guide: no revision is known to ship with authentik %s; name one (`ssoproof guide list` has them), a file or a URL", o.Authentik)
	}
	settings, err := guide.Load(ctx, name, o.Fetch)
	if errors.Is(err, guide.ErrPairFile) {
		return nil, usage("--guide %s: this is a pair file; give it by --pair", name)
	}
	if err != nil {
		return nil, &UsageError{fmt.Errorf("--guide: %w", err)}
	}
	var unfit []error
	for _, placeholder := range slices.Sorted(maps.Keys(o.Set)) {
		replaced, err := settings.Replace(placeholder, o.Set[placeholder])
		if err != nil {
			unfit = append(unfit, &UsageError{fmt.Errorf("--set: %w", err)})
			continue
		}
		settings = replaced
	}
	return settings, errors.Join(unfit...)
}

// guideName is the revision, or where the guide came from.
func guideName(s *guide.Settings) string {
	if s.Revision != "" {
		return s.Revision
	}
	return s.Source
}

func cellOf(c suites.Cell) report.Cell {
	return report.Cell{
		Authentik: c.Authentik.Version, Immich: c.Immich.Version, Guide: guideName(c.Guide), Pair: c.Guide.Configuration != nil,
	}
}

// notes are what a reader of the report should know about the cell.
func notes(c suites.Cell) []string {
	var all []string
	if !c.Authentik.Known {
		all = append(all, fmt.Sprintf("authentik %s is not in the version facts; the features of %s are assumed", c.Authentik.Version, c.Authentik.Assumed))
	}
	if !c.Immich.Known {
		all = append(all, fmt.Sprintf("Immich %s is not in the version facts; the features of %s are assumed", c.Immich.Version, c.Immich.Assumed))
	}
	if c.LabelledRegex() {
		all = append(all, "the guide's field label says RegEx, where this authentik asks for a mode per entry and starts with Strict: the run follows the label, and near misses are judged under both readings")
	}
	return append(all, notRead(c.Guide)...)
}
