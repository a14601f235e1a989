//! Metrics as they are written, and alarms as they are documented (RULES 9.11).

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use app::telemetry::Definition;
use local::{Fate, Log};
use serde_json::{Value, json};

use crate::{
    bouncing::report,
    linking,
    support::{
        env::{ANA, OTHER, PASSWORD, TestEnv, wait},
        partner::{At, START},
    },
    suspending::suspend,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What was counted since the log was this long: metric, label if it has one, and value.
fn counted(since: usize) -> Vec<(String, String, Value)> {
    let log = Log::of_process().text();
    let lines = log[since..].lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let metrics = lines.flat_map(|line| {
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().cloned().unwrap_or_default();
        let of_line = directives.into_iter().map(|directive| {
            let name = directive["Metrics"][0]["Name"].as_str().unwrap().to_owned();
            let dimensions =
                directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap());
            let label = dimensions.filter_map(Value::as_str).find(|dimension| *dimension != "FunctionName");
            let label = label.and_then(|label| line[label].as_str()).unwrap_or_default().to_owned();
            let value = line[&name].clone();
            (name, label, value)
        });
        of_line.collect::<Vec<_>>()
    });
    let is_ours = |name: &str| !["RequestDuration", "HashDuration", "ColdStarts", "Refusals"].contains(&name);
    metrics.filter(|(name, ..)| is_ours(name)).collect()
}

fn once(name: &str, label: &str) -> (String, String, Value) {
    (name.to_owned(), label.to_owned(), json!(1))
}

#[tokio::test]
async fn rule_9_11_what_happens_to_residents_is_counted() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let mut since = Log::of_process().size();
    let mut happened = |expected: Vec<(String, String, Value)>| {
        assert_eq!(counted(since), expected);
        since = Log::of_process().size();
    };
    env.register(&mut browser, ANA, PASSWORD).await;
    happened(vec![once("Registrations", "password")]);
    let link = env.last_link().await;
    happened(vec![once("OutboxSent", "ActivationLinks")]);
    wait(90);
    browser.get(&link).await;
    browser.post("/activate", &[]).await;
    happened(vec![("ActivationDelay".to_owned(), String::new(), json!(90)), once("Activations", "")]);

    let mut other = env.browser();
    for _ in 0..4 {
        other.sign_in(ANA, OTHER).await;
        happened(vec![once("SignInFailures", "wrong-password")]);
    }
    other.sign_in(ANA, OTHER).await;
    happened(vec![once("Locks", ""), once("SignInFailures", "wrong-password")]);
    other.sign_in(ANA, OTHER).await;
    happened(vec![once("SignInFailures", "locked")]);
    env.emails().await;
    happened(vec![once("OutboxSent", "Locked")]);
    // The browser in which the account was activated is known to it, and not locked out.
    browser.get("/logout").await;
    browser.post("/logout", &[]).await;
    browser.sign_in(ANA, PASSWORD).await;
    happened(vec![once("SignIns", "password")]);

    // An address without an account locks, too, but there is no account to count.
    for _ in 0..5 {
        other.sign_in("zoe@exemple.ca", OTHER).await;
        happened(vec![once("SignInFailures", "wrong-password")]);
    }
}

#[tokio::test]
async fn rule_9_11_resets_codes_and_limits_are_counted() {
    let env = TestEnv::begin_with(vec![("CONTACT_LIMIT", "0/1h".into())]).await;
    let mut browser = env.activated(ANA).await;
    wait(330);
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    env.emails().await;
    let since = Log::of_process().size();
    browser.press("/mfa", &[("code", "000000")]).await;
    assert_eq!(counted(since), [once("SignInFailures", "wrong-code")]);

    let since = Log::of_process().size();
    browser.get("/contact").await;
    browser.press("/contact", &[("topic", "other"), ("email", ANA), ("message", "Hello")]).await;
    assert_eq!(counted(since), [once("Limited", "too-many-messages")]);

    let mut other = env.browser();
    other.get("/reset").await;
    other.post("/reset", &[("email", ANA)]).await;
    other.get(&env.last_link().await).await;
    let since = Log::of_process().size();
    other.post("/reset/link", &[("password", OTHER)]).await;
    assert_eq!(counted(since), [once("Resets", "")]);
}

#[tokio::test]
async fn rule_9_11_sign_ins_with_partners_are_counted() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    let since = Log::of_process().size();
    let left = browser.get(START).await;
    let back = env.answer_of_bank(left, (At::SignIn(0), Some(bank::Fault::WrongNonce))).await;
    browser.get(&back).await;
    assert_eq!(counted(since), [once("SignInFailures", "partner-failed")]);
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", ANA)]).await;
    let code = env.emailed_code().await;
    let since = Log::of_process().size();
    browser.press("/federated/code", &[("code", &code)]).await;
    assert_eq!(counted(since), [once("Registrations", "partner"), once("SignIns", "partner")]);
    let mut browser = env.browser();
    let since = Log::of_process().size();
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!(counted(since), [once("SignIns", "partner")]);
}

