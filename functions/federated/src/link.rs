//! Whom a partner knows is linked to the account that is signed in (RULES 4.2, 4.4), after a proof like any change of
//! credentials (RULES 7.2).

use app::App;
use mail::{About, Happened};
use table::{Overtaken, WriteError};
use web::{
    Answer, CookieName, Problem, Reply, StatusCode, Verifying, Visit, ask::notice, links::Outcome, prove,
};

use crate::{
    MESSAGES, ROUNDS,
    arrival::{self, Arrived},
    pages::Link,
};

pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    match find(app, visit).await? {
        Ok((who, arrived)) => show(visit, (&who, &arrived)),
        Err(reply) => Ok(reply),
    }
}

/// Who is signed in and has proven that it is them, and who has arrived.
async fn find<'a>(app: &'a App, visit: &Visit) -> Result<Result<(Verifying, Arrived<'a>), Reply>, Problem> {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.to_sign_in)),
    };
    // Linked already, by a double click or another tab; or it took too long.
    let Ok(arrived) = arrival::find(app, visit).await? else {
        return Ok(Err(Reply::see_other(&who.way(visit).href("/federated"))));
    };
    Ok(prove::proven(app, visit, &who)?.map(|_| (who, arrived)))
}

fn show(visit: &Visit, (who, arrived): (&Verifying, &Arrived<'_>)) -> Answer {
    let page = Link::new(visit, (who, arrived.partner));
    Ok(who.with_way_back(visit.page_signed_in(&page, &who.session)?))
}

pub(crate) async fn link(app: &App, visit: &Visit) -> Answer {
    visit.pressed()?;
    for _ in 0..ROUNDS {
        let (who, arrived) = match find(app, visit).await? {
            Ok(found) => found,
            Err(reply) => return Ok(reply),
        };
        if visit.is_toggle() {
            return show(visit, (&who, &arrived));
        }
        let happened = Happened { at: app.now(), device: visit.device(), objection: app.new_id() };
        let about = About::PartnerLinked(arrived.partner.name.clone(), happened);
        let notice = notice(app, (who.account.details(), about), None);
        let of = (&arrived.arrival, &who.session, &who.account);
        match app.table.link_partner(of, &notice, (&visit.device(), app.now())).await {
            Ok(()) => return Ok(linked(visit, &who)),
            Err(WriteError::Overtaken(Overtaken("identity"))) => {
                return refuse(app, visit, (&who, ["link-elsewhere-title", "link-elsewhere-text"])).await;
            }
            Err(WriteError::Overtaken(Overtaken("link"))) => {
                return refuse(app, visit, (&who, ["link-another-title", "link-another-text"])).await;
            }
            // The account has changed, or a double click was quicker: look again.
            Err(WriteError::Overtaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(app::Failure::new("a link was overtaken again and again").into())
}

/// On to the service, or to the list of what is linked.
fn linked(visit: &Visit, who: &Verifying) -> Reply {
    let on = match &who.transaction {
        Some(transaction) => who.way(visit).go_on(Some(transaction)),
        None => Reply::see_other("/federated"),
    };
    on.without(CookieName::Arrival)
}

/// It belongs to an account already: this one, which is well, or another one; or this account has another one there.
async fn refuse(app: &App, visit: &Visit, (who, [title, text]): (&Verifying, [&str; 2])) -> Answer {
    let own = app.table.partner_links(who.session.account, app.now()).await?;
    let arrived = match arrival::find(app, visit).await? {
        Ok(arrived) => arrived,
        Err(reply) => return Ok(reply),
    };
    let identity = &arrived.arrival.identity;
    let keys = app.keys.identity_keys(&identity.issuer, &identity.subject);
    if own.iter().any(|link| keys.contains(&link.identity)) {
        return Ok(Reply::see_other(&who.way(visit).href("/federated")).without(CookieName::Arrival));
    }
    let next = [(who.way(visit).href("/federated"), "to-partners")];
    Outcome::page(visit, (&MESSAGES, title, text), (&next, StatusCode::CONFLICT))
}
