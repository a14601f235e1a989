//! A resident who can't sign in has their partners removed by a link to their address (RULES 4.8): GET asks, POST acts.

use app::App;
use domain::{
    account::Account,
    link::{Live, Removal},
    partner::Partner,
    recovery::Wanted,
    service::Bilingual,
};
use mail::About;
use table::{PartnerLink, WriteError};
use web::{
    Answer, CookieName, Problem, Reply, StatusCode, Visit,
    ask::{self, Ask, notice},
    links::{AccountLinks, Confirm, Found, Outcome},
};

use crate::{MESSAGES, ROUNDS};

/// Where the link is asked for; *Contact us* leads here, too.
pub(crate) const PATH: &str = "/federated/remove";
pub(crate) const SENT: &str = "/federated/remove/sent";
pub(crate) const LINK: &str = "/federated/remove/link";
pub(crate) const DONE: &str = "/federated/remove/done";

pub(crate) static ASK: Ask = Ask {
    wanted: Wanted::Removal,
    path: PATH,
    sent: SENT,
    words: (&MESSAGES, ["remove-ask-title", "remove-ask-lead", "remove-ask-submit"]),
    other: ("/contact", "remove-ask-contact"),
};

static LINKS: AccountLinks = AccountLinks {
    cookie: CookieName::RemovalLink,
    words: (&MESSAGES, ["remove-expired-text", "remove-used-text"]),
    again: PATH,
};

/// What is to be removed, and by which link.
struct Open {
    account: Account,
    links: Vec<PartnerLink>,
    /// What they are called.
    names: Bilingual,
    link: Live<Removal>,
}

pub(crate) fn sent(visit: &Visit) -> Answer {
    ask::sent(visit, (&MESSAGES, ["remove-sent-title", "remove-sent-lead", "remove-sent-next"]), PATH)
}

pub(crate) async fn follow(app: &App, visit: &Visit) -> Answer {
    if let Some(token) = visit.followed::<Removal>() {
        return LINKS.follow(app, visit, token.as_ref()).await;
    }
    match find(app, visit).await? {
        Ok(open) => confirm(visit, &open),
        Err(page) => page,
    }
}

/// What the link in this browser's cookie removes, or the page that says why it removes nothing.
async fn find(app: &App, visit: &Visit) -> Result<Result<Open, Answer>, Problem> {
    let Found { link, account, way } = match LINKS.find::<Removal>(app, visit).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    let links = app.table.partner_links(account.details().id, app.now()).await?;
    let title = "remove-link-title";
    if links.is_empty() {
        let next = [(way.href("/login"), "link-sign-in")];
        let page = Outcome::page(visit, (&MESSAGES, title, "remove-none-text"), (&next, StatusCode::OK));
        return Ok(Err(page));
    }
    // *This wasn't me* has voided it since.
    if account.details().password.is_none() {
        let next = [(way.href("/reset"), "unlink-set-password")];
        let words = (&MESSAGES, title, "unlink-no-password");
        return Ok(Err(Outcome::page(visit, words, (&next, StatusCode::CONFLICT))));
    }
    Ok(Ok(Open { names: names(&app.config.partners, &links), account, links, link }))
}

/// A partner that is configured no more goes by its name in addresses.
fn names(partners: &[Partner], links: &[PartnerLink]) -> Bilingual {
    let name = |link: &PartnerLink, of: fn(&Bilingual) -> &str| {
        let partner = partners.iter().find(|partner| partner.id == link.partner);
        partner.map_or_else(|| link.partner.to_string(), |partner| of(&partner.name).to_owned())
    };
    let all =
        |of: fn(&Bilingual) -> &str| links.iter().map(|link| name(link, of)).collect::<Vec<_>>().join(", ");
    Bilingual { en: all(|name| &name.en), fr: all(|name| &name.fr) }
}

fn confirm(visit: &Visit, open: &Open) -> Answer {
    let words = visit.words(&MESSAGES);
    visit.page(&Confirm {
        title: words.say("remove-link-title"),
        lead: words.say1("remove-link-lead", "partner", open.names.in_language(words.language())),
        email: open.account.details().email.as_str().to_owned(),
        items: Vec::new(),
        action: LINK,
        csrf: visit.csrf(),
        submit: words.say("unlink-submit"),
        note: words.say("remove-link-note"),
    })
}

pub(crate) async fn remove(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    for _ in 0..ROUNDS {
        let open = match find(app, visit).await? {
            Ok(open) => open,
            Err(page) => return page,
        };
        if visit.is_toggle() {
            return confirm(visit, &open);
        }
        let happened = visit.happened(app, app.now());
        let about = About::PartnerUnlinked(open.names, happened);
        let notice = notice(app, (open.account.details(), about), None);
        let of = (open.link.id, &open.account, open.links.as_slice());
        match app.table.remove_partners(of, &notice, (&visit.device(), app.now())).await {
            Ok(()) => return Ok(Reply::see_other(DONE)),
            // Used, or the account has changed: look again.
            Err(WriteError::Overtaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}

pub(crate) async fn done(app: &App, visit: &Visit) -> Answer {
    let Some((_, way)) = LINKS.used::<Removal>(app, visit).await? else {
        return Ok(Reply::see_other(LINK));
    };
    let words = visit.words(&MESSAGES);
    let next = vec![way.sign_in(words), (way.href("/reset"), words.say("taken-reset"))];
    visit.page(&Outcome { title: words.say("remove-done-title"), text: words.say("remove-done-text"), next })
}
