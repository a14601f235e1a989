//! `keys`: lists, rotates and retires the versions of keys, and renews what older ones encrypted (RULES 9.5).

use std::collections::BTreeMap;

use ::app::{App, Config};
use aws_sdk_secretsmanager::Client;
use clap::ValueEnum;
use comfy_table::{Table, presets::NOTHING};
use domain::{SignedDuration, Timestamp, keys::KeyPurpose};
use serde::Serialize;
use table::{OlderLookup, RekeyPage};

use crate::{
    Failure, Terminal,
    arguments::{Keys, Rekey},
    key_secret::{KeySecret, StoredKey},
};

/// How long after a version was added every function knows it: a ring is used for up to an hour (RULES 9.9).
const KNOWN_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// A key of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyName {
    /// Lookups by email address, partner identity and source
    Lookup,
    /// Encryption of personal data
    Seal,
    /// Encryption of password hashes
    Password,
    /// Emailed links
    Link,
    /// Sessions in progress, emailed codes, sign-ins by a partner
    Session,
    /// Authorization codes, access tokens and refresh tokens
    Ticket,
    /// Identifiers by which services know residents
    Subject,
    /// Forms
    Form,
}

/// How long an old version is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    /// For this time after it was replaced.
    For(SignedDuration),
    /// For this time, and until `keys rekey` has renewed what it encrypted.
    UntilRekeyed(SignedDuration),
    /// For this time, and until `keys rekey` has moved what it names.
    UntilMoved(SignedDuration),
    /// Forever.
    Always,
}

impl KeyName {
    fn purpose(self) -> KeyPurpose {
        match self {
            Self::Lookup | Self::Seal => KeyPurpose::Data,
            Self::Password => KeyPurpose::Password,
            Self::Link => KeyPurpose::Link,
            Self::Session => KeyPurpose::Session,
            Self::Ticket => KeyPurpose::Ticket,
            Self::Subject => KeyPurpose::Subject,
            Self::Form => KeyPurpose::Form,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Seal => "seal",
            Self::Password => "password",
            Self::Link => "link",
            Self::Session => "session",
            Self::Ticket => "ticket",
            Self::Subject => "subject",
            Self::Form => "form",
        }
    }

    fn needed(self) -> Needed {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        match self {
            // Accounts keep their identifiers.
            Self::Subject => Needed::Always,
            // A table that is restored to a point in time has values of the last 35 days.
            Self::Lookup => Needed::UntilMoved(days(36)),
            Self::Seal | Self::Password => Needed::UntilRekeyed(days(36)),
            // Links last ten days, and are remembered for two more.
            Self::Link => Needed::For(days(12)),
            Self::Session | Self::Form => Needed::For(days(1)),
            // As long as refresh tokens.
            Self::Ticket => Needed::For(days(180)),
        }
    }
}

/// A version of a key, as `keys list` prints it. The field names are those of `--json`.
#[derive(Serialize)]
struct VersionReport {
    key: &'static str,
    version: u8,
    state: &'static str,
    added_at: Option<Timestamp>,
    replaced_at: Option<Timestamp>,
}

/// What `keys rekey` did. The field names are those of `--json`.
#[derive(Serialize)]
struct RekeyReport {
    read: u64,
    stale: u64,
    renewed: u64,
    under_older_lookup: u64,
    moved: u64,
    waiting_identities: u64,
    expiring: u64,
}

/// Runs a command for keys.
///
/// # Errors
/// [`Failure`], whose message is meant for the operator.
pub async fn run(config: &Config, command: &Keys, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let client = ::app::secrets_client(config)?;
    match command {
        Keys::List => list(config, &client, terminal).await,
        Keys::Rotate { key, leaked, yes } => {
            let (secret, mut keys) = read(config, &client, *key).await?;
            let now = ::app::clock::now();
            let step = rotate(&mut keys, *key, *leaked, now)?;
            if !yes {
                terminal.confirm(&step.question)?;
            }
            secret.replace(&keys).await?;
            Ok(writeln!(terminal.out, "{}", step.done)?)
        }
        Keys::Retire { key, version, leaked, yes } => {
            let (secret, mut keys) = read(config, &client, *key).await?;
            retire(&mut keys, *key, *version, *leaked, ::app::clock::now())?;
            let lost = match key.needed() {
                Needed::UntilRekeyed(_) => {
                    let found = scan(&rekeying(config).await?, false, terminal).await?;
                    check_renewed(*key, &found)?
                }
                Needed::UntilMoved(_) => {
                    let found = scan(&rekeying(config).await?, false, terminal).await?;
                    check_moved(&found.lookup, *leaked)?
                }
                Needed::For(_) | Needed::Always => String::new(),
            };
            write!(terminal.notes, "{lost}")?;
            if !yes {
                terminal.confirm(&format!(
                    "Remove version {version} of the key {}? Nothing brings it back.",
                    key.name()
                ))?;
            }
            secret.replace(&keys).await?;
            Ok(writeln!(terminal.out, "Version {version} of the key {} was removed.", key.name())?)
        }
        Keys::Rekey(Rekey { dry_run }) => {
            let found = scan(&rekeying(config).await?, !dry_run, terminal).await?;
            report(&found, *dry_run, terminal)
        }
    }
}

