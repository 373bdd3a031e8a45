package fakeop

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// stored is what the product keeps in its database, in a form that every release of the double reads. Codes and tokens
// are not in it: they live for minutes.
type stored struct {
	NextPK       int             `json:"nextPk"`
	Key          string          `json:"key"` // PEM
	Users        []storedUser    `json:"users"`
	Flows        []object        `json:"flows"`
	Mappings     []object        `json:"mappings"`
	Certificates []object        `json:"certificates"`
	Brands       []object        `json:"brands"`
	Providers    []object        `json:"providers"`
	Applications []object        `json:"applications"`
	Bindings     []object        `json:"bindings"`
	Policies     []object        `json:"policies"`
	Settings     object          `json:"settings"`
	Consents     []storedConsent `json:"consents"`
	Sessions     []storedSession `json:"sessions"`
}

type storedUser struct {
	PK                                                  int
	UUID, Username, Name, Email, Password, Kind, Folder string
	Active                                              bool
}

type storedConsent struct {
	PK, User int
	App      string
	Scopes   []string
}

type storedSession struct {
	ID, Key   string
	User      int // 0: nobody logged in
	Since     time.Time
	LoginFlow string
}

// Dump is what the double remembers, for Options.Stored of another one.
func (s *Server) Dump() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	der, err := x509.MarshalPKCS8PrivateKey(s.keys.signing)
	if err != nil {
		return nil, fmt.Errorf("double of authentik: keep the signing key: %w", err)
	}
	kept := stored{
		NextPK: s.state.nextPK, Key: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		Flows: s.state.flows, Mappings: s.state.mappings, Certificates: s.state.certificates, Brands: s.state.brands,
		Providers: s.state.providers, Applications: s.state.applications, Bindings: s.state.bindings, Policies: s.state.policies, Settings: s.state.settings,
	}
	for _, u := range s.state.users {
		kept.Users = append(kept.Users, storedUser{u.pk, u.uuid, u.username, u.name, u.email, u.password, u.kind, u.path, u.active})
	}
	for _, c := range s.state.consents {
		kept.Consents = append(kept.Consents, storedConsent{c.pk, c.user.pk, c.app.text("pk"), c.scopes})
	}
	for _, one := range s.state.sessions {
		session := storedSession{ID: one.id, Key: one.key, Since: one.since, LoginFlow: one.loginFlow}
		if one.user != nil {
			session.User = one.user.pk
		}
		kept.Sessions = append(kept.Sessions, session)
	}
	return json.Marshal(kept)
}

// restore takes over what another double, of this release or an older one, has dumped.
func (s *Server) restore(data []byte) error {
	var kept stored
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&kept); err != nil {
		return fmt.Errorf("read the stored state: %w", err)
	}
	signing, err := readKey(kept.Key)
	if err != nil {
		return err
	}
	if s.keys, err = newKeys(signing); err != nil {
		return err
	}
	for _, objects := range [][]object{kept.Flows, kept.Mappings, kept.Certificates, kept.Brands, kept.Providers, kept.Applications, {kept.Settings}} {
		for _, o := range objects {
			plainNumbers(o)
		}
	}
	s.state.nextPK, s.state.flows, s.state.mappings, s.state.certificates = kept.NextPK, kept.Flows, kept.Mappings, kept.Certificates
	s.state.brands, s.state.applications, s.state.settings = kept.Brands, kept.Applications, kept.Settings
	s.state.providers, s.state.bindings, s.state.policies = kept.Providers, kept.Bindings, kept.Policies
	s.state.users = nil
	for _, u := range kept.Users {
		s.state.users = append(s.state.users, &user{u.PK, u.UUID, u.Username, u.Name, u.Email, u.Password, u.Kind, u.Folder, u.Active})
	}
	s.restoreSessions(kept)
	return s.migrate()
}

func (s *Server) restoreSessions(kept stored) {
	owner := func(pk int) *user { return s.state.userBy(func(u *user) bool { return u.pk == pk }) }
	for _, c := range kept.Consents {
		s.state.consents = append(s.state.consents, &consent{c.PK, owner(c.User), find(s.state.applications, "pk", c.App), c.Scopes})
	}
	for _, one := range kept.Sessions {
		s.state.sessions[one.ID] = &session{id: one.ID, key: one.Key, user: owner(one.User), since: one.Since, loginFlow: one.LoginFlow}
	}
}

func readKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the stored state has no signing key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the stored signing key: %w", err)
	}
	signing, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the stored signing key is of another kind")
	}
	return signing, nil
}

// plainNumbers gives an object the types that it has in memory: keys are integers, other numbers come from JSON.
func plainNumbers(o object) {
	for key, value := range o {
		number, ok := value.(json.Number)
		if !ok {
			continue
		}
		if n, err := number.Int64(); err == nil && (key == "pk" || key == "provider") {
			o[key] = int(n)
		} else if f, err := number.Float64(); err == nil {
			o[key] = f
		}
	}
}
