package version

// Feature is a named behaviour of a product that the harness has to know about.
type Feature string

// Features of authentik.
const (
	RedirectURIText     Feature = "redirect-uri-text"
	RedirectURIList     Feature = "redirect-uri-list"
	RedirectURIType     Feature = "redirect-uri-type"
	InvalidationFlow    Feature = "invalidation-flow"
	GrantTypes          Feature = "grant-types"
	SilentAuthorization Feature = "silent-authorization"
	DirectLogin         Feature = "direct-login"
	EmailUnverified     Feature = "email-unverified"
	BackchannelField    Feature = "backchannel-field"
	LogoutFields        Feature = "logout-fields"
	TokenScope          Feature = "token-scope"
	LogoutTokenType     Feature = "logout-token-type"
	NeedsRedis          Feature = "needs-redis"

	DeactivationEndsTokens Feature = "deactivation-ends-tokens"
	EndSessionWaits        Feature = "end-session-waits"
	PostLogoutURI          Feature = "post-logout-uri"
)

// Features of Immich.
const (
	PKCE              Feature = "pkce"
	StrictIssuer      Feature = "strict-issuer"
	UserOnboarding    Feature = "user-onboarding"
	LinkOK            Feature = "link-200"
	SecureIssuerOnly  Feature = "secure-issuer-only"
	BareErrors        Feature = "bare-errors"
	LogoutPage        Feature = "logout-page"
	IDTokenHint       Feature = "id-token-hint"
	IDTokenClaims     Feature = "id-token-claims"
	TokenEndpointAuth Feature = "token-endpoint-auth"
	BackchannelLogout Feature = "backchannel-logout"
	ServerInfo        Feature = "server-info"
	ServerPaths       Feature = "server-paths"
	LinkedElsewhere   Feature = "linked-elsewhere"
	ProfileSigning    Feature = "profile-signing"
	UnlinkOK          Feature = "unlink-200"
	OverridePrefix    Feature = "override-prefix"
	BasicAuth         Feature = "basic-auth"
	SignatureChecked  Feature = "signature-checked"
	AvatarTitle       Feature = "avatar-title"
	LaunchOnRequest   Feature = "launch-on-request"

	CodeNeedsOAuth     Feature = "code-off"
	CallbackNeedsOAuth Feature = "callback-off"
	EmailNeeded        Feature = "email-needed"
	NullQuota          Feature = "null-quota"
	PromptSetting      Feature = "prompt"
	EndSessionSetting  Feature = "end-session-setting"
	EmailNormalised    Feature = "email-normalised"
	HiddenReasons      Feature = "hidden-reasons"
	KnownSkipLogin     Feature = "known-skip-login"
	TokenTypeChecked   Feature = "token-type-checked"
	IDTokenOptional    Feature = "id-token-optional"
	PartyChecked       Feature = "party-checked"
	QuotaText          Feature = "quota-text"
	RoleClaim          Feature = "role-claim"
	RoleRenewed        Feature = "role-renewed"
	NameFallback       Feature = "name-fallback"
	SeveralAdmins      Feature = "several-admins"
)

// FeatureInfo says what a Feature means.
type FeatureInfo struct {
	Feature Feature
	Product Product
	Meaning string // one sentence
}

