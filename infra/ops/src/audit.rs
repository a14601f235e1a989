//! Queries of the audit trail of an account.

use app::App;
use domain::{Timestamp, operator::Operator};
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
    let account = find(app, who).await?.details().id;
    let (mut before, mut found) = (None, Vec::new());
    loop {
        let trail = app.table.audit_trail_before(account, before, PAGE, app.now()).await?;
        before = trail.entries.last().map(|entry| (entry.at, entry.id));
        let is_last =
            trail.is_whole || before.is_none_or(|(at, _)| filter.since.is_some_and(|since| at < since));
        for entry in &trail.entries {
            if filter.takes(entry) {
                found.push(shown(entry)?);
            }
        }
        if is_last {
            break;
        }
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", Value::from(found))?);
    }
    for entry in found {
        let text = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
        let fields = ["at", "event", "outcome", "browser", "country", "operator"].map(text);
        writeln!(terminal.out, "{}", fields.join("\t"))?;
    }
    Ok(())
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
