package evidence_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
)

// A short secret is met under a name of secrets alone, and from then on found as a word.
func TestShortSecretsFromTheWireDisappearAsWords(t *testing.T) {
	t.Parallel()
	form := func(fields string) edge.Exchange {
		return edge.Exchange{
			URL: "https://immich.company/api", RequestBody: []byte(fields),
			RequestHeader: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		}
	}
	for field, want := range map[string]string{
		"code=sh0rtc0de":           "code",
		"state=sh0rtc0de":          "state",
		"code_verifier=sh0rtc0de":  "verifier",
		"client_secret=sh0rtc0de":  "secret",
		"password=sh0rtc0de":       "password",
		"refresh_token=sh0rtc0de":  "token",
		"code=sh0rt":               "",
		"version=sh0rtc0de":        "",
		"code=shortcode":           "",
		"code=20260101":            "",
		"code=ERR_2024_SH0RTC0DE1": "",
	} {
		r := evidence.NewRedactor()
		x := form(field)
		r.Meet(&x)
		_, value, _ := strings.Cut(field, "=")
		shown := value
		if want != "" {
			shown = "«" + want + "»"
		}
		in := "it was " + value + ", /" + value + "/ \"" + value + "\" x" + value + " " + value + "9"
		out := "it was " + shown + ", /" + shown + "/ \"" + shown + "\" x" + value + " " + value + "9"
		assert.Equal(t, out, evidence.WithoutRun(r.Text(in)), field)
	}
	r := evidence.NewRedactor()
	x := form("password=sh0rtc0de")
	r.Meet(&x)
	r.Know(evidence.Password, "sh0rtc0de")
	assert.Equal(t, "x«password»9", evidence.WithoutRun(r.Text("xsh0rtc0de9")), "what the run itself knows is found within words as well")
}
