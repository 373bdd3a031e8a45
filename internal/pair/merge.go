package pair

import (
	"errors"
	"maps"
)

// Merge makes one pair of halves that were read from different files. It fails where two say the same half.
func Merge(halves ...*Pair) (*Pair, error) {
	all := &Pair{Version: Version, Origins: map[string]string{}}
	for _, h := range halves {
		switch {
		case h.Authentik != nil && all.Authentik != nil:
			return nil, errors.New("two of the files describe authentik's half; give one of them")
		case h.Immich != nil && all.Immich != nil:
			return nil, errors.New("two of the files describe Immich's half; give one of them")
		}
		if h.Authentik != nil {
			all.Authentik = h.Authentik
		}
		if h.Immich != nil {
			all.Immich = h.Immich
		}
		all.files, all.broken = all.files || h.files, append(all.broken, h.broken...)
		all.Captured.From = append(all.Captured.From, h.Captured.From...)
		all.assumed = append(all.assumed, h.assumed...)
		all.NotRead = append(all.NotRead, h.NotRead...)
		maps.Copy(all.Origins, h.Origins)
	}
	all.NameHosts()
	return all, nil
}
