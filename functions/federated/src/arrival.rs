//! Who has arrived from a partner in this browser, and is not known here yet.

use app::App;
use domain::partner::{Arrival, ArrivalSecret, Partner};
use web::{CookieName, Problem, Reply, Visit, partner::Trouble};

use crate::{back, come_back::signed_in, partner};

/// Somebody who has arrived, and by which partner.
pub(crate) struct Arrived<'a> {
    pub(crate) arrival: Arrival,
    pub(crate) partner: &'a Partner,
}

/// Who has arrived in this browser, known by now or not.
pub(crate) async fn seen<'a>(app: &'a App, visit: &Visit) -> Result<Option<Arrived<'a>>, Problem> {
    let secret: Option<ArrivalSecret> = visit.secret(CookieName::Arrival);
    let arrival = match secret {
        Some(secret) => app.table.arrival(&secret.hash(), app.now()).await?,
        None => None,
    };
    Ok(arrival.and_then(|arrival| {
        let partner = partner(app, &arrival.partner)?;
        Some(Arrived { arrival, partner })
    }))
}

/// Who has arrived and is not known yet. Else the way on: who became known a moment ago clicked twice and is signed in;
/// for others it took too long.
pub(crate) async fn find<'a>(app: &'a App, visit: &Visit) -> Result<Result<Arrived<'a>, Reply>, Problem> {
    let expired = || back(Trouble::Expired, (&visit.way(), false));
    let Some(arrived) = seen(app, visit).await? else { return Ok(Err(expired())) };
    if arrived.arrival.ended_at.is_none() {
        return Ok(Ok(arrived));
    }
    if !arrived.arrival.has_just_ended(app.now()) {
        return Ok(Err(expired()));
    }
    let again = signed_in(app, visit, (&arrived.arrival.identity, &visit.way())).await?;
    Ok(Err(again.unwrap_or_else(expired)))
}
