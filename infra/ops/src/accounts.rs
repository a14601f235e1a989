//! The commands for accounts (RULES 7.6). Each change is one write with its audit entry and the email to the resident.

use account::{AddedLately, emails};
use app::App;
use domain::{
    account::{Account, AccountDetails},
    device::Device,
    language::Language,
    operator::Operator,
    partner::PartnerId,
    service::Bilingual,
};
use email::{
    AuthenticatorRemoved, EmailKind, EmailedLink, PartnerUnlinked, ResetRequired, SecurityEvent,
    SupportAction, SupportChange,
};
use serde_json::json;
use table::{AccountEmail, ByOperator, WriteError};

use crate::{Accounts, Failure, Target, Terminal, Who, report::Report};

/// Runs a command. `caller` says who the operator is; only a change asks.
///
/// # Errors
/// [`Failure`], in the operator's words.
pub async fn run<F: Future<Output = Result<Operator, Failure>>>(
    app: &App,
    caller: impl FnOnce() -> F,
    command: &Accounts,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let target = match command {
        Accounts::Show { who } => return show(app, who, terminal).await,
        Accounts::Unlock(target)
        | Accounts::EndSessions(target)
        | Accounts::RequireReset(target)
        | Accounts::RemoveFactor { target, .. }
        | Accounts::RemovePartner { target, .. }
        | Accounts::Close(target) => target,
    };
    let account = find(app, &target.who).await?;
    let (id, email) = (account.details().id, account.details().email.to_unicode());
    let operator = caller().await?;
    let change = Change { app, account, operator };
    let done = match command {
        Accounts::Show { .. } => return Ok(()),
        Accounts::Unlock(_) => change.unlock(target, terminal).await?,
        Accounts::EndSessions(_) => change.end_sessions(target, terminal).await?,
        Accounts::RequireReset(_) => change.require_reset(target, terminal).await?,
        Accounts::RemoveFactor { authenticator, .. } => {
            change.remove_factor(target, *authenticator, terminal).await?
        }
        Accounts::RemovePartner { partner, .. } => change.remove_partner(target, partner, terminal).await?,
        Accounts::Close(_) => change.close(target, terminal).await?,
    };
    if terminal.json {
        writeln!(terminal.out, "{:#}", json!({ "account": id, "email": email, "done": done }))?;
    } else {
        writeln!(terminal.out, "{email}: {done}. The resident is told by email.")?;
    }
    Ok(())
}

/// The account that a command is about.
pub(crate) async fn find(app: &App, who: &Who) -> Result<Account, Failure> {
    let now = app.now();
    let email = match who {
        Who::Id(id) => {
            return app.table.account_by_id(*id, now).await?.ok_or(Failure::NoAccountWithId(*id));
        }
        Who::Email(email) => email,
    };
    if let Some(account) = app.table.account_by_email(email, now).await? {
        return Ok(account);
    }
    if let Some(former) = app.table.reserved_for(email, now).await? {
        return Err(Failure::FormerAddress(former));
    }
    let waits = !app.table.registrations(email, now).await?.is_empty();
    Err(if waits { Failure::NotActivated } else { Failure::NoAccount })
}

async fn show(app: &App, who: &Who, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let account = find(app, who).await?;
    let report = Report::read(app, &account).await?;
    if terminal.json {
        return Ok(writeln!(terminal.out, "{}", serde_json::to_string_pretty(&report)?)?);
    }
    for (name, value) in report.lines() {
        writeln!(terminal.out, "{name:14} {value}")?;
    }
    Ok(())
}

/// A change of an account by an operator.
struct Change<'a> {
    app: &'a App,
    account: Account,
    operator: Operator,
}

