package run

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/report"
)

// readPairFile reads what stands in the place of a guide, a pair file or the files that hold a configuration, and makes the
// versions that a pair file was captured from the default ones. Without any the options come back as they are.
func (o Options) readPairFile() (Options, *guide.Settings, error) {
	if err := o.Files.Check(); err != nil {
		return o, nil, &UsageError{err}
	}
	given := 0
	for _, one := range []bool{o.Pair != "", o.Guide != "", o.Files.Given()} {
		if one {
			given++
		}
	}
	switch {
	case given > 1:
		return o, nil, usage("--guide, --pair and the files of a configuration stand in each other's place; name one of them")
	case o.Pair == "" && !o.Files.Given():
		return o, nil, nil
	}
	p, err := o.pair()
	if err != nil {
		return o, nil, &UsageError{err}
	}
	settings, err := p.Settings()
	if err != nil && o.Pair != "" {
		err = fmt.Errorf("--pair: %w", err)
	}
	if err != nil {
		return o, nil, &UsageError{err}
	}
	settings.Configuration.NotRead = p.NotRead
	o.Authentik, o.Immich = cmp.Or(o.Authentik, p.Captured.Authentik), cmp.Or(o.Immich, p.Captured.Immich)
	return o, settings, o.takeBlueprint(settings)
}

// pair is the pair that was asked for. That of files has the lines of the pair file that it would be, which lead to theirs.
func (o Options) pair() (*pairfile.Pair, error) {
	if o.Pair != "" {
		p, err := pairfile.Load(o.Pair)
		if err != nil {
			return nil, fmt.Errorf("--pair: %w", err)
		}
		return p, nil
	}
	p, err := pairfile.ReadFiles(o.Files)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(o.Files.Blueprint, o.Files.Terraform, o.Files.ImmichConfig)
	return p.Reread(name)
}

// notRead are notes on what could not be read of a configuration.
func notRead(s *guide.Settings) []string {
	var all []string
	if s.Configuration != nil {
		for _, sentence := range s.Configuration.NotRead {
			all = append(all, "not read: "+sentence)
		}
	}
	return all
}

// notCarried are notes on what a run does not have as the pair file says.
func (c *configured) notCarried() []string {
	var all []string
	for _, v := range c.resolved {
		if v.NotCarried != "" {
			all = append(all, "not carried over: "+v.NotCarried)
		}
	}
	return all
}

// noteLimits tells what of a pair file is not judged. What was not read stands in the report from its beginning.
func (r *road) noteLimits(pair *configured) {
	for _, text := range notRead(r.cell.Guide) {
		r.console.Note(r.redactor.Text(text))
	}
	for _, text := range pair.notCarried() {
		r.note(text)
	}
}

// tellLimits gives the bundle of after an upgrade what was chosen before it: nothing was entered since.
func (u *upgrade) tellLimits(pair *configured) error {
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) {
		rep.Resolved = pair.resolved
		rep.Notes = append(rep.Notes, pair.notCarried()...)
	}))
}

// takeBlueprint keeps the text of a blueprint, which authentik applies itself. The doubles cannot: its values are entered.
func (o Options) takeBlueprint(s *guide.Settings) error {
	if o.Files.Blueprint == "" || o.Stack == Fake {
		return nil
	}
	text, err := os.ReadFile(o.Files.Blueprint)
	if err != nil {
		return usage("--blueprint: %w", err)
	}
	s.Configuration.Blueprint = string(text)
	return nil
}

// variables are those that a blueprint reads. A secret that nobody gave is made; what else nobody gave stays unset.
func (o Options) variables(blueprint string) map[string]string {
	all := map[string]string{}
	for _, name := range pairfile.SecretVariables([]byte(blueprint)) {
		all[name] = rand.Text()
	}
	maps.Copy(all, o.Files.Env)
	return all
}

// captured is the pair that a pair file was taken from, AUTHENTIK,IMMICH; empty: it does not say.
func (o Options) captured() string {
	if o.Authentik == "" || o.Immich == "" {
		return ""
	}
	return o.Authentik + "," + o.Immich
}

// refusedFile makes a mistake in what was asked for of a product's refusal of a file.
func (o Options) refusedFile(err error) error {
	var refused *authentik.BlueprintError
	if errors.As(err, &refused) {
		return usage("--blueprint %s: %w", o.Files.Blueprint, err)
	}
	return err
}
