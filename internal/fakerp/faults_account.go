package fakerp

// The names of the faults of accounts and sessions.
const (
	newcomerAdmin       = "newcomer-is-administrator"
	labelLost           = "storage-label-lost"
	quotaZero           = "newcomer-without-space"
	takeoverRenames     = "takeover-renames"
	takeoverPassword    = "takeover-drops-password"
	unlinkPassword      = "unlink-drops-password"
	takenOpens          = "taken-email-opens-account"
	emailOptional       = "account-without-email"
	emailCaseKept       = "email-capitals-kept"
	loginEndsOthers     = "login-ends-other-sessions"
	logoutEndsAll       = "logout-ends-every-session"
	othersSurvive       = "other-sessions-survive"
	onboardingForgotten = "onboarding-forgotten"
	labelAny            = "label-of-any-form"
	quotaIgnored        = "quota-claim-ignored"
	roleAny             = "role-of-any-form"
	nameBlank           = "blank-name-kept"
	claimsRenewed       = "later-claims-taken"
	roleOnce            = "role-given-once"
	otherEmail          = "other-email-not-found"
	unlinkBars          = "unlinked-identity-barred"
	takeoverDemotes     = "takeover-demotes"
	linkDemotes         = "link-demotes"
	unlinkDemotes       = "unlink-demotes"
)

func accountFaults() []Fault {
	return []Fault{
		{newcomerAdmin, "Who logs in for the first time is not an administrator."},
		{labelLost, "The storage label of a new account is the claim that the settings name."},
		{quotaZero, "A new account has no quota where no claim and no setting gives one."},
		{takeoverRenames, "A login that takes a local account over leaves its name and its role."},
		{takeoverPassword, "A login that takes a local account over leaves its password."},
		{unlinkPassword, "Unlinking leaves the password of the account."},
		{takenOpens, "An account that is linked opens for its own identity only."},
		{emailOptional, "A person without an e-mail is refused."},
		{emailCaseKept, "The e-mail of the claims is trimmed and written in small letters."},
		{loginEndsOthers, "A login leaves the other sessions of the person."},
		{logoutEndsAll, "A logout ends one session."},
		{othersSurvive, "Signing out of all other devices ends their sessions."},
		{onboardingForgotten, "Who has seen the welcome is not welcomed again."},
		{labelAny, "A storage label is a text."},
		{quotaIgnored, "The quota of a new account is the claim that the settings name, in GiB."},
		{roleAny, "A role is admin or user, and anything else is none."},
		{nameBlank, "A name that is missing or blank gives way to the next claim that can serve as one."},
		{claimsRenewed, "Label and quota are given once."},
		{roleOnce, "From v3.1.0 on the role is taken from the claims at each login."},
		{otherEmail, "An identity opens the account that it is linked to, whatever the e-mail."},
		{unlinkBars, "An identity that was unlinked can be linked again."},
		{takeoverDemotes, "A login that takes an administrator's account over leaves its role."},
		{linkDemotes, "Linking leaves the role of the account."},
		{unlinkDemotes, "Unlinking leaves the role of the account."},
	}
}
