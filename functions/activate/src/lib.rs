//! Activates a registration by the link in its email (RULES 2.4 to 2.8). GET asks, POST acts.

use std::future::ready;

use account::{NewSessionOf, SessionSecrets, is_repeated, keep_link_token, start_session_with};
use app::telemetry::{self, Counter, Timer};
use domain::{
    comparisons::{self, GuessableSecret},
    hashing::Match,
    id::{InteractionId, LinkId, entity},
    interaction::Interaction,
    link::Activation,
    password::Password,
    proof::{FactorKind, Proof},
    registration::{Activated, ActivationLink, ActivationProof, NotActivated, Registration},
};
use http_kernel::{
    CookieName, Error, Request, Response, Result, ReturnTo, Route, ServiceAhead, StatusCode, Success,
};
use i18n::Messages;
use pages::{Choice, ChoiceForm, OutcomePage, Page};
use serde::Deserialize;
use table::{AddressAccount, Conflict, DeviceStatus, FoundActivationLink, WriteError};

mod confirm_page;
mod dead_link_page;

use confirm_page::ConfirmPage;
use dead_link_page::{DeadLink, dead_link_page};

static MESSAGES: Messages = i18n::messages!();

/// The routes of the flow.
pub static ROUTES: &[Route] = &[
    Route::get("/activate", |request| Box::pin(show(request))),
    Route::post("/activate", |request| Box::pin(activate(request))),
    Route::post("/activate/refuse", |request| Box::pin(refuse(request))).on_page("/activate"),
    Route::get("/activate/refuse", |request| {
        Box::pin(ready(Ok(Response::see_other(&request.link_page("/activate")))))
    }),
];

/// A registration whose link can be used by this browser.
struct Opened {
    link: ActivationLink,
    registration: Registration,
    /// Whether the registration's password is required: another browser registered (RULES 2.6).
    needs_password: bool,
    continuation: Continuation,
}

/// Where the resident continues after activation (RULES 2.8).
enum Continuation {
    /// At the service: the interaction belongs to this browser.
    Service(Interaction),
    /// At the service's start page: the interaction belongs to another browser.
    StartAgain(Interaction),
    /// At *My connected services*.
    Services,
}

impl Continuation {
    async fn of(request: &Request<'_>, interaction: Option<InteractionId>) -> Result<Self> {
        let Some(id) = interaction else { return Ok(Self::Services) };
        let Some(interaction) = request.table().interaction(id, request.now()).await? else {
            return Ok(Self::Services);
        };
        Ok(match request.own(interaction.clone()) {
            Some(own) => Self::Service(own),
            None => Self::StartAgain(interaction),
        })
    }

    /// The service. Another browser's interaction can't be cancelled here.
    fn ahead(&self) -> Option<ServiceAhead> {
        match self {
            Self::Service(interaction) => Some(interaction.into()),
            Self::StartAgain(interaction) => {
                Some(ServiceAhead { interaction: None, ..ServiceAhead::from(interaction) })
            }
            Self::Services => None,
        }
    }

    fn redirect(&self, request: &Request<'_>) -> Response {
        let redirect = match self {
            Self::Service(interaction) => {
                ReturnTo::Service(interaction.id).redirect(Some(interaction), request.ui_locale())
            }
            Self::StartAgain(interaction) => Response::see_other(&interaction.service.start_url),
            Self::Services => Response::see_other("/services"),
        };
        redirect.announcing(&Success::AccountActive)
    }
}

