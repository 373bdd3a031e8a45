// Package live asks a running pair of Immich and authentik what anybody may ask, through one transport that changes
// nothing. It judges nothing: what was seen is Seen.
//
// Two traces are left that every visitor leaves: authentik keeps one session of nobody, and, where a provider has no
// redirect URI at all, takes the first that it is asked for as its own. So the first is that of the web app's login,
// which the next person's login would send as well.
package live
