//! Checks a deployment from outside (RULES 9.12).

use std::{fs, path::Path};

use probe::{Check, Site, TestAccount};
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{Failure, Terminal};

/// Makes all checks, and prints each. Signs in too, if there is an account.
///
/// # Errors
/// [`Failure::Unhealthy`] when a check failed.
pub async fn run(url: &Url, account: Option<&Path>, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let account = account.map(read).transpose()?;
    let site = Site { origin: url.origin().ascii_serialization(), loopback: is_loopback(url) };
    let mut checks = probe::health(&site).await;
    if let Some(account) = &account {
        checks.extend(probe::sign_in(&site, account).await.steps);
    }
    if terminal.json {
        let checks: Vec<_> = checks.iter().map(shown).collect();
        writeln!(terminal.out, "{:#}", Value::from(checks))?;
    } else {
        for check in &checks {
            let (state, fault) = check.fault.as_ref().map_or(("ok", ""), |fault| ("FAILED", fault));
            let line = format!("{state:<6}  {:<25} {:>6} ms  {fault}", check.name, check.took.as_millis());
            writeln!(terminal.out, "{}", line.trim_end())?;
        }
    }
    let failed = checks.iter().filter(|check| check.fault.is_some()).count();
    if failed == 0 { Ok(()) } else { Err(Failure::Unhealthy { failed, checks: checks.len() }) }
}

fn read(path: &Path) -> Result<TestAccount, Failure> {
    TestAccount::parse(&fs::read_to_string(path)?)
        .map_err(|_| Failure::BadAccount(path.display().to_string()))
}

/// Whether the deployment is the local run. Others are reached by TLS, at public addresses.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn shown(check: &Check) -> Value {
    let took = u64::try_from(check.took.as_millis()).unwrap_or(u64::MAX);
    json!({ "check": check.name, "ok": check.fault.is_none(), "ms": took, "fault": check.fault })
}