impl Change<'_> {
    async fn unlock(self, target: &Target, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        let Account::Locked(locked) = &self.account else { return Err(Failure::NotLocked) };
        self.confirm(target, "Unlock this account? Its password stays as it is.", terminal)?;
        let device = self.device();
        let notice = self.email(SupportAction { change: SupportChange::Unlocked, event: self.event() });
        written(self.app.table.unlock_by_operator(locked, &notice, &self.by(&device)).await)?;
        Ok("the account is unlocked")
    }

    async fn end_sessions(
        self,
        target: &Target,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let question = "End all sessions of this account, and revoke the tokens of services?";
        self.confirm(target, question, terminal)?;
        let device = self.device();
        let notice = self.email(SupportAction { change: SupportChange::SignedOut, event: self.event() });
        let by = self.by(&device);
        written(self.app.table.end_sessions_by_operator(&self.account, &notice, &by).await)?;
        Ok("all sessions are ended")
    }

    async fn require_reset(
        self,
        target: &Target,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let question =
            "Delete the password of this account, end all sessions, and email a link to a new password?";
        self.confirm(target, question, terminal)?;
        let (app, now, device) = (self.app, self.app.now(), self.device());
        let added = AddedLately::find(app, self.details().id, now).await?;
        let factors = added.factors.under_review(&added.authenticator_ids());
        let notice = self.email(ResetRequired { link: EmailedLink::new(app.new_id(), now) });
        let by = self.by(&device);
        let reset = app.table.require_reset(&self.account, &factors, &added.identities, &notice, &by);
        written(reset.await)?;
        Ok("the password is deleted, and a link to a new one is sent")
    }

    async fn remove_factor(
        self,
        target: &Target,
        id: domain::id::AuthenticatorId,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let factors = self.app.table.factors(self.details().id, self.app.now()).await?;
        let (left, _) = factors.removed(id).ok_or(Failure::NoAuthenticator(id))?;
        let question = "Has its resident proven who they are, and is the authenticator to be removed?";
        self.confirm(target, question, terminal)?;
        let device = self.device();
        let notice = self.email(AuthenticatorRemoved { event: self.event() });
        let by = self.by(&device);
        let removal = self.app.table.remove_authenticator_by_operator(&self.account, &left, &notice, &by);
        written(removal.await)?;
        Ok("the authenticator is removed")
    }

    async fn remove_partner(
        self,
        target: &Target,
        partner: &PartnerId,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let links = self.app.table.partner_identities(self.details().id, self.app.now()).await?;
        let link = links.into_iter().find(|link| link.partner == *partner);
        let link = link.ok_or_else(|| Failure::NotLinked(partner.clone()))?;
        if self.details().password.is_none() {
            return Err(Failure::NoPassword);
        }
        let question = format!("Has its resident proven who they are, and is {partner} to be removed?");
        self.confirm(target, &question, terminal)?;
        let device = self.device();
        let partner = name(self.app, partner);
        let notice = self.email(PartnerUnlinked { partner, event: self.event() });
        let by = self.by(&device);
        written(self.app.table.unlink_partner_by_operator(&self.account, &link, &notice, &by).await)?;
        Ok("the sign-in partner is removed")
    }

    async fn close(self, target: &Target, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        if let Some(at) = self.details().closes_at {
            return Err(Failure::ClosedAlready(at));
        }
        let closed = self.account.clone().close(self.app.now());
        let deleted_at = closed.deleted_at();
        let question = format!(
            "Close this account, and end all sessions? It is deleted at {deleted_at}, unless its resident signs in before."
        );
        self.confirm(target, &question, terminal)?;
        let device = self.device();
        let notices = emails::account_closed(self.app, &closed, &device);
        written(self.app.table.close_by_operator(&closed, &notices, &self.by(&device)).await)?;
        Ok("the account is closed")
    }

    /// Says which account is changed, and asks.
    fn confirm(&self, target: &Target, question: &str, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let details = self.details();
        writeln!(
            terminal.notes,
            "Account {}, {}. You are {}.",
            details.id,
            details.email.to_unicode(),
            self.operator
        )?;
        if target.yes { Ok(()) } else { terminal.confirm(question) }
    }

    fn details(&self) -> &AccountDetails {
        self.account.details()
    }

    /// What residents see in place of the operator, where a browser is named otherwise.
    fn device(&self) -> Device {
        let name = match self.details().language {
            Language::English => "My Ontario Account support",
            Language::French => "soutien de compte Mon Ontario",
        };
        Device { name: name.to_owned(), country: String::new() }
    }

    fn event(&self) -> SecurityEvent {
        SecurityEvent { at: self.app.now(), device: self.device(), dispute: self.app.new_id() }
    }

    fn email(&self, kind: impl Into<EmailKind>) -> AccountEmail {
        emails::compose(self.app, self.details(), kind)
    }

    fn by<'a>(&'a self, device: &'a Device) -> ByOperator<'a> {
        ByOperator { operator: &self.operator, device, at: self.app.now() }
    }
}

fn written(result: Result<(), WriteError>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        Err(WriteError::Conflict(_)) => Err(Failure::AccountChanged),
        Err(WriteError::Unavailable(error)) => Err(error.into()),
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
