//! Logs hold no personal data (RULES 9.6).

use bank::RESIDENTS;

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
    logs::Log,
    partner::{At, START},
    watch::Fault,
};

#[tokio::test]
async fn rule_9_6_nothing_personal_is_logged_even_when_all_goes_wrong() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.subscriber()).unwrap();

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

    let text = log.text();
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
