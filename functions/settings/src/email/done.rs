//! The page after the change of an email address (RULES 7.3, 5.4).

use account::{SignedIn, UsedLink};
use askama::Template;
use domain::link::EmailChange;
use http_kernel::{Request, Response, Result};
use i18n::Translator;
use pages::Page;

use super::LINKS;
use crate::MESSAGES;

#[derive(Template)]
#[template(path = "email_done.html")]
struct DonePage {
    translator: Translator,
    email: String,
    has_authenticator: bool,
    back: String,
}

impl Page for DonePage {
    const HAS_FORM: bool = false;

    fn title(&self) -> String {
        self.translator.message("email-done-title")
    }
}

pub(crate) async fn show(request: &Request<'_>) -> Result<Response> {
    let Some(UsedLink { account, .. }) = LINKS.used::<EmailChange>(request).await? else {
        return Ok(Response::see_other(&request.link_page(LINKS.path)));
    };
    let signed_in = SignedIn::require(request).await?;
    if signed_in.account.details().id != account.details().id {
        return Ok(Response::see_other("/settings"));
    }
    let page = DonePage {
        translator: signed_in.request.translator(&MESSAGES),
        email: account.details().email.to_unicode(),
        has_authenticator: !signed_in.factors.authenticators.is_empty(),
        back: signed_in.href("/settings"),
    };
    signed_in.respond(&page)
}
