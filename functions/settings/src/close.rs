//! Closing the account (RULES 7.5).

use account::{SignInState, SignedIn, emails, require_recent_proof};
use askama::Template;
use domain::closing::CLOSING_LASTS;
use http_kernel::{Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, OutcomePage, Page};
use table::Closing;

use crate::{HUB, MESSAGES};

const DONE: &str = "/settings/close/done";

#[derive(Template)]
#[template(path = "close.html")]
struct ClosePage {
    translator: Translator,
    /// How long the account can be opened again.
    days: String,
    /// Whether that is longer because of an address that it had.
    keeps_former: bool,
    action: String,
    keep: String,
    csrf: String,
    /// By which a double click is recognized.
    form_id: String,
}

impl Page for ClosePage {
    const HAS_FORM: bool = true;

    fn title(&self) -> String {
        self.translator.message("close-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::CloseAccount)
    }
}

/// The resident, with a proof that is recent enough to close the account.
async fn require<'a>(request: &Request<'a>) -> Result<SignedIn<'a>> {
    let signed_in = match SignInState::read(request).await? {
        SignInState::SignedIn(signed_in) => *signed_in,
        // A double click gets the response of the first.
        SignInState::SignedOut(signed_out) if signed_out.is_repeated() => {
            return Err(request.signed_out_done_redirect(DONE).into());
        }
        SignInState::SignedOut(signed_out) => return Err(signed_out.sign_in_redirect().into()),
    };
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

fn ask(signed_in: &SignedIn<'_>) -> Result<Response> {
    let days = signed_in.account.clone().close(signed_in.request.now()).days();
    let page = ClosePage {
        days: days.to_string(),
        keeps_former: days > CLOSING_LASTS.as_hours() / 24,
        translator: signed_in.request.translator(&MESSAGES),
        action: signed_in.href("/settings/close"),
        keep: signed_in.href("/settings"),
        csrf: signed_in.request.csrf(),
        form_id: signed_in.request.new_form_id(),
    };
    signed_in.respond(&page)
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    ask(&require(request).await?)
}

pub(crate) async fn close(request: &Request<'_>) -> Result<Response> {
    request.verify_csrf()?;
    retry_on_conflict("close account", || async {
        let signed_in = require(request).await?;
        if request.is_language_toggle() {
            return ask(&signed_in);
        }
        let closed = signed_in.account.clone().close(request.now());
        let notices = emails::account_closed(request.app(), &closed, &request.device());
        let closing = Closing {
            closed: &closed,
            session: &signed_in.session,
            form: request.guess_id(),
            notices: &notices,
        };
        request.table().close_account(&closing, &request.device()).await?;
        Ok(request.signed_out_done_redirect(DONE))
    })
    .await
}

/// Says that the account is closed, and how to open it again. It needs no session, but only the browser that closed the account
/// sees it.
pub(crate) fn done(request: &Request<'_>) -> Result<Response> {
    if !request.is_done_page(DONE) {
        return Ok(Response::see_other(HUB));
    }
    let next = [("/login?reopen=true".to_owned(), "closed-sign-in")];
    OutcomePage::respond_with(request, &MESSAGES, "closed-title", "closed-text", &next, StatusCode::OK)
}
