//! The proof that a change of credentials requires (RULES 5.4, 7.2).

use askama::Template;
use domain::{
    factors::{ChangeProof, MissingProof, may_change},
    interaction::LocalPath,
};
use http_kernel::{MESSAGES, Request, Response, Result};
use i18n::{Translator, time};
use pages::Page;

use crate::{SignedIn, support_link};

/// Asks for a proof: by an authenticator, or by signing in again.
#[derive(Template)]
#[template(path = "prove.html")]
struct ProofPage {
    translator: Translator,
    /// Where a second factor is verified, if there is one.
    by_app: Option<String>,
    /// Whether there is an authenticator, and not only recovery codes.
    has_app: bool,
    /// The message of what is asked for, without an authenticator.
    text: &'static str,
    sign_in: String,
    /// While the email code does not verify, a lost device can't be removed: why, and who can help.
    barred: Option<(String, (String, String))>,
}

impl Page for ProofPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("prove-title")
    }
}

/// What the recent proof of a change of credentials counts for.
///
/// # Errors
/// Without such a proof: the page or redirect that leads to one, and then back to this page.
pub fn require_recent_proof(signed_in: &SignedIn<'_>) -> Result<ChangeProof> {
    let request = &signed_in.request;
    let account = signed_in.account.details();
    let missing = match may_change(&signed_in.session, &signed_in.factors, account, request.now()) {
        Ok(change_proof) => return Ok(change_proof),
        Err(missing) => missing,
    };
    let return_to = signed_in.return_to().via(&this_page(request));
    let href = |path: &str| http_kernel::href(path, &return_to, signed_in.ui_locale());
    let by_app = match missing {
        MissingProof::Verification => return Err(Response::see_other(&href("/mfa")).into()),
        MissingProof::SignIn => None,
        MissingProof::SecondFactorOrSignIn => Some(href("/mfa")),
    };
    let translator = request.translator(&MESSAGES);
    let is_code_emailed = !signed_in.factors.has_second()
        && signed_in.factors.email_code_barred(account, request.now()).is_none();
    let page = ProofPage {
        by_app,
        has_app: !signed_in.factors.authenticators.is_empty(),
        text: match (is_code_emailed, &account.password) {
            (true, Some(_)) => "prove-password-text",
            (true, None) => "prove-partner-text",
            (false, _) => "prove-sign-in-text",
        },
        sign_in: href("/login?again=true"),
        barred: lost_device_barred(signed_in),
        translator,
    };
    Err(signed_in.respond(&page).into())
}

/// Why the lost-device procedure (RULES 5.4) is of no use, and who can help: the email code is off (RULES 5.9), or does not
/// verify after a reset by email (RULES 5.7).
#[must_use]
pub fn lost_device_barred(signed_in: &SignedIn<'_>) -> Option<(String, (String, String))> {
    let request = &signed_in.request;
    let translator = request.translator(&MESSAGES);
    if signed_in.factors.is_email_code_off(request.now()) {
        let contact = (signed_in.href("/contact"), translator.message("base-contact"));
        return Some((translator.message("prove-lost-off"), contact));
    }
    let until = signed_in.factors.email_code_barred(signed_in.account.details(), request.now())?;
    let until = time::in_ontario(until, translator.language());
    let has_app = !signed_in.factors.authenticators.is_empty();
    let text = if has_app { "prove-lost-barred" } else { "prove-lost-codes-barred" };
    Some((translator.message_with(text, "time", &*until), support_link(signed_in)))
}

/// This page, with the parameter that says what it changes, or by which link.
fn this_page(request: &Request<'_>) -> String {
    let parameter =
        ["app", "partner", "link"].into_iter().find_map(|name| Some((name, request.query(name)?)));
    let page = parameter.map(|(name, value)| format!("{}?{name}={value}", request.path()));
    let page = page.filter(|page| LocalPath::parse(page).is_some());
    page.unwrap_or_else(|| request.path().to_owned())
}
