//! The commands for the registry of services, with their output.

mod arguments;

use std::{io, path::PathBuf};

use app::App;
use domain::{operator::Operator, service::ClientId};
use serde_json::{Value, json};

pub use arguments::Services;

use crate::{Change, Failure, Terminal, files, listing, registry};

/// Functions cache a service for a minute.
const DELAY: &str = "The change takes effect everywhere within a minute.";

/// Runs a command against the table of `app`. `caller` says who the operator is; only a change asks.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn run<F: Future<Output = Result<Operator, Failure>>>(
    app: &App,
    caller: impl FnOnce() -> F,
    command: &Services,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    match command {
        Services::Apply { files, yes } => apply(app, caller, files, *yes, terminal).await,
        Services::Check { files } => check(files, app.config.outbound_loopback, terminal),
        Services::List => list(app, terminal).await,
        Services::Show { client_id } => show(app, client_id, terminal).await,
        Services::Log { client_id } => log(app, client_id, terminal).await,
        Services::Off { client_id } => switch(app, &caller().await?, client_id, false, terminal).await,
        Services::On { client_id } => switch(app, &caller().await?, client_id, true, terminal).await,
        Services::NewSecret { client_id } => new_secret(app, &caller().await?, client_id, terminal).await,
        Services::RetireSecret { client_id } => {
            retire_secret(app, &caller().await?, client_id, terminal).await
        }
    }
}

/// Reports each file as valid, or the mistakes of all files.
pub(crate) fn check(files: &[PathBuf], loopback: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    for registration in files::read(files, loopback).map_err(Failure::Mistakes)? {
        writeln!(terminal.out, "{} is valid.", registration.client_id)?;
    }
    Ok(())
}

async fn apply<F: Future<Output = Result<Operator, Failure>>>(
    app: &App,
    caller: impl FnOnce() -> F,
    files: &[PathBuf],
    is_confirmed: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let registrations = files::read(files, app.config.outbound_loopback).map_err(Failure::Mistakes)?;
    let changes = registry::changes(app, &registrations).await?;
    for change in &changes {
        write!(terminal.out, "{change}")?;
    }
    if changes.iter().any(Change::is_needed) {
        if !is_confirmed {
            terminal.confirm("Apply?")?;
        }
        let operator = caller().await?;
        for change in changes.iter().filter(|change| change.is_needed()) {
            registry::write_change(app, change, &operator).await?;
            writeln!(terminal.out, "{} is registered.", change.client_id())?;
        }
        writeln!(terminal.notes, "{DELAY}")?;
    }
    Ok(report_missing_secrets(&changes, terminal)?)
}

fn report_missing_secrets(changes: &[Change], terminal: &mut Terminal<'_>) -> io::Result<()> {
    for id in changes.iter().filter(|change| change.lacks_a_secret()).map(Change::client_id) {
        writeln!(terminal.notes, "{id} has no secret yet: `ops services new-secret {id}` creates one.")?;
    }
    Ok(())
}

async fn list(app: &App, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let clients = app.table.clients().await?;
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", clients.iter().map(listing::json).collect::<Value>())?);
    }
    if clients.is_empty() {
        writeln!(terminal.notes, "No service is registered: `ops services apply FILE` registers one.")?;
        return Ok(());
    }
    Ok(write!(terminal.out, "{}", listing::table(&clients))?)
}

async fn show(app: &App, id: &ClientId, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let client = registry::find(app, id).await?;
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", listing::json(&client))?);
    }
    Ok(write!(terminal.out, "{}", listing::file(&client)?)?)
}

/// Prints who changed a service, newest first.
async fn log(app: &App, id: &ClientId, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let entries = app.table.service_audit_trail(id, app.now()).await?;
    if entries.is_empty() {
        registry::find(app, id).await?;
    }
    let mut shown = Vec::new();
    for entry in &entries {
        let event = serde_json::to_value(entry.event)?;
        let operator = entry.operator.as_ref().map(Operator::arn);
        shown.push(json!({
            "at": entry.at.to_string(),
            "event": event,
            "operator": operator,
            "revision": entry.revision,
        }));
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{:#}", Value::from(shown))?);
    }
    for entry in &shown {
        let text = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
        let [at, event, operator] = ["at", "event", "operator"].map(text);
        writeln!(terminal.out, "{at}\t{event}\t{operator}\t{}", entry["revision"])?;
    }
    Ok(())
}

async fn switch(
    app: &App,
    operator: &Operator,
    id: &ClientId,
    is_on: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let state = if is_on { "on" } else { "off" };
    if registry::switch(app, id, is_on, operator).await? {
        writeln!(terminal.out, "{id} is {state}. {DELAY}")?;
    } else {
        writeln!(terminal.out, "{id} is already {state}.")?;
    }
    Ok(())
}

/// Prints only the secret to the standard output, so that a script can read it.
async fn new_secret(
    app: &App,
    operator: &Operator,
    id: &ClientId,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let secret = registry::new_secret(app, id, operator).await?;
    writeln!(terminal.notes, "The new secret of {id}, printed only once. {DELAY}")?;
    writeln!(terminal.out, "{}", secret.expose())?;
    terminal.out.flush()?;
    writeln!(
        terminal.notes,
        "The previous secret stays valid. When {id} uses the new one, \
         `ops services retire-secret {id}` revokes the previous one."
    )?;
    Ok(())
}

async fn retire_secret(
    app: &App,
    operator: &Operator,
    id: &ClientId,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    if registry::retire_secret(app, id, operator).await? {
        writeln!(terminal.out, "The older secret of {id} is revoked. {DELAY}")?;
    } else {
        writeln!(terminal.out, "{id} has no older secret.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn checking_files_needs_no_table() {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: false };
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/demo-1.yaml");
        check(std::slice::from_ref(&file), true, &mut terminal).unwrap();
        let result = check(&[file], false, &mut terminal);
        assert!(matches!(result, Err(Failure::Mistakes(_))));
        assert_eq!(String::from_utf8(out).unwrap(), "demo-1 is valid.\n");
        assert!(notes.is_empty());
    }

    #[test]
    fn rule_6_3_a_new_service_without_a_secret_is_reported() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services");
        let files = [folder.join("demo-1.yaml"), folder.join("demo-2.yaml")];
        let registrations = files::read(&files, true).unwrap();
        let changes: Vec<_> = registrations.into_iter().map(|new| Change::new(None, new)).collect();
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: false };
        report_missing_secrets(&changes, &mut terminal).unwrap();
        assert_eq!(
            String::from_utf8(notes).unwrap(),
            "demo-2 has no secret yet: `ops services new-secret demo-2` creates one.\n"
        );
    }
}
