package browser_test

import (
	"bytes"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// Pictures of two pages that differ in nothing but a secret are the same, once it is hidden, and differ before.
func TestScreenshotsShowNoSecret(t *testing.T) {
	t.Parallel()
	const one, other = "WWWWWWWWWW", "iiiiiiiiii"
	for name, page := range map[string]func(secret string) string{
		"text": func(s string) string { return `<p id="out">the code is ` + s + `, keep it</p>` },
		"shadow": func(s string) string {
			return `<p id="out">x</p><x-a><template shadowrootmode="open"><x-b><template shadowrootmode="open">` + s + `</template></x-b></template></x-a>`
		},
		"field": func(s string) string { return `<p id="out">x</p><input value="` + s + `">` },
		"area":  func(s string) string { return `<p id="out">x</p><textarea>` + s + `</textarea>` },
		"shadow field": func(s string) string {
			return `<p id="out">x</p><x-a><template shadowrootmode="open"><input value="` + s + `"></template></x-a>`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := serve(t, map[string]string{"/one": page(one), "/other": page(other)})
			s := open(t)
			picture := func(path string) []byte {
				show(t, s, site.url+path)
				_, err := s.See(within(t, long), browser.Control{Name: "#out", CSS: "#out"})
				require.NoError(t, err)
				shot, err := s.Screenshot(within(t, long))
				require.NoError(t, err)
				return shot
			}
			assert.NotEqual(t, picture("/one"), picture("/other"), "the secret shows as long as nobody says that it is one")
			s.Hide(one, "", other)
			hidden := picture("/one")
			assert.Equal(t, hidden, picture("/other"), "the secret is hidden")
			config, err := jpeg.DecodeConfig(bytes.NewReader(hidden))
			require.NoError(t, err)
			assert.Equal(t, []int{1000, 800}, []int{config.Width, config.Height})
		})
	}
}

func TestPasswordFieldsNeedNobodyToHideThem(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{
		"/one":   `<p id="out">x</p><input type="password" value="WWWWWWWWWW">`,
		"/other": `<p id="out">x</p><input type="password" value="iiiiiiiiii">`,
	})
	s := open(t)
	var pictures [][]byte
	for _, path := range []string{"/one", "/other"} {
		show(t, s, site.url+path)
		says(t, s, "x")
		picture, err := s.Screenshot(within(t, long))
		require.NoError(t, err)
		pictures = append(pictures, picture)
	}
	assert.Equal(t, pictures[0], pictures[1])
}

// A person goes on with the page that was in the picture: a consent page whose form is about to be sent.
func TestAScreenshotLeavesThePageAsItWas(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<p id="out">for <b>secret</b> only</p>
		<form><input name="token" value="secret" style="color: red"><button>Go</button></form>
		<x-a><template shadowrootmode="open"><p>secret</p></template></x-a>
		<script>
			const texts = () => [document.querySelector("b"), document.querySelector("x-a").shadowRoot.querySelector("p")].map((e) => e.firstChild);
			const before = texts();
			document.querySelector("form").onsubmit = (event) => {
				event.preventDefault();
				const input = document.querySelector("input");
				document.querySelector("#out").textContent = [
					texts().every((n, i) => n === before[i]), texts().map((n) => n.data), input.value, input.getAttribute("style")].join(" ");
			};
		</script>`})
	s, ctx := open(t), within(t, long)
	s.Hide("secret")
	show(t, s, site.url+"/")
	says(t, s, "for secret only")
	_, err := s.Screenshot(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
	says(t, s, "true secret,secret secret color: red;")
}

// What the page has changed while it was hidden is the page's.
func TestAScreenshotTakesNothingBackFromThePage(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<p id="out">secret</p><script>
		const out = document.querySelector("#out").firstChild;
		new MutationObserver((_, observer) => { observer.disconnect(); out.data = "the page's own"; }).observe(out, { characterData: true });
	</script>`})
	s := open(t)
	s.Hide("secret")
	show(t, s, site.url+"/")
	says(t, s, "secret")
	_, err := s.Screenshot(within(t, long))
	require.NoError(t, err)
	says(t, s, "the page's own")
}

// Drawing is what a page costs most, and only pictures are looked at.
func TestAPageIsDrawnForPicturesOnly(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<p id="out">x</p><button>Go</button><script>
		const opacity = () => getComputedStyle(document.documentElement).opacity, seen = [];
		new MutationObserver(() => seen.push(opacity())).observe(document.documentElement, { attributes: true });
		document.querySelector("button").onclick = () => { document.querySelector("#out").textContent = [...seen, opacity()].join(" "); };
	</script>`})
	s, ctx := open(t), within(t, long)
	show(t, s, site.url+"/")
	says(t, s, "x")
	_, err := s.Screenshot(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
	says(t, s, "1 0 0")
}
