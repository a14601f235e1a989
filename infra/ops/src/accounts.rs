//! The commands for accounts (RULES 7.6). Each change is one write with its audit entry and the email to the resident.

use account::{AddedLately, emails};
use app::App;
use domain::{
    Timestamp,
    account::{Account, AccountDetails},
    device::Device,
    factors::Factors,
    id::AuthenticatorId,
    operator::{self, Operator},
    partner::PartnerId,
    service::Bilingual,
};
use email::{
    AccountSuspended, AuthenticatorRemoved, EmailCodeSwitched, EmailKind, EmailedLink, PartnerUnlinked,
    RecoveryCodesRemoved, RequestOrigin, ResetRequired, SecurityEvent, SupportAction, SupportChange,
};
use serde_json::json;
use table::{AccountEmail, AuditEvent, ByOperator, WriteError};

use crate::{
    AccountChange, Accounts, Failure, RemovableFactor, Terminal, Who,
    mail::{Suppressed, suppressed},
    report::Report,
};

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
    let command = match command {
        Accounts::Show { who } => return show(app, who, terminal).await,
        Accounts::Change(command) => command,
    };
    let target = command.target();
    let account = find(app, &target.who).await?;
    let (id, email) = (account.details().id, account.details().email.to_unicode());
    let (device, at) = (operator::support(account.details().language), app.now());
    let unreachable = unreachable(app, &account, terminal).await?;
    let change = Change { app, account, operator: caller().await?, device, at, confirmed: target.yes };
    let done = match command {
        AccountChange::Unlock(_) => change.unlock(terminal).await?,
        AccountChange::EndSessions(_) => change.end_sessions(terminal).await?,
        AccountChange::RequireReset(_) => change.require_reset(terminal).await?,
        AccountChange::RemoveFactor { factor, .. } => match factor {
            RemovableFactor::Authenticator(id) => change.remove_authenticator(*id, terminal).await?,
            RemovableFactor::RecoveryCodes => change.remove_recovery_codes(terminal).await?,
        },
        AccountChange::TurnOnEmailCode(_) => change.turn_on_email_code(terminal).await?,
        AccountChange::RemovePartner { partner, .. } => change.remove_partner(partner, terminal).await?,
        AccountChange::Close(_) => change.close(terminal).await?,
        AccountChange::Suspend { reason, .. } => change.suspend(reason.clone(), terminal).await?,
        AccountChange::Reinstate(_) => change.reinstate(terminal).await?,
    };
    if terminal.json {
        let report =
            json!({ "account": id, "email": email, "done": done, "suppressed": unreachable.is_some() });
        return Ok(writeln!(terminal.out, "{report:#}")?);
    }
    let told = unreachable.as_deref().unwrap_or("The resident is told by email.");
    Ok(writeln!(terminal.out, "{email}: {done}. {told}")?)
}

/// Says so before a change if no email can reach its resident. SES need not answer for an account to be changed.
async fn unreachable(
    app: &App,
    account: &Account,
    terminal: &mut Terminal<'_>,
) -> Result<Option<String>, Failure> {
    let unreachable = match suppressed(app, &account.details().email).await {
        Ok(found) => found.map(|Suppressed { reason, since }| {
            format!(
                "No email reaches the resident: SES has suppressed the address since {since}, {reason}. See `ops mail allow`."
            )
        }),
        Err(error) => {
            writeln!(terminal.notes, "Whether emails reach the resident is unknown: {error}.")?;
            None
        }
    };
    if let Some(unreachable) = &unreachable {
        writeln!(terminal.notes, "{unreachable}")?;
    }
    Ok(unreachable)
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
    /// What residents see in place of a browser.
    device: Device,
    at: Timestamp,
    /// Whether the command line has confirmed the change.
    confirmed: bool,
}

