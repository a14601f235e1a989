//! A browser comes back from a partner (RULES 4.1, 4.3, 4.5, 4.7): once, and whatever it brings, the way goes on.

use app::App;
use domain::{
    interaction::Interaction,
    partner::{Identity, Partner, PartnerId, PartnerLogin, PendingIdentity, PendingIdentitySecret, State},
    secret::kind,
    session::FirstFactor,
};
use email::EmailKind;
use http_kernel::{
    Answer, CookieName, HttpError, Request, Response, ReturnTo,
    ask::notice,
    partner::{FormError, LINK},
};
use table::{AccountEmail, DeviceStatus, LinkedAccount, PartnerSignIn, WriteError};
use tokio::time::timeout;

use crate::{
    ROUNDS, back, partner,
    redeem::redeem,
    relying::{self, Unreliable, WITHIN},
};

pub(crate) async fn callback(app: &App, request: &Request, name: &str) -> Answer {
    let id = name.parse().ok();
    let state = request.query("state").and_then(State::parse);
    let nowhere = |error: FormError| Ok(back(error, &ReturnTo::default(), false));
    let (Some(id), Some(state)) = (id, state) else { return nowhere(FormError::Failed) };
    let partner_login = app.table.partner_login(&state.hash(), app.now()).await?;
    // Another browser's way is not this one's to go on.
    let Some(partner_login) =
        partner_login.filter(|partner_login| partner_login.is_of(request.browser(), &id))
    else {
        return nowhere(FormError::Expired);
    };
    let (return_to, is_linking) = (return_to(&partner_login), partner_login.is_linking);
    match app.table.complete_partner_login(&partner_login.state, app.now()).await {
        Ok(()) => {}
        // The page was loaded twice: who is signed in by now goes on.
        Err(WriteError::Conflict(_)) => return Ok(back(FormError::Expired, &return_to, is_linking)),
        Err(error) => return Err(error.into()),
    }
    let Some(partner) = partner(app, &id) else {
        return Ok(back(FormError::Unavailable, &return_to, is_linking));
    };
    match timeout(WITHIN, known(app, request, partner, &state)).await {
        Ok(Ok(identity)) if is_linking => {
            put_pending_identity(app, partner, identity, &return_to.href(LINK)).await
        }
        Ok(Ok(identity)) => resume(app, request, partner, identity, &return_to).await,
        Ok(Err(refused)) => Ok(back(refused.error(&partner.id), &return_to, is_linking)),
        Err(_) => {
            tracing::warn!(partner = %partner.id, "a partner does not answer in time");
            Ok(back(FormError::Unavailable, &return_to, is_linking))
        }
    }
}

/// The way that the browser left on.
fn return_to(partner_login: &PartnerLogin) -> ReturnTo {
    ReturnTo {
        interaction: partner_login.interaction,
        next: partner_login.next.clone(),
        language: partner_login.language,
    }
}

/// Why nobody is known.
enum Refused {
    ByResident,
    Unreliable(Unreliable),
}

impl Refused {
    /// What the resident is told; the operator is told more.
    fn error(self, partner: &PartnerId) -> FormError {
        match self {
            Self::ByResident => FormError::Cancelled,
            Self::Unreliable(Unreliable::Away(reason)) => {
                tracing::warn!(%partner, reason, "a partner does not answer");
                FormError::Unavailable
            }
            Self::Unreliable(Unreliable::Wrong(reason)) => {
                tracing::warn!(%partner, reason, "a partner's answer does not hold");
                FormError::Failed
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
async fn known(app: &App, request: &Request, partner: &Partner, state: &State) -> Result<Identity, Refused> {
    let metadata = relying::metadata(app, partner).await?;
    let says_issuer = metadata.additional_metadata().authorization_response_iss_parameter_supported;
    // The answer is from the partner that was asked (RFC 9207 section 2.4).
    match request.query("iss") {
        Some(issuer) if issuer != partner.issuer => return Err(wrong("iss is another issuer").into()),
        None if says_issuer => return Err(wrong("iss is missing").into()),
        _ => {}
    }
    match (request.query("error"), request.query("code")) {
        (Some("access_denied"), _) => Err(Refused::ByResident),
        (Some("server_error" | "temporarily_unavailable"), _) => {
            Err(Unreliable::Away("it says that it is unavailable".to_owned()).into())
        }
        (Some(_), _) => Err(wrong("it refuses").into()),
        (None, None) => Err(wrong("neither code nor error").into()),
        (None, Some(code)) => Ok(redeem(app, partner, &metadata, code, state).await?),
    }
}

fn wrong(what: &str) -> Unreliable {
    Unreliable::Wrong(what.to_owned())
}

/// Signs in whose identity it is; who comes for the first time is asked.
async fn resume(
    app: &App,
    request: &Request,
    partner: &Partner,
    identity: Identity,
    return_to: &ReturnTo,
) -> Answer {
    match signed_in(app, request, &identity, return_to).await? {
        Some(response) => Ok(response),
        None => put_pending_identity(app, partner, identity, &return_to.href("/federated/first")).await,
    }
}

/// Signs in whose identity it is; `None` when it is nobody's.
pub(crate) async fn signed_in(
    app: &App,
    request: &Request,
    identity: &Identity,
    return_to: &ReturnTo,
) -> Result<Option<Response>, HttpError> {
    for _ in 0..ROUNDS {
        let device = request.device_secret(app);
        let linked = app.table.find_linked_account(identity, &device.hash(), app.now()).await?;
        let Some(linked) = linked else { return Ok(None) };
        let interaction = return_to.own_interaction(app, request).await?;
        if let Some(response) = sign_in(app, request, &linked, interaction.as_ref(), return_to).await? {
            return Ok(Some(response));
        }
    }
    Err(app::Failure::new("a sign-in by a partner was overtaken again and again").into())
}

/// Keeps who has arrived until they have said who they are here.
async fn put_pending_identity(app: &App, partner: &Partner, identity: Identity, page: &str) -> Answer {
    let secret: PendingIdentitySecret = app.new_secret();
    let pending_identity = PendingIdentity {
        secret: secret.hash(),
        partner: partner.id.clone(),
        identity,
        claimed: None,
        arrived_at: app.now(),
        ended_at: None,
        revision: 0,
    };
    app.table.put_pending_identity(&pending_identity).await?;
    Ok(Response::see_other(page).with_secret::<kind::PendingIdentity>(CookieName::PendingIdentity, &secret))
}

/// `None` when what it was decided on has changed.
async fn sign_in(
    app: &App,
    request: &Request,
    linked: &LinkedAccount,
    interaction: Option<&Interaction>,
    return_to: &ReturnTo,
) -> Result<Option<Response>, HttpError> {
    let details = linked.account.details();
    let begins = request.begin_session(
        app,
        details.id,
        details.generation,
        details.language,
        FirstFactor::Partner,
        request.device_secret(app),
        linked.device_status,
        interaction.map(|interaction| interaction.id),
    );
    let notice = (linked.device_status == DeviceStatus::Unknown).then(|| new_device(app, request, linked));
    let sign_in = PartnerSignIn { linked, session: &begins.new_session, notice: notice.as_ref() };
    match app.table.sign_in_with_partner(&sign_in).await {
        Ok(()) => Ok(Some(begins.response(return_to.resume(interaction)))),
        Err(WriteError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn new_device(app: &App, request: &Request, linked: &LinkedAccount) -> AccountEmail {
    notice(app, linked.account.details(), EmailKind::NewDevice(request.security_event(app, app.now())), None)
}
