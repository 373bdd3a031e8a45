package fakerp

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/ssoproof/ssoproof/internal/version"
)

// defaults is the configuration of a fresh Immich, as far as it is doubled.
func defaults(r *version.Release) object {
	oauth := object{
		"enabled": false, "issuerUrl": "", "clientId": "", "clientSecret": "", "scope": "openid email profile",
		"signingAlgorithm": "RS256", "storageLabelClaim": "preferred_username",
		"storageQuotaClaim": "immich_quota", "defaultStorageQuota": float64(0), "buttonText": "Login with OAuth",
		"autoRegister": true, "autoLaunch": false, "mobileOverrideEnabled": false, "mobileRedirectUri": "",
	}
	if r.Has(version.ProfileSigning) {
		oauth["profileSigningAlgorithm"] = "none"
	}
	if r.Has(version.NullQuota) {
		oauth["defaultStorageQuota"] = nil
	}
	if r.Has(version.TokenEndpointAuth) {
		oauth["tokenEndpointAuthMethod"], oauth["timeout"] = "client_secret_post", float64(30000)
	}
	if r.Has(version.RoleClaim) {
		oauth["roleClaim"] = "immich_role"
	}
	if r.Has(version.EndSessionSetting) {
		oauth["endSessionEndpoint"] = ""
	}
	if r.Has(version.PromptSetting) {
		oauth["prompt"] = ""
	}
	if r.Has(version.SecureIssuerOnly) {
		oauth["allowInsecureRequests"] = false
	}
	return object{
		"oauth":           oauth,
		"passwordLogin":   object{"enabled": true},
		"server":          object{"externalDomain": "", "loginPageMessage": "", "publicUsers": true},
		"newVersionCheck": object{"enabled": true},
		"machineLearning": object{"enabled": false, "urls": []any{"http://immich-machine-learning:3003"}},
		"storageTemplate": object{"enabled": false, "hashVerificationEnabled": true, "template": "{{y}}/{{y}}-{{MM}}-{{dd}}/{{filename}}"},
		"logging":         object{"enabled": true, "level": "log"},
		"theme":           object{"customCss": ""},
		"trash":           object{"enabled": true, "days": float64(30)},
		"user":            object{"deleteDelay": float64(7)},
	}
}

// settings returns a copy of one section of the configuration.
func (s *store) settings(section string) object {
	s.mu.Lock()
	defer s.mu.Unlock()
	inner, _ := asObject(s.config[section])
	return clone(inner)
}

func (s *store) configuration() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clone(s.config)
}

// configure replaces the configuration. It has to be complete; an empty value falls back to its default.
func (s *store) configure(body object) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if problems := incomplete(s.defaults, body, ""); len(problems) > 0 {
		return nil, invalid(problems...)
	}
	merged := overlay(s.defaults, body)
	if problems := unusable(merged["oauth"].(object)); len(problems) > 0 {
		return nil, invalid(problems...)
	}
	s.config = merged
	return clone(merged), nil
}

// incomplete names the keys of the defaults that are missing or of another type.
func incomplete(defaults, given object, path string) []string {
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(defaults)) {
		wanted, name := defaults[key], path+key
		value, ok := given[key]
		inner, isObject := asObject(wanted)
		givenInner, givenObject := asObject(value)
		switch {
		case isObject && givenObject:
			problems = append(problems, incomplete(inner, givenInner, name+".")...)
		case !ok, isObject:
			problems = append(problems, name+" should not be null or undefined")
		case wanted != nil && value != nil && typeOf(wanted) != typeOf(value):
			problems = append(problems, fmt.Sprintf("%s must be a %s", name, typeOf(wanted)))
		}
	}
	return problems
}

// typeOf names the type of a JSON value.
func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean value"
	case float64:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// unusable says why OAuth cannot be switched on.
func unusable(oauth object) []string {
	var problems []string
	if !oauth.on("enabled") {
		return nil
	}
	wanted := []string{"issuerUrl", "clientId"}
	if _, choice := oauth["tokenEndpointAuthMethod"]; !choice {
		wanted = append(wanted, "clientSecret") // since that setting, a client may be public
	}
	for _, key := range wanted {
		if oauth.text(key) == "" {
			problems = append(problems, "oauth."+key+" should not be empty")
		}
	}
	if _, strict := oauth["allowInsecureRequests"]; strict { // which came in the same release, v3.0.0
		if u, err := url.Parse(oauth.text("issuerUrl")); err != nil || u.Scheme == "" {
			problems = append(problems, "[oauth.issuerUrl] Issuer URL must be an empty string or a valid URL")
		}
	}
	if uri := oauth.text("mobileRedirectUri"); uri != "" {
		if u, err := url.Parse(uri); err != nil || u.Scheme == "" {
			problems = append(problems, "oauth.mobileRedirectUri must be a URL address")
		}
	}
	return problems
}

func overlay(defaults, given object) object {
	merged := object{}
	for key, value := range defaults {
		if inner, ok := asObject(value); ok {
			givenInner, _ := asObject(given[key])
			merged[key] = overlay(inner, givenInner)
			continue
		}
		if v := given[key]; v != nil && v != "" {
			value = v
		}
		merged[key] = value
	}
	return merged
}

func (s *Server) getConfig(w http.ResponseWriter, _ *http.Request, _ caller) error {
	writeJSON(w, http.StatusOK, s.store.configuration())
	return nil
}

func (s *Server) putConfig(w http.ResponseWriter, r *http.Request, _ caller) error {
	if s.options.ConfigFile != nil {
		return refuse(http.StatusBadRequest, "Cannot update configuration while IMMICH_CONFIG_FILE is in use")
	}
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if oauth, ok := asObject(body["oauth"]); ok && s.faulty(settingsLost) {
		oauth["scope"] = "openid"
	}
	effective, err := s.store.configure(body)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, effective)
	return nil
}