impl Change<'_> {
    async fn unlock(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        self.check_not_suspended()?;
        let Account::Locked(locked) = &self.account else { return Err(Failure::NotLocked) };
        self.confirm("Unlock this account? Its password stays as it is.", terminal)?;
        let notice = self.email(SupportAction { change: SupportChange::Unlocked, event: self.event() });
        written(self.app.table.unlock_by_operator(locked, &notice, &self.by()).await)?;
        Ok("the account is unlocked")
    }

    async fn end_sessions(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        self.confirm("End all sessions of this account, and revoke the tokens of services?", terminal)?;
        let notice = self.email(SupportAction { change: SupportChange::SignedOut, event: self.event() });
        written(self.app.table.end_sessions_by_operator(&self.account, &notice, &self.by()).await)?;
        Ok("all sessions are ended")
    }

    async fn require_reset(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        self.check_not_suspended()?;
        let question =
            "Delete the password of this account, end all sessions, and email a link to a new password?";
        self.confirm(question, terminal)?;
        let added = AddedLately::find(self.app, self.details().id, self.at).await?;
        let factors = added.factors.under_review(&added.added_factors());
        let notice = self.email(ResetRequired { link: EmailedLink::new(self.app.new_id(), self.at) });
        let by = self.by();
        let reset = self.app.table.require_reset(&self.account, &factors, &added.identities, &notice, &by);
        written(reset.await)?;
        Ok("the password is deleted, and a link to a new one is sent")
    }

    async fn remove_authenticator(
        self,
        id: AuthenticatorId,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let factors = self.app.table.factors(self.details().id, self.at).await?;
        let (left, _) = factors.removed(id).ok_or(Failure::NoAuthenticator(id))?;
        let question = "Has its resident proven who they are, and is the authenticator to be removed?";
        self.confirm(question, terminal)?;
        let notice = self.email(AuthenticatorRemoved { event: self.event() });
        self.change_factors(left, AuditEvent::AuthenticatorRemoved, &notice).await?;
        Ok("the authenticator is removed")
    }

    async fn remove_recovery_codes(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        let factors = self.app.table.factors(self.details().id, self.at).await?;
        let left = factors.without_recovery_codes().ok_or(Failure::NoRecoveryCodes)?;
        let question = "Has its resident proven who they are, and are the recovery codes to be removed?";
        self.confirm(question, terminal)?;
        let notice = self.email(RecoveryCodesRemoved { event: self.event() });
        self.change_factors(left, AuditEvent::RecoveryCodesRemoved, &notice).await?;
        Ok("the recovery codes are removed")
    }

    async fn turn_on_email_code(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        let factors = self.app.table.factors(self.details().id, self.at).await?;
        if !factors.is_email_code_off(self.at) {
            return Err(Failure::EmailCodeIsOn);
        }
        let question = "Has its resident proven who they are, and is the code by email to be turned on?";
        self.confirm(question, terminal)?;
        let notice = self.email(EmailCodeSwitched { is_on: true, event: self.event() });
        self.change_factors(factors.with_email_code_on(), AuditEvent::EmailCodeOn, &notice).await?;
        Ok("the code by email is turned on")
    }

    /// Writes the factors that are left. Where they can't do without the code by email, it is turned on.
    async fn change_factors(
        &self,
        left: Factors,
        event: AuditEvent,
        notice: &AccountEmail,
    ) -> Result<(), Failure> {
        let (left, is_turned_on) = left.with_email_code_if_needed(self.at);
        let turned_on = emails::email_code_on(self.app, self.details(), self.event(), is_turned_on);
        let notices: Vec<_> = [notice].into_iter().chain(&turned_on).collect();
        let by = self.by();
        let change = self.app.table.change_factors_by_operator(&self.account, &left, event, &notices, &by);
        written(change.await)
    }

    async fn remove_partner(
        self,
        partner: &PartnerId,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        let links = self.app.table.partner_identities(self.details().id, self.at).await?;
        let link = links.into_iter().find(|link| link.partner == *partner);
        let link = link.ok_or_else(|| Failure::NotLinked(partner.clone()))?;
        if self.details().password.is_none() {
            return Err(Failure::NoPassword);
        }
        let question = format!("Has its resident proven who they are, and is {partner} to be removed?");
        self.confirm(&question, terminal)?;
        let partner = name(self.app, partner);
        let notice = self.email(PartnerUnlinked { partner, event: self.event() });
        written(self.app.table.unlink_partner_by_operator(&self.account, &link, &notice, &self.by()).await)?;
        Ok("the sign-in partner is removed")
    }

    async fn close(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        self.check_not_suspended()?;
        if let Some(at) = self.details().closes_at {
            return Err(Failure::ClosedAlready(at));
        }
        let closed = self.account.clone().close(self.at);
        let deleted_at = closed.deleted_at();
        let question = format!(
            "Close this account, and end all sessions? It is deleted at {deleted_at}, unless its resident signs in before."
        );
        self.confirm(&question, terminal)?;
        let notices = emails::account_closed(self.app, &closed, &self.device);
        written(self.app.table.close_by_operator(&closed, &notices, &self.by()).await)?;
        Ok("the account is closed")
    }

    async fn suspend(
        self,
        reason: Option<String>,
        terminal: &mut Terminal<'_>,
    ) -> Result<&'static str, Failure> {
        self.check_not_suspended()?;
        let question =
            "Suspend this account, end all sessions, and let nobody sign in until it is reinstated?";
        self.confirm(question, terminal)?;
        let suspending = self.account.clone().suspend(reason).ok_or(Failure::AccountChanged)?;
        let origin = RequestOrigin { at: self.at, device: self.device.clone() };
        let notice = self.email(AccountSuspended { origin, deleted_at: self.details().closes_at });
        written(self.app.table.suspend(&suspending, &notice, &self.by()).await)?;
        Ok("the account is suspended")
    }

    async fn reinstate(self, terminal: &mut Terminal<'_>) -> Result<&'static str, Failure> {
        let Account::Suspended(suspended) = &self.account else { return Err(Failure::NotSuspended) };
        self.confirm("Has its resident proven who they are, and is the account to be reinstated?", terminal)?;
        let notice = self.email(SupportAction { change: SupportChange::Reinstated, event: self.event() });
        written(self.app.table.reinstate(suspended, &notice, &self.by()).await)?;
        Ok("the account is reinstated")
    }

    fn check_not_suspended(&self) -> Result<(), Failure> {
        match &self.account {
            Account::Suspended(suspended) => Err(Failure::Suspended(suspended.suspension.at)),
            Account::Active(_) | Account::Locked(_) => Ok(()),
        }
    }

    /// Says which account is changed, and asks.
    fn confirm(&self, question: &str, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let details = self.details();
        writeln!(
            terminal.notes,
            "Account {}, {}. You are {}.",
            details.id,
            details.email.to_unicode(),
            self.operator
        )?;
        if self.confirmed { Ok(()) } else { terminal.confirm(question) }
    }

    fn details(&self) -> &AccountDetails {
        self.account.details()
    }

    fn event(&self) -> SecurityEvent {
        SecurityEvent { at: self.at, device: self.device.clone(), dispute: self.app.new_id() }
    }

    fn email(&self, kind: impl Into<EmailKind>) -> AccountEmail {
        emails::compose(self.app, self.details(), kind)
    }

    fn by(&self) -> ByOperator<'_> {
        ByOperator { operator: &self.operator, device: &self.device, at: self.at }
    }
}

pub(crate) fn written(result: Result<(), WriteError>) -> Result<(), Failure> {
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
