//! A resident who can't sign in has their partners removed by a link to their address (RULES 4.8): GET asks, POST acts.

use app::App;
use domain::{
    account::Account,
    link::{Live, PartnerRemoval},
    partner::Partner,
    recovery::RequestedLink,
    service::Bilingual,
};
use email::EmailKind;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response, StatusCode,
    ask::{self, LinkRequestPage, notice},
    links::{AccountLinks, Confirm, Found, OutcomePage},
};
use table::{PartnerIdentity, WriteError};

use crate::{MESSAGES, ROUNDS};

/// Where the link is asked for; *Contact us* leads here, too.
pub(crate) const PATH: &str = "/federated/remove";
pub(crate) const SENT: &str = "/federated/remove/sent";
pub(crate) const LINK: &str = "/federated/remove/link";
pub(crate) const DONE: &str = "/federated/remove/done";

pub(crate) static ASK: LinkRequestPage = LinkRequestPage {
    requested: RequestedLink::PartnerRemoval,
    path: PATH,
    sent: SENT,
    translator: (&MESSAGES, ["remove-ask-title", "remove-ask-lead", "remove-ask-submit"]),
    other: ("/contact", "remove-ask-contact"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::PartnerRemovalLink,
    translator: (&MESSAGES, ["remove-expired-text", "remove-used-text"]),
    again: PATH,
};

/// What is to be removed, and by which link.
struct Open {
    account: Account,
    links: Vec<PartnerIdentity>,
    /// What they are called.
    names: Bilingual,
    link: Live<PartnerRemoval>,
}

pub(crate) fn sent(request: &Request) -> Answer {
    ask::sent(request, &MESSAGES, ["remove-sent-title", "remove-sent-lead", "remove-sent-next"], PATH)
}

pub(crate) async fn follow(app: &App, request: &Request) -> Answer {
    if let Some(token) = request.followed::<PartnerRemoval>() {
        return LINKS.follow(app, request, token.as_ref()).await;
    }
    match find(app, request).await? {
        Ok(open) => confirm(request, &open),
        Err(page) => page,
    }
}

/// What the link in this browser's cookie removes, or the page that says why it removes nothing.
async fn find(app: &App, request: &Request) -> Result<Result<Open, Answer>, HttpError> {
    let Found { link, account, return_to } = match LINKS.find::<PartnerRemoval>(app, request).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    let links = app.table.partner_identities(account.details().id, app.now()).await?;
    let title = "remove-link-title";
    if links.is_empty() {
        let next = [(return_to.href("/login"), "link-sign-in")];
        let page = OutcomePage::page(request, &MESSAGES, title, "remove-none-text", &next, StatusCode::OK);
        return Ok(Err(page));
    }
    // *This wasn't me* has voided it since.
    if account.details().password.is_none() {
        let next = [(return_to.href("/reset"), "unlink-set-password")];
        let text = "unlink-no-password";
        return Ok(Err(OutcomePage::page(request, &MESSAGES, title, text, &next, StatusCode::CONFLICT)));
    }
    Ok(Ok(Open { names: names(&app.config.partners, &links), account, links, link }))
}

/// A partner that is configured no more goes by its name in addresses.
fn names(partners: &[Partner], links: &[PartnerIdentity]) -> Bilingual {
    let name = |link: &PartnerIdentity, of: fn(&Bilingual) -> &str| {
        let partner = partners.iter().find(|partner| partner.id == link.partner);
        partner.map_or_else(|| link.partner.to_string(), |partner| of(&partner.name).to_owned())
    };
    let all =
        |of: fn(&Bilingual) -> &str| links.iter().map(|link| name(link, of)).collect::<Vec<_>>().join(", ");
    Bilingual { en: all(|name| &name.en), fr: all(|name| &name.fr) }
}

fn confirm(request: &Request, open: &Open) -> Answer {
    let translator = request.translator(&MESSAGES);
    request.page(&Confirm {
        title: translator.message("remove-link-title"),
        lead: translator.message_with(
            "remove-link-lead",
            "partner",
            open.names.in_language(translator.language()),
        ),
        email: open.account.details().email.as_str().to_owned(),
        items: Vec::new(),
        action: LINK,
        csrf: request.csrf(),
        submit: translator.message("unlink-submit"),
        note: translator.message("remove-link-note"),
    })
}

pub(crate) async fn remove(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    for _ in 0..ROUNDS {
        let open = match find(app, request).await? {
            Ok(open) => open,
            Err(page) => return page,
        };
        if request.is_toggle() {
            return confirm(request, &open);
        }
        let security_event = request.security_event(app, app.now());
        let about = EmailKind::PartnerUnlinked(open.names, security_event);
        let notice = notice(app, open.account.details(), about, None);
        match app
            .table
            .unlink_partners(open.link.id, &open.account, &open.links, &notice, &request.device(), app.now())
            .await
        {
            Ok(()) => return Ok(Response::see_other(DONE)),
            // Used, or the account has changed: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}

pub(crate) async fn done(app: &App, request: &Request) -> Answer {
    let Some((_, return_to)) = LINKS.used::<PartnerRemoval>(app, request).await? else {
        return Ok(Response::see_other(LINK));
    };
    let translator = request.translator(&MESSAGES);
    let next =
        vec![return_to.sign_in(translator), (return_to.href("/reset"), translator.message("taken-reset"))];
    request.page(&OutcomePage {
        title: translator.message("remove-done-title"),
        text: translator.message("remove-done-text"),
        next,
    })
}