#[tokio::test]
async fn rule_9_11_what_a_suspension_refuses_is_counted() {
    let env = TestEnv::at_the_bank().await;
    linking::link(&env, &mut env.activated(ANA).await, 0).await;
    suspend(&env).await;
    let since = Log::of_process().size();
    env.browser().sign_in(ANA, PASSWORD).await;
    assert_eq!(counted(since), [once("SignInFailures", "suspended")]);
    let since = Log::of_process().size();
    env.by_bank(&mut env.browser(), START, At::SignIn(0)).await;
    assert_eq!(counted(since), [once("SignInFailures", "suspended")]);
}

#[tokio::test]
async fn rule_9_11_emails_that_do_not_arrive_are_counted_by_their_kind() {
    let env = TestEnv::begin().await;
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    for (fate, name) in [(Fate::SoftBounced, "EmailsSoftBounced"), (Fate::Bounced, "EmailsBounced")] {
        let since = Log::of_process().size();
        report(&env, ANA, fate).await;
        let counted = counted(since);
        assert!(counted.contains(&once(name, "ActivationLinks")), "{counted:?}");
    }
}

#[tokio::test]
async fn rule_9_6_a_request_has_one_line_with_its_trace() {
    let env = TestEnv::begin().await;
    let since = Log::of_process().size();
    env.stack.call(&local::Incoming::get("/ana@exemple.ca")).await;
    env.stack.call(&local::Incoming::new("SECRET", "/login")).await;
    let log = Log::of_process().text();
    let lines: Vec<Value> = log[since..].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    let line = &lines[0];
    let found = ["level", "message", "method", "route", "reason"].map(|name| line[name].as_str().unwrap());
    assert_eq!(found, ["INFO", "a request was answered", "GET", "$default", "not-found"]);
    assert!(line["xrayTraceId"].as_str().unwrap().starts_with("Root=1-"), "{line}");
    assert_eq!(line["status"], 404);
    assert!(line["RequestDuration"].is_number() && line["request_id"].is_string(), "{line}");
    assert_eq!(
        (&lines[1]["method"], &lines[1]["status"]),
        (&json!("other"), &json!(405)),
        "nobody else's words"
    );
}

#[test]
fn rule_9_11_the_metrics_are_those_of_the_docs() {
    let docs = fs::read_to_string(root().join("docs/operate/monitoring.md")).unwrap();
    let table = docs.split_once("| metric | unit |").unwrap().1.split_once("\n\n").unwrap().0;
    let cells =
        |row: &str| row.split('|').skip(1).take(3).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let documented: BTreeSet<_> = table.lines().skip(2).map(cells).collect();
    let defined: BTreeSet<_> = Definition::all()
        .map(|metric| {
            let set = |set: Vec<&str>| match set.as_slice() {
                [] => "service".to_owned(),
                names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" + "),
            };
            let sets: Vec<_> = metric.dimensions.sets().into_iter().map(set).collect();
            vec![format!("`{}`", metric.name), metric.unit.to_owned(), sets.join("; ")]
        })
        .collect();
    assert_eq!(documented, defined, "left docs/operate/monitoring.md, right metric.rs");
}

#[test]
fn rule_9_11_every_function_has_its_alarms_and_every_alarm_its_section() {
    let checked =
        Command::new("python3").arg("scripts/alarms").arg("--check").current_dir(root()).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// An alarm on a metric that nothing writes never rings.
#[test]
fn rule_9_11_alarms_are_on_metrics_that_exist() {
    let template = fs::read_to_string(root().join("template.yaml")).unwrap();
    let mut ours = 0;
    for alarm in template.split("Type: AWS::CloudWatch::Alarm").skip(1) {
        let alarm = alarm.split("TreatMissingData").next().unwrap();
        let of =
            |name: &str| alarm.split(name).nth(1).map(|rest| rest.lines().next().unwrap().trim().to_owned());
        let (Some(namespace), Some(metric)) = (of("\n      Namespace: "), of("\n      MetricName: ")) else {
            continue;
        };
        if namespace.starts_with("AWS/") {
            continue;
        }
        ours += 1;
        assert_eq!(namespace, "!Sub MyOntarioAccount/${AWS::StackName}");
        let label = of("Dimensions: [{ Name: ").map(|rest| rest.split(',').next().unwrap().to_owned());
        let label: Vec<_> = label.iter().map(String::as_str).collect();
        let exists =
            |defined: Definition| defined.name == metric && defined.dimensions.sets().contains(&label);
        assert!(Definition::all().any(exists), "{metric} with {label:?}");
    }
    assert!(ours > 5, "{ours}");
}
