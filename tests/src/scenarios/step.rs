//! The steps that scenarios consist of.

/// Something that a resident, or the service that they sign in to, does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Opens a page.
    Open(&'static str),
    /// Opens the link that was emailed while the scenario was prepared.
    OpenPreparedLink,
    /// Opens the first link of the newest email.
    OpenEmailedLink,
    /// Posts these fields to this path, with the hidden fields of the page.
    Post(&'static str, &'static [(&'static str, &'static str)]),
    /// Submits the form of the page whose action has this path.
    Submit(&'static str, &'static [(&'static str, &'static str)]),
    /// Submits the form with this path with the code of the newest email.
    EmailedCode(&'static str),
    /// Opens this path, signs in at the bank that it leads to, and returns.
    SignInAtBank(&'static str),
    /// Adds the secret that the page shows to the authenticator.
    ScanSecret,
    /// Submits the form with this path with the authenticator's code and these fields.
    AuthenticatorCode(&'static str, &'static [(&'static str, &'static str)]),
    /// Keeps the first of the recovery codes that the page shows.
    KeepRecoveryCode,
    /// Submits the form with this path with the recovery code that was kept.
    RecoveryCode(&'static str),
    /// Follows the page's first `href` with this path.
    FollowHref(&'static str),
    /// The service exchanges its newest code, reads the claims, refreshes, and then uses the code a second time, which
    /// revokes the grant.
    ExchangeCode,
    /// Deletes the session cookie.
    DropSession,
    /// Lets a minute pass, after which unfinished attempts are given up.
    Wait,
}
