package render

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
)

// providerFields are the fields of authentik's provider and application as they were applied.
func providerFields(r *report.Report) []row {
	var rows []row
	mode := "" // where the guide names none
	for _, v := range r.Resolved {
		if v.Product == "authentik" && v.Field == "redirect_uris" {
			mode = v.Value
		}
	}
	for _, u := range r.Settings.RedirectURIs {
		matching := string(u.Matching)
		if u.Matching == guide.Unstated {
			matching = cmp.Or(mode, matching)
		}
		value := matching + " " + u.URL
		if u.Purpose == guide.Logout {
			value += " (logout)"
		}
		rows = append(rows, row{"redirect_uris", value, r.Settings.At(u.Line)})
	}
	return append(rows, applied(r, "authentik", map[string]string{"redirect_uris": ""})...)
}

// immichNames are Immich's names for what the guide documents.
var immichNames = map[string]string{
	"immich_issuer": "issuerUrl", "immich_scope": "scope", "immich_signing_algorithm": "signingAlgorithm",
}

// immichFields are Immich's OAuth settings as they were applied.
func immichFields(r *report.Report) []row { return applied(r, "immich", nil) }

// applied is what a product was given: what the guide documents literally, and what the run chose where the guide leaves
// the choice or says nothing. Fields in told are shown elsewhere.
func applied(r *report.Report, product string, told map[string]string) []row {
	var rows []row
	add := func(one row) {
		if _, elsewhere := told[one.name]; elsewhere {
			return
		}
		if i := slices.IndexFunc(rows, func(o row) bool { return o.name == one.name }); i >= 0 {
			rows[i] = one
			return
		}
		rows = append(rows, one)
	}
	for _, d := range r.Settings.Documented() {
		name, ofImmich := immichNames[d.Key]
		if ofImmich != (product == "immich") || d.How != string(guide.Literal) && d.How != string(guide.Template) {
			continue
		}
		add(row{cmp.Or(name, d.Key), d.Value, r.Settings.At(d.Line)})
	}
	for _, v := range r.Resolved {
		if v.Product == product {
			add(row{v.Field, v.Value, cmp.Or(r.Settings.At(v.Line), v.Reason)})
		}
	}
	return rows
}

// discovered is what the checks of the discovery document have observed.
func discovered(r *report.Report) []row {
	var rows []row
	for _, c := range r.Checks {
		if theme(c.ID) != "discovery" {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(c.Observations)) {
			rows = append(rows, row{name: key, value: c.Observations[key]})
		}
	}
	return rows
}
