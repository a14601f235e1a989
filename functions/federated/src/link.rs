//! Whom a partner knows is linked to the account that is signed in (RULES 4.2, 4.4), after a proof like any change of
//! credentials (RULES 7.2).

use app::App;
use email::EmailKind;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response, ReturnTo, SignedIn, StatusCode, ask::notice,
    links::OutcomePage, partner::LINK, prove,
};
use table::{Conflict, WriteError};

use crate::{
    MESSAGES, ROUNDS,
    pages::Link,
    pending::{self, Pending},
};

pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    let (who, pending) = match find(app, request).await? {
        Ok(found) => found,
        Err(response) => return Ok(response),
    };
    match request.query("refused").and_then(Refused::parse) {
        Some(why) => why.page(request, &who),
        None => show(request, &who, &pending),
    }
}

/// Who is signed in and has proven that it is them, and who has arrived.
async fn find<'a>(
    app: &'a App,
    request: &Request,
) -> Result<Result<(SignedIn, Pending<'a>), Response>, HttpError> {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.sign_in_redirect)),
    };
    match pending::seen(app, request).await? {
        Some(pending) if pending.pending_identity.ended_at.is_none() => {
            Ok(prove::proven(app, request, &who)?.map(|_| (who, pending)))
        }
        // A double click, whose first request linked it.
        Some(pending) if pending.pending_identity.has_just_ended(app.now()) => Ok(Err(linked(request, &who))),
        _ => Ok(Err(Response::see_other(&who.return_to(request).href("/federated")))),
    }
}

fn show(request: &Request, who: &SignedIn, pending: &Pending<'_>) -> Answer {
    let page = Link::new(request, who, pending.partner);
    Ok(who.allow_service_redirect(request.page_signed_in(&page, &who.session)?))
}

pub(crate) async fn link(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    for _ in 0..ROUNDS {
        let (who, pending) = match find(app, request).await? {
            Ok(found) => found,
            Err(response) => return Ok(response),
        };
        if request.is_toggle() {
            return show(request, &who, &pending);
        }
        let security_event = request.security_event(app, app.now());
        let about = EmailKind::PartnerLinked(pending.partner.name.clone(), security_event);
        let notice = notice(app, who.account.details(), about, None);
        match app
            .table
            .link_partner(
                &pending.pending_identity,
                &who.session,
                &who.account,
                &notice,
                &request.device(),
                app.now(),
            )
            .await
        {
            Ok(()) => return Ok(linked(request, &who)),
            Err(WriteError::Conflict(Conflict::Identity)) => {
                return refuse(app, request, &who, &pending, Refused::Elsewhere).await;
            }
            Err(WriteError::Conflict(Conflict::PartnerIdentity)) => {
                return refuse(app, request, &who, &pending, Refused::Another).await;
            }
            // The account has changed, or a double click was quicker: look again.
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a link was overtaken again and again").into())
}

/// On to the service, or to the list of what is linked.
fn linked(request: &Request, who: &SignedIn) -> Response {
    let on = match &who.interaction {
        Some(interaction) => who.return_to(request).resume(Some(interaction)),
        None => Response::see_other("/federated"),
    };
    on.without(CookieName::PendingIdentity)
}

/// Why somebody's identity can't be linked.
#[derive(Clone, Copy)]
enum Refused {
    /// It belongs to another account.
    Elsewhere,
    /// The account has another one at the partner.
    Another,
}

impl Refused {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "elsewhere" => Some(Self::Elsewhere),
            "another" => Some(Self::Another),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Another => "another",
        }
    }

    fn page(self, request: &Request, who: &SignedIn) -> Answer {
        let (title, text) = match self {
            Self::Elsewhere => ("link-elsewhere-title", "link-elsewhere-text"),
            Self::Another => ("link-another-title", "link-another-text"),
        };
        let next = [(who.return_to(request).href("/federated"), "to-partners")];
        OutcomePage::page(request, &MESSAGES, title, text, &next, StatusCode::CONFLICT)
    }
}

/// It belongs to an account already: this one, which is well, or another one; or this account has another one there.
async fn refuse(app: &App, request: &Request, who: &SignedIn, pending: &Pending<'_>, why: Refused) -> Answer {
    let own = app.table.partner_identities(who.session.account, app.now()).await?;
    let identity = &pending.pending_identity.identity;
    let keys = app.keys.identity_keys(&identity.issuer, &identity.subject);
    if own.iter().any(|link| keys.contains(&link.identity)) {
        return Ok(linked(request, who));
    }
    // A page of its own, so that it is the same in the other language.
    let return_to = ReturnTo { next: None, ..who.return_to(request) };
    Ok(Response::see_other(&return_to.href(&format!("{LINK}?refused={}", why.name()))))
}
