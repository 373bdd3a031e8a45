package suites

// Uncovered says why no check of the catalogue puts a documented setting to the proof, by its key; it is empty where one
// should. What counts as proof of the others:
//
//   - redirect_uris/…: a login, or a link, that comes back through it; what resembles it is refused
//   - client_type: a confidential client gets no tokens without its secret
//   - authentication_flow: the login is led through it; authorization_flow: consent is asked as it says
//   - signing_key, immich_signing_algorithm: the published keys verify an ID token of that algorithm
//   - application_slug, immich_issuer: the issuer that authentik names under it, byte for byte, to us and to Immich
//   - immich_scope: the claims that it promises are in the ID token that Immich received
//   - launch_url: the tile in the library leads there and ends in Immich
//   - logout_uri, logout_method: the end of a session at authentik ends those in Immich by a logout token
func Uncovered(key string) string {
	return map[string]string{
		"provider_name": "it is a label in authentik's administration, and nothing that a person or Immich does depends on it",
	}[key]
}
