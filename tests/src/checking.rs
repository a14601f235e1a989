//! The synthetic resident, and `ops health` (RULES 9.12).

use std::fs;

use clap::Parser;
use local::{Listen, Log};
use ops::{Arguments, Failure, Subject, Terminal, run_health};
use serde_json::{Value, json};

use crate::support::env::{ANA, OTHER, PASSWORD, TestEnv, wait};

/// An environment whose pages are served, with an account for the checks; as the secret has it.
async fn begin() -> (TestEnv, Value) {
    let variables = vec![("CANARY_SECRET", local::CANARY_ACCOUNT.to_owned())];
    let env = TestEnv::listening(Listen::AnyPorts, variables).await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Checks").await;
    env.emails().await;
    wait(600);
    let account = json!({ "email": ANA, "password": PASSWORD, "totp_secret": phone.secret });
    env.stack.secrets.replace_canary_account(account.clone());
    (env, account)
}

/// The lines of one invocation.
async fn invoke(env: &TestEnv) -> Vec<Value> {
    let since = Log::of_process().size();
    canary::handle(&env.stack.app.config).await.unwrap();
    let log = Log::of_process().text();
    let lines = log[since..].lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["RequestDuration"].is_null()).collect()
}

fn has(lines: &[Value], metric: &str) -> bool {
    lines.iter().any(|line| !line[metric].is_null())
}

#[tokio::test]
async fn rule_9_12_the_synthetic_resident_signs_in_and_out_again_and_again_with_one_notice() {
    let (env, _) = begin().await;
    let before = env.emails().await.len();
    for round in 0..5 {
        let lines = invoke(&env).await;
        assert!(has(&lines, "CanarySuccesses") && !has(&lines, "CanaryFailures"), "{lines:?}");
        let steps: Vec<_> = lines.iter().filter_map(|line| line["Step"].as_str()).collect();
        assert_eq!(steps, ["sign-in-page", "password", "code", "services", "sign-out"]);
        assert_eq!(env.emails().await.len(), before + 1, "round {round}: the notice of the new browser");
        wait(300);
    }
    let account = env.seen(ANA).await.account.unwrap().details().id;
    let overview = env.stack.app.table.overview(account, env.now()).await.unwrap();
    assert!(overview.sessions.sessions.is_empty(), "each walk ends its session");
}

#[tokio::test]
async fn rule_9_12_a_refused_password_is_not_tried_again_until_the_secret_changes() {
    let (env, account) = begin().await;
    let mut wrong = account.clone();
    wrong["password"] = OTHER.into();
    env.stack.secrets.replace_canary_account(wrong);
    let lines = invoke(&env).await;
    assert!(has(&lines, "CanaryFailures") && !has(&lines, "CanarySuccesses"), "{lines:?}");
    env.watch.take_calls();
    for _ in 0..10 {
        wait(300);
        let lines = invoke(&env).await;
        let reason = &lines.iter().find(|line| line["step"] == "password").unwrap()["reason"];
        assert_eq!(reason, "the password was refused before; the secret needs a new value");
        assert!(env.watch.take_calls().is_empty(), "nothing is asked of the site");
    }
    env.stack.secrets.replace_canary_account(account);
    assert!(has(&invoke(&env).await, "CanarySuccesses"));
}

#[tokio::test]
async fn rule_9_12_without_an_account_there_is_no_synthetic_resident() {
    let env = TestEnv::begin().await;
    assert_eq!(invoke(&env).await, Vec::<Value>::new());
}

/// What `ops health` prints, and how it ends.
async fn health(line: &[&str]) -> (String, Result<(), Failure>) {
    let arguments = Arguments::try_parse_from([&["ops", "health"], line].concat()).unwrap();
    let Subject::Health { url, account } = &arguments.subject else { panic!("{arguments:?}") };
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, notes: &mut notes, answers: None, json: arguments.json };
    let outcome = run_health(url, account.as_deref(), &mut terminal).await;
    (String::from_utf8(out).unwrap(), outcome)
}

#[tokio::test]
async fn rule_9_12_ops_health_checks_a_deployment_and_signs_in() {
    let (env, account) = begin().await;
    let url = env.stack.origins.product.clone();
    let (text, outcome) = health(&[&url]).await;
    outcome.unwrap_or_else(|failure| panic!("{failure}: {text}"));
    assert_eq!(text.lines().count(), 7, "{text}");
    assert!(text.lines().all(|line| line.starts_with("ok      ")), "{text}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    fs::write(&file, account.to_string()).unwrap();
    let (text, outcome) = health(&[&url, "--json", "--account", file.to_str().unwrap()]).await;
    outcome.unwrap();
    let checks: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(checks.len(), 12, "{text}");
    assert!(checks.iter().all(|check| check["ok"] == true && check["ms"].is_u64()), "{text}");

    fs::write(&file, "{}").unwrap();
    let (_, outcome) = health(&[&url, "--account", file.to_str().unwrap()]).await;
    assert!(
        outcome
            .unwrap_err()
            .to_string()
            .ends_with("must be a JSON object with email, password and totp_secret")
    );
}

#[tokio::test]
async fn rule_9_12_ops_health_fails_when_anything_fails() {
    let (env, _) = begin().await;
    let url = env.stack.origins.product.clone();
    // A deployment whose issuer is another one.
    let (text, outcome) = health(&[&url.replace("localhost", "127.0.0.1")]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "1 of 6 checks failed", "{text}");
    assert!(text.contains("FAILED  discovery") && text.contains("the issuer is not the origin"), "{text}");
    // A table that fails: pages respond with 503.
    env.watch.decide_by(|_| crate::support::watch::Fault::Refused("ValidationException"));
    let (text, outcome) = health(&["http://localhost:1"]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "5 of 5 checks failed", "{text}");
    assert!(text.contains("no connection"), "{text}");
    let (text, outcome) = health(&["http://account.invalid"]).await;
    assert!(text.contains("not https") && outcome.is_err(), "{text}");
}
