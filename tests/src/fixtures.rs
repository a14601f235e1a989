//! Reads items as earlier releases wrote them (RULES 9.7). `functions/shared/table/fixtures/VERSION` has a file for each
//! kind of item, and the facts that the items hold.
//!
//! `FIXTURES=write cargo nextest run -p tests fixtures` writes those of the present version again. Those of an older
//! version are never written again: its release wrote them.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::App;
use bank::RESIDENTS;
use domain::{
    SignedDuration, Timestamp,
    assurance::Assurance,
    delivery::{DeliveryProblem, DeliveryState},
    device::AddressBlock,
    form::{GuessId, GuessState},
    id::{InteractionId, OutboxId},
    link::Reset,
    partner::{self, Identity, PendingIdentitySecret, State},
    proof::FactorKind,
    registration::Registration,
    secret::{DeviceSecret, PreSession},
    session::SessionCookie,
};
use local::{Fate, Listen};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use table::{
    Asker, Assertion, AuditEvent, DeviceStatus, LimitedAction, Payload, SCHEMA_VERSION, SignInQuery,
    SignInView, SignedInQuery,
};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    partner::{At, START},
};

mod addresses;
mod json;
mod newer;
mod operators;
mod services;
mod sessions;

use json::attributes;

const BOB: &str = "bob@exemple.ca";

/// The facts that the items of one version hold.
#[derive(Serialize, Deserialize)]
struct Facts {
    key_ring: Value,
    written_at: Timestamp,
    /// The cookies of Ana's browser, which is signed in.
    cookies: BTreeMap<String, String>,
    #[serde(rename = "transaction")]
    interaction: InteractionId,
    /// A service's access token for Ana.
    access_token: String,
    outbox: String,
    source: [u8; 4],
    /// The cookie of Ana's session before she verified in it.
    session_before: String,
    /// The state of a browser's partner login, the secret of its pending identity, and Ana's identity there.
    departed: String,
    arrived: String,
    issuer: String,
    subject: String,
}

fn folder(version: u32) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join("functions/shared/table/fixtures").join(version.to_string())
}

/// The kinds of items that the sources name.
fn kinds() -> Vec<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("functions/shared/table/src");
    let mut kinds = Vec::new();
    for entry in fs::read_dir(sources).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let names = text.split("const NAME: &'static str = \"").skip(1);
        kinds.extend(names.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    kinds.sort();
    kinds
}

