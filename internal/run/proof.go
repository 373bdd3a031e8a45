package run

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Proof is what a report proves of its pair of releases: that a real and whole run on the official images was
// conformant. The error names every reason why it does not, a line each; it is a *UsageError.
func Proof(c *version.Catalogue, r *report.Report) (version.Proof, error) {
	p := version.Proof{
		Authentik: r.Cell.Authentik, Immich: r.Cell.Immich, Guide: r.Cell.Guide, Date: r.Run.Started.UTC().Format(time.DateOnly),
	}
	reasons := ranWhole(r)
	if _, err := guide.Builtin(r.Cell.Guide); err != nil {
		reasons = append(reasons, usage("its guide %s is not a built-in revision", r.Cell.Guide))
	}
	authentik, err := listed(c, version.Authentik, r.Cell.Authentik)
	reasons = append(reasons, err)
	immich, err := listed(c, version.Immich, r.Cell.Immich)
	reasons = append(reasons, err)
	p.AuthentikDigest, p.ImmichDigest = pulled(r, containers.AuthentikServer), pulled(r, containers.Immich)
	if authentik != nil && immich != nil && !r.Fake() {
		reasons = append(reasons, ranOfficial(r, stack.Plan{Authentik: authentik, Immich: immich})...)
	}
	return p, errors.Join(reasons...)
}

// pulled is the digest of a service's image as its registry gave it out.
func pulled(r *report.Report, service string) string {
	for _, s := range r.Stack.Services {
		if s.Name == service {
			return s.Pulled
		}
	}
	return ""
}

// ranWhole says what keeps a report from being that of a whole, real and conformant run.
func ranWhole(r *report.Report) []error {
	var reasons []error
	if r.Fake() || r.Stack.Kind != stack.Containers {
		reasons = append(reasons, usage("it is a run on doubles, which proves nothing about the products"))
	}
	if r.Verdict != report.Conformant {
		reasons = append(reasons, usage("its verdict is %s, not %s", r.Verdict, report.Conformant))
	} else if judged := report.Judge(r.Checks, r.Plan, r.Fake(), false); judged != report.Conformant {
		reasons = append(reasons, usage("its checks come to %s and not to the verdict that it names", judged))
	}
	if left := r.Plan.LeftOut(); left > 0 {
		reasons = append(reasons, usage("it left out %d checks by --only or --skip", left))
	}
	return reasons
}

// listed is a release that the facts list.
func listed(c *version.Catalogue, product version.Product, text string) (*version.Release, error) {
	r, err := c.Resolve(product, text)
	if err != nil {
		return nil, &UsageError{err}
	}
	if !r.Known {
		return nil, usage("%s %s is not in the version facts; enter it first: ssoproof versions add %s %s", product, text, product, text)
	}
	return r, nil
}

// ranOfficial says where a report's services are not those of a plan without a replaced image, or ran another version.
func ranOfficial(r *report.Report, plan stack.Plan) []error {
	var reasons []error
	for service, release := range map[string]*version.Release{containers.AuthentikServer: plan.Authentik, containers.Immich: plan.Immich} {
		i := slices.IndexFunc(r.Stack.Services, func(s stack.Service) bool { return s.Name == service })
		if i < 0 {
			reasons = append(reasons, usage("it names no service %s", service))
			continue
		}
		observed := r.Stack.Services[i].Observed
		if same, differs := release.SameRelease(observed); !same || differs != "" {
			reasons = append(reasons, usage("%s reported itself as %q, not as %s", service, observed, release.Version))
		}
	}
	for _, s := range r.Stack.Services {
		switch official := containers.OfficialImage(plan, s.Name); {
		case official == "":
		case s.Image != official:
			reasons = append(reasons, usage("%s ran from %s, not from %s", s.Name, s.Image, official))
		case s.Pulled == "":
			reasons = append(reasons, usage("%s ran from an image that is only called %s on this engine: no registry gave it out", s.Name, official))
		}
	}
	slices.SortFunc(reasons, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return reasons
}
