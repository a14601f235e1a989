//! What has to be proven before a credential changes (RULES 5.4, 7.2).

use app::App;
use askama::Template;
use domain::{
    factors::{ChangeProof, MissingProof, may_change},
    interaction::LocalPath,
};
use i18n::Translator;

use crate::{HttpError, MESSAGES, Page, Request, Response, ReturnTo, SignedIn};

#[derive(Template)]
#[template(path = "prove.html")]
struct ProveFirst {
    translator: Translator,
    /// To verify by an app, if there is one.
    by_app: Option<String>,
    sign_in: String,
}

impl Page for ProveFirst {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("prove-title")
    }
}

/// By what a change is proven, or what leads to the proof and then back to this page.
///
/// # Errors
/// [`HttpError`] when the page can't be written.
pub fn proven(
    app: &App,
    request: &Request,
    who: &SignedIn,
) -> Result<Result<ChangeProof, Response>, HttpError> {
    let reset_at = who.account.details().reset_at;
    let missing = match may_change(&who.session, &who.factors, reset_at, app.now()) {
        Ok(grade) => return Ok(Ok(grade)),
        Err(missing) => missing,
    };
    let (return_to, translator) = (return_here(request, who), request.translator(&MESSAGES));
    let sign_in = return_to.href("/login?again=true");
    let by_app = match missing {
        MissingProof::Verification => return Ok(Err(Response::see_other(&return_to.href("/mfa")))),
        MissingProof::SignIn => None,
        MissingProof::SecondFactorOrSignIn => Some(return_to.href("/mfa")),
    };
    Ok(Err(request.page_signed_in(&ProveFirst { translator, by_app, sign_in }, &who.session)?))
}

/// The way that comes back to this page, and keeps the one to the service.
fn return_here(request: &Request, who: &SignedIn) -> ReturnTo {
    let named = ["app", "partner"].into_iter().find_map(|name| Some((name, request.query(name)?)));
    let here = named.map(|(name, id)| format!("{}?{name}={id}", request.path()));
    let here =
        here.filter(|here| LocalPath::parse(here).is_some()).unwrap_or_else(|| request.path().to_owned());
    who.return_to(request).by(&here)
}
