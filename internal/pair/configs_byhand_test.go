package pair_test

import (
	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/version"
)

// code is what is concluded by hand of a configuration, and how it has to be said.
type code struct {
	id, about string // about: any where it is empty
	level     pair.Level
	from      version.Feature // the release that it fails, or differs, from on; empty: always
	before    pair.Level      // how it is said before; empty: not at all
}

// codes are the conclusions by their names.
func codes() map[string]code {
	return map[string]code{
		"V-link":  {id: "authentik.redirect-uri-missing", about: "link", level: pair.WillFail},
		"V-key":   {id: "authentik.signing-key-missing", level: pair.WillFail},
		"V-map":   {id: "authentik.scope-mapping-missing", level: pair.WillFail},
		"V-grant": {id: "authentik.grant-types-empty", level: pair.WillFail, from: version.GrantTypes},
		"V-type":  {id: "pair.redirect-uri-untyped", level: pair.Differs, from: version.RedirectURIType},
		"V-text":  {id: "pair.redirect-uris-text", level: pair.WillFail},
		"V-regex": {id: "authentik.redirect-uri-too-wide", level: pair.Differs},
		"V-http":  {id: "immich.issuer-scheme", level: pair.WillFail, from: version.SecureIssuerOnly, before: pair.Differs},
		"V-tile":  {id: "pair.launch-url-guessed", level: pair.Differs},
		"V-sub":   {id: "pair.subject-changes", level: pair.Differs},
		// keys and variables that nobody reads
		"V-keys:token_validity": {id: "pair.key-without-effect", about: "provider.token_validity", level: pair.Differs},
		"V-keys:launch_url":     {id: "pair.key-without-effect", about: "application.launch_url", level: pair.Differs},
		"V-keys:callbackUrl":    {id: "pair.key-without-effect", about: "oauth.callbackUrl", level: pair.Differs},
		"V-env":                 {id: "pair.key-without-effect", about: "IMMICH_OAUTH_…", level: pair.Differs},
		// what has no letter of its own
		"half":     {id: "pair.origin-half-registered", level: pair.Differs},            // localhost can log in and not link
		"unused":   {id: "pair.redirect-uri-unused", level: pair.Differs},               // /oauth-callback
		"off":      {id: "immich.oauth-off", level: pair.WillFail},                      // nothing turns OAuth on
		"quota":    {id: "immich.quota-zero", level: pair.WillFail},                     // zero bytes
		"first":    {id: "pair.first-account", level: pair.Differs},                     // no way in on an empty database
		"register": {id: "immich.auto-register-off", level: pair.Differs},               //
		"claim":    {id: "pair.claim-nowhere", about: "roleClaim", level: pair.Differs}, // no scope for it
		"userinfo": {id: "immich.profile-algorithm", level: pair.Differs},               // not asked from v2.6.0 on
		"other":    {id: "immich.issuer-slug", level: pair.WillFail},                    // another provider's issuer
	}
}

// row is what was concluded by hand of a configuration that people have, before the tool was asked.
type row struct {
	codes   string
	notRead []string // what the file leaves open
	// unserved is why a run does not take it; empty: it does
	unserved string
}

// byHand are the conclusions, row by row. Of Terraform, two reports have a provider that was made without grants refused;
// no real run has shown it.
func byHand() map[string]row {
	return map[string]row{
		"T01.state.json": {codes: "V-link"}, // the only one whose slug is not immich
		"T02.plan.json":  {codes: "V-grant V-sub V-type"},
		"T03.plan.json":  {codes: "V-grant V-type"},
		"T04.plan.json":  {codes: "V-grant V-key V-map V-tile V-type"},
		"T05.state.json": {codes: "V-grant V-text"},
		"T06.plan.json": {codes: "V-grant V-key", notRead: []string{
			"authentik.provider.redirect_uris", "it is marked as sensitive", "authentik.application.meta_launch_url",
		}},
		"T08.plan.json": {codes: "V-grant V-type"}, // as its module is written out here
		"T11.plan.json": {codes: "V-link"},
		"T12.plan.json": {codes: "V-grant V-type"},
		"T13.plan.json": {codes: "V-grant V-regex V-type", notRead: []string{"authentik.provider.client_id", "only after an apply"}},
		"T14.plan.json": {codes: "V-grant V-type"},
		"T15.plan.json": {codes: "V-grant V-key V-type"},
		"T16.plan.json": {codes: "V-grant V-type half"},
		"T18.plan.json": {},
		"P01.pair.yaml": {codes: "V-grant V-key V-tile"},
		"P02.pair.yaml": {codes: "V-grant"},
		"B01.blueprint.yaml": {codes: "V-grant V-keys:launch_url V-keys:token_validity V-tile", notRead: []string{
			"the mapping is not in the file", "scopemapping app_admin",
		}},
		"B02.blueprint.yaml": {codes: "V-grant", notRead: []string{"--env IMMICH_CLIENT_ID=VALUE"}},
		"B03.blueprint.yaml": {codes: "V-grant V-link"},
		"B04.blueprint.yaml": {codes: "V-grant V-link unused", notRead: []string{"!File /run/secrets/immich-client-id"}},
		"O01.pair.yaml":      {codes: "V-grant V-http", unserved: "a run serves Immich by https alone"},
		"O02.pair.yaml":      {},
		"I02.immich.yaml":    {codes: "first"},
		"I03.immich.json":    {codes: "first"},
		"I04.immich.yaml":    {codes: "first quota"},
		"I05.immich.json":    {codes: "V-keys:callbackUrl"},
		"I07.nixos.json":     {notRead: []string{"immich.config.oauth.clientSecret", "DB_SECRET:…", "sent to authentik as it stands"}},
		"I08.nixos.json":     {},
		"I09.helm.yaml":      {},
		"I10.immich.yaml":    {},
		"I11.immich.json":    {codes: "claim register"},
		"I12.immich.json":    {}, // every field is spelt out, so that a default says nothing
		"I15.immich.json":    {},
		"I17.env":            {codes: "V-env off"},
		"I20.immich.yaml":    {codes: "claim"},
		"I21.immich.yaml":    {codes: "V-http"},
		"X01.immich.json":    {codes: "other quota"},
		"X02.nixos.json":     {codes: "first other quota"},
		"X03.nixos.json":     {codes: "other"},
		"X05.immich.json":    {codes: "first other"},
		"X07.immich.yaml":    {codes: "other userinfo"},
		"X08.immich.yaml":    {codes: "claim first other"},
		"X09.nixos.json":     {codes: "other"},
		"X11.immich.json":    {codes: "other"},
		"X12.immich.yaml":    {codes: "other"},
	}
}
