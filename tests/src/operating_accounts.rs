//! Operators show, unlock, secure and close accounts (RULES 7.6).

use app::Config;
use clap::Parser;
use futures_util::future::join_all;
use ops::{Arguments, Failure, Filter, Subject, Terminal, caller, run_accounts, run_audit, run_mail};

use crate::{
    linking::link,
    recovery_codes::make_codes,
    support::{
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        page::Page,
        partner::{At, START},
    },
};

/// What `ops` prints for this command line to an operator who gives this answer.
pub(crate) async fn operator(env: &TestEnv, line: &[&str], answer: &str) -> Result<String, Failure> {
    let arguments = Arguments::try_parse_from([&["ops"], line].concat()).unwrap();
    let (mut out, mut notes, mut answers) = (Vec::new(), Vec::new(), answer.as_bytes());
    let json = arguments.json;
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: Some(&mut answers), json };
    let (app, variables) = (&env.stack.app, env.stack.environment());
    let caller = || caller(|name| variables.get(name).cloned(), env.now());
    match &arguments.subject {
        Subject::Accounts(command) => run_accounts(app, caller, command, &mut terminal).await?,
        Subject::Audit { who, since, until, kind } => {
            let filter = Filter { since: *since, until: *until, kind: *kind };
            run_audit(app, who, filter, &mut terminal).await?;
        }
        Subject::Mail(command) => run_mail(app, caller, command, &mut terminal).await?,
        Subject::Services(command) => ops::run(app, caller, command, &mut terminal).await?,
        Subject::Keys(command) => {
            let config = Config::from_lookup(|name| variables.get(name).cloned()).unwrap();
            ops::run_keys(&config, command, &mut terminal).await?;
        }
        Subject::Health { url, account } => ops::run_health(url, account.as_deref(), &mut terminal).await?,
    }
    Ok(String::from_utf8(out).unwrap())
}

async fn locked(env: &TestEnv) {
    env.activated(ANA).await;
    let mut stranger = env.browser();
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
}

async fn signs_in(env: &TestEnv, password: &str) -> Page {
    env.browser().sign_in(ANA, password).await
}

#[tokio::test]
async fn rule_7_6_a_locked_account_is_shown_and_unlocked_and_the_trail_names_the_operator() {
    let env = TestEnv::begin().await;
    locked(&env).await;
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("locked") && shown.contains("failed sign-ins from unknown browsers"), "{shown}");
    let locked_at = format!("locked_at      {}", env.now());
    assert!(shown.contains(&locked_at), "{locked_at}: {shown}");
    wait(3600);
    // What happened since then is no lock.
    env.browser().sign_in(ANA, OTHER).await;
    assert!(operator(&env, &["accounts", "show", ANA], "").await.unwrap().contains(&locked_at));
    let unlock = ["accounts", "unlock", ANA];
    assert!(matches!(operator(&env, &unlock, "n\n").await, Err(Failure::Declined)));
    assert_ne!(signs_in(&env, PASSWORD).await.path, "/services", "declined, nothing changed");
    let done = operator(&env, &unlock, "y\n").await.unwrap();
    assert!(done.contains("the account is unlocked"), "{done}");
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "Your My Ontario Account was unlocked");
    assert!(
        told.text.contains("My Ontario Account support unlocked your account") && !told.text.contains("arn:")
    );
    assert_eq!(signs_in(&env, PASSWORD).await.path, "/services");
    assert!(matches!(operator(&env, &unlock, "y\n").await, Err(Failure::NotLocked)));
    assert!(!operator(&env, &["accounts", "show", ANA], "").await.unwrap().contains("locked_at"));

    let trail = operator(&env, &["audit", ANA, "--kind", "unlocked"], "").await.unwrap();
    let lines: Vec<Vec<_>> = trail.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["at", "event", "outcome", "browser", "country", "operator"], "{trail}");
    assert_eq!((lines.len(), lines[1][1]), (2, "unlocked"), "{trail}");
    assert!(trail.contains("arn:aws:iam::000000000000:user/local"), "{trail}");
    let mut browser = env.browser();
    browser.sign_in(ANA, PASSWORD).await;
    let page = browser.get("/settings/activity").await;
    assert!(page.html.contains("My Ontario Account support") && !page.html.contains("arn:"));
}

#[tokio::test]
async fn rule_7_6_ended_sessions_sign_out_everywhere_and_the_password_stays() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    operator(&env, &["accounts", "end-sessions", ANA, "--yes"], "").await.unwrap();
    assert!(browser.get("/services").await.path.starts_with("/login"));
    let told = env.emails().await.pop().unwrap();
    assert!(told.subject.contains("signed out") && links(&told)[0].starts_with("/dispute?"), "{told:?}");
    assert_eq!(signs_in(&env, PASSWORD).await.path, "/services");
}

#[tokio::test]
async fn rule_7_6_a_required_reset_voids_the_password_and_unlocks_and_its_link_sets_a_new_one() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let mut stranger = env.browser();
    for _ in 0..5 {
        stranger.sign_in(ANA, OTHER).await;
    }
    operator(&env, &["accounts", "require-reset", ANA], "y\n").await.unwrap();
    assert!(browser.get("/services").await.path.starts_with("/login"));
    assert_ne!(signs_in(&env, PASSWORD).await.path, "/services");
    let told = env.emails().await.into_iter().rfind(|email| email.subject.contains("needs a new password"));
    browser.get(&links(&told.unwrap())[0]).await;
    browser.press("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(signs_in(&env, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_7_6_a_lost_authenticator_is_removed_by_its_id() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    env.add_app(&mut browser, "Phone").await;
    let shown = operator(&env, &["accounts", "show", ANA, "--json"], "").await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let id = shown["authenticators"][0]["id"].as_str().unwrap();
    let remove = ["accounts", "remove-factor", ANA, id];
    assert!(matches!(operator(&env, &remove, "").await, Err(Failure::Declined)));
    operator(&env, &remove, "yes\n").await.unwrap();
    assert!(env.emails().await.pop().unwrap().subject.contains("was removed"));
    assert!(matches!(operator(&env, &remove, "y\n").await, Err(Failure::NoAuthenticator(_))));
}

