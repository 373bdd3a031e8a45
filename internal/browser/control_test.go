package browser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// form is a stage as authentik builds them; decoy stands outside, as for password managers.
const (
	form  = `<input name="user" value="old"><button type="submit" onclick="document.querySelector('#out').textContent = this.previousElementSibling.value">Continue</button>`
	decoy = `<form><input name="user"><button type="submit" onclick="document.querySelector('#out').textContent = 'decoy'">Continue</button></form><p id="out"></p>`
)

var (
	user = browser.Control{Name: "the user name", CSS: "input[name=user]", Inside: "x-executor"}
	next = browser.Control{Name: "the button", CSS: "button[type=submit]", Text: "Continue", Inside: "x-executor"}
)

func TestControlsAreFoundHoweverAPageNestsThem(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{
		"/light":  decoy + `<x-executor>` + form + `</x-executor>`,
		"/shadow": decoy + `<x-executor><template shadowrootmode="open">` + form + `</template></x-executor>`,
		"/nested": decoy + `<x-executor><template shadowrootmode="open"><x-stage><template shadowrootmode="open"><x-card>` +
			`<template shadowrootmode="open">` + form + `</template></x-card></template></x-stage></template></x-executor>`,
		"/deep": decoy + `<x-app><template shadowrootmode="open"><x-executor><template shadowrootmode="open">` + form +
			`</template></x-executor></template></x-app>`,
	})
	for _, page := range []string{"/light", "/shadow", "/nested", "/deep"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			s, ctx := open(t), within(t, long)
			show(t, s, site.url+page)
			require.NoError(t, s.Fill(ctx, user, "alice"))
			require.NoError(t, s.Click(ctx, next))
			says(t, s, "alice")
		})
	}
}

func TestControlsAreWaitedForUntilAPersonCouldUseThem(t *testing.T) {
	t.Parallel()
	const button = `<p id="out"></p><script>
		const button = document.createElement("button");
		button.textContent = "Go";
		button.onclick = () => { document.querySelector("#out").textContent = "clicked " + window.ready; };
		window.ready = false;
		const later = (change) => setTimeout(() => { window.ready = true; change(); }, 400);
	</script>`
	site := serve(t, map[string]string{
		"/disabled":  button + `<script>button.disabled = true; document.body.append(button); later(() => { button.disabled = false; })</script>`,
		"/fieldset":  button + `<fieldset disabled></fieldset><script>const f = document.querySelector("fieldset"); f.append(button); later(() => { f.disabled = false; })</script>`,
		"/none":      button + `<script>button.style.display = "none"; document.body.append(button); later(() => { button.style.display = ""; })</script>`,
		"/invisible": button + `<script>button.style.visibility = "hidden"; document.body.append(button); later(() => { button.style.visibility = ""; })</script>`,
		"/absent":    button + `<script>later(() => document.body.append(button))</script>`,
		"/otherwise": button + `<script>button.textContent = "Stop"; document.body.append(button); later(() => { button.innerHTML = " Go <b></b>\n "; })</script>`,
	})
	for _, page := range []string{"/disabled", "/fieldset", "/none", "/invisible", "/absent", "/otherwise"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			show(t, s, site.url+page)
			require.NoError(t, s.Click(within(t, long), browser.Control{Name: "Go", CSS: "button", Text: "Go"}))
			says(t, s, "clicked true")
		})
	}
}

func TestTextMatchesWholeAndFolded(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<button>Sign  out
		now</button><button>Sign out</button><a hidden>Sign out</a>`})
	s, ctx := open(t), within(t, long)
	show(t, s, site.url+"/")
	i, err := s.See(ctx,
		browser.Control{Name: "a part", CSS: "button", Text: "Sign"},
		browser.Control{Name: "another case", CSS: "button", Text: "sign out"},
		browser.Control{Name: "what is hidden", CSS: "a", Text: "Sign out"},
		browser.Control{Name: "white space folded", CSS: "button", Text: "Sign out now"})
	require.NoError(t, err)
	assert.Equal(t, 3, i)
}

func TestReadsWhatThePageSays(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<h1> Not <b>allowed</b>
		here </h1><x-list style="display: block"><template shadowrootmode="open"><style>li { color: red }</style><li data-code="email">a<li data-code="profile" hidden>b<li>c</template></x-list>`})
	s, ctx := open(t), within(t, long)
	show(t, s, site.url+"/")
	text, err := s.Read(ctx, browser.Control{Name: "the heading", CSS: "h1"})
	require.NoError(t, err)
	assert.Equal(t, "Not allowed here", text)
	text, err = s.Read(ctx, browser.Control{Name: "the list", CSS: "x-list"})
	require.NoError(t, err)
	assert.Equal(t, "a c", text, "what is hidden is not said")
	codes, err := s.ReadAll(ctx, browser.Control{Name: "a code", CSS: "li[data-code]", Hidden: true}, "data-code")
	require.NoError(t, err)
	assert.Equal(t, []string{"email", "profile"}, codes)
	codes, err = s.ReadAll(ctx, browser.Control{Name: "a visible code", CSS: "li[data-code]"}, "data-code")
	require.NoError(t, err)
	assert.Equal(t, []string{"email"}, codes)
}

// A dialog stops every script of its page, those of this package included.
func TestDialogsAreAnswered(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<p id="out"></p><script>
		setTimeout(() => { document.querySelector("#out").textContent = "answered " + confirm("Really?"); }, 100)</script>`})
	s := open(t)
	show(t, s, site.url+"/")
	says(t, s, "answered true")
}

func TestPressedKeysReachWhatHasTheFocus(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<input autofocus><p id="out">x</p><script>
		addEventListener("keyup", (e) => { document.querySelector("#out").textContent = e.key + " " + document.querySelector("input").value; });
	</script>`})
	s := open(t)
	show(t, s, site.url+"/")
	says(t, s, "x")
	_, err := s.See(within(t, long), browser.Control{Name: "the focus", CSS: "input:focus"})
	require.NoError(t, err)
	for _, c := range []struct {
		key  rune
		says string
	}{{'/', "/ /"}, {'a', "a /a"}, {'\x1b', "Escape /a"}} {
		require.NoError(t, s.Press(within(t, long), c.key))
		says(t, s, c.says)
	}
}
