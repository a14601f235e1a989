//! Whom a partner knows is linked to the account that is signed in (RULES 4.2, 4.4), after a proof like any change of
//! credentials (RULES 7.2).

use app::App;
use mail::About;
use table::{Overtaken, WriteError};
use web::{
    Answer, CookieName, Problem, Reply, StatusCode, Verifying, Visit, Way, ask::notice, links::Outcome,
    partner::LINK, prove,
};

use crate::{
    MESSAGES, ROUNDS,
    arrival::{self, Arrived},
    pages::Link,
};

pub(crate) async fn ask(app: &App, visit: &Visit) -> Answer {
    let (who, arrived) = match find(app, visit).await? {
        Ok(found) => found,
        Err(reply) => return Ok(reply),
    };
    match visit.query("refused").and_then(Refused::parse) {
        Some(why) => why.page(visit, &who),
        None => show(visit, (&who, &arrived)),
    }
}

/// Who is signed in and has proven that it is them, and who has arrived.
async fn find<'a>(app: &'a App, visit: &Visit) -> Result<Result<(Verifying, Arrived<'a>), Reply>, Problem> {
    let who = match visit.verifying(app).await? {
        Ok(who) => who,
        Err(nobody) => return Ok(Err(nobody.to_sign_in)),
    };
    match arrival::seen(app, visit).await? {
        Some(arrived) if arrived.arrival.ended_at.is_none() => {
            Ok(prove::proven(app, visit, &who)?.map(|_| (who, arrived)))
        }
        // A double click, whose first request linked it.
        Some(arrived) if arrived.arrival.has_just_ended(app.now()) => Ok(Err(linked(visit, &who))),
        _ => Ok(Err(Reply::see_other(&who.way(visit).href("/federated")))),
    }
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
        let happened = visit.happened(app, app.now());
        let about = About::PartnerLinked(arrived.partner.name.clone(), happened);
        let notice = notice(app, (who.account.details(), about), None);
        let of = (&arrived.arrival, &who.session, &who.account);
        match app.table.link_partner(of, &notice, (&visit.device(), app.now())).await {
            Ok(()) => return Ok(linked(visit, &who)),
            Err(WriteError::Overtaken(Overtaken("identity"))) => {
                return refuse(app, visit, (&who, &arrived), Refused::Elsewhere).await;
            }
            Err(WriteError::Overtaken(Overtaken("link"))) => {
                return refuse(app, visit, (&who, &arrived), Refused::Another).await;
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

    fn page(self, visit: &Visit, who: &Verifying) -> Answer {
        let (title, text) = match self {
            Self::Elsewhere => ("link-elsewhere-title", "link-elsewhere-text"),
            Self::Another => ("link-another-title", "link-another-text"),
        };
        let next = [(who.way(visit).href("/federated"), "to-partners")];
        Outcome::page(visit, (&MESSAGES, title, text), (&next, StatusCode::CONFLICT))
    }
}

/// It belongs to an account already: this one, which is well, or another one; or this account has another one there.
async fn refuse(
    app: &App,
    visit: &Visit,
    (who, arrived): (&Verifying, &Arrived<'_>),
    why: Refused,
) -> Answer {
    let own = app.table.partner_links(who.session.account, app.now()).await?;
    let identity = &arrived.arrival.identity;
    let keys = app.keys.identity_keys(&identity.issuer, &identity.subject);
    if own.iter().any(|link| keys.contains(&link.identity)) {
        return Ok(linked(visit, who));
    }
    // A page of its own, so that it is the same in the other language.
    let way = Way { next: None, ..who.way(visit) };
    Ok(Reply::see_other(&way.href(&format!("{LINK}?refused={}", why.name()))))
}
