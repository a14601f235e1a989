//! A partner is removed from an account, which has to have a password to come in by (RULES 4.8).

use app::App;
use domain::partner::Partner;
use mail::About;
use table::{PartnerLink, WriteError};
use web::{Answer, Problem, Reply, Verifying, Visit, ask::notice, prove};

use crate::{ROUNDS, pages::Unlink};

struct Found<'a> {
    who: Verifying,
    partner: &'a Partner,
    link: PartnerLink,
}

pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok(found) => show(visit, &found),
        Err(reply) => Ok(reply),
    }
}

fn show(visit: &Visit, found: &Found<'_>) -> Answer {
    visit.page_signed_in(&Unlink::new(visit, (&found.who, found.partner)), &found.who.session)
}

async fn find<'a>(app: &'a App, visit: &Visit) -> Result<Result<Found<'a>, Reply>, Problem> {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.to_sign_in)),
    };
    let list = Reply::see_other(&who.way(visit).href("/federated"));
    // One that is switched off can be removed all the same.
    let named = |partner: &&Partner| visit.query("partner") == Some(partner.id.to_string().as_str());
    let Some(partner) = app.config.partners.iter().find(named) else { return Ok(Err(list)) };
    let links = app.table.partner_links(who.session.account, app.now()).await?;
    let Some(link) = links.into_iter().find(|link| link.partner == partner.id) else { return Ok(Err(list)) };
    Ok(prove::proven(app, visit, &who)?.map(|_| Found { who, partner, link }))
}

pub(crate) async fn unlink(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    for _ in 0..ROUNDS {
        let found = match find(app, visit).await? {
            Ok(found) => found,
            Err(reply) => return Ok(reply),
        };
        // Without a password nobody could come in: the page says what to do first.
        if visit.is_toggle() || found.who.account.details().password.is_none() {
            return show(visit, &found);
        }
        let happened = visit.happened(app, app.now());
        let about = About::PartnerUnlinked(found.partner.name.clone(), happened);
        let notice = notice(app, (found.who.account.details(), about), None);
        let of = (&found.who.account, &found.link);
        match app.table.unlink_partner(of, &notice, (&visit.device(), app.now())).await {
            Ok(()) => return Ok(Reply::see_other(&found.who.way(visit).href("/federated"))),
            Err(WriteError::Overtaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a removal was overtaken again and again").into())
}
