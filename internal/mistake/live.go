package mistake

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/suites"
)

// Live is what concerns a mistake that the doctor is asked about, and no run: the pair is there already, as a person's is,
// with a front before both names.
type Live struct {
	// Before puts up what stands before the pair in place of a front that is in order, and says what a person would tell the
	// doctor; nil: neither.
	Before func(*Visit) error
	Exit   int      // of the doctor
	Fails  []string // the checks that do not pass, and are not left out for one that did not
	Says   string   // a part of what a reader is told
}

// Visit is how the doctor comes to a pair.
type Visit struct {
	Doctor run.DoctorOptions // but for the address, the places of the names, and the trust
	At     map[string]string // "host:port" to addresses, with commas between them

	env     *suites.Env
	trusted []byte // certificates, PEM
	opened  []*front.Started
}

// The names of the pair on page.md.
const (
	immichHost    = "immich.company"
	authentikHost = "authentik.company"
)

// Put puts a front before both names.
func (v *Visit) Put(f front.Front) error {
	started, err := v.start(f)
	if err != nil {
		return err
	}
	v.trusted = append(v.trusted, started.PEM...)
	v.lead(started)
	for name := range f.Alias {
		v.At[name+":443"] = started.Secure
		v.Doctor.Origins = append(v.Doctor.Origins, "https://"+name)
	}
	return nil
}

func (v *Visit) start(f front.Front) (*front.Started, error) {
	f.Hosts, f.To = []string{immichHost, authentikHost}, v.env.HTTP.Transport
	started, err := f.Start()
	if err == nil {
		v.opened = append(v.opened, started)
	}
	return started, err
}

func (v *Visit) lead(to *front.Started) {
	for _, host := range []string{immichHost, authentikHost} {
		v.At[host+":443"], v.At[host+":80"] = to.Secure, to.Plain
	}
}

// ask puts the front up and asks the doctor.
func (v *Visit) ask(ctx context.Context, m Mistake, folder string) (outcome *run.Outcome, err error) {
	defer func() {
		for _, one := range v.opened {
			err = errors.Join(err, one.Close())
		}
	}()
	if err := v.Put(front.Front{}); err != nil {
		return nil, err
	}
	if m.Live.Before != nil {
		if err := m.Live.Before(v); err != nil {
			return nil, err
		}
	}
	o := v.Doctor
	for _, place := range slices.Sorted(maps.Keys(v.At)) {
		o.Resolve = append(o.Resolve, place+":"+v.At[place])
	}
	if o.Live.KeyFile == "" && o.Live.TokenFile == "" {
		o.Guide = "" // nothing is compared with it
	}
	o.CAFile = filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(o.CAFile, v.trusted, 0o600); err != nil {
		return nil, err
	}
	return run.Doctor(ctx, o)
}

// tryLive makes a mistake in a pair that a run has configured, and asks the doctor about it.
func tryLive(ctx context.Context, o run.Options, m Mistake, folder string) (outcome *run.Outcome, err error) {
	doctor := run.DoctorOptions{Options: o, Immich: "https://" + immichHost, Rate: rate.Inf}
	doctor.Out, doctor.Command = filepath.Join(folder, "doctor"), []string{"ssoproof", "doctor"}
	configured := o.Configured
	o.Configured = func(ctx context.Context, e *suites.Env) error {
		err := configured(ctx, e)
		if err == nil {
			v := &Visit{Doctor: doctor, At: map[string]string{}, env: e}
			outcome, err = v.ask(ctx, m, folder)
		}
		return err
	}
	o.Output = io.Discard
	pair, err := run.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	// The doctor knows of both releases what it sees; the proof is of those that ran.
	outcome.Report.Cell.Authentik, outcome.Report.Cell.Immich = pair.Report.Cell.Authentik, pair.Report.Cell.Immich
	return outcome, nil
}

// unknown is a name server that knows no name.
func unknown(_ context.Context, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}
