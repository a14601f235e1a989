//! What is known of the emails to an address.

use app::App;
use comfy_table::{Table, presets::NOTHING};
use domain::{
    Timestamp,
    delivery::{DeliveryProblem, DeliveryState},
    email::EmailAddress,
    id::{AccountId, OutboxId},
};
use serde::Serialize;

use super::{account_of, described, suppressed};
use crate::{Failure, Terminal};

/// How many emails are read.
const MOST: i32 = 50;

/// What is known of an address. The field names are those of `--json`.
#[derive(Serialize)]
struct Report {
    email: String,
    account: Option<AccountId>,
    /// `bounced`, `complained`, or none.
    problem: Option<&'static str>,
    since: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    bounced_at: Option<Timestamp>,
    complained_at: Option<Timestamp>,
    cleared_at: Option<Timestamp>,
    suppressed: Option<SuppressedReport>,
    /// The newest first.
    emails: Vec<EmailReport>,
}

#[derive(Serialize)]
struct SuppressedReport {
    reason: String,
    since: String,
}

#[derive(Serialize)]
struct EmailReport {
    sent_at: Timestamp,
    kind: String,
    state: &'static str,
    changed_at: Timestamp,
    message_id: String,
    outbox: OutboxId,
}

pub(super) async fn run(app: &App, email: &EmailAddress, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let now = app.now();
    let account = account_of(app, email).await?;
    let known = app.table.deliverability(email, now).await?;
    let (problem, since) = match known.problem() {
        None => (None, None),
        Some(DeliveryProblem::Bounced { at }) => (Some(DeliveryState::Bounced.name()), Some(at)),
        Some(DeliveryProblem::Complained { at }) => (Some(DeliveryState::Complained.name()), Some(at)),
    };
    let sent = app.table.sent_emails(email, MOST, now).await?.into_iter().map(|tracked| EmailReport {
        sent_at: tracked.email.sent_at,
        kind: tracked.email.kind,
        state: tracked.state.name(),
        changed_at: tracked.changed_at,
        message_id: tracked.email.message_id,
        outbox: tracked.email.message,
    });
    let on_list = suppressed(app, email).await?;
    let report = Report {
        email: email.to_unicode(),
        account: account.map(|account| account.details().id),
        problem,
        since,
        delivered_at: known.delivered_at,
        bounced_at: known.bounced_at,
        complained_at: known.complained_at,
        cleared_at: known.cleared_at,
        suppressed: on_list.map(|found| SuppressedReport { reason: found.reason, since: found.since }),
        emails: sent.collect(),
    };
    if terminal.json {
        return Ok(writeln!(terminal.out, "{}", serde_json::to_string_pretty(&report)?)?);
    }
    let at = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let list = match &report.suppressed {
        None => "no".to_owned(),
        Some(found) => format!("since {}, {}", found.since, found.reason),
    };
    for (name, value) in [
        ("address", report.email.clone()),
        ("account", report.account.map_or_else(|| "none".to_owned(), |id| id.to_string())),
        ("state", described(known.problem())),
        ("suppressed", list),
        ("delivered", at(report.delivered_at)),
        ("bounced", at(report.bounced_at)),
        ("complained", at(report.complained_at)),
        ("cleared", at(report.cleared_at)),
    ] {
        writeln!(terminal.out, "{name:14} {value}")?;
    }
    if report.emails.is_empty() {
        return Ok(writeln!(terminal.out, "\nNo email was sent in the last 30 days.")?);
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["sent", "kind", "state", "since", "SES message"]);
    table.add_rows(report.emails.iter().map(|one| {
        let (sent_at, changed_at) = (one.sent_at.to_string(), one.changed_at.to_string());
        [sent_at, one.kind.clone(), one.state.to_owned(), changed_at, one.message_id.clone()]
    }));
    Ok(writeln!(terminal.out, "\n{}", table.trim_fmt())?)
}
