package pair

import (
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// knownProvider are the provider's fields of all releases from 2023.8 on that can be written (authentik's
// OAuth2ProviderSerializer and ProviderSerializer). Others are left without effect.
func knownProvider() []string {
	return []string{
		"name", "authentication_flow", "authorization_flow", "invalidation_flow", "property_mappings", "client_type", "client_id",
		"client_secret", "access_code_validity", "access_token_validity", "refresh_token_validity", "refresh_token_threshold",
		"include_claims_in_id_token", "signing_key", "encryption_key", "redirect_uris", "logout_uri", "logout_method",
		"backchannel_logout_uri", "sub_mode", "issuer_mode", "grant_types", "jwks_sources", "jwt_federation_sources",
		"jwt_federation_providers", "pk",
	}
}

// knownApplication are likewise the application's; a blueprint writes its icon as "icon" (ApplicationSerializer).
func knownApplication() []string {
	return []string{
		"name", "slug", "provider", "backchannel_providers", "open_in_new_tab", "meta_launch_url", "meta_icon", "icon",
		"meta_description", "meta_publisher", "meta_hide", "policy_engine_mode", "group", "pk",
	}
}

// knownImmich are the keys of the sections of Immich's configuration that a pair file keeps, of all releases from v1.90 on
// (server/src/config.ts), with the feature that brought them.
func knownImmich() map[string]map[string]version.Feature {
	return map[string]map[string]version.Feature{
		"oauth": {
			"enabled": "", "issuerUrl": "", "clientId": "", "clientSecret": "", "scope": "", "storageLabelClaim": "", "buttonText": "",
			"autoRegister": "", "autoLaunch": "", "mobileOverrideEnabled": "", "mobileRedirectUri": "", "signingAlgorithm": "",
			"storageQuotaClaim": "", "defaultStorageQuota": "", "profileSigningAlgorithm": version.ProfileSigning,
			"tokenEndpointAuthMethod": version.TokenEndpointAuth, "timeout": version.TokenEndpointAuth, "roleClaim": version.RoleClaim,
			"endSessionEndpoint": version.EndSessionSetting, "prompt": version.PromptSetting, "allowInsecureRequests": version.SecureIssuerOnly,
		},
		"passwordLogin": {"enabled": ""},
		"server":        {"externalDomain": "", "loginPageMessage": "", "publicUsers": ""},
	}
}

// otherSections are those of Immich's configuration that have nothing to do with the login.
func otherSections() []string {
	return []string{
		"backup", "ffmpeg", "integrityChecks", "job", "logging", "machineLearning", "map", "reverseGeocoding", "metadata",
		"storageTemplate", "image", "newVersionCheck", "nightlyTasks", "trash", "theme", "library", "notifications", "templates", "user",
	}
}

// shipped is a scope mapping that authentik ships, and the claims that it gives.
type shipped struct {
	scope, name, managed string
	claims               []string
}

// shippedMappings are those of blueprints/system/providers-oauth2.yaml; their names are not translated.
func shippedMappings() []shipped {
	own := func(scope, name, id string, claims ...string) shipped {
		return shipped{scope, "authentik default OAuth Mapping: " + name, "goauthentik.io/providers/oauth2/scope-" + id, claims}
	}
	return []shipped{
		own("openid", "OpenID 'openid'", "openid", "sub"),
		own("email", "OpenID 'email'", "email", "email", "email_verified"),
		own("profile", "OpenID 'profile'", "profile", "name", "given_name", "preferred_username", "nickname", "groups"),
		own("offline_access", "OpenID 'offline_access'", "offline_access"),
		own("entitlements", "Application Entitlements", "entitlements", "entitlements", "roles"),
		own("goauthentik.io/api", "authentik API access", "authentik_api"),
	}
}

// shippedBy finds a mapping by its managed name, its display name or its scope.
func shippedBy(key, value string) (shipped, bool) {
	all := shippedMappings()
	i := slices.IndexFunc(all, func(m shipped) bool {
		switch strings.TrimSuffix(key, "__iexact") {
		case "managed":
			return m.managed == value
		case "scope_name":
			return m.scope == value
		case "name":
			return m.name == value
		}
		return false
	})
	if i < 0 || value == "" {
		return shipped{}, false
	}
	return all[i], true
}
