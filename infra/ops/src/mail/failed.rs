//! Emails that could not be sent.

use app::App;
use comfy_table::{Table, presets::NOTHING};
use domain::{
    Timestamp,
    id::{AccountId, OutboxId},
    language::Language,
    operator::{self, Operator},
};
use email::Email;
use serde::Serialize;
use serde_json::json;
use table::{AuditSubject, ByOperator, Conflict, FailedMessage, Payload, WriteError};

use super::{Which, account_of};
use crate::{Failure, Terminal};

/// A failed email, without personal data. The field names are those of `--json`.
#[derive(Serialize)]
struct Report {
    id: OutboxId,
    /// `None` when it can't be read.
    kind: Option<&'static str>,
    account: Option<AccountId>,
    since: Timestamp,
    queued_at: Timestamp,
    reason: String,
}

/// The email of a message, if it can be read.
fn read(message: &FailedMessage) -> Option<Email> {
    let Some(Payload::Email(json)) = &message.payload else { return None };
    Email::from_json(json).ok()
}

async fn report(app: &App, message: &FailedMessage) -> Result<Report, Failure> {
    let email = read(message);
    let account = match &email {
        Some(email) => account_of(app, &email.to).await?,
        None => None,
    };
    Ok(Report {
        id: message.id,
        kind: email.map(|email| email.kind.name()),
        account: account.map(|account| account.details().id),
        since: message.since,
        queued_at: message.queued_at,
        reason: message.reason.clone(),
    })
}

pub(super) async fn list(app: &App, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let mut reports = Vec::new();
    for message in app.table.failed_messages().await? {
        reports.push(report(app, &message).await?);
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{}", serde_json::to_string_pretty(&reports)?)?);
    }
    if reports.is_empty() {
        return Ok(writeln!(terminal.out, "No email has failed.")?);
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["id", "kind", "account", "since", "reason"]);
    table.add_rows(reports.iter().map(|one| {
        let account = one.account.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let kind = one.kind.unwrap_or("-").to_owned();
        [one.id.to_string(), kind, account, one.since.to_string(), one.reason.clone()]
    }));
    Ok(writeln!(terminal.out, "{}", table.trim_fmt())?)
}

pub(super) async fn redrive(
    app: &App,
    operator: Operator,
    which: &Which,
    confirmed: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let messages = match which.id {
        Some(id) => vec![app.table.failed_message_by_id(id).await?.ok_or(Failure::NotFailed(id))?],
        None => app.table.failed_messages().await?,
    };
    let (mut readable, mut unreadable) = (Vec::new(), 0);
    for message in messages {
        match read(&message) {
            Some(email) => readable.push((message, email)),
            None => unreadable += 1,
        }
    }
    if let (Some(id), 0) = (which.id, readable.len()) {
        return Err(Failure::Unreadable(id));
    }
    if unreadable > 0 {
        writeln!(terminal.notes, "{unreadable} can't be read, and stay as they are.")?;
    }
    let kinds: Vec<_> = readable.iter().map(|(message, email)| (message.id, email.kind.name())).collect();
    for (id, kind) in &kinds {
        writeln!(terminal.notes, "{id}  {kind}")?;
    }
    writeln!(terminal.notes, "You are {operator}.")?;
    if !confirmed && !kinds.is_empty() {
        terminal.confirm(&format!("Send {} again?", count(kinds.len())))?;
    }
    let mut sent = Vec::new();
    for (message, email) in readable {
        let account = account_of(app, &email.to).await?.map(|account| account.details().id);
        let place = app.table.email_place(&email.to)?;
        let subject = account.map_or(AuditSubject::Email(&place), AuditSubject::Account);
        let device = operator::support(Language::English);
        let by = ByOperator { operator: &operator, device: &device, at: app.now() };
        match app.table.redrive(message.id, email.kind.priority(), subject, &by).await {
            Ok(()) => sent.push(message.id),
            Err(WriteError::Conflict(Conflict::Outbox)) => {
                writeln!(terminal.notes, "{} is no longer failed.", message.id)?;
            }
            Err(WriteError::Conflict(_)) => return Err(Failure::AccountChanged),
            Err(WriteError::Unavailable(error)) => return Err(error.into()),
        }
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", json!({ "redriven": sent, "unreadable": unreadable }))?);
    }
    if sent.is_empty() {
        return Ok(writeln!(terminal.out, "There is no failed email to send again.")?);
    }
    Ok(writeln!(terminal.out, "{} will be sent within a minute.", count(sent.len()))?)
}

fn count(emails: usize) -> String {
    if emails == 1 { "1 email".to_owned() } else { format!("{emails} emails") }
}
