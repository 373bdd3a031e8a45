package run

import (
	"cmp"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/guide"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
)

// readPairFile reads the pair file that stands in the place of a guide, and makes the versions that it was captured from
// the default ones. Without one the options come back as they are.
func (o Options) readPairFile() (Options, *guide.Settings, error) {
	if o.Pair == "" {
		return o, nil, nil
	}
	if o.Guide != "" {
		return o, nil, usage("--pair and --guide: a pair file stands in the place of a guide; name one of them")
	}
	p, err := pairfile.Load(o.Pair)
	if err != nil {
		return o, nil, &UsageError{fmt.Errorf("--pair: %w", err)}
	}
	settings, err := p.Settings()
	if err != nil {
		return o, nil, &UsageError{fmt.Errorf("--pair: %w", err)}
	}
	o.Authentik, o.Immich = cmp.Or(o.Authentik, p.Captured.Authentik), cmp.Or(o.Immich, p.Captured.Immich)
	return o, settings, nil
}

// captured is the pair that a pair file was taken from, AUTHENTIK,IMMICH; empty: it does not say.
func (o Options) captured() string {
	if o.Authentik == "" || o.Immich == "" {
		return ""
	}
	return o.Authentik + "," + o.Immich
}
