package containers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Where things lie inside the containers.
const (
	caPath      = "/etc/ssoproof/ca.pem"
	configPath  = "/etc/ssoproof/immich.json"
	edgePath    = "/etc/ssoproof/edge.json"
	pgData      = "/var/lib/ssoproof/pgdata" // outside of the image's VOLUME, or a snapshot would not hold it
	valkeyData  = "/data"
	controlPort = 8443
	publicPort  = 443
	chromePort  = 9222
	pgPort      = 5432
	valkeyPort  = 6379
)

// sharedMemory is for Chrome and for authentik's workers, whose default of 64 MiB is too little.
const sharedMemory = 512 << 20

// spec is one container to be.
type spec struct {
	service string
	image   image
	cmd     []string
	env     map[string]string
	files   map[string][]byte // by path, for root alone
	shared  map[string][]byte // by path, for whoever the product runs as
	trusts  bool              // gets the run's CA at caPath
	aliases []string          // beside the service's name
	// elsewhere are names that lead this container to itself.
	elsewhere []string
	ports     []int  // published
	release   string // of a product
	data      string // path of what it stores; thrown away with the container, unless volume keeps it
	volume    string // name of the volume, within the run
	scratch   bool   // data has to be a volume in any case
	shm       int64
}

func (s *Stack) postgres(service string, img image, r *version.Release, password string) spec {
	db := helper(r, "postgres")
	cmd := db.Command
	if len(cmd) == 0 {
		cmd = img.cmd
	}
	env := map[string]string{
		"PGDATA":            pgData,
		"POSTGRES_USER":     string(r.Product),
		"POSTGRES_DB":       string(r.Product),
		"POSTGRES_PASSWORD": password,
	}
	maps.Copy(env, db.Environment)
	// A database that lives for minutes needs no protection against a power cut; migrations are twice as fast without.
	return spec{
		service: service, image: img, cmd: append(slices.Clone(cmd), "-c", "fsync=off"), env: env, shm: sharedMemory,
		data: pgData, volume: service,
	}
}

func (s *Stack) valkey(img image) spec {
	return spec{service: Valkey, image: img, data: valkeyData, volume: Valkey}
}

// authentikPart is the server or the worker; role is the command.
func (s *Stack) authentikPart(service, role string, img image) spec {
	r := s.plan.Authentik
	env := map[string]string{
		"AUTHENTIK_SECRET_KEY":           s.authentik.SecretKey,
		"AUTHENTIK_POSTGRESQL__HOST":     AuthentikPostgres,
		"AUTHENTIK_POSTGRESQL__USER":     string(r.Product),
		"AUTHENTIK_POSTGRESQL__NAME":     string(r.Product),
		"AUTHENTIK_POSTGRESQL__PASSWORD": s.authentik.Database,
		"AUTHENTIK_BOOTSTRAP_PASSWORD":   s.authentik.Password,
		"AUTHENTIK_BOOTSTRAP_TOKEN":      s.authentik.Token,
		"AUTHENTIK_BOOTSTRAP_EMAIL":      adminEmail,
		// Its back channels reach the public names only, so the run's CA is all that they have to trust.
		"SSL_CERT_FILE":      caPath,
		"REQUESTS_CA_BUNDLE": caPath,
	}
	if r.Has(version.NeedsRedis) {
		env["AUTHENTIK_REDIS__HOST"] = Valkey
		env["AUTHENTIK_REDIS__DB"] = "1" // 0 is Immich's
	}
	maps.Copy(env, r.Environment)
	shared := map[string][]byte{}
	if s.plan.Blueprint != nil {
		shared["/blueprints/"+stack.BlueprintPath] = s.plan.Blueprint
		maps.Copy(env, s.plan.Variables)
	}
	return spec{
		service: service, image: img, cmd: []string{role}, env: env, shared: shared, shm: sharedMemory,
		trusts: true, release: r.Version, data: r.Media, volume: authentik,
	}
}

func (s *Stack) immichPart(img image) spec {
	r := s.plan.Immich
	env := map[string]string{
		"DB_HOSTNAME":         ImmichPostgres,
		"DB_USERNAME":         string(r.Product),
		"DB_PASSWORD":         s.immich.Database,
		"DB_DATABASE_NAME":    string(r.Product),
		"REDIS_HOSTNAME":      Valkey,
		"NODE_EXTRA_CA_CERTS": caPath,
	}
	var elsewhere []string
	switch s.plan.ImmichLacks {
	case stack.LacksCA:
		delete(env, "NODE_EXTRA_CA_CERTS")
	case stack.LacksWay:
		elsewhere = []string{s.plan.AuthentikHost}
	}
	if s.plan.Keep { // Immich reads neither: they are for the person who opens a stack that was left up
		env["SSOPROOF_ADMIN_EMAIL"] = s.immich.Admin
		env["SSOPROOF_ADMIN_PASSWORD"] = s.immich.Password
	}
	maps.Copy(env, r.Environment)
	shared := map[string][]byte{}
	if config := s.plan.ImmichConfig; config != nil {
		env["IMMICH_CONFIG_FILE"], shared[configPath] = configPath, config
	}
	return spec{
		service: Immich, image: img, env: env, shared: shared, trusts: true, release: r.Version,
		data: r.Media, volume: Immich, scratch: true, elsewhere: elsewhere,
	}
}

func (s *Stack) edgePart(img image) (spec, error) {
	routes := map[string]string{s.plan.AuthentikHost: fmt.Sprintf("http://%s:%d", AuthentikServer, s.plan.Authentik.Port)}
	for _, host := range s.plan.ImmichHosts() {
		routes[host] = fmt.Sprintf("http://%s:%d", Immich, s.plan.Immich.Port)
	}
	config, err := json.Marshal(edge.File{
		Listen:      ":" + strconv.Itoa(publicPort),
		Plain:       ":80",
		PlainNames:  s.plan.PlainHosts,
		Control:     ":" + strconv.Itoa(controlPort),
		Token:       s.token,
		Certificate: string(s.ca.ChainPEM()),
		Key:         string(s.ca.KeyPEM()),
		Routes:      routes,
		Tunnels:     tunnelled(),
		Legs:        map[edge.Leg][]string{edge.FromImmich: {Immich}, edge.FromAuthentik: {AuthentikServer, AuthentikWorker}},
	})
	if err != nil {
		return spec{}, fmt.Errorf("write the edge's configuration: %w", err)
	}
	return spec{
		service: Edge, image: img, cmd: []string{"edge", "--config", edgePath}, files: map[string][]byte{edgePath: config},
		aliases: s.plan.Hosts(), ports: []int{publicPort, controlPort},
	}, nil
}

func (s *Stack) browserPart(img image) spec {
	// Chrome heeds the key only with a profile of its own.
	cmd := append(browser.Flags(), "--user-data-dir=/tmp/ssoproof",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE "+strings.Join(s.plan.Hosts(), ", EXCLUDE "),
		"--ignore-certificate-errors-spki-list="+s.ca.SPKI())
	return spec{service: Browser, image: img, shm: sharedMemory, cmd: cmd}
}
