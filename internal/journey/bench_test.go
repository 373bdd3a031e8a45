package journey_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// BenchmarkLogin measures a whole login of a new user, by browser and over HTTP: time, and the CPU of Chrome's
// processes; and, in the same run, the least that a browser needs (see floorScript). The browser's part holds what a run pays as well: the session, its pictures, and the wiping after it.
//
//	go test -run '^$' -bench Login -benchtime 10x ./internal/journey
//	go test -run '^$' -bench Login -benchtime 10x ./internal/journey -args -stack containers
func BenchmarkLogin(b *testing.B) {
	p := start(b, stack.Kind(*stackKind))
	b.Run("floor", func(b *testing.B) {
		d := p.devtools(b)
		p.measure(b, func(b *testing.B) { p.loginOnTheFloor(b, d) })
	})
	b.Run("browser", func(b *testing.B) { p.measure(b, p.loginByBrowser) })
	b.Run("http", func(b *testing.B) { p.measure(b, p.loginOverHTTP) })
}

func (p *pair) measure(b *testing.B, login func(*testing.B)) {
	spki := p.stack.Browser().SPKI
	before, measurable := chromeCPU(spki)
	for b.Loop() {
		login(b)
	}
	if after, _ := chromeCPU(spki); measurable {
		b.ReportMetric((after-before).Seconds()/float64(b.N), "chrome-cpu-s/op")
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/op")
	b.ReportMetric(0, "ns/op") // seconds say it
}

func (p *pair) loginByBrowser(b *testing.B) {
	b.StopTimer()
	user, err := p.world.NewUser(b.Context())
	require.NoError(b, err)
	b.StartTimer()
	s, err := p.world.Browser(b.Context())
	require.NoError(b, err)
	defer s.Close()
	login, err := p.world.WebLogin(b.Context(), s, user)
	require.NoError(b, err)
	require.NotEmpty(b, login.Session.Token)
}

func (p *pair) loginOnTheFloor(b *testing.B, d *devtools) {
	b.StopTimer()
	user, err := p.world.NewUser(b.Context())
	require.NoError(b, err)
	b.StartTimer()
	require.NotEmpty(b, d.login(&p.world, user)["immich_access_token"])
}

func (p *pair) loginOverHTTP(b *testing.B) {
	b.StopTimer()
	user, err := p.world.NewUser(b.Context())
	require.NoError(b, err)
	b.StartTimer()
	login, err := p.world.WebLoginHTTP(b.Context(), user)
	require.NoError(b, err)
	require.NotEmpty(b, login.Session.Token)
}

// chromeCPU is the CPU time of the Chrome that trusts a key and of all its processes, those that have ended included;
// a Chrome in a container of this machine is found like one of the host. Where there is no /proc it cannot be told.
func chromeCPU(spki string) (time.Duration, bool) {
	const tick = time.Second / 100 // USER_HZ on every Linux architecture that Go supports
	children, ticks := map[int][]int{}, map[int]int{}
	var tree []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		// proc_pid_stat(5): the name in brackets may hold spaces; after it, 2 is the parent, 12 to 15 are the times.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
		for _, field := range fields[11:15] {
			n, _ := strconv.Atoi(field)
			ticks[pid] += n
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if bytes.Contains(command, []byte(spki)) && !bytes.Contains(command, []byte("--type=")) && bytes.Contains(command, []byte("chrom")) {
			tree = append(tree, pid)
		}
	}
	sum := time.Duration(0)
	seen := map[int]bool{}
	for len(tree) > 0 {
		pid := tree[0]
		tree = append(tree[1:], children[pid]...)
		if !seen[pid] {
			sum += time.Duration(ticks[pid]) * tick
			seen[pid] = true
		}
	}
	return sum, len(seen) > 0
}
