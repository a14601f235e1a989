//! Who has arrived from a partner in this browser, and is not known here yet.

use app::App;
use domain::partner::{Arrival, ArrivalSecret, Partner};
use web::{CookieName, Problem, Reply, Visit};

use crate::{Trouble, partner};

/// Somebody who has arrived, and by which partner.
pub(crate) struct Arrived<'a> {
    pub(crate) arrival: Arrival,
    pub(crate) partner: &'a Partner,
}

/// Who has arrived; else the way back to where they left for the partner: it took too long, or has come to its end.
pub(crate) async fn find<'a>(app: &'a App, visit: &Visit) -> Result<Result<Arrived<'a>, Reply>, Problem> {
    let secret: Option<ArrivalSecret> = visit.secret(CookieName::Arrival);
    let arrival = match secret {
        Some(secret) => app.table.arrival(&secret.hash(), app.now()).await?,
        None => None,
    };
    let found = arrival.and_then(|arrival| {
        let partner = partner(app, &arrival.partner)?;
        Some(Arrived { arrival, partner })
    });
    Ok(found.ok_or_else(|| Trouble::Expired.back(&visit.way())))
}
