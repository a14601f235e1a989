//! What has to be proven before something changes (RULES 5.4, 7.2).

use app::App;
use domain::{
    factors::{Grade, Missing, may_change},
    transaction::OwnPath,
};
use web::{Problem, Reply, Verifying, Visit, Way};

use crate::{pages::ProveFirst, way};

/// By what the change is proven, or what leads to the proof and then back to this page.
pub(crate) fn proven(app: &App, visit: &Visit, who: &Verifying) -> Result<Result<Grade, Reply>, Problem> {
    let reset_at = who.account.details().reset_at;
    let missing = match may_change(&who.session, (&who.factors, reset_at), app.now()) {
        Ok(grade) => return Ok(Ok(grade)),
        Err(missing) => missing,
    };
    let way = back_here(visit, who);
    let sign_in = way.href("/login?again=true");
    let page = match missing {
        Missing::Verification => return Ok(Err(Reply::see_other(&way.href("/mfa")))),
        Missing::SignIn => ProveFirst::by_signing_in(visit, sign_in),
        Missing::SecondFactorOrSignIn => ProveFirst::by_app(visit, (way.href("/mfa"), sign_in)),
    };
    Ok(Err(visit.page_signed_in(&page, &who.session)?))
}

/// The way that comes back to this page, and keeps the one to the service.
fn back_here(visit: &Visit, who: &Verifying) -> Way {
    let app = visit.query("app").map(|id| format!("{}?app={id}", visit.path()));
    let here = app.filter(|here| OwnPath::parse(here).is_some()).unwrap_or_else(|| visit.path().to_owned());
    way(visit, who).by(&here)
}