#[tokio::test]
async fn rule_7_6_recovery_codes_are_shown_as_a_number_and_removed_after_proof() {
    let env = TestEnv::begin().await;
    make_codes(&mut env.activated(ANA).await).await;
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("recovery_codes") && shown.contains("used never, 10 left"), "{shown}");
    let remove = ["accounts", "remove-factor", ANA, "recovery-codes"];
    assert!(matches!(operator(&env, &remove, "").await, Err(Failure::Declined)));
    operator(&env, &remove, "yes\n").await.unwrap();
    assert!(env.emails().await.pop().unwrap().subject.contains("were removed"));
    assert!(matches!(operator(&env, &remove, "y\n").await, Err(Failure::NoRecoveryCodes)));
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(!shown.contains("recovery_codes"), "{shown}");
}

#[tokio::test]
async fn rule_7_6_a_closed_account_opens_again_by_a_sign_in() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    operator(&env, &["accounts", "close", ANA], "y\n").await.unwrap();
    let told = env.emails().await.pop().unwrap();
    assert_eq!(told.subject, "Your My Ontario Account was closed");
    assert!(told.text.contains("My Ontario Account support"), "{}", told.text);
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("closed") && shown.contains("deleted_at"), "{shown}");
    assert!(matches!(
        operator(&env, &["accounts", "close", ANA], "y\n").await,
        Err(Failure::ClosedAlready(_))
    ));
    assert_eq!(signs_in(&env, PASSWORD).await.path, "/services");
    operator(&env, &["accounts", "close", ANA, "--yes"], "").await.unwrap();
    wait(7 * 24 * 3600);
    assert!(matches!(operator(&env, &["accounts", "show", ANA], "").await, Err(Failure::NoAccount)));
}

#[tokio::test]
async fn rule_7_6_an_account_is_found_by_id_and_a_registration_is_named() {
    let env = TestEnv::begin().await;
    env.register(&mut env.browser(), "waiting@exemple.ca", PASSWORD).await;
    let waiting = operator(&env, &["accounts", "show", "waiting@exemple.ca"], "").await;
    assert!(matches!(waiting, Err(Failure::NotActivated)));
    let nobody = operator(&env, &["accounts", "close", "nobody@exemple.ca", "--yes"], "").await;
    assert!(matches!(nobody, Err(Failure::NoAccount)));
    env.activated(ANA).await;
    let shown = operator(&env, &["accounts", "show", ANA, "--json"], "").await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let by_id = operator(&env, &["accounts", "show", shown["id"].as_str().unwrap(), "--json"], "").await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&by_id.unwrap()).unwrap(), shown);
    let mut shown = shown;
    shown["id"] = "an id".into();
    assert_eq!(
        shown,
        serde_json::json!({
            "id": "an id",
            "email": ANA,
            "language": "en",
            "state": "active",
            "reason": null,
            "locked_at": null,
            "suspended_at": null,
            "suspended_by": null,
            "has_password": true,
            "reset_at": null,
            "deleted_at": null,
            "authenticators": [],
            "recovery_codes": null,
            "email_code": "on",
            "partners": [],
            "sessions": 1,
            "services": [],
        })
    );
    let unknown = operator(&env, &["accounts", "show", "01010101-0101-4101-8101-010101010101"], "").await;
    assert!(matches!(unknown, Err(Failure::NoAccountWithId(_))));
}

#[tokio::test]
async fn rule_7_6_the_partner_and_times_of_a_trail_are_filtered() {
    let env = TestEnv::at_the_bank().await;
    link(&env, &mut env.activated(ANA).await, 0).await;
    wait(60);
    let later = env.now().to_string();
    let page = env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(page.path, "/services");
    let before = operator(&env, &["audit", ANA, "--until", &later, "--json"], "").await.unwrap();
    let since = operator(&env, &["audit", ANA, "--since", &later, "--json"], "").await.unwrap();
    assert!(before.contains("partner_linked") && !since.contains("partner_linked"), "{since}");
    assert!(since.contains("signed_in"), "{since}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_7_6_of_many_operators_at_once_one_unlocks_and_one_email_is_sent() {
    let env = TestEnv::begin().await;
    locked(&env).await;
    let before = env.emails().await.len();
    let all = (0..8).map(|_| operator(&env, &["accounts", "unlock", ANA, "--yes"], ""));
    let done = join_all(all).await.into_iter().flatten().count();
    assert_eq!(done, 1);
    assert_eq!(env.emails().await.len(), before + 1);
}

#[tokio::test]
async fn rule_7_6_without_an_identity_nothing_is_changed() {
    let env = TestEnv::begin().await;
    locked(&env).await;
    let arguments = Arguments::try_parse_from(["ops", "accounts", "unlock", ANA, "--yes"]).unwrap();
    let Subject::Accounts(command) = &arguments.subject else { unreachable!() };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: false };
    let nobody = || caller(|_| None, env.now());
    let refused = run_accounts(&env.stack.app, nobody, command, &mut terminal).await;
    assert!(matches!(refused, Err(Failure::Identity(_))));
    let shown = operator(&env, &["accounts", "show", ANA], "").await.unwrap();
    assert!(shown.contains("locked"), "{shown}");
}
