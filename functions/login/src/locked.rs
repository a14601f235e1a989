//! Tells a resident who signed in from a known browser that the account is locked in other browsers (RULES 3.3).

use account::require_session;
use askama::Template;
use domain::account::Account;
use http_kernel::{Request, Response, Result};
use i18n::Translator;
use pages::{HelpTopic, Page, return_label};

use crate::MESSAGES;

/// Offers the email that unlocks the account, before the resident continues.
#[derive(Template)]
#[template(path = "locked.html")]
struct LockedPage {
    translator: Translator,
    csrf: String,
    /// The form that sends the email.
    unlock: String,
    email: String,
    /// The same address, as it was typed.
    shown: String,
    /// Where the resident continues.
    next: String,
    go_on: String,
}

impl Page for LockedPage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("locked-title")
    }

    fn help(&self) -> Option<HelpTopic> {
        Some(HelpTopic::LockedAccount)
    }
}

/// Shows the page. A resident whose account is not locked continues.
pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let (request, session) = require_session(request).await?;
    let next = request.return_to().address(request.ui_locale());
    let account = request.table().account_by_id(session.account, request.now()).await?;
    let Some(Account::Locked(locked)) = account else { return Ok(Response::see_other(&next)) };
    let translator = request.translator(&MESSAGES);
    let page = LockedPage {
        go_on: translator.message(return_label(&request.return_to())),
        translator,
        csrf: request.csrf(),
        unlock: request.href("/unlock"),
        email: locked.details.email.as_str().to_owned(),
        shown: locked.details.email.to_unicode(),
        next,
    };
    page.respond_in_session(&request, &session)
}
