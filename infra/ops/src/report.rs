//! What `accounts show` prints: the state of an account, and what it has.

use app::App;
use domain::{
    Timestamp,
    account::{Account, LockScope},
    factors::RecoveryCodes,
    id::{AccountId, AuthenticatorId},
    language::Language,
    partner::PartnerId,
};
use serde::Serialize;
use table::AuditEvent;

use crate::{Failure, audit::Trail};

/// An account, without secrets. The field names are those of `--json`.
#[derive(Serialize)]
pub(crate) struct Report {
    id: AccountId,
    email: String,
    language: Language,
    state: &'static str,
    reason: Option<String>,
    /// When it was locked, unless the entry of the audit trail about that has expired.
    locked_at: Option<Timestamp>,
    suspended_at: Option<Timestamp>,
    suspended_by: Option<String>,
    has_password: bool,
    reset_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    authenticators: Vec<AuthenticatorReport>,
    recovery_codes: Option<RecoveryCodesReport>,
    email_code: &'static str,
    partners: Vec<PartnerReport>,
    sessions: usize,
    services: Vec<String>,
}

#[derive(Serialize)]
struct AuthenticatorReport {
    id: AuthenticatorId,
    added_at: Timestamp,
    used_at: Timestamp,
    in_review: bool,
}

#[derive(Serialize)]
struct RecoveryCodesReport {
    made_at: Timestamp,
    used_at: Option<Timestamp>,
    left: usize,
    in_review: bool,
}

#[derive(Serialize)]
struct PartnerReport {
    id: PartnerId,
    linked_at: Timestamp,
    in_review: bool,
}

impl RecoveryCodesReport {
    fn new(codes: &RecoveryCodes) -> Self {
        Self {
            made_at: codes.made_at,
            used_at: codes.used_at,
            left: codes.unused.len(),
            in_review: codes.in_review,
        }
    }
}

impl Report {
    /// Reads what an account has.
    pub(crate) async fn read(app: &App, account: &Account) -> Result<Self, Failure> {
        let (details, now) = (account.details(), app.now());
        let overview = app.table.overview(details.id, now).await?;
        let factors = app.table.factors(details.id, now).await?;
        let (state, reason) = state(account);
        let locked_at = match account.lock() {
            Some(_) => locked_at(app, details.id).await?,
            None => None,
        };
        let suspension = match account {
            Account::Suspended(suspended) => Some(&suspended.suspension),
            Account::Active(_) | Account::Locked(_) => None,
        };
        let authenticators = factors.authenticators.iter().map(|one| AuthenticatorReport {
            id: one.id,
            added_at: one.enrolled_at,
            used_at: one.used_at,
            in_review: one.in_review,
        });
        let recovery_codes = factors.recovery_codes.as_ref();
        let partners = overview.partners.into_iter().map(|one| PartnerReport {
            id: one.partner,
            linked_at: one.linked_at,
            in_review: one.in_review,
        });
        Ok(Self {
            id: details.id,
            email: details.email.to_unicode(),
            language: details.language,
            state,
            reason,
            locked_at,
            suspended_at: suspension.map(|suspension| suspension.at),
            suspended_by: suspension.map(|suspension| suspension.by.to_string()),
            has_password: details.password.is_some(),
            reset_at: details.reset_at,
            deleted_at: details.closes_at,
            authenticators: authenticators.collect(),
            recovery_codes: recovery_codes.map(RecoveryCodesReport::new),
            email_code: if factors.is_email_code_off(now) { "off" } else { "on" },
            partners: partners.collect(),
            sessions: overview.sessions.sessions.len(),
            services: overview.connections.iter().map(|one| one.client.to_string()).collect(),
        })
    }

    /// The report as lines of a name and a value.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let time = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let yes = |is: bool| if is { "yes" } else { "no" };
        let review = |is: bool| if is { ", in review" } else { "" };
        let mut lines = vec![
            ("id", self.id.to_string()),
            ("email", self.email.clone()),
            ("language", self.language.to_string()),
            ("state", self.state.to_owned()),
        ];
        lines.extend(self.reason.clone().map(|reason| ("reason", reason)));
        lines.extend(self.locked_at.map(|at| ("locked_at", at.to_string())));
        lines.extend(self.suspended_at.map(|at| ("suspended_at", at.to_string())));
        lines.extend(self.suspended_by.clone().map(|by| ("suspended_by", by)));
        lines.push(("has_password", yes(self.has_password).to_owned()));
        lines.push(("reset_at", time(self.reset_at)));
        lines.extend(self.deleted_at.map(|at| ("deleted_at", at.to_string())));
        for one in &self.authenticators {
            let review = review(one.in_review);
            lines.push((
                "authenticator",
                format!("{} added {}, used {}{review}", one.id, one.added_at, one.used_at),
            ));
        }
        lines.push(("email_code", self.email_code.to_owned()));
        if let Some(codes) = &self.recovery_codes {
            let (used, review) = (time(codes.used_at), review(codes.in_review));
            let text = format!("made {}, used {used}, {} left{review}", codes.made_at, codes.left);
            lines.push(("recovery_codes", text));
        }
        for one in &self.partners {
            lines.push(("partner", format!("{} linked {}{}", one.id, one.linked_at, review(one.in_review))));
        }
        lines.push(("sessions", self.sessions.to_string()));
        lines.extend(self.services.iter().map(|service| ("service", service.clone())));
        lines
    }
}

/// The time of the newest lock in the audit trail.
async fn locked_at(app: &App, account: AccountId) -> Result<Option<Timestamp>, Failure> {
    let mut trail = Trail::of(app, account);
    while let Some(entries) = trail.next().await? {
        if let Some(lock) = entries.iter().find(|entry| entry.event == AuditEvent::Locked) {
            return Ok(Some(lock.at));
        }
    }
    Ok(None)
}

fn state(account: &Account) -> (&'static str, Option<String>) {
    let details = account.details();
    if let Account::Suspended(suspended) = account {
        let state = if details.closes_at.is_some() { "closed and suspended" } else { "suspended" };
        return (state, suspended.suspension.reason.clone());
    }
    let lock = account.lock().map(|lock| match lock {
        LockScope::UnknownBrowsers => "failed sign-ins from unknown browsers; known browsers can sign in",
        LockScope::AllBrowsers => "failed sign-ins from a known browser; no browser can sign in",
    });
    match (details.closes_at, lock) {
        (Some(_), Some(lock)) => ("closed", Some(format!("closed while locked: {lock}"))),
        (Some(_), None) => ("closed", None),
        (None, Some(lock)) => ("locked", Some(lock.to_owned())),
        (None, None) if details.password.is_none() => {
            ("active", Some("no password: sign-in by a partner, or after a reset".to_owned()))
        }
        (None, None) => ("active", None),
    }
}