/// Prints what a run of `keys rekey` found and did.
fn report(found: &RekeyPage, dry_run: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let RekeyPage { read, stale, renewed, lookup } = *found;
    let OlderLookup { found: under_older_lookup, moved, waiting: waiting_identities, expiring } = lookup;
    if terminal.json {
        let report =
            RekeyReport { read, stale, renewed, under_older_lookup, moved, waiting_identities, expiring };
        return Ok(writeln!(terminal.out, "{}", serde_json::to_string(&report)?)?);
    }
    writeln!(
        terminal.out,
        "{read} items read, {stale} with values of older keys, {renewed} of them renewed."
    )?;
    writeln!(terminal.out, "{under_older_lookup} under older versions of lookup, {moved} of them moved.")?;
    if waiting_identities > 0 {
        writeln!(
            terminal.out,
            "{waiting_identities} partner identities can be moved after they have signed in once."
        )?;
    }
    if expiring > 0 {
        writeln!(
            terminal.out,
            "{expiring} registrations, reserved addresses and links expire by themselves."
        )?;
    }
    if (stale > renewed || under_older_lookup > moved) && !dry_run {
        writeln!(terminal.out, "The others were changed meanwhile: run this command again.")?;
    }
    Ok(())
}

/// Checks that no older key encrypted anything that is left. Returns nothing that is lost.
fn check_renewed(key: KeyName, found: &RekeyPage) -> Result<String, Failure> {
    match found.stale {
        0 => Ok(String::new()),
        stale => Err(Failure::KeyInUse { key: key.name(), stale }),
    }
}

/// Checks that no item is under an older version of the lookup key. Returns what is lost with it, if a leak forces its removal.
fn check_moved(lookup: &OlderLookup, leaked: bool) -> Result<String, Failure> {
    let OlderLookup { found, waiting, expiring, .. } = *lookup;
    if found > 0 || (!leaked && waiting + expiring > 0) {
        return Err(Failure::LookupInUse { found, waiting, expiring });
    }
    if waiting + expiring == 0 {
        return Ok(String::new());
    }
    Ok(format!(
        "{waiting} partner identities will no longer sign in: their residents can sign in with their passwords, or reset them by email, then remove the partner and connect it again. {expiring} pending registrations, reserved addresses and emailed links will end.\n"
    ))
}

/// An app with the keys that encrypt what lasts.
async fn rekeying(config: &Config) -> Result<App, Failure> {
    let mut config = config.clone();
    config.key_secrets.retain(|purpose, _| matches!(purpose, KeyPurpose::Data | KeyPurpose::Password));
    Ok(App::start(&config.into(), None).await?)
}

async fn scan(app: &App, write: bool, terminal: &mut Terminal<'_>) -> Result<RekeyPage, Failure> {
    let (mut all, mut from) = (RekeyPage::default(), None);
    loop {
        let (page, next) = app.table.rekey_page(from, write).await?;
        all = all.with(page);
        from = next;
        if from.is_none() {
            return Ok(all);
        }
        writeln!(terminal.notes, "{} items read", all.read)?;
    }
}

async fn read<'a>(
    config: &'a Config,
    client: &'a Client,
    key: KeyName,
) -> Result<(KeySecret<'a>, BTreeMap<String, StoredKey>), Failure> {
    let id = config.key_secrets.get(&key.purpose());
    KeySecret::read(client, id.ok_or(Failure::NoKeySecret(key.purpose()))?).await
}