// Features lists every feature, in the order of the constants.
func Features() []FeatureInfo {
	return []FeatureInfo{
		{RedirectURIText, Authentik, "A provider's redirect_uris is one whitespace-separated text of regular expressions."},
		{RedirectURIList, Authentik, "A provider's redirect_uris is a list of entries with matching_mode and url."},
		{RedirectURIType, Authentik, "Each entry of that list also has a redirect_uri_type."},
		{InvalidationFlow, Authentik, "A provider needs an invalidation_flow."},
		{GrantTypes, Authentik, "A provider needs its grant_types, which the API leaves empty."},
		{SilentAuthorization, Authentik, "With implicit consent and a session, authorize answers 302 straight to the client."},
		{DirectLogin, Authentik, "Without a session, authorize sends to /if/flow/<slug>/ at once."},
		{EmailUnverified, Authentik, "The email scope says email_verified: false."},
		{BackchannelField, Authentik, "A provider has the field backchannel_logout_uri."},
		{LogoutFields, Authentik, "A provider has the fields logout_uri and logout_method."},
		{TokenScope, Authentik, "The token response names its scope."},
		{LogoutTokenType, Authentik, "A logout token is of the type logout+jwt."},
		{NeedsRedis, Authentik, "Server and worker need Redis or Valkey."},
		{DeactivationEndsTokens, Authentik, "The tokens of a user end when the user is deactivated."},
		{EndSessionWaits, Authentik, "While a flow is under way, end-session answers a bare page and does nothing."},
		{PostLogoutURI, Authentik, "End-session looks at post_logout_redirect_uri and id_token_hint."},

		{PKCE, Immich, "State is checked and PKCE used, with state and verifier in cookies or in the body."},
		{StrictIssuer, Immich, "The discovered issuer must equal the configured one, unless that is a well-known URL."},
		{UserOnboarding, Immich, "A new user lands on /auth/onboarding instead of /photos."},
		{LinkOK, Immich, "POST /api/oauth/link answers 200 instead of 201."},
		{SecureIssuerOnly, Immich, "An http: issuer is refused unless oauth.allowInsecureRequests is set."},
		{BareErrors, Immich, "An error body holds only message and errors, and keeps details to the log."},
		{LogoutPage, Immich, "\"Sign Out\" is a link to /auth/logout."},
		{IDTokenHint, Immich, "Logout sends id_token_hint to the end-session endpoint."},
		{IDTokenClaims, Immich, "Claims come from the ID token when it has an e-mail, and userinfo is not called."},
		{TokenEndpointAuth, Immich, "The setting oauth.tokenEndpointAuthMethod exists."},
		{BackchannelLogout, Immich, "POST /api/oauth/backchannel-logout exists."},
		{ServerInfo, Immich, "Ping, version, features and configuration are below /api/server-info."},
		{ServerPaths, Immich, "Ping, version, features and configuration are below /api/server."},
		{LinkedElsewhere, Immich, "An e-mail whose account has another identity is refused by a message of its own."},
		{ProfileSigning, Immich, "The setting oauth.profileSigningAlgorithm exists."},
		{UnlinkOK, Immich, "POST /api/oauth/unlink answers 200 instead of 201."},
		{OverridePrefix, Immich, "The mobile override replaces whatever begins with app.immich:/, also when an account is linked."},
		{BasicAuth, Immich, "The client authenticates at the token endpoint by HTTP Basic."},
		{SignatureChecked, Immich, "The ID token's signature is verified, and its times without tolerance."},
		{AvatarTitle, Immich, "The button of the account menu is titled with the person's name and e-mail."},
		{LaunchOnRequest, Immich, "With autoLaunch=1 in its address, the login page starts the login by itself."},
		{CodeNeedsOAuth, Immich, "While OAuth is off no code is redeemed, for a link neither; the refusal speaks of OAuth2."},
		{CallbackNeedsOAuth, Immich, "While OAuth is off the end of a login is refused, and that of a link is not."},
		{EmailNeeded, Immich, "A person without e-mail is told so."},
		{NullQuota, Immich, "The setting oauth.defaultStorageQuota is null by default, and not 0."},
		{PromptSetting, Immich, "The setting oauth.prompt exists."},
		{EndSessionSetting, Immich, "The setting oauth.endSessionEndpoint exists."},
		{EmailNormalised, Immich, "The e-mail of the claims is trimmed and written in small letters."},
		{HiddenReasons, Immich, "Why a person is not let in is told to the log only."},
		{KnownSkipLogin, Immich, "Who has a session and opens the login page is led to the photos."},
		{TokenTypeChecked, Immich, "A token response without an access token of the type Bearer or DPoP is refused."},
		{IDTokenOptional, Immich, "A token response without an ID token is taken, and the claims come from userinfo."},
		{PartyChecked, Immich, "An azp that names another client is refused where there is one audience as well."},
		{QuotaText, Immich, "A quota in the claims may be anything that JavaScript reads as a number, as a text or a list of one."},
		{RoleClaim, Immich, "The claim that oauth.roleClaim names makes a new account an administrator's."},
		{RoleRenewed, Immich, "The role is taken from the claims at each login, also from a list; without one it stays."},
		{NameFallback, Immich, "In place of a name that is missing or blank stands the next claim that can serve as one."},
		{SeveralAdmins, Immich, "An administrator can make further ones."},
	}
}
