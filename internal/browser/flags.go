package browser

// Flags are the switches that every Chrome gets that is driven here, also one in a container. Each is there to keep
// Chrome from working for nobody.
func Flags() []string {
	return []string{
		"--disable-background-networking",
		"--disable-back-forward-cache",
		"--disable-component-update",
		"--disable-gpu",
		"--disable-quic",
		"--disable-site-isolation-trials", // both products in one renderer, which a profile's anchor keeps
		"--disable-sync",
		"--hide-scrollbars",
		"--lang=en-US",
		"--mute-audio",
		"--no-first-run",
		"--no-proxy-server",          // the host rules say where the products are
		"--renderer-process-limit=1", // per browser context, which never share one
	}
}
