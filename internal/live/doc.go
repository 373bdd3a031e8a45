// Package live asks a running pair of Immich and authentik what anybody may ask, through one transport that changes
// nothing: Transport. Where a person asks for it, it also makes a real login, through another that lets through what a login
// is made of: Passage. It judges nothing: what was seen is Seen and SignIn.
//
// Two traces are left that every visitor leaves: authentik keeps one session of nobody, and, where a provider has no
// redirect URI at all, takes the first that it is asked for as its own. So the first is that of the web app's login,
// which the next person's login would send as well.
package live