/// The registration of the followed link.
///
/// # Errors
/// The page that says why the link can't be used. When this submission of its form has used it: the response to that.
async fn open(request: &Request<'_>) -> Result<Opened> {
    let dead = |why, return_to: &ReturnTo| Error::from(dead_link_page(request, why, return_to));
    let Some(token) = request.link_token::<Activation>()? else {
        return Err(dead(DeadLink::Unknown, &ReturnTo::Services));
    };
    let Some(found) = request.table().find_activation(token.id(), request.now()).await? else {
        return Err(dead(DeadLink::Gone, &ReturnTo::Services));
    };
    let return_to = ReturnTo::new(None, found.interaction);
    if is_repeated(request, found.used.as_ref()) {
        return Err(match found.account {
            Some(account) => activated_again(request, &found, account).await.into(),
            None => refused_page(request, found.link.id).into(),
        });
    }
    if found.is_reserved {
        return Err(dead(DeadLink::Reserved, &return_to));
    }
    if found.account.is_some() || found.is_used {
        let is_without_password = found.account.is_some_and(|account| !account.has_password);
        let why = if is_without_password { DeadLink::NoPassword } else { DeadLink::Activated };
        return Err(dead(why, &return_to));
    }
    let registration = found.registration.ok_or_else(|| dead(DeadLink::Gone, &return_to))?;
    let browser = request.secret(CookieName::Registering);
    let checked = registration.check(found.link, ActivationProof::Browser(browser.as_ref()), request.now());
    let needs_password = match checked {
        Ok(()) => false,
        Err(NotActivated::NeedsPassword) => true,
        Err(NotActivated::Superseded) => return Err(dead(DeadLink::Superseded, &return_to)),
        Err(NotActivated::LinkExpired) => return Err(dead(DeadLink::Expired, &return_to)),
        Err(NotActivated::Gone) => return Err(dead(DeadLink::Gone, &return_to)),
    };
    let continuation = Continuation::of(request, registration.interaction).await?;
    Ok(Opened { link: found.link, registration, needs_password, continuation })
}

/// Responds to the second click of a double click like to the first: the browser gets the cookies of the session again.
async fn activated_again(
    request: &Request<'_>,
    found: &FoundActivationLink,
    account: AddressAccount,
) -> Result<Response> {
    let response = Continuation::of(request, found.interaction).await?.redirect(request);
    let secrets = SessionSecrets::of_use(request, found.link.id)?;
    let response = secrets.set_cookies_again(request, account.id, response).await?;
    Ok(response.without(CookieName::Registering).without_link(found.link.id))
}

/// Follows the link, or shows the page whose button activates.
async fn show(request: &Request<'_>) -> Result<Response> {
    match request.followed_link::<Activation>()? {
        Some(token) => {
            let unknown = || dead_link_page(request, DeadLink::Unknown, &ReturnTo::Services);
            keep_link_token(request, token.as_ref(), "/activate", unknown)
        }
        None => ask(request, &open(request).await?, None),
    }
}