async fn list(config: &Config, client: &Client, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let mut reports = Vec::new();
    for &key in KeyName::value_variants() {
        let (_, keys) = read(config, client, key).await?;
        let stored = keys.get(key.name()).ok_or(Failure::NoKey(key.name()))?;
        reports.extend(stored.keys.keys().map(|version| VersionReport {
            key: key.name(),
            version: *version,
            state: match version.cmp(&stored.current) {
                std::cmp::Ordering::Less => "old",
                std::cmp::Ordering::Equal => "current",
                std::cmp::Ordering::Greater => "next",
            },
            added_at: stored.added_at.get(version).copied(),
            replaced_at: stored.replaced_at.get(version).copied(),
        }));
    }
    if terminal.json {
        return Ok(writeln!(terminal.out, "{}", serde_json::to_string(&reports)?)?);
    }
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["key", "version", "state", "added", "replaced"]);
    let time = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    for report in reports {
        let VersionReport { key, version, state, added_at, replaced_at } = report;
        table.add_row([
            key.to_owned(),
            version.to_string(),
            state.to_owned(),
            time(added_at),
            time(replaced_at),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    Ok(writeln!(terminal.out, "{}", table.trim_fmt())?)
}

/// A step of a rotation: the question before it, and what is printed after it.
struct Step {
    question: String,
    done: String,
}

/// Takes the next step of a rotation: adds a version, or makes it the current one. A leaked key is replaced in one step, by a
/// version that nobody can have read.
fn rotate(
    keys: &mut BTreeMap<String, StoredKey>,
    key: KeyName,
    leaked: bool,
    now: Timestamp,
) -> Result<Step, Failure> {
    let name = key.name();
    if leaked && !matches!(key.needed(), Needed::For(_)) {
        return Err(Failure::KeepsValues(name));
    }
    let stored = keys.get_mut(name).ok_or(Failure::NoKey(name))?;
    let newest = stored.newest();
    if leaked {
        let leaked: Vec<_> = stored.keys.keys().copied().collect();
        let version = stored.add(now).ok_or(Failure::NoVersionLeft(name))?;
        for version in leaked.iter().filter(|version| **version >= stored.current) {
            stored.replaced_at.insert(*version, now);
        }
        stored.current = version;
        let retire: Vec<_> =
            leaked.iter().map(|version| format!("\n  ops keys retire {name} {version} --leaked")).collect();
        return Ok(Step {
            question: format!("Make a new version of the key {name} the current one at once?"),
            done: format!(
                "Version {version} of the key {name} is current. Values of the older versions are still accepted, until you remove these:{}",
                retire.concat()
            ),
        });
    }
    if newest == stored.current {
        let version = stored.add(now).ok_or(Failure::NoVersionLeft(name))?;
        let at = now + KNOWN_AFTER;
        return Ok(Step {
            question: format!("Add version {version} of the key {name}? It is not used yet."),
            done: format!(
                "Version {version} of the key {name} was added. Run this command again after {at} to make it current: by then, every function knows it."
            ),
        });
    }
    let known_at = stored.added_at.get(&newest).map_or(now, |added_at| *added_at + KNOWN_AFTER);
    if now < known_at {
        return Err(Failure::NotKnownYet { key: name, version: newest, at: known_at });
    }
    stored.replaced_at.insert(stored.current, now);
    stored.current = newest;
    Ok(Step {
        question: format!("Make version {newest} of the key {name} the current one?"),
        done: format!("Version {newest} of the key {name} is current. Older versions are still read."),
    })
}

/// Removes an old version that is no longer needed.
fn retire(
    keys: &mut BTreeMap<String, StoredKey>,
    key: KeyName,
    version: u8,
    leaked: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    let name = key.name();
    let stored = keys.get_mut(name).ok_or(Failure::NoKey(name))?;
    if !stored.keys.contains_key(&version) {
        return Err(Failure::NoVersion { key: name, version });
    }
    if version >= stored.current {
        return Err(Failure::KeyNotOld { key: name, version });
    }
    let kept = match key.needed() {
        Needed::Always => return Err(Failure::KeptForever(name)),
        Needed::For(_) if leaked => SignedDuration::ZERO,
        // Some functions still make accounts under it.
        Needed::UntilMoved(_) if leaked => KNOWN_AFTER,
        Needed::For(kept) | Needed::UntilRekeyed(kept) | Needed::UntilMoved(kept) => kept,
    };
    // A version whose replacement is not recorded was replaced by hand.
    let replaced_at =
        stored.replaced_at.get(&version).ok_or(Failure::NoReplacement { key: name, version })?;
    let at = *replaced_at + kept;
    if now < at {
        return Err(Failure::StillNeeded { key: name, version, at });
    }
    stored.keys.remove(&version);
    stored.added_at.remove(&version);
    stored.replaced_at.remove(&version);
    Ok(())
}

#[cfg(test)]
mod tests;
