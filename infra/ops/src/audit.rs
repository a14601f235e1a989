//! Queries of the audit trail of an account.

use app::App;
use comfy_table::{Table, presets::NOTHING};
use domain::{
    Timestamp,
    id::{AccountId, AuditId},
    operator::Operator,
};
use serde_json::{Value, json};
use table::{AuditEntry, AuditEvent};

use crate::{Failure, Terminal, Who, accounts::find};

/// How many entries are read at once.
const PAGE: i32 = 500;

/// Which entries are printed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Those at this time or later.
    pub since: Option<Timestamp>,
    /// Those before this time.
    pub until: Option<Timestamp>,
    /// Those of this kind.
    pub kind: Option<AuditEvent>,
}

/// Prints the entries of an account's audit trail, newest first.
///
/// # Errors
/// [`Failure`], in the operator's words.
pub async fn run(app: &App, who: &Who, filter: Filter, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let mut trail = Trail::of(app, find(app, who).await?.details().id);
    let mut found = Vec::new();
    while let Some(entries) = trail.next().await? {
        for entry in entries.iter().filter(|entry| filter.takes(entry)) {
            found.push(shown(entry)?);
        }
        let is_past = |oldest: &AuditEntry| filter.since.is_some_and(|since| oldest.at < since);
        if entries.last().is_some_and(is_past) {
            break;
        }
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", Value::from(found))?);
    }
    let names = ["at", "event", "outcome", "browser", "country", "operator"];
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(names);
    table
        .add_rows(found.iter().map(|entry| names.map(|name| entry[name].as_str().unwrap_or("-").to_owned())));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    Ok(writeln!(terminal.out, "{}", table.trim_fmt())?)
}

/// The audit trail of an account, page by page, newest first.
pub(crate) struct Trail<'a> {
    app: &'a App,
    account: AccountId,
    before: Option<(Timestamp, AuditId)>,
    is_read: bool,
}

impl<'a> Trail<'a> {
    pub(crate) fn of(app: &'a App, account: AccountId) -> Self {
        Self { app, account, before: None, is_read: false }
    }

    /// The next entries; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<AuditEntry>>, Failure> {
        if self.is_read {
            return Ok(None);
        }
        let Self { app, account, before, .. } = *self;
        let page = app.table.audit_trail_before(account, before, PAGE, app.now()).await?;
        self.before = page.entries.last().map(|entry| (entry.at, entry.id));
        self.is_read = page.is_whole || self.before.is_none();
        Ok(Some(page.entries))
    }
}

fn shown(entry: &AuditEntry) -> Result<Value, Failure> {
    Ok(json!({
        "at": entry.at.to_string(),
        "event": serde_json::to_value(entry.event)?,
        "outcome": serde_json::to_value(entry.outcome)?,
        "browser": entry.device.name,
        "country": entry.device.country,
        "operator": entry.operator.as_ref().map(Operator::arn),
    }))
}

impl Filter {
    fn takes(&self, entry: &AuditEntry) -> bool {
        self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
            && self.kind.is_none_or(|kind| kind == entry.event)
    }
}
