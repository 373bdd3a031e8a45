package run

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// LoginOptions are those of a real login.
type LoginOptions struct {
	Name         string // at authentik; empty: no login
	PasswordFile string // empty: it is asked for
	Yes          bool   // go on without being asked
	Consent      bool   // agree where authentik asks for consent
	Browser      bool   // in a browser on this machine, and not over HTTP
	Terminal     Terminal
	Say          io.Writer // is told what will be written; nil: nobody

	password string
	chrome   string // its path; empty: none is used
}

// Terminal is a person who can be asked.
type Terminal interface {
	// Agree asks a question, and reports whether the answer is yes.
	Agree(ctx context.Context, question string) (bool, error)
	// Secret asks for a text that is not shown.
	Secret(ctx context.Context, prompt string) (string, error)
}

// check names each mistake, and reads the password.
func (o LoginOptions) check() (LoginOptions, error) {
	if o.Name == "" {
		if o.PasswordFile != "" || o.Yes || o.Consent || o.Browser {
			return o, usage("--password-file, --yes, --consent and --browser are about a real login; --login NAME asks for one")
		}
		return o, nil
	}
	if o.Terminal == nil && o.PasswordFile == "" {
		return o, usage("--login %s: there is no terminal to ask for the password; --password-file FILE names a file that holds it", o.Name)
	}
	if o.Terminal == nil && !o.Yes {
		return o, usage("--login %s: there is no terminal to ask whether to go on, and a login writes; --yes says so beforehand", o.Name)
	}
	if err := o.findChrome(); err != nil {
		return o, err
	}
	if o.PasswordFile == "" {
		return o, nil
	}
	text, err := os.ReadFile(o.PasswordFile)
	if err != nil {
		return o, usage("--password-file: %w", err)
	}
	o.password = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if o.password == "" || strings.ContainsAny(o.password, "\r\n") {
		return o, usage("--password-file %s: want a file with the password in one line and nothing else", o.PasswordFile)
	}
	return o, nil
}

// signIn makes the login, where one was asked for, nothing seen so far stands in its way, and the person agrees.
func (d *doctor) signIn(ctx context.Context, pair *suites.Live) error {
	o := &d.o.Login
	if o.Name == "" {
		return nil
	}
	pair.Asked = true
	if !pair.Seen.Open() {
		return nil // the checks of why not are failed ones, and those of the login are skipped
	}
	logIn, release, err := d.loginWay(ctx, pair)
	if err != nil {
		return err
	}
	defer release()
	if o.Say != nil {
		_, _ = fmt.Fprintln(o.Say, plain.Inert(d.announcement(pair))) // who cannot be told cannot agree either
	}
	if !o.Yes {
		if agreed, err := o.Terminal.Agree(ctx, "Go on?"); err != nil {
			return err
		} else if !agreed {
			pair.Declined = "the question whether to go on was not answered with yes"
			return nil
		}
	}
	if o.password == "" {
		if o.password, err = o.Terminal.Secret(ctx, fmt.Sprintf("Password of %s at authentik: ", plain.OneLine(o.Name))); err != nil {
			return err
		}
		if o.password == "" {
			pair.Declined = "no password was given"
			return nil
		}
	}
	d.console = render.NewConsole(d.shown)
	defer d.console.Close()
	d.console.Waiting(stack.Progress{Text: "logging " + o.Name + " in and out again"}, 0)
	pair.SignIn = logIn(ctx, live.Person{Name: o.Name, Password: o.password, Consent: o.Consent})
	return nil
}

// announcement is what a login writes, in plain words.
func (d *doctor) announcement(pair *suites.Live) string {
	who := plain.OneLine(d.o.Login.Name)
	account := fmt.Sprintf("an account for %s if there is none, where Immich registers people automatically (its default)", who)
	if registers, known := pair.Registers(); known && registers {
		account = fmt.Sprintf("an account for %s if there is none, since it registers people automatically", who)
	} else if known {
		account = "no account: registering people automatically is turned off"
	}
	lines := []string{
		fmt.Sprintf("A real login of %s writes:", who),
		fmt.Sprintf("  at authentik (%s): a session, and a line in its event log", pair.Seen.Authentik.Origin),
		fmt.Sprintf("  in Immich (%s): a session, and %s", pair.Seen.Immich.Origin, account),
		"  An account there with the person's e-mail that is not linked to authentik yet is linked.",
	}
	if d.o.Login.Consent {
		lines = append(lines, "  Where authentik asks, it is agreed that Immich gets the person's data, and authentik keeps that.")
	}
	if d.o.Login.Browser {
		lines = append(lines, "It is made in a browser on this machine. Pictures of its pages go into the report; the person's photos are not loaded.")
	}
	return strings.Join(append(lines, "Both sessions are ended again. An account, a link and a consent stay."), "\n")
}

// secrets are what of a login must not be written anywhere.
func (d *doctor) secrets(pair *suites.Live) []string {
	all := []string{d.o.Login.password}
	if pair.SignIn != nil && pair.SignIn.Session != nil {
		all = append(all, pair.SignIn.Session.Token)
	}
	return slices.DeleteFunc(all, func(secret string) bool { return secret == "" })
}

// loginNotes say what was written, and what may be left.
func (d *doctor) loginNotes(pair *suites.Live) []string {
	if pair.SignIn == nil {
		return nil
	}
	made, wrote := d.passage.Made()
	loaded := ""
	if d.window != nil {
		loaded = fmt.Sprintf("; the browser loaded the products' pages as any visitor's does, %d of them", d.window.Pages())
	}
	return append([]string{fmt.Sprintf("the login of %s and its end made %d requests more, of which %d wrote: POST to authentik's flows and to Immich's login and logout%s", d.o.Login.Name, made, wrote, loaded)}, pair.SignIn.Left...)
}
