package run

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// strayImages names each image that is meant for a release that does not run on the way.
func strayImages(named map[string]string, pairs []pair) error {
	var mistakes []error
	for _, key := range slices.Sorted(maps.Keys(named)) {
		service, of, exact := strings.Cut(key, "@")
		product := serviceProduct(service)
		if exact && !slices.ContainsFunc(pairs, func(p pair) bool { return p.of(product).Version == of }) {
			mistakes = append(mistakes, usage("--image %s=%s: no step of this upgrade runs %s %s", key, named[key], product, of))
		}
	}
	return errors.Join(mistakes...)
}

// imagesFor are the images that were named for the releases of a pair: SERVICE=REF holds for each, SERVICE@VERSION=REF
// for one.
func imagesFor(named map[string]string, p pair) map[string]string {
	images := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(named)) { // "immich" comes before "immich@…"
		service, of, exact := strings.Cut(key, "@")
		if !exact || of == p.of(serviceProduct(service)).Version {
			images[service] = named[key]
		}
	}
	return images
}

func serviceProduct(service string) version.Product {
	if strings.HasPrefix(service, "authentik") {
		return version.Authentik
	}
	return version.Immich
}
