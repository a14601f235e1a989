//! The commands for emails: what became of them, addresses that SES sends nothing to, and emails that failed (RULES 7.6, 8.11,
//! 9.4).

mod arguments;
mod failed;
mod show;

use account::emails;
use app::App;
use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_suppressed_destination::DeleteSuppressedDestinationError as Delete,
        get_suppressed_destination::GetSuppressedDestinationError as Get,
    },
};
use domain::{
    account::Account,
    delivery::DeliveryProblem,
    email::EmailAddress,
    language::Language,
    operator::{self, Operator},
};
use email::{AddressCheck, RequestOrigin};
use serde_json::json;
use table::ByOperator;

pub use arguments::{Mail, Which};

use crate::{Failure, Terminal, accounts::written};

/// Runs a command. `caller` says who the operator is; only a change asks.
///
/// # Errors
/// [`Failure`], in the operator's words.
pub async fn run<F: Future<Output = Result<Operator, Failure>>>(
    app: &App,
    caller: impl FnOnce() -> F,
    command: &Mail,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    match command {
        Mail::Show { email } => show::run(app, email, terminal).await,
        Mail::Failed => failed::list(app, terminal).await,
        Mail::Allow { email, yes } => allow(app, caller().await?, email, *yes, terminal).await,
        Mail::Redrive { which, yes } => failed::redrive(app, caller().await?, which, *yes, terminal).await,
    }
}

/// The account of an address, if it has one.
async fn account_of(app: &App, email: &EmailAddress) -> Result<Option<Account>, Failure> {
    Ok(app.table.account_by_email(email, app.now()).await?)
}

/// An address on SES's suppression list.
pub(crate) struct Suppressed {
    pub(crate) reason: String,
    pub(crate) since: String,
}

/// Reads SES's suppression list.
pub(crate) async fn suppressed(app: &App, email: &EmailAddress) -> Result<Option<Suppressed>, Failure> {
    let answer = app.email_client()?.get_suppressed_destination().email_address(email.as_str()).send().await;
    match answer {
        Ok(found) => Ok(found.suppressed_destination.map(|found| Suppressed {
            reason: found.reason.as_str().to_owned(),
            since: found.last_update_time.to_string(),
        })),
        Err(error) if error.as_service_error().is_some_and(Get::is_not_found_exception) => Ok(None),
        Err(error) => Err(ses(&error)),
    }
}

fn ses<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Failure {
    Failure::Unavailable(format!("SES answers {}", app::code(error)))
}

async fn allow(
    app: &App,
    operator: Operator,
    email: &EmailAddress,
    confirmed: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let (account, now) = (account_of(app, email).await?, app.now());
    let on_list = suppressed(app, email).await?;
    let problem = app.table.deliverability(email, now).await?.problem();
    if on_list.is_none() && problem.is_none() {
        return Err(Failure::NotSuppressed);
    }
    writeln!(terminal.notes, "{}, {}. You are {operator}.", email.to_unicode(), described(problem))?;
    if !confirmed {
        let question = "Take this address off SES's suppression list, and send to it again?";
        terminal.confirm(question)?;
    }
    let ses_client = app.email_client()?;
    if on_list.is_some() {
        let removed = ses_client.delete_suppressed_destination().email_address(email.as_str()).send().await;
        match removed {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(Delete::is_not_found_exception) => {}
            Err(error) => return Err(ses(&error)),
        }
    }
    let language = account.as_ref().map_or(Language::English, |account| account.details().language);
    let device = operator::support(language);
    let by = ByOperator { operator: &operator, device: &device, at: now };
    let check = account.as_ref().map(|account| {
        let origin = RequestOrigin { at: now, device: device.clone() };
        emails::compose(app, account.details(), AddressCheck { origin })
    });
    let id = account.as_ref().map(|account| account.details().id);
    written(app.table.allow_address(email, id, check.as_ref(), &by).await)?;
    let done = match id {
        Some(_) => "the address is allowed, and a test email is sent",
        None => "the address is allowed; it has no account",
    };
    if terminal.json {
        writeln!(terminal.out, "{:#}", json!({ "account": id, "email": email.to_unicode(), "done": done }))?;
    } else {
        writeln!(terminal.out, "{}: {done}.", email.to_unicode())?;
    }
    Ok(())
}

/// The problem in words.
fn described(problem: Option<DeliveryProblem>) -> String {
    match problem {
        None => "receives emails as far as we know".to_owned(),
        Some(DeliveryProblem::Bounced { at }) => format!("bounced at {at}"),
        Some(DeliveryProblem::Complained { at }) => format!("complained at {at}"),
    }
}
