//! A partner is removed from an account, which has to have a password to come in by (RULES 4.8).

use app::App;
use domain::partner::Partner;
use email::EmailKind;
use http_kernel::{Answer, HttpError, Request, Response, SignedIn, ask::notice, prove};
use table::{PartnerIdentity, WriteError};

use crate::{ROUNDS, pages::Unlink};

struct Found<'a> {
    who: SignedIn,
    partner: &'a Partner,
    link: PartnerIdentity,
}

pub(crate) async fn ask(app: &App, request: &Request) -> Answer {
    match find(app, request).await? {
        Ok(found) => show(request, &found),
        Err(response) => Ok(response),
    }
}

fn show(request: &Request, found: &Found<'_>) -> Answer {
    request.page_signed_in(&Unlink::new(request, &found.who, found.partner), &found.who.session)
}

async fn find<'a>(app: &'a App, request: &Request) -> Result<Result<Found<'a>, Response>, HttpError> {
    let who = match request.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.sign_in_redirect)),
    };
    let list = Response::see_other(&who.return_to(request).href("/federated"));
    // One that is switched off can be removed all the same.
    let named = |partner: &&Partner| request.query("partner") == Some(partner.id.to_string().as_str());
    let Some(partner) = app.config.partners.iter().find(named) else { return Ok(Err(list)) };
    let links = app.table.partner_identities(who.session.account, app.now()).await?;
    let Some(link) = links.into_iter().find(|link| link.partner == partner.id) else { return Ok(Err(list)) };
    Ok(prove::proven(app, request, &who)?.map(|_| Found { who, partner, link }))
}

pub(crate) async fn unlink(app: &App, request: &Request) -> Answer {
    request.verify_csrf()?;
    for _ in 0..ROUNDS {
        let found = match find(app, request).await? {
            Ok(found) => found,
            Err(response) => return Ok(response),
        };
        // Without a password nobody could come in: the page says what to do first.
        if request.is_toggle() || found.who.account.details().password.is_none() {
            return show(request, &found);
        }
        let security_event = request.security_event(app, app.now());
        let about = EmailKind::PartnerUnlinked(found.partner.name.clone(), security_event);
        let notice = notice(app, found.who.account.details(), about, None);
        match app
            .table
            .unlink_partner(&found.who.account, &found.link, &notice, &request.device(), app.now())
            .await
        {
            Ok(()) => return Ok(Response::see_other(&found.who.return_to(request).href("/federated"))),
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}
