//! The page of the form: who sees which, and what became of an attempt.

use domain::{interaction::Interaction, secret::kind, session::Session};
use http_kernel::{CookieName, OrRedirect, Request, Response, Result, StatusCode, Visitor};
use pages::Page;

use crate::{
    again_page::AgainPage,
    page::{FormError, LoginPage},
    reason::Reason,
};

/// The parameter by which somebody else on a shared computer drops what another resident left pending (RULES 3.8).
const NOT_YOU: &str = "not_you";

/// Shows the form, which names the service. A resident who is signed in already continues, unless the service requires a new
/// sign-in. The browser gets the cookie by which accounts know it (RULES 3.9).
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    show_with(request, None).await
}

/// Shows the form with the address that was typed, else with the one that the service gave.
pub(crate) async fn show_with(request: &Request<'_>, typed: Option<&str>) -> Result<Response> {
    let (return_to, cookie) = (request.return_to(), request.session_cookie());
    if request.query(NOT_YOU).is_some() {
        let redirect = Response::see_other(&request.href("/login"));
        return Ok(redirect.without_pending(request.parts()));
    }
    let (session, interaction) = request
        .table()
        .session_and_interaction(cookie.as_ref(), return_to.interaction(), request.now())
        .await?;
    let interaction = interaction.and_then(|interaction| request.own(interaction));
    if let Some(session) = session.as_ref().filter(|_| is_again(request)) {
        let page = again(request, interaction.as_ref(), session, None).await?;
        return Ok(request.with_new_secret::<kind::Device>(page, CookieName::Device));
    }
    let may_continue = session.as_ref().is_some_and(|session| {
        interaction.as_ref().is_none_or(|interaction| interaction.may_resume(session))
    });
    if may_continue {
        return Ok(return_to.redirect(interaction.as_ref(), request.ui_locale()));
    }
    let hint = interaction.as_ref().and_then(|interaction| interaction.request.login_hint.as_deref());
    let email = typed.or(hint).unwrap_or_default();
    let reason = Reason::of(request, session.as_ref(), interaction.as_ref());
    let page = LoginPage::new(request, interaction.as_ref(), email, None).because(reason);
    let page = page.respond_to(request, Visitor::new(session.as_ref(), interaction.as_ref()))?;
    Ok(request.with_new_secret::<kind::Device>(page, CookieName::Device))
}

/// Whether a resident who is signed in confirms that it is them.
pub(crate) fn is_again(request: &Request<'_>) -> bool {
    request.query("again").is_some()
}

/// The page on which a resident who is signed in confirms that it is them: a change requires the password again, or a new
/// sign-in at a partner of the account (RULES 7.2).
async fn again(
    request: &Request<'_>,
    interaction: Option<&Interaction>,
    session: &Session,
    error: Option<FormError>,
) -> Result<Response> {
    let request = &request.in_language_of(session.language);
    let (table, now) = (request.table(), request.now());
    let account = table.account_by_id(session.account, now).await?;
    let account = account.as_ref().or_redirect("/login")?.details();
    let partners: Vec<_> = request.config().partners_on().map(|partner| &partner.id).collect();
    let linked = table.identities_at(session.account, &partners, now).await?;
    let page = AgainPage::new(request, account, &linked, error);
    page.respond_to(request, Visitor::new(Some(session), interaction))
}

/// The form again, with what is wrong.
pub(crate) async fn rejected(
    request: &Request<'_>,
    interaction: Option<&Interaction>,
    typed: &str,
    error: Option<FormError>,
) -> Result<Response> {
    let cookie = request.session_cookie().filter(|_| is_again(request));
    let session = match &cookie {
        Some(cookie) => request.table().session(cookie, request.now()).await?,
        None => None,
    };
    let response = match (session, error, typed.parse()) {
        (Some(session), ..) => again(request, interaction, &session, error).await?,
        // The pages that help fill it in.
        (None, Some(FormError::Wrong(_) | FormError::Locked), Ok(email)) => {
            request.with_typed_address(sign_in_page(request, interaction, typed, error)?, &email)?
        }
        _ => sign_in_page(request, interaction, typed, error)?,
    };
    Ok(if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

fn sign_in_page(
    request: &Request<'_>,
    interaction: Option<&Interaction>,
    typed: &str,
    error: Option<FormError>,
) -> Result<Response> {
    let page = LoginPage::new(request, interaction, typed, error);
    page.respond_to(request, Visitor::new(None, interaction))
}
