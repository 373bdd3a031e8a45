package pair

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// refused: values that authentik takes in no release, as the schema of pair files has them, and what keeps it from applying
// a blueprint at all. Of a live pair there are none: authentik has taken its values.
func (l *look) refused() {
	if !l.files {
		return
	}
	l.found = append(l.found, l.broken...)
	var text bytes.Buffer
	if l.Write(&text) != nil {
		return // what cannot be written is told by whoever writes it
	}
	document, err := onlyDocument(text.Bytes())
	if err != nil {
		return
	}
	all, _ := mistakes(document)
	for _, m := range all {
		if key, ok := strings.CutPrefix(m.path, "authentik."); ok {
			l.say(WillFail, "pair.value-refused", key, m.path, "authentik refuses "+key+": "+m.why, "write what authentik takes")
		}
	}
}

// breaks enters what keeps authentik from applying a blueprint.
func (d draft) breaks(at, why string) {
	d.broken = append(d.broken, Concern{
		ID: "pair.blueprint-refused", Level: WillFail, About: at, Path: "authentik", Place: at, Text: "authentik refuses the blueprint: " + why, Remedy: "correct it",
	})
}

// switches are the keys of Immich's configuration that are true or false, and numbers those that are a number or null. All
// others are text.
func switches() []string {
	return []string{"enabled", "autoRegister", "autoLaunch", "mobileOverrideEnabled", "allowInsecureRequests", "publicUsers"}
}

func numbers() []string { return []string{"defaultStorageQuota", "timeout"} }

// types: Immich does not start with a file in which a value is of another type than its own.
func (l *look) types() {
	known := knownImmich()
	for _, section := range slices.Sorted(maps.Keys(known)) {
		value, said := l.Immich.Config[section]
		fields, ok := value.(map[string]any)
		if said && !ok {
			l.wrongType(section, section+" is "+typeOf(value)+", not a map of settings", "write its settings below it, or take it out")
		}
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			feature, ok := known[section][key]
			if !ok || feature != "" && !l.immich.Has(feature) || slices.Contains(numbers(), key) {
				continue
			}
			want, remedy := "text", "write it in quotes, or take it out"
			if slices.Contains(switches(), key) {
				want, remedy = "true or false", "write true or false, without quotes"
			}
			if kind, at := typeOf(fields[key]), section+"."+key; kind != want && !l.coerced(fields[key], want) {
				l.wrongType(at, at+" is "+kind+", not "+want, remedy)
			}
		}
	}
}

// coerced reports whether a text is taken for what it says, as Immich did until v3.
func (l *look) coerced(value any, want string) bool {
	return want == "true or false" && (value == "true" || value == "false") && !l.immich.Has(version.SecureIssuerOnly)
}

func (l *look) wrongType(key, why, remedy string) {
	l.say(WillFail, "pair.value-refused", key, "immich.config."+key, l.refusal()+": "+why, remedy)
}

// refusal is what Immich does with settings that it does not take.
func (l *look) refusal() string {
	if l.Immich.File {
		return "Immich does not start"
	}
	return "Immich does not take its settings"
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return "a number"
}

// empty: where OAuth is on, Immich asks for both.
func (l *look) empty() {
	if !l.on("oauth", "enabled", false) {
		return
	}
	for _, key := range []string{"clientId", "issuerUrl"} {
		if l.oauth(key) == "" {
			l.say(WillFail, "pair.field-required", key, oauthPath+key, l.refusal()+": OAuth is on, and oauth."+key+" is empty", "write it")
		}
	}
}
