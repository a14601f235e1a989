//! The commands for the sign-in partners of one account. Operators verify the resident first (RULES 4.8).

use app::App;
use domain::{
    account::Account, device::Device, email::EmailAddress, language::Language, link::Dispute,
    partner::PartnerId, service::Bilingual,
};
use email::{Email, EmailKind, SecurityEvent};
use table::{AccountEmail, AccountLink, OutboxMessage, PartnerLink, Payload, WriteError};

use crate::{Failure, Partners, Terminal};

/// Runs a command against the table of `app`.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn run(app: &App, command: &Partners, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match command {
        Partners::List { email } => list(app, email, terminal).await,
        Partners::Remove { email, partner, yes } => remove(app, email, partner, *yes, terminal).await,
    }
}

async fn find(app: &App, email: &EmailAddress) -> Result<(Account, Vec<PartnerLink>), Failure> {
    let account = app.table.view_asking(email, app.now()).await?.account.ok_or(Failure::NoAccount)?;
    let links = app.table.partner_links(account.details().id, app.now()).await?;
    Ok((account, links))
}

async fn list(app: &App, email: &EmailAddress, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let (account, links) = find(app, email).await?;
    if links.is_empty() {
        writeln!(terminal.notes, "The account is not linked to a sign-in partner.")?;
    }
    for link in links {
        writeln!(terminal.out, "{}\tsince {}", link.partner, link.linked_at)?;
    }
    if account.details().password.is_none() {
        writeln!(terminal.notes, "The account has no password.")?;
    }
    Ok(())
}

async fn remove(
    app: &App,
    email: &EmailAddress,
    partner: &PartnerId,
    is_confirmed: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let (account, links) = find(app, email).await?;
    let link = links.into_iter().find(|link| link.partner == *partner);
    let link = link.ok_or_else(|| Failure::NotLinked(partner.clone()))?;
    if account.details().password.is_none() {
        return Err(Failure::NoPassword);
    }
    if !is_confirmed {
        terminal.confirm(&format!(
            "Have you verified the resident's identity, and do you want to remove {partner}?"
        ))?;
    }
    let at = app.now();
    let device = Device { name: device_name(account.details().language).to_owned(), country: String::new() };
    let email = notification(
        app,
        &account,
        partner,
        SecurityEvent { at, device: device.clone(), dispute: app.new_id() },
    );
    match app.table.unlink_partner(&account, &link, &email, &device, at).await {
        Ok(()) => Ok(writeln!(terminal.out, "{partner} is removed. The resident is notified by email.")?),
        Err(WriteError::Conflict(_)) => Err(Failure::AccountChanged),
        Err(WriteError::Unavailable(error)) => Err(error.into()),
    }
}

/// What the email says instead of the name of a browser.
fn device_name(language: Language) -> &'static str {
    match language {
        Language::English => "My Ontario Account support",
        Language::French => "soutien de compte Mon Ontario",
    }
}

/// The email that notifies the resident of the removal.
fn notification(
    app: &App,
    account: &Account,
    partner: &PartnerId,
    security_event: SecurityEvent,
) -> AccountEmail {
    let details = account.details();
    let configured = app.config.partners.iter().find(|configured| configured.id == *partner);
    let name = configured.map_or_else(
        || Bilingual { en: partner.to_string(), fr: partner.to_string() },
        |configured| configured.name.clone(),
    );
    let at = security_event.at;
    let links = vec![AccountLink::new::<Dispute>(security_event.dispute, details, None, at)];
    let about = EmailKind::PartnerUnlinked(name, security_event);
    let email = Email { to: details.email.clone(), language: details.language, about };
    let payload = Payload::Email(email.to_json());
    AccountEmail { message: OutboxMessage { id: app.new_id(), payload, at }, links }
}