#[tokio::test]
async fn rule_9_7_an_item_of_each_kind_that_an_earlier_release_wrote_is_read() {
    if env::var("FIXTURES").is_ok_and(|value| value == "write") {
        write().await;
    }
    for version in SCHEMA_VERSION.saturating_sub(1).max(1)..=SCHEMA_VERSION {
        let folder = folder(version);
        let facts: Facts =
            serde_json::from_str(&fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
        let env = TestEnv::begin_with(vec![("TRY_LIMIT", "1/15m".into())]).await;
        let real = env.now() - app::clock::offset();
        app::clock::set_offset(facts.written_at.duration_since(real));
        env.stack.secrets.replace_key_ring(facts.key_ring.clone()).unwrap();
        let app = Arc::new(env.stack.another_app(None).await.unwrap());
        for kind in kinds() {
            let path = folder.join(format!("{kind}.json"));
            let text = fs::read_to_string(&path).unwrap_or_else(|_| {
                panic!("{}: each kind of item has a fixture (see tests/src/fixtures.rs)", path.display())
            });
            for item in serde_json::from_str::<Vec<Value>>(&text).unwrap() {
                assert_eq!(item["v"]["N"], version.to_string());
                let put = env.raw().put_item().table_name(local::TABLE);
                put.set_item(Some(attributes(&item))).send().await.unwrap();
            }
        }
        for kind in kinds() {
            assert!(is_read(&kind, &app, &facts).await, "{kind} of version {version}");
        }
    }
}

/// Whether the items of a kind are read with the values that were written. A new kind needs an arm here.
async fn is_read(kind: &str, app: &App, facts: &Facts) -> bool {
    let (table, now) = (&app.table, app.now());
    let session = || SessionCookie::parse(&facts.cookies["__Host-session"]).unwrap();
    match kind {
        "account" => seen(app, facts).await.account.is_some_and(|account| {
            account.details().email.as_str() == ANA && account.details().password.is_some()
        }),
        "reserved_address" => addresses::is_reserved(app).await,
        "moved" => addresses::is_followed(app, session().account).await,
        "attempts" => seen_from(app, &app.new_secret()).await.attempts.attempts.failed() == 1,
        "device" => seen(app, facts).await.device_status == DeviceStatus::Known,
        "source_limit" => {
            let block = AddressBlock::of(facts.source.into());
            table.view_rate_limit(block, LimitedAction::Tries, now).await.unwrap().take([0]).is_err()
        }
        "email_limit" => {
            let (email, device) = (ANA.parse().unwrap(), DeviceSecret::from_random([0; 32]).hash());
            let asker = Asker { email: &email, block: AddressBlock::unknown(), device: &device };
            table.take_email(&table.view_asking(asker, now).await.unwrap().limit, now).is_err()
        }
        "notice_limit" => {
            let notices = seen(app, facts).await.notice_limit.notices.unwrap();
            (notices.sent, notices.summary.unwrap().count) == (5, 2)
        }
        "contact" => {
            let form = OutboxId::from_random([5; 16]);
            table.view_contact(form, AddressBlock::unknown(), now).await.unwrap().is_sent
        }
        "deliverability" => {
            let known = table.deliverability(&ANA.parse().unwrap(), now).await.unwrap();
            matches!(known.problem(), Some(DeliveryProblem::Bounced { .. })) && known.cleared_at.is_some()
        }
        "sent_email" => {
            let sent = table.sent_emails(&ANA.parse().unwrap(), 10, now).await.unwrap();
            sent.iter().any(|sent| sent.state == DeliveryState::Bounced)
        }
        "registration" => {
            let found = table.registrations(&BOB.parse().unwrap(), now).await.unwrap();
            found.iter().map(|found: &Registration| found.email.as_str()).eq([BOB])
        }
        "link" => is_link_read(app, facts).await,
        "account_place" => table.session(&session(), now).await.unwrap().is_some(),
        "session" => table.session(&session(), now).await.unwrap().is_some_and(|session| {
            session.assurance() == Assurance::Mfa
                && session.methods() == [FactorKind::Password, FactorKind::Authenticator].into()
        }),
        "transaction" => {
            let browser = PreSession::parse(&facts.cookies["__Host-pre"]);
            let found = table.interaction(facts.interaction, now).await.unwrap();
            found.and_then(|found| found.for_browser(browser.as_ref(), now)).is_some()
        }
        "outbox" => {
            let id = table::outbox_id(&facts.outbox).unwrap();
            let claimed = table.claim(id, app.new_id(), now).await.unwrap();
            let Payload::Email(json) = claimed.and_then(|claimed| claimed.payload).unwrap();
            email::Email::from_json(&json).is_ok_and(|email| email.to.as_str() == ANA)
        }
        "audit" => {
            let trail = table.audit_trail(session().account, now).await.unwrap().entries;
            let events: Vec<_> = trail.iter().map(|entry| entry.event).collect();
            events.contains(&AuditEvent::Activated) && events.contains(&AuditEvent::SignInFailed)
        }
        "factors" | "enrolment" | "renewal" => is_read_of_factors(kind, app, facts).await,
        "departure" | "arrival" | "identity" | "partner_link" => is_read_of_partners(kind, app, facts).await,
        "service" | "service_audit" | "connection" | "grant" | "assertion" => {
            services::is_read(kind, app, facts).await
        }
        "guess" => {
            let guess = GuessId::stored("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned());
            table.guess_state(&guess, now).await.unwrap() == GuessState::Failed
        }
        // Decoys are never read. Only the deletion of an account looks for its grants, by their keys.
        "decoy" | "account_grant" => true,
        _ => panic!("{kind}: say in tests/src/fixtures.rs how it is read"),
    }
}

async fn is_link_read(app: &App, facts: &Facts) -> bool {
    let link = seen(app, facts).await.account.unwrap().details().reset_links.newest().unwrap();
    let found = app.table.find_account_link::<Reset>(link, app.now()).await.unwrap();
    found.is_some_and(|found| found.account.is_some())
}

/// The kinds of verification.
async fn is_read_of_factors(kind: &str, app: &App, facts: &Facts) -> bool {
    let (table, now) = (&app.table, app.now());
    let view = async |cookie: &str| {
        let cookie = SessionCookie::parse(cookie).unwrap();
        let tries = Some(AddressBlock::unknown());
        let from = SignedInQuery { cookie: &cookie, interaction: None, tries, guess: None };
        table.view_signed_in(&from, now).await.unwrap()
    };
    let signed_in = view(&facts.cookies["__Host-session"]).await.signed_in;
    match kind {
        "factors" => signed_in.is_some_and(|seen| {
            let factors = seen.factors;
            let app = &factors.authenticators[0];
            app.name.as_str() == "Phone" && app.counts(now) && factors.codes.len() == 1
        }),
        "enrolment" => match signed_in {
            Some(seen) => table.enrolment(&seen.session, now).await.unwrap().is_some(),
            None => false,
        },
        // The record of a renewal names the form, which the browser alone can send again.
        _ => view(&facts.session_before).await.signed_in.is_none(),
    }
}

/// The kinds of sign-in partners.
async fn is_read_of_partners(kind: &str, app: &App, facts: &Facts) -> bool {
    let (table, now) = (&app.table, app.now());
    let session = SessionCookie::parse(&facts.cookies["__Host-session"]).unwrap();
    match kind {
        "departure" => {
            let state = State::parse(&facts.departed).unwrap().hash();
            table.partner_login(&state, now).await.unwrap().is_some_and(|partner_login| partner_login.is_used)
        }
        "arrival" => {
            let secret = PendingIdentitySecret::parse(&facts.arrived).unwrap().hash();
            let pending_identity = table.pending_identity(&secret, now).await.unwrap();
            pending_identity
                .and_then(|pending_identity| pending_identity.claimed)
                .is_some_and(|claimed| claimed.email.as_str() == BOB)
        }
        "identity" => {
            let identity = Identity { issuer: facts.issuer.clone(), subject: facts.subject.clone() };
            let device = DeviceSecret::parse(&facts.cookies["__Host-device"]).unwrap().hash();
            let assertion = partner::Assertion { identity, authenticated_at: None };
            let linked = table.find_linked_account(&assertion, &device, now).await.unwrap();
            linked.is_some_and(|linked| linked.account.details().id == session.account)
        }
        _ => {
            let links = table.partner_identities(session.account, now).await.unwrap();
            links.iter().any(|link| link.partner.to_string() == "demo-bank")
        }
    }
}

fn assertion(app: &App) -> Assertion {
    let until = app.now() + SignedDuration::from_mins(5);
    Assertion { client: "health".parse().unwrap(), hash: "hash".into(), until }
}

async fn seen(app: &App, facts: &Facts) -> SignInView {
    seen_from(app, &DeviceSecret::parse(&facts.cookies["__Host-device"]).unwrap()).await
}

async fn seen_from(app: &App, device: &DeviceSecret) -> SignInView {
    let (email, device, block) = (ANA.parse().unwrap(), device.hash(), AddressBlock::unknown());
    let from = SignInQuery { email: &email, block, device: &device, interaction: None };
    app.table.view_sign_in(&from, app.now()).await.unwrap()
}

/// Writes an item of each kind through the functions, and the facts.
async fn write() {
    let source = [198, 51, 100, 7];
    let env = TestEnv::listening(Listen::BankAlone, vec![("TRY_LIMIT", "1/15m".into())]).await;
    let mut browser = env.activated(ANA).await;
    let interaction = env.interaction(&browser).await;
    env.register(&mut env.browser(), BOB, OTHER).await;
    env.emails().await;
    wait(31);
    addresses::leave_one(&env).await;
    addresses::mark_one(&env).await;
    env.stack.streams.hold_back(true);
    for email in ["nobody@exemple.ca", ANA] {
        let mut asking = env.browser();
        asking.get("/reset").await;
        asking.post("/reset", &[("email", email)]).await;
    }

    let service = env.service("health").await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    env.stack.app.table.spend_assertion(&assertion(&env.stack.app), env.now()).await.unwrap();

    let (departed, arrived) = come_by_the_bank(&env, &mut browser).await;
    let session_before = browser.jar["__Host-session"].clone();
    verify(&env, &mut browser).await;

    let mut guesser = env.browser();
    guesser.address = source.into();
    guesser.sign_in(ANA, OTHER).await;

    let reset = env.stack.ses.inbox().into_iter().rfind(|email| email.to == ANA).unwrap();
    env.stack.ses.report(&reset.id, Fate::Bounced);
    env.stack.deliver_events().await;

    let folder = folder(SCHEMA_VERSION);
    fs::create_dir_all(&folder).unwrap();
    let mut by_kind: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for item in items(&env) {
        by_kind.entry(item["kind"]["S"].as_str().unwrap().to_owned()).or_default().push(item);
    }
    let outbox = by_kind["outbox"][0]["pk"]["S"].as_str().unwrap().to_owned();
    let facts = Facts {
        key_ring: env.stack.secrets.key_ring(),
        written_at: env.now(),
        cookies: browser.jar.clone(),
        interaction,
        access_token: tokens["access_token"].as_str().unwrap().to_owned(),
        outbox,
        source,
        session_before,
        departed,
        arrived,
        issuer: env.stack.origins.bank.clone(),
        subject: RESIDENTS[0].subject.to_owned(),
    };
    for (kind, items) in by_kind {
        fs::write(folder.join(format!("{kind}.json")), format!("{:#}\n", json!(items))).unwrap();
    }
    fs::write(folder.join("facts.json"), serde_json::to_string_pretty(&facts).unwrap() + "\n").unwrap();
}

/// Ana links the bank; somebody else signs in by it and enters an address. Returns the state of that partner login, and
/// the secret of its pending identity.
async fn come_by_the_bank(env: &TestEnv, browser: &mut Browser) -> (String, String) {
    env.by_bank(browser, "/federated/start?partner=demo-bank&link=yes", At::SignIn(0)).await;
    browser.press("/federated/link", &[]).await;
    let mut other = env.browser();
    let left = other.get(START).await;
    let state = left.with["state"].clone();
    let back = env.answer_of_bank(left, (At::SignIn(1), None)).await;
    other.get(&back).await;
    other.press("/federated/first", &[("email", BOB)]).await;
    (state, other.jar["__Host-arrival"].clone())
}

/// Adds an authenticator, starts to add another one, and sends a code.
async fn verify(env: &TestEnv, browser: &mut Browser) {
    env.add_app(browser, "Phone").await;
    browser.get("/factors/add").await;
    browser.press("/factors/add", &[]).await;
    let mut other = env.browser();
    other.sign_in(ANA, PASSWORD).await;
    other.get("/mfa?next=/services&factor=email").await;
    other.press("/mfa/send", &[]).await;
}

/// The items of the table in DynamoDB's JSON, from the stream.
fn items(env: &TestEnv) -> Vec<Value> {
    let mut items = BTreeMap::new();
    for record in env.stack.dynamodb.records(None, 1000).unwrap() {
        let key = record["dynamodb"]["Keys"].to_string();
        match record["eventName"].as_str() {
            Some("REMOVE") => items.remove(&key),
            _ => items.insert(key, record["dynamodb"]["NewImage"].clone()),
        };
    }
    items.into_values().collect()
}