fn ask(request: &Request<'_>, opened: &Opened, error: Option<String>) -> Result<Response> {
    let is_rejected = error.is_some();
    let response = ConfirmPage::new(request, opened, error).respond(request)?;
    let response = response.leading_to(opened.continuation.ahead());
    Ok(if is_rejected { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActivationForm {
    password: String,
}

/// Activates by the browser that registered, or by the registration's password (RULES 2.6).
async fn activate(request: &Request<'_>) -> Result<Response> {
    let form: ActivationForm = request.form()?;
    let opened = open(request).await?;
    if request.is_language_toggle() {
        return ask(request, &opened, None);
    }
    let opened =
        if opened.needs_password { require_password(request, opened, &form.password).await? } else { opened };
    let Opened { link, registration, needs_password, continuation } = opened;
    let browser = request.secret(CookieName::Registering);
    let proof =
        if needs_password { ActivationProof::Password } else { ActivationProof::Browser(browser.as_ref()) };
    let Ok(activated) = registration.activate(request.new_id(), link, proof, request.now()) else {
        return ask(request, &open(request).await?, None);
    };
    let session = NewSessionOf {
        account: activated.account,
        generation: table::FIRST_GENERATION,
        language: activated.registration.language,
        proofs: [FactorKind::Password, FactorKind::ActivationLink]
            .map(|factor| Proof::new(factor, request.now()))
            .to_vec(),
        device_status: DeviceStatus::Unknown,
        device_generation: table::first_device_generation(request.now()),
        interaction: match &continuation {
            Continuation::Service(interaction) => Some(interaction.id),
            Continuation::StartAgain(_) | Continuation::Services => None,
        },
    };
    let started = start_session_with(request, SessionSecrets::of_use(request, link.id)?, &session);
    let submission = request.submission();
    let activation = table::AccountActivation {
        activated: &activated,
        session: &started.new_session,
        submission: &submission,
    };
    match request.table().activate(&activation).await {
        Ok(()) => {
            count_activation(&activated);
            Ok(started
                .set_cookies(continuation.redirect(request))
                .without(CookieName::Registering)
                .without_link(link.id))
        }
        // Used, taken or expired by now: the page says which.
        Err(WriteError::Conflict(_)) => ask(request, &open(request).await?, None),
        Err(error) => Err(error.into()),
    }
}

fn count_activation(activated: &Activated) {
    telemetry::count(Counter::Activations);
    let delay = activated.at.duration_since(activated.registration.registered_at);
    telemetry::measure(Timer::ActivationDelay, delay.unsigned_abs());
}

/// Compares the registration's password. An attempt is taken before, so that no more passwords are compared than there are
/// attempts.
///
/// # Errors
/// The form again when the password is wrong, or the page that says that no attempt is left.
async fn require_password(request: &Request<'_>, opened: Opened, typed: &str) -> Result<Opened> {
    let translator = request.translator(&MESSAGES);
    if typed.is_empty() {
        return Err(ask(request, &opened, Some(translator.message("password-empty"))).into());
    }
    let return_to = ReturnTo::new(None, opened.registration.interaction);
    take_attempt(request, &opened.registration, &return_to).await?;
    comparisons::record_attempt(GuessableSecret::Password);
    let hash = request.table().registered_password_hash(&opened.registration)?;
    let (matched, _) = request.app().compare(Password::new(typed), Some(hash)).await?;
    if matched != Match::Wrong {
        return Ok(opened);
    }
    let registration = Registration { tries: opened.registration.tries + 1, ..opened.registration };
    if !registration.is_live(request.now()) {
        request.table().delete_registration(&registration).await?;
        return Err(dead_link_page(request, DeadLink::Gone, &return_to).into());
    }
    let error = translator.message_with("confirm-password-wrong", "count", registration.tries_left());
    Err(ask(request, &Opened { registration, ..opened }, Some(error)).into())
}

/// Takes one of the attempts at a registration's password.
async fn take_attempt(
    request: &Request<'_>,
    registration: &Registration,
    return_to: &ReturnTo,
) -> Result<()> {
    let (id, now) = (request.new_id::<entity::Attempt>(), request.now());
    let take = |slot| async move {
        match request.table().take_try(registration, id, &slot, now).await {
            // The registration has ended, perhaps by the first click of a double click: the page says how.
            Err(WriteError::Conflict(conflict)) if conflict != Conflict::RateLimit => {
                let gone = || dead_link_page(request, DeadLink::Gone, return_to).into();
                Err(open(request).await.err().unwrap_or_else(gone))
            }
            result => Ok(result?),
        }
    };
    request.with_rate_slot("take registration attempt", "/activate", take).await
}

/// *This wasn't me*: deletes the registration (RULES 2.6).
async fn refuse(request: &Request<'_>) -> Result<Response> {
    let form: ChoiceForm = request.form()?;
    let opened = open(request).await?;
    match form.choice() {
        Choice::Missing => {
            let page = ConfirmPage::unchosen(request, &opened).respond(request)?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
        Choice::Declined => {
            let next = [(request.link_page("/activate"), "choice-back")];
            let (title, text) = ("choice-declined-title", "refuse-declined-text");
            return OutcomePage::respond_with(request, &MESSAGES, title, text, &next, StatusCode::OK);
        }
        Choice::Confirmed => {}
    }
    let (table, link, submission) = (request.table(), opened.link.id, request.submission());
    table.refuse_registration(&opened.registration, link, &submission, request.now()).await?;
    refused_page(request, opened.link.id)
}

/// The page after *This wasn't me*.
fn refused_page(request: &Request<'_>, link: LinkId) -> Result<Response> {
    Ok(dead_link_page(request, DeadLink::Refused, &ReturnTo::Services)?.without_link(link))
}
