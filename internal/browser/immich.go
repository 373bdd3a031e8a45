package browser

// The controls of Immich's web app, v1.106 to v3.1, in English.
var (
	// ImmichPasswordForm is the form of the login page.
	ImmichPasswordForm = Control{Name: "Immich's password form", CSS: "input#email"}
	// ImmichLink is the button of the OAuth section of /user-settings.
	ImmichLink = Control{Name: `Immich's button "Link to OAuth"`, CSS: "button", Text: "Link to OAuth"}
	// ImmichSignOut is in the menu of the avatar: a button, from v3.0 on a link.
	ImmichSignOut = Control{Name: `Immich's "Sign Out"`, CSS: "button, a", Text: "Sign Out"}
)

// ImmichOAuthButton is the button of the login page that starts OAuth; its text is a setting (oauth.buttonText).
func ImmichOAuthButton(text string) Control {
	return Control{Name: "Immich's button " + `"` + text + `"`, CSS: "button, a", Text: text}
}

// ImmichAvatar is the button that opens the account menu: titled since v1.133, before that known by its picture.
func ImmichAvatar(email string) Control {
	return Control{Name: "Immich's avatar button", CSS: `button[title*="` + email + `"], #dashboard-navbar button:has(figure)`}
}
