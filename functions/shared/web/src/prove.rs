//! What has to be proven before a credential changes (RULES 5.4, 7.2).

use app::App;
use askama::Template;
use domain::{
    factors::{Grade, Missing, may_change},
    transaction::OwnPath,
};
use words::Words;

use crate::{MESSAGES, Page, Problem, Reply, Verifying, Visit, Way};

#[derive(Template)]
#[template(path = "prove.html")]
struct ProveFirst {
    words: Words,
    /// To verify by an app, if there is one.
    by_app: Option<String>,
    sign_in: String,
}

impl Page for ProveFirst {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.words.say("prove-title")
    }
}

/// By what a change is proven, or what leads to the proof and then back to this page.
///
/// # Errors
/// [`Problem`] when the page can't be written.
pub fn proven(app: &App, visit: &Visit, who: &Verifying) -> Result<Result<Grade, Reply>, Problem> {
    let reset_at = who.account.details().reset_at;
    let missing = match may_change(&who.session, (&who.factors, reset_at), app.now()) {
        Ok(grade) => return Ok(Ok(grade)),
        Err(missing) => missing,
    };
    let (way, words) = (back_here(visit, who), visit.words(&MESSAGES));
    let sign_in = way.href("/login?again=true");
    let by_app = match missing {
        Missing::Verification => return Ok(Err(Reply::see_other(&way.href("/mfa")))),
        Missing::SignIn => None,
        Missing::SecondFactorOrSignIn => Some(way.href("/mfa")),
    };
    Ok(Err(visit.page_signed_in(&ProveFirst { words, by_app, sign_in }, &who.session)?))
}

/// The way that comes back to this page, and keeps the one to the service.
fn back_here(visit: &Visit, who: &Verifying) -> Way {
    let named = ["app", "partner"].into_iter().find_map(|name| Some((name, visit.query(name)?)));
    let here = named.map(|(name, id)| format!("{}?{name}={id}", visit.path()));
    let here = here.filter(|here| OwnPath::parse(here).is_some()).unwrap_or_else(|| visit.path().to_owned());
    who.way(visit).by(&here)
}
