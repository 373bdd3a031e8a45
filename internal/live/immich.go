package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// server asks Immich about itself.
func (a *asker) server(ctx context.Context) {
	s, base := a.seen, a.q.Immich
	place := "/api/server"
	s.Ping = a.get(ctx, base+place+"/ping")
	s.Server.Pong = pong(s.Ping)
	if s.Ping.Status == http.StatusNotFound { // up to v1.106 it is elsewhere
		if old := a.get(ctx, base+"/api/server-info/ping"); pong(old) {
			place, s.Ping, s.Server.Old, s.Server.Pong = "/api/server-info", old, true, true
		}
	}
	s.WellKnown = a.get(ctx, base+"/.well-known/immich")
	if !s.Server.Pong {
		return
	}
	s.Version = a.get(ctx, base+place+"/version")
	s.Features = a.get(ctx, base+place+"/features")
	s.Config = a.get(ctx, base+place+"/config")
	s.Server.read(s.Version, s.Features, s.Config)
	s.Handoff = a.get(ctx, base+"/api/oauth/mobile-redirect?"+HandoffQuery)
	s.Socket = a.get(goes(ctx, way{upgrade: true}), base+"/api/socket.io/?EIO=4&transport=websocket")
	for _, origin := range a.q.Origins {
		a.origin(ctx, origin, place)
	}
}

// HandoffQuery is an answer of authentik's with everything in it that may be lost on a way. Its code is none.
const HandoffQuery = "code=a%2Bb%2Fc&state=x%20y+z&empty=&uml=%C3%BC&slash=/&last=~"

func (a *asker) origin(ctx context.Context, origin, place string) {
	o := Origin{Site: a.look(ctx, origin, place+"/ping")}
	if o.Site.Trusted() {
		o.Ping = o.Site.first().Answer
		o.Pong = pong(o.Ping)
	}
	a.seen.Origins = append(a.seen.Origins, o)
}

// pong reports whether Immich itself answered its ping.
func pong(a Answer) bool {
	var body struct {
		Res string `json:"res"`
	}
	return a.OK() && json.Unmarshal(a.Body, &body) == nil && body.Res == "pong"
}

// read takes what Immich tells of itself; what cannot be read stays zero.
func (s *Server) read(version, features, config Answer) {
	var v struct{ Major, Minor, Patch int }
	if version.OK() && json.Unmarshal(version.Body, &v) == nil && v.Major > 0 {
		s.Version = fmt.Sprintf("v%d.%d.%d", v.Major, v.Minor, v.Patch)
	}
	var f struct{ OAuth, OAuthAutoLaunch, PasswordLogin bool }
	if features.OK() && json.Unmarshal(features.Body, &f) == nil {
		s.OAuth, s.AutoLaunch, s.Password = f.OAuth, f.OAuthAutoLaunch, f.PasswordLogin
	}
	var c struct{ OAuthButtonText, ExternalDomain string }
	if config.OK() && json.Unmarshal(config.Body, &c) == nil {
		s.Button, s.ExternalDomain = c.OAuthButtonText, c.ExternalDomain
	}
}
