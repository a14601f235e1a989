//! Closing the account (RULES 7.5).

use account::{SignedIn, emails, require_recent_proof, security_event};
use askama::Template;
use http_kernel::{Request, Response, Result, StatusCode, retry_on_conflict};
use i18n::Translator;
use pages::{HelpTopic, OutcomePage, Page};

use crate::MESSAGES;

#[derive(Template)]
#[template(path = "close.html")]
struct ClosePage {
    translator: Translator,
    action: String,
    keep: String,
    csrf: String,
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
    let signed_in = SignedIn::require(request).await?;
    require_recent_proof(&signed_in)?;
    Ok(signed_in)
}

fn ask(signed_in: &SignedIn<'_>) -> Result<Response> {
    let page = ClosePage {
        translator: signed_in.request.translator(&MESSAGES),
        action: signed_in.href("/settings/close"),
        keep: signed_in.href("/settings"),
        csrf: signed_in.request.csrf(),
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
        let kind = email::AccountClosed { deleted_at: closed.deleted_at(), event: security_event(request) };
        let notice = emails::compose(request.app(), closed.account.details(), kind);
        request.table().close_account(&closed, &signed_in.session, &notice, &request.device()).await?;
        Ok(request.without_session(Response::see_other("/settings/close/done")))
    })
    .await
}

/// Says that the account is closed, and how to open it again. It needs no session.
pub(crate) fn done(request: &Request<'_>) -> Result<Response> {
    let next = [("/login?reopen=true".to_owned(), "closed-sign-in")];
    OutcomePage::respond_with(request, &MESSAGES, "closed-title", "closed-text", &next, StatusCode::OK)
}
