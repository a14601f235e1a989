//! The sign-in partners of one account: operators remove them after proof (RULES 4.8).

use account::emails;
use app::App;
use domain::{
    account::Account, device::Device, email::EmailAddress, language::Language, partner::PartnerId,
    service::Bilingual,
};
use email::{PartnerUnlinked, SecurityEvent};
use table::{PartnerIdentity, WriteError};

use crate::{Failure, Partners, Terminal};

/// Does what was asked for with this table.
///
/// # Errors
/// [`Failure`], in the operator's words.
pub async fn run(app: &App, command: &Partners, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    match command {
        Partners::List { email } => list(app, email, terminal).await,
        Partners::Remove { email, partner, yes } => remove(app, email, partner, *yes, terminal).await,
    }
}

async fn find(app: &App, email: &EmailAddress) -> Result<(Account, Vec<PartnerIdentity>), Failure> {
    let Some(account) = app.table.account_by_email(email, app.now()).await? else {
        let former = app.table.reserved_for(email, app.now()).await?;
        return Err(former.map_or(Failure::NoAccount, Failure::FormerAddress));
    };
    let links = app.table.partner_identities(account.details().id, app.now()).await?;
    Ok((account, links))
}

async fn list(app: &App, email: &EmailAddress, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let (account, links) = find(app, email).await?;
    if links.is_empty() {
        writeln!(terminal.notes, "The account is linked to no sign-in partner.")?;
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
    without_asking: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let (account, links) = find(app, email).await?;
    let link = links.into_iter().find(|link| link.partner == *partner);
    let link = link.ok_or_else(|| Failure::NotLinked(partner.clone()))?;
    if account.details().password.is_none() {
        return Err(Failure::NoPassword);
    }
    if !without_asking {
        terminal
            .confirm(&format!("Has its resident proven who they are, and is {partner} to be removed?"))?;
    }
    let at = app.now();
    let device = Device { name: by(account.details().language).to_owned(), country: String::new() };
    let event = SecurityEvent { at, device: device.clone(), dispute: app.new_id() };
    let email =
        emails::compose(app, account.details(), PartnerUnlinked { partner: name(app, partner), event });
    match app.table.unlink_partner(None, &account, &link, &email, &device, at).await {
        Ok(()) => Ok(writeln!(terminal.out, "{partner} is removed, and the resident is told by email.")?),
        Err(WriteError::Conflict(_)) => Err(Failure::AccountChanged),
        Err(WriteError::Unavailable(error)) => Err(error.into()),
    }
}

/// Who did it, where the resident's browser is named otherwise.
fn by(language: Language) -> &'static str {
    match language {
        Language::English => "My Ontario Account support",
        Language::French => "soutien de compte Mon Ontario",
    }
}

/// The partner's name; its id if the deployment no longer has the partner.
fn name(app: &App, partner: &PartnerId) -> Bilingual {
    let configured = app.config.partners.iter().find(|configured| configured.id == *partner);
    configured.map_or_else(
        || Bilingual { en: partner.to_string(), fr: partner.to_string() },
        |configured| configured.name.clone(),
    )
}
