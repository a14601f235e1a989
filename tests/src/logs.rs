//! Logs hold no personal data (RULES 9.6).

use std::collections::BTreeSet;

use bank::RESIDENTS;
use local::{Incoming, Log};
use serde_json::json;

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    partner::{At, START},
    services::Service,
    watch::Fault,
};

#[tokio::test]
async fn rule_9_6_nothing_personal_is_logged_even_when_all_goes_wrong() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    env.stack.ses.fail_with(400);
    env.register(&mut browser, ANA, PASSWORD).await;
    env.stack.settle().await.unwrap();
    env.stack.ses.recover();
    env.stack.advance(domain::SignedDuration::from_mins(2)).await.unwrap();
    let link = links(env.stack.ses.inbox().last().unwrap()).remove(0);
    let token = link.split("token=").nth(1).unwrap().to_owned();
    browser.get(&link).await;
    for fault in ["InternalServerError", "ValidationException"] {
        env.watch.decide_by(move |_| Fault::Refused(fault));
        browser.get(&format!("/activate?token={token}&email={ANA}")).await;
        browser.get("/activate").await;
        browser.sign_in(ANA, OTHER).await;
    }
    env.watch.recover();
    browser.get("/activate").await;
    browser.post("/activate", &[]).await;
    write_to_the_operators(&env, &mut browser).await;
    let phone = env.add_app(&mut browser, "Ana's telephone").await;
    wait(330);
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = env.emailed_code().await;
    let typed = browser.clone();
    for fault in ["InternalServerError", "ValidationException"] {
        env.watch.decide_by(move |_| Fault::Refused(fault));
        for code in [code.clone(), phone.code()] {
            typed.clone().press("/mfa", &[("code", &code)]).await;
        }
        browser.get("/factors").await;
    }
    env.watch.recover();
    let of_bank = come_by_the_bank(&env).await;

    let text = Log::of_process().text();
    assert!(text.contains("a request failed") && text.contains("request_id"), "something was logged: {text}");
    let cookies: Vec<_> = browser.jar.values().map(String::as_str).collect();
    for personal in
        ["ana@", "exemple.ca", PASSWORD, OTHER, &token, &code, &phone.code(), &phone.secret, "telephone"]
            .into_iter()
            .chain(cookies)
            .chain(["trouble"])
            .chain(of_bank.iter().map(String::as_str))
    {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

/// Requests that are refused, each with the reason that the log names.
fn refusals(service: &Service) -> Vec<(&'static str, Incoming)> {
    let form = |fields: &[(&str, &str)]| {
        Incoming::post("/login").header("origin", "http://localhost:4000").form(fields)
    };
    let token = |fields: &[(&str, &str)]| {
        Incoming::post("/token").header("authorization", &service.basic()).form(fields)
    };
    let bearer = |token: &str| Incoming::get("/userinfo").header("authorization", token);
    vec![
        ("not-found", Incoming::get("/ana@exemple.ca")),
        ("method", Incoming::new("PUT", "/login")),
        ("too-large", form(&[("email", &"a".repeat(40_000))])),
        (
            "malformed",
            Incoming::post("/login").cookie("__Host-pre", PRE).body("text/plain", "email=ana@exemple.ca"),
        ),
        (
            "other-site",
            Incoming::post("/login").header("sec-fetch-site", "cross-site").form(&[("email", ANA)]),
        ),
        ("no-cookies", form(&[("email", ANA)])),
        ("stale-form", form(&[("email", ANA), ("csrf", "x")]).cookie("__Host-pre", PRE)),
        ("unknown-client", Incoming::get("/authorize?client_id=ana")),
        (
            "unknown-return",
            Incoming::get(&service.asks(&[("redirect_uri", "https://evil.example/ana@exemple.ca")])),
        ),
        ("login_required", Incoming::get(&service.asks(&[("prompt", "none"), ("login_hint", ANA)]))),
        (
            "invalid_scope",
            Incoming::get(&service.asks(&[("scope", "ana@exemple.ca"), ("response_mode", "form_post")])),
        ),
        (
            "invalid_client",
            Incoming::post("/token").form(&[("client_id", "health"), ("client_secret", OTHER)]),
        ),
        (
            "invalid_grant",
            token(&[("grant_type", "authorization_code"), ("code", OTHER), ("redirect_uri", ANA)]),
        ),
        ("unsupported_grant_type", token(&[("grant_type", ANA)])),
        ("invalid_token", bearer(&format!("Bearer {OTHER}"))),
        ("Unauthorized", Incoming::get("/userinfo")),
        ("too-many-tries", Incoming::get(&service.asks(&[])).from_address("192.0.2.7".parse().unwrap())),
    ]
}

/// A secret that no browser has.
const PRE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn rule_9_6_every_refusal_leaves_a_line_and_is_counted() {
    let env = TestEnv::begin_with(vec![("TRY_LIMIT", "0/15m".into())]).await;
    let service = env.service("health").await;
    let mut covered = BTreeSet::from(["around-the-front", "unavailable"]);
    covered.extend(NO_EMAIL);
    for (reason, request) in refusals(&service) {
        covered.insert(reason);
        let log = Log::default();
        log.of(env.stack.call(&request)).await;
        let text = log.text();
        assert!(text.contains(&format!("\"reason\":\"{reason}\"")), "{reason}: {text}");
        assert!(text.contains("\"Refusals\":1") && text.contains("\"route\":\""), "{reason}: {text}");
        for personal in ["ana@", "exemple.ca", OTHER, PRE, "192.0.2.7", "evil.example", "?"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
    }
    let mut event = env.stack.event(&Incoming::get("/login"));
    event["headers"].as_object_mut().unwrap().remove("x-origin-secret");
    let log = Log::default();
    log.of(env.stack.gateway.call(&event)).await;
    assert!(log.text().contains("\"reason\":\"around-the-front\""), "{}", log.text());
    emails_that_are_not_sent().await;
    too_many_messages().await;
    too_many_changes().await;
    covered.extend(["too-many-messages", "too-many-changes"]);
    nothing_else_is_refused(&env).await;
    let pages = include_str!("../../functions/shared/http/messages/en.ftl").lines();
    for name in pages.filter_map(|line| Some(line.strip_prefix("problem-")?.split_once("-title")?.0)) {
        assert!(covered.contains(name), "the error {name} has no request here");
    }
}

/// The reasons for which an address is sent no email.
const NO_EMAIL: [&str; 5] =
    ["email-just-sent", "link-kept-elsewhere", "link-kept", "too-many-emails", "too-many-requests"];

async fn emails_that_are_not_sent() {
    let limits = vec![("EMAIL_LIMITS", "1/30s,4/1h".into()), ("EMAIL_REQUEST_LIMIT", "6/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    let (mut one, mut other) = (env.browser(), env.browser());
    let log = Log::default();
    let request = async |browser: &mut Browser, path: &str, pause: i64| {
        wait(pause);
        browser.get(path).await;
        let request = browser.posting(path, &[("email", ANA)]);
        log.of(browser.send(request)).await;
    };
    for pause in [31, 11, 31, 31] {
        request(&mut one, "/reset", pause).await;
    }
    for path in ["/unlock", "/unlock", "/unlock", "/federated/remove"] {
        request(&mut other, path, 31).await;
    }
    for _ in 0..3 {
        request(&mut one, "/reset", 31).await;
    }
    let text = log.text();
    for reason in NO_EMAIL {
        assert!(text.contains(&format!("\"reason\":\"{reason}\"")), "{reason}: {text}");
    }
    assert!(!text.contains("ana@"), "{text}");
}

async fn too_many_messages() {
    let env = TestEnv::begin_with(vec![("CONTACT_LIMIT", "0/1h".into())]).await;
    let mut browser = env.browser();
    browser.get("/contact").await;
    let log = Log::default();
    let message = [("topic", "other"), ("email", ANA), ("message", "Hello")];
    log.of(browser.send(browser.posting("/contact", &message))).await;
    let text = log.text();
    assert!(text.contains("\"reason\":\"too-many-messages\"") && !text.contains("ana@"), "{text}");
}

async fn too_many_changes() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let log = Log::default();
    for _ in 0..21 {
        env.code(&mut browser, &service, &[]).await;
        browser.get("/services/disconnect?service=health").await;
        log.of(browser.send(browser.posting("/services/disconnect?service=health", &[]))).await;
    }
    let text = log.text();
    assert!(text.contains("\"reason\":\"too-many-changes\"") && !text.contains("ana@"), "{text}");
}

/// What is answered as asked leaves no such line.
async fn nothing_else_is_refused(env: &TestEnv) {
    let log = Log::default();
    for path in ["/login", "/register", "/.well-known/jwks.json", "/services"] {
        log.of(env.stack.call(&Incoming::get(path))).await;
    }
    assert!(!log.text().contains("refused"), "{}", log.text());
}

/// Signs in by the bank with every fault; returns what no log may hold.
async fn come_by_the_bank(env: &TestEnv) -> Vec<String> {
    let mut personal = vec![RESIDENTS[0].subject.to_owned(), RESIDENTS[0].name.to_owned()];
    let mut browser = env.browser();
    for fault in [None, Some(bank::Fault::WrongNonce), Some(bank::Fault::TokenError)] {
        let left = browser.get(START).await;
        personal.extend([left.with["state"].clone(), left.with["nonce"].clone()]);
        let back = env.answer_of_bank(left, (At::SignIn(0), fault)).await;
        let query = back.split_once('?').unwrap().1.as_bytes();
        let pairs = url::form_urlencoded::parse(query).into_owned();
        personal.extend(pairs.filter(|(name, _)| name == "code").map(|(_, code)| code));
        for refused in ["InternalServerError", "ValidationException"] {
            env.watch.decide_by(move |_| Fault::Refused(refused));
            browser.get(&back).await;
            env.watch.recover();
        }
        browser.get(&back).await;
    }
    env.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", "zoe@exemple.ca")]).await;
    personal.push(env.emailed_code().await);
    let typed = browser.clone();
    env.watch.decide_by(move |_| Fault::Refused("InternalServerError"));
    typed.clone().press("/federated/code", &[("code", personal.last().unwrap())]).await;
    env.watch.recover();
    personal.extend(browser.jar.into_values());
    personal
}

async fn write_to_the_operators(env: &TestEnv, browser: &mut Browser) {
    let typed = [("topic", "emails"), ("email", "zoe@exemple.ca"), ("message", "My secret trouble")];
    for fault in [Some("InternalServerError"), Some("ValidationException"), None] {
        browser.get("/contact").await;
        env.watch.decide_by(move |_| fault.map_or(Fault::None, Fault::Refused));
        browser.press("/contact", &typed).await;
        env.watch.recover();
    }
    assert!(env.emails().await.iter().any(|email| email.text.contains("My secret trouble")));
}

/// Every test ends with this check of what it logged: see [`TestEnv`]'s drop.
#[tokio::test]
async fn rule_9_6_what_a_test_handled_is_found_in_its_log() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let phone = env.add_app(&mut browser, "Ana's telephone").await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    browser.get("/services?ui_locales=fr").await;
    let emails = env.stack.ses.inbox();
    for email in &emails {
        env.handled.keep_email(email);
    }
    let followed = links(&emails[0]).remove(0);
    let query = followed.split_once('?').unwrap().1;
    for planted in [
        ANA,
        PASSWORD,
        "Ana's telephone",
        query,
        query.split_once('=').unwrap().1,
        "ui_locales=fr",
        &browser.jar["__Host-session"],
        &phone.code(),
        &code,
        &service.basic(),
        tokens["access_token"].as_str().unwrap(),
        "10.0.0.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ] {
        let line = json!({ "reason": format!("it was {planted}") }).to_string();
        assert!(env.handled.found_in(&line).contains(&format!("{planted:?} in the log")), "{planted}");
    }
    let part = json!({ "Timestamp": format!("176{}0000", phone.code()) }).to_string();
    assert_eq!(env.handled.found_in(&part), Vec::<String>::new(), "digits of a longer number");
}

#[tokio::test]
async fn rule_9_6_what_is_personal_by_its_form_is_found_in_a_log() {
    let env = TestEnv::begin().await;
    let secret = "A".repeat(43);
    for (value, is_personal) in [
        ("zoe@exemple.ca", true),
        ("/login?next=/", true),
        ("eyJhbGciOiJSUzI1NiJ9.e30", true),
        (&secret, true),
        ("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", false),
        ("0195f1c4-6f3a-7d1c-9b7e-2d1b7f0f6a55", false),
    ] {
        let found = env.handled.found_in(&json!({ "a": value }).to_string());
        assert_eq!(!found.is_empty(), is_personal, "{value}");
    }
    assert!(!env.handled.found_in("thread panicked").is_empty(), "every line is JSON");
}
