package version

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// word is a text of a YAML file that remembers its line, so that every error can name it.
type word struct {
	text string
	line int
}

// UnmarshalYAML keeps the text as it is written: 2024.10 stays 2024.10 and does not become a number.
func (w *word) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: a text is wanted here", node.Line)}}
	}
	*w = word{node.Value, node.Line}
	return nil
}

// document is the file of one product.
type document struct {
	change   `yaml:",inline"` // what the oldest line starts from
	Upgrades []upgradeRule    `yaml:"upgrades"`
	Lines    []line           `yaml:"lines"`
}

// line is one release line; what it does not say holds as in the line before.
type line struct {
	change      `yaml:",inline"`
	Line        word    `yaml:"line"`
	Unsupported string  `yaml:"unsupported"`
	Guide       word    `yaml:"guide"`
	Released    word    `yaml:"released"`
	Releases    []word  `yaml:"releases"`
	Changes     []patch `yaml:"changes"`
}

// patch changes a line from one of its releases onwards.
type patch struct {
	change `yaml:",inline"`
	From   word `yaml:"from"`
}

// change is what can differ between two lines or two releases.
type change struct {
	Add          []word            `yaml:"add"`
	Remove       []word            `yaml:"remove"`
	Image        string            `yaml:"image"`
	Port         int               `yaml:"port"`
	Media        string            `yaml:"media"`
	Environment  map[string]string `yaml:"environment"`
	Services     map[word]*service `yaml:"services"` // null removes a service
	FormDefaults map[word]string   `yaml:"form_defaults"`
	Apps         []App             `yaml:"apps"`
}

type service struct {
	Image       word              `yaml:"image"`
	Environment map[string]string `yaml:"environment"`
	Command     []string          `yaml:"command"`
}

// provenDocument is proven.yaml.
type provenDocument struct {
	Proven []provenPair `yaml:"proven"`
}

type provenPair struct {
	Authentik word `yaml:"authentik"`
	Immich    word `yaml:"immich"`
	Guide     word `yaml:"guide"`
	Date      word `yaml:"date"`
	// The digests of the images that ran; pairs entered before digests were kept have none.
	AuthentikDigest word `yaml:"authentik_digest"`
	ImmichDigest    word `yaml:"immich_digest"`
}

// problems collects what is wrong with one file, so that one reading shows all of it.
type problems struct {
	file string
	errs []error
}

func (p *problems) at(line int, format string, args ...any) {
	where := p.file
	if line > 0 {
		where = fmt.Sprintf("%s:%d", p.file, line)
	}
	p.errs = append(p.errs, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return errors.Join(p.errs...) }

// decode reads one strict YAML document: a key that nothing reads is an error.
func decode(content []byte, into any, p *problems) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	err := decoder.Decode(into)
	var wrong *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		p.at(0, "the file is empty")
	case errors.As(err, &wrong):
		for _, text := range wrong.Errors {
			p.yaml(text)
		}
	case err != nil:
		p.yaml(strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

// yaml puts an error of the YAML library into our form and speaks of keys instead of Go types.
func (p *problems) yaml(text string) {
	number, message := 0, text
	if m := regexp.MustCompile(`^line (\d+): ((?s).*)$`).FindStringSubmatch(text); m != nil {
		_, _ = fmt.Sscan(m[1], &number) // digits only
		message = m[2]
	}
	if m := regexp.MustCompile(`^field (.+) not found in type`).FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("unknown key %q", m[1])
	}
	p.at(number, "%s", message)
}

// feature checks that the word names a feature of the product.
func (p *problems) feature(product Product, w word) (Feature, bool) {
	for _, info := range Features() {
		if info.Feature == Feature(w.text) && info.Product == product {
			return info.Feature, true
		}
	}
	p.at(w.line, "%q is not a feature of %s", w.text, product)
	return "", false
}

// date checks a date; near is the line to name where it is missing.
func (p *problems) date(w word, near int) {
	if _, err := time.Parse(time.DateOnly, w.text); err != nil {
		p.at(cmp.Or(w.line, near), "%q is not a date like 2025-06-23", w.text)
	}
}

func (p *problems) formKey(w word) {
	if !slices.Contains(formKeys(), w.text) {
		p.at(w.line, "%q is not a form default; known are %s", w.text, strings.Join(formKeys(), ", "))
	}
}
