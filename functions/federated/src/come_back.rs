//! A browser comes back from a partner (RULES 4.1, 4.3, 4.5, 4.7): once, and whatever it brings, the way goes on.

use app::App;
use domain::{
    partner::{Arrival, ArrivalSecret, Departure, Identity, Partner, PartnerId, State},
    secret::kind,
    session::FirstFactor,
    transaction::Transaction,
};
use mail::About;
use table::{Known, Linked, Notice, Overtaken, PartnerSignIn, WriteError};
use tokio::time::timeout;
use web::{
    Answer, CookieName, Problem, Reply, Visit, Way,
    ask::notice,
    partner::{LINK, Trouble},
};

use crate::{
    ROUNDS, back, partner,
    redeem::redeem,
    relying::{self, Unreliable, WITHIN},
};

pub(crate) async fn come_back(app: &App, visit: &Visit, name: &str) -> Answer {
    let id = name.parse().ok();
    let state = visit.query("state").and_then(State::parse);
    let nowhere = |trouble: Trouble| Ok(back(trouble, (&Way::default(), false)));
    let (Some(id), Some(state)) = (id, state) else { return nowhere(Trouble::Failed) };
    let departure = app.table.departure(&state.hash(), app.now()).await?;
    // Another browser's way is not this one's to go on.
    let Some(departure) = departure.filter(|departure| departure.is_of(visit.browser(), &id)) else {
        return nowhere(Trouble::Expired);
    };
    let (way, is_linking) = (way(&departure), departure.is_linking);
    match app.table.come_back(&departure.state, app.now()).await {
        Ok(()) => {}
        // The page was loaded twice: who is signed in by now goes on.
        Err(WriteError::Overtaken(_)) => return Ok(back(Trouble::Expired, (&way, is_linking))),
        Err(error) => return Err(error.into()),
    }
    let Some(partner) = partner(app, &id) else { return Ok(back(Trouble::Unavailable, (&way, is_linking))) };
    match timeout(WITHIN, known(app, visit, (partner, &state))).await {
        Ok(Ok(identity)) if is_linking => arrive(app, (partner, identity), &way.href(LINK)).await,
        Ok(Ok(identity)) => go_on(app, visit, (partner, identity), &way).await,
        Ok(Err(refused)) => Ok(back(refused.trouble(&partner.id), (&way, is_linking))),
        Err(_) => {
            tracing::warn!(partner = %partner.id, "a partner does not answer in time");
            Ok(back(Trouble::Unavailable, (&way, is_linking)))
        }
    }
}

/// The way that the browser left on.
fn way(departure: &Departure) -> Way {
    Way { transaction: departure.transaction, next: departure.next.clone(), language: departure.language }
}

/// Why nobody is known.
enum Refused {
    ByResident,
    Unreliable(Unreliable),
}

impl Refused {
    /// What the resident is told; the operator is told more.
    fn trouble(self, partner: &PartnerId) -> Trouble {
        match self {
            Self::ByResident => Trouble::Cancelled,
            Self::Unreliable(Unreliable::Away(reason)) => {
                tracing::warn!(%partner, reason, "a partner does not answer");
                Trouble::Unavailable
            }
            Self::Unreliable(Unreliable::Wrong(reason)) => {
                tracing::warn!(%partner, reason, "a partner's answer does not hold");
                Trouble::Failed
            }
        }
    }
}

impl From<Unreliable> for Refused {
    fn from(why: Unreliable) -> Self {
        Self::Unreliable(why)
    }
}

/// Whom the partner knows, once everything holds that it says.
async fn known(app: &App, visit: &Visit, (partner, state): (&Partner, &State)) -> Result<Identity, Refused> {
    let metadata = relying::metadata(app, partner).await?;
    let says_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    // The answer is from the partner that was asked (RFC 9207 section 2.4).
    match visit.query("iss") {
        Some(issuer) if issuer != partner.issuer => return Err(wrong("iss is another issuer").into()),
        None if says_issuer => return Err(wrong("iss is missing").into()),
        _ => {}
    }
    match (visit.query("error"), visit.query("code")) {
        (Some("access_denied"), _) => Err(Refused::ByResident),
        (Some("server_error" | "temporarily_unavailable"), _) => {
            Err(Unreliable::Away("it says that it is unavailable".to_owned()).into())
        }
        (Some(_), _) => Err(wrong("it refuses").into()),
        (None, None) => Err(wrong("neither code nor error").into()),
        (None, Some(code)) => Ok(redeem(app, (partner, &metadata), (code, state)).await?),
    }
}

fn wrong(what: &str) -> Unreliable {
    Unreliable::Wrong(what.to_owned())
}

/// Signs in whose identity it is; who comes for the first time is asked.
async fn go_on(app: &App, visit: &Visit, (partner, identity): (&Partner, Identity), way: &Way) -> Answer {
    match signed_in(app, visit, (&identity, way)).await? {
        Some(reply) => Ok(reply),
        None => arrive(app, (partner, identity), &way.href("/federated/first")).await,
    }
}

/// Signs in whose identity it is; `None` when it is nobody's.
pub(crate) async fn signed_in(
    app: &App,
    visit: &Visit,
    (identity, way): (&Identity, &Way),
) -> Result<Option<Reply>, Problem> {
    for _ in 0..ROUNDS {
        let device = visit.device_secret(app);
        let linked = app.table.find_linked((identity, &device.hash()), app.now()).await?;
        let Some(linked) = linked else { return Ok(None) };
        let transaction = way.own_transaction(app, visit).await?;
        if let Some(reply) = sign_in(app, visit, (&linked, transaction.as_ref()), way).await? {
            return Ok(Some(reply));
        }
    }
    Err(app::Failure::new("a sign-in by a partner was overtaken again and again").into())
}

/// Keeps who has arrived until they have said who they are here.
async fn arrive(app: &App, (partner, identity): (&Partner, Identity), page: &str) -> Answer {
    let secret: ArrivalSecret = app.new_secret();
    let arrival = Arrival {
        secret: secret.hash(),
        partner: partner.id.clone(),
        identity,
        claimed: None,
        came_at: app.now(),
        ended_at: None,
        revision: 0,
    };
    app.table.arrive(&arrival).await?;
    Ok(Reply::see_other(page).with_secret::<kind::Arrival>(CookieName::Arrival, &secret))
}

/// `None` when what it was decided on has changed.
async fn sign_in(
    app: &App,
    visit: &Visit,
    (linked, transaction): (&Linked, Option<&Transaction>),
    way: &Way,
) -> Result<Option<Reply>, Problem> {
    let details = linked.account.details();
    let begins = visit.begin_session(
        app,
        (details.id, details.generation, details.language),
        (
            FirstFactor::Partner,
            visit.device_secret(app),
            linked.known,
            transaction.map(|transaction| transaction.id),
        ),
    );
    let notice = (linked.known == Known::Not).then(|| new_device(app, visit, linked));
    let sign_in = PartnerSignIn { linked, session: &begins.signed_in, notice: notice.as_ref() };
    match app.table.sign_in_by_partner(&sign_in).await {
        Ok(()) => Ok(Some(begins.reply(way.go_on(transaction)))),
        Err(WriteError::Overtaken(Overtaken(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn new_device(app: &App, visit: &Visit, linked: &Linked) -> Notice {
    notice(app, (linked.account.details(), About::NewDevice(visit.happened(app, app.now()))), None)
}
