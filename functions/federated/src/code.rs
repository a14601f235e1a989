//! The address is proven by a code, and becomes an account unless it has one (RULES 4.3).

use app::App;
use domain::{
    factors::OneTimeCode,
    limits::LimitedUntil,
    partner::{NoCode, PendingIdentity},
    session::FirstFactor,
};
use http_kernel::{Answer, CookieName, HttpError, Request, Response, StatusCode};
use serde::Deserialize;
use table::{Conflict, DeviceStatus, LimitedAction, NewPartnerAccount, RateSlot, WriteError};

use crate::{
    ROUNDS, callback,
    pages::{Code, CodeError, Taken},
    partner,
    pending::{self, Pending},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    code: String,
}

pub(crate) async fn show(app: &App, request: &Request) -> Answer {
    match pending::find(app, request).await? {
        Ok(pending) if pending.pending_identity.proven_email().is_some() => {
            finish(app, request, pending.pending_identity).await
        }
        Ok(pending) => page(app, request, &pending, None),
        Err(response) => Ok(response),
    }
}

fn page(app: &App, request: &Request, pending: &Pending<'_>, error: Option<CodeError>) -> Answer {
    let Some(claimed) = &pending.pending_identity.claimed else {
        return Ok(Response::see_other(&request.return_to().href("/federated/first")));
    };
    let is_over = pending.pending_identity.waits_for_code(app.now()).is_none();
    let error = if is_over { Some(CodeError::Gone) } else { error };
    let response = request.page(&Code::new(request, pending.partner, &claimed.email, error))?;
    Ok(if error.is_some() { response.with_status(StatusCode::UNPROCESSABLE_ENTITY) } else { response })
}

pub(crate) async fn prove(app: &App, request: &Request) -> Answer {
    let form: Form = request.form()?;
    let code = OneTimeCode::parse(&form.code);
    let mut until = LimitedUntil(app.now());
    for _ in 0..ROUNDS {
        let pending = match pending::find(app, request).await? {
            Ok(pending) => pending,
            Err(response) => return Ok(response),
        };
        // A double click: the first one was right.
        if pending.pending_identity.proven_email().is_some() {
            return finish(app, request, pending.pending_identity).await;
        }
        if request.is_toggle() {
            return page(app, request, &pending, None);
        }
        let Some(code) = &code else {
            let error = if form.code.trim().is_empty() { CodeError::Empty } else { CodeError::NotSixDigits };
            return page(app, request, &pending, Some(error));
        };
        let rate_limit = app.table.view_rate_limit(request.block(), LimitedAction::Tries, app.now()).await?;
        until = LimitedUntil(rate_limit.ends_at());
        let source = rate_limit.take(app::random()).map_err(|until| request.too_many_attempts(until))?;
        let tried = match pending.pending_identity.tried(app.now()) {
            Ok(tried) => tried,
            Err(NoCode) => return page(app, request, &pending, Some(CodeError::Gone)),
        };
        match app.table.try_address_code(&tried, &source).await {
            Ok(()) => {
                let pending = Pending { pending_identity: tried.written(), ..pending };
                return look_at(app, request, &pending, code, &source).await;
            }
            Err(WriteError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(request.too_many_attempts(until))
}

async fn look_at(
    app: &App,
    request: &Request,
    pending: &Pending<'_>,
    code: &OneTimeCode,
    source: &RateSlot,
) -> Answer {
    let Some(proven) = pending.pending_identity.proven_by(code, &app.keys) else {
        return page(app, request, pending, Some(CodeError::Wrong));
    };
    match app.table.prove_address(&proven, source, app.now()).await {
        Ok(()) => finish(app, request, proven.written()).await,
        // Another try came between, perhaps the double click: the page says how it stands.
        Err(WriteError::Conflict(_)) => Ok(Response::see_other(&request.return_to().href("/federated/code"))),
        Err(error) => Err(error.into()),
    }
}

/// The address is theirs: it becomes an account; one that has an account is asked for that account's password. It is never
/// linked by the email alone.
async fn finish(app: &App, request: &Request, pending_identity: PendingIdentity) -> Answer {
    let Some(email) = pending_identity.proven_email() else {
        return Ok(Response::see_other(&request.return_to().href("/federated/first")));
    };
    let found = app.table.view_asking(email, app.now()).await?;
    if found.account.is_some() {
        return taken(app, request, &pending_identity).await;
    }
    let interaction = request.return_to().own_interaction(app, request).await?;
    let (account, language) = (app.new_id(), request.language());
    let begins = request.begin_session(
        app,
        account,
        table::FIRST_GENERATION,
        language,
        FirstFactor::Partner,
        request.device_secret(app),
        DeviceStatus::Unknown,
        interaction.as_ref().map(|interaction| interaction.id),
    );
    let made = NewPartnerAccount {
        pending_identity: &pending_identity,
        email,
        language,
        session: &begins.new_session,
    };
    match app.table.create_account_with_partner(&made).await {
        Ok(()) => {
            let on = request.return_to().resume(interaction.as_ref());
            Ok(begins.response(on).without(CookieName::PendingIdentity))
        }
        // By a double click, another tab, or somebody else.
        Err(WriteError::Conflict(Conflict::EmailTaken | Conflict::Identity)) => {
            taken(app, request, &pending_identity).await
        }
        // The arrival has changed, or the way to the service came to its end: the page says how it stands.
        Err(WriteError::Conflict(_)) => Ok(Response::see_other(&request.return_to().href("/federated/code"))),
        Err(error) => Err(HttpError::from(error)),
    }
}

/// There is an account. When it was made by this identity, by the first of two clicks, that is the way on.
async fn taken(app: &App, request: &Request, pending_identity: &PendingIdentity) -> Answer {
    if let Some(response) =
        callback::signed_in(app, request, &pending_identity.identity, &request.return_to()).await?
    {
        return Ok(response);
    }
    match (partner(app, &pending_identity.partner), pending_identity.proven_email()) {
        (Some(partner), Some(email)) => request.page(&Taken::new(request, partner, email)),
        _ => Ok(Response::see_other(&request.return_to().href("/login"))),
    }
}
