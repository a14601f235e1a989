//! How many calls to the table each request makes: the numbers in `docs/design/data.md`.

mod settings;

use crate::{
    changing_email,
    operating_accounts::operator,
    recovery_codes::shown_codes,
    support::{
        browser::CONFIRMED,
        env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
        partner::{At, START},
        phone::Phone,
    },
};

fn operations(env: &TestEnv) -> Vec<String> {
    env.watch.take_calls().into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_password_sign_in_is_three_calls_and_its_page_one() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let _ = operations(&env);
    browser.get("/login").await;
    assert_eq!(operations(&env), Vec::<String>::new(), "the page alone calls nothing");
    let way = format!("/login?interaction={}", env.interaction(&browser).await);
    let _ = operations(&env);
    browser.get(&way).await;
    assert_eq!(operations(&env), ["BatchGetItem"]);
    let request = browser.posting(&way, &[("email", ANA), ("password", OTHER)]);
    browser.send(request).await;
    assert_eq!(
        operations(&env),
        ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"],
        "a wrong password"
    );
    let request = browser.posting(&way, &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.status, 303);
    assert_eq!(
        operations(&env),
        ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"],
        "the right one"
    );
    browser.send(local::Incoming::get(&way)).await;
    assert_eq!(operations(&env), ["BatchGetItem"], "signed in, with a service to go to");
    browser.send(local::Incoming::get(&way.replace("/login", "/authorize/continue"))).await;
    let calls = ["GetItem", "BatchGetItem", "TransactWriteItems"];
    assert_eq!(operations(&env), calls, "its code, on the way");
    let service = env.service("story").await;
    let _ = operations(&env);
    browser.send(local::Incoming::get(&service.asks(&[("scope", "openid")]))).await;
    assert_eq!(operations(&env), ["BatchGetItem", "TransactWriteItems"], "its code, at once");
}

#[tokio::test]
async fn the_other_pages_call_as_often_as_the_map_says() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/register").await;
    assert_eq!(operations(&env), Vec::<String>::new());
    let request = browser.posting("/register", &[("email", ANA), ("password", PASSWORD)]);
    browser.send(request).await;
    let counted = ["BatchGetItem", "TransactWriteItems"];
    assert_eq!(operations(&env), [counted, counted].concat(), "registering: the source, then the rest");

    let link = env.last_link().await;
    let _ = operations(&env);
    browser.send(local::Incoming::get(&link)).await;
    assert_eq!(operations(&env), Vec::<String>::new(), "following a link");
    browser.get("/activate").await;
    assert_eq!(operations(&env), ["GetItem", "BatchGetItem"], "its page");
    let request = browser.posting("/activate", &[]);
    browser.send(request).await;
    assert_eq!(operations(&env), ["GetItem", "BatchGetItem", "TransactWriteItems"], "activating");

    browser.get("/services").await;
    assert_eq!(operations(&env), ["BatchGetItem", "Query"]);
    wait(60);
    browser.get("/services").await;
    assert_eq!(
        operations(&env),
        ["BatchGetItem", "UpdateItem", "Query"],
        "a visit is recorded once a minute"
    );
    browser.get("/settings/sessions").await;
    assert_eq!(operations(&env), ["BatchGetItem", "Query"]);
    browser.get("/settings/stay").await;
    assert_eq!(operations(&env), ["BatchGetItem"]);
    let request = browser.posting("/logout", &[]);
    browser.send(request).await;
    assert_eq!(operations(&env), ["TransactWriteItems"]);
}

#[tokio::test]
async fn rule_8_5_writing_to_the_operators_is_the_same_calls_and_writes_for_every_email() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    env.register(&mut env.browser(), "waits@exemple.ca", PASSWORD).await;
    wait(31);
    for email in [ANA, "waits@exemple.ca", "nobody@exemple.ca"] {
        let mut browser = env.browser();
        let _ = operations(&env);
        browser.get("/contact").await;
        assert_eq!(operations(&env), Vec::<String>::new(), "the page");
        let typed = [("topic", "other"), ("email", email), ("message", "Hello")];
        let request = browser.posting("/contact", &typed);
        assert_eq!(browser.send(request).await.status, 303);
        let calls = env.watch.take_calls();
        let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(names, ["BatchGetItem", "TransactWriteItems"], "{email}");
        assert_eq!(calls[1].body["TransactItems"].as_array().unwrap().len(), 3, "{email}");
    }
    let mut browser = env.activated("zoe@exemple.ca").await;
    let _ = operations(&env);
    browser.get("/contact").await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "GetItem"], "signed in");
}

#[tokio::test]
async fn help_reads_the_session_of_whoever_has_one_and_nothing_else() {
    let env = TestEnv::begin().await;
    let (mut stranger, mut resident) = (env.browser(), env.activated(ANA).await);
    let _ = operations(&env);
    for path in ["/help", "/help/tls", "/help/no-such-question", "/accessibility", "/privacy", "/terms"] {
        stranger.get(path).await;
        assert_eq!(operations(&env), Vec::<String>::new(), "{path}");
        resident.get(path).await;
        assert_eq!(operations(&env), ["BatchGetItem"], "{path}");
    }
}

#[tokio::test]
async fn rule_3_6_asking_for_a_link_is_the_same_calls_and_writes_for_every_email() {
    let env = TestEnv::begin().await;
    let mut locked = env.browser();
    for email in [ANA, "locked@exemple.ca", "suspended@exemple.ca"] {
        env.activated(email).await;
    }
    operator(&env, &["accounts", "suspend", "suspended@exemple.ca", "--yes"], "").await.unwrap();
    for _ in 0..5 {
        locked.sign_in("locked@exemple.ca", OTHER).await;
    }
    env.register(&mut env.browser(), "waits@exemple.ca", PASSWORD).await;
    let mut moved = env.activated("reserved@exemple.ca").await;
    changing_email::change(&env, &mut moved, "moved@exemple.ca").await;
    env.emails().await;
    for path in ["/unlock", "/reset", "/register/again"] {
        wait(31);
        for email in [
            ANA,
            "locked@exemple.ca",
            "suspended@exemple.ca",
            "waits@exemple.ca",
            "nobody@exemple.ca",
            "reserved@exemple.ca",
        ] {
            let mut browser = env.browser();
            browser.get(path).await;
            let request = browser.posting(path, &[("email", email)]);
            let _ = env.watch.take_calls();
            assert_eq!(browser.send(request).await.status, 303);
            let calls = env.watch.take_calls();
            let names: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
            assert_eq!(names, ["BatchGetItem", "Query", "TransactWriteItems"], "{path} {email}");
            let writes = calls[2].body["TransactItems"].as_array().unwrap().len();
            assert_eq!(writes, 6, "{path} {email}");
        }
        env.emails().await;
    }
}

#[tokio::test]
async fn rule_3_3_failing_and_locking_is_the_same_calls_and_writes_for_every_email() {
    let env = TestEnv::begin().await;
    for email in [ANA, "suspended@exemple.ca"] {
        env.activated(email).await;
    }
    operator(&env, &["accounts", "suspend", "suspended@exemple.ca", "--yes"], "").await.unwrap();
    env.emails().await;
    let mut seen = Vec::new();
    for email in [ANA, "nobody@exemple.ca", "suspended@exemple.ca"] {
        let mut browser = env.browser();
        let mut of_email = Vec::new();
        for _ in 0..6 {
            browser.get("/login").await;
            let request = browser.posting("/login", &[("email", email), ("password", OTHER)]);
            let _ = env.watch.take_calls();
            browser.send(request).await;
            let writes = |call: &crate::support::watch::Call| {
                call.body["TransactItems"].as_array().map_or(0, Vec::len)
            };
            of_email.push(
                env.watch
                    .take_calls()
                    .iter()
                    .map(|call| (call.operation.clone(), writes(call)))
                    .collect::<Vec<_>>(),
            );
        }
        seen.push(of_email);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2], "suspended");
}

#[tokio::test]
async fn the_pages_of_links_call_as_often_as_the_map_says() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let session = browser.jar["__Host-session"].clone();
    for (path, word) in [("/reset", "reset"), ("/unlock", "unlock")] {
        if word == "unlock" {
            for _ in 0..5 {
                env.browser().sign_in(ANA, "Wrong-9-password").await;
            }
        }
        wait(31);
        browser.get(path).await;
        browser.post(path, &[("email", ANA)]).await;
        let link = env.last_link().await;
        let _ = operations(&env);
        browser.send(local::Incoming::get(&link)).await;
        assert_eq!(operations(&env), Vec::<String>::new(), "following a link");
        let shown = ["GetItem", "BatchGetItem"];
        if browser.jar.remove("__Host-session").is_none() {
            let mut signed_in = browser.clone();
            signed_in.jar.insert("__Host-session".into(), session.clone());
            signed_in.get(&format!("/{word}/link")).await;
            let and_who_is_signed_in = [&shown[..], &["BatchGetItem"]].concat();
            assert_eq!(
                operations(&env),
                and_who_is_signed_in,
                "its page, in a browser with a session cookie"
            );
        }
        browser.get(&format!("/{word}/link")).await;
        assert_eq!(operations(&env), shown, "its page");
        let request = browser.posting(&format!("/{word}/link"), &[CONFIRMED[0], ("password", OTHER)]);
        assert_eq!(browser.send(request).await.status, 303);
        // A reset counts its source, asks whether the account knows this browser, which stays known, and what its last
        // page will ask about.
        let reads: &[&str] = &["BatchGetItem", "TransactWriteItems", "GetItem", "Query", "GetItem", "Query"];
        let reads = if word == "reset" { reads } else { &[] };
        let calls = [&["GetItem", "BatchGetItem"], reads, &["TransactWriteItems"]].concat();
        assert_eq!(operations(&env), calls, "{word}");
        browser.get(&format!("/{word}/done")).await;
        let says: &[&str] = &["GetItem", "BatchGetItem", "Query", "GetItem", "Query"];
        let says = if word == "reset" { says } else { &says[..2] };
        assert_eq!(operations(&env), says, "the page that says so, and of a reset what still verifies");
    }
    let link = links(env.emails().await.last().unwrap()).remove(0);
    let _ = operations(&env);
    browser.get(&link).await;
    assert_eq!(operations(&env), ["GetItem", "BatchGetItem"]);
    let request = browser.posting("/dispute", CONFIRMED);
    browser.send(request).await;
    let calls = ["GetItem", "BatchGetItem", "Query", "GetItem", "Query", "GetItem", "TransactWriteItems"];
    assert_eq!(operations(&env), calls, "objecting");
}

#[tokio::test]
async fn partners_call_as_often_as_the_map_says() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    let left = browser.get(START).await;
    assert_eq!(operations(&env), ["BatchGetItem", "TransactWriteItems"], "leaving");
    let back = env.answer_of_bank(left, (At::SignIn(0), None)).await;
    browser.send(local::Incoming::get(&back)).await;
    let writes = ["TransactWriteItems", "TransactWriteItems"];
    let calls = [&["GetItem"], &writes[..], &["BatchGetItem", "PutItem"]].concat();
    assert_eq!(operations(&env), calls, "arriving");
    browser.get("/federated/first").await;
    assert_eq!(operations(&env), ["GetItem"], "who has arrived");
    let request = browser.pressing("/federated/first", &[("email", ANA)]);
    browser.send(request).await;
    assert_eq!(
        operations(&env),
        ["BatchGetItem", "Query", "GetItem", "TransactWriteItems"],
        "a code is sent"
    );
    let code = env.emailed_code().await;
    browser.get("/federated/code").await;
    let request = browser.pressing("/federated/code", &[("code", &code)]);
    let _ = operations(&env);
    browser.send(request).await;
    let writes = ["TransactWriteItems", "TransactWriteItems", "BatchGetItem", "TransactWriteItems"];
    let reads = ["GetItem", "GetItem", "BatchGetItem"];
    assert_eq!(operations(&env), [&reads, &writes[..]].concat(), "an account is made");
    let left = browser.get(START).await;
    let back = env.answer_of_bank(left, (At::SignIn(0), None)).await;
    let _ = operations(&env);
    browser.send(local::Incoming::get(&back)).await;
    let reads = ["BatchGetItem", "GetItem", "GetItem", "BatchGetItem"];
    let calls = [&["GetItem", writes[0], writes[1]], &reads[..], &["TransactWriteItems"]].concat();
    assert_eq!(operations(&env), calls, "signing in");

    let mut other = env.activated("bob@exemple.ca").await;
    let to_link = "/federated/start?partner=demo-bank&link=yes";
    env.by_bank(&mut other, to_link, At::SignIn(1)).await;
    let request = other.pressing("/federated/link", &[]);
    let _ = operations(&env);
    other.send(request).await;
    let calls = ["BatchGetItem", "GetItem", "GetItem", "TransactWriteItems"];
    assert_eq!(operations(&env), calls, "linking");
    other.get("/federated").await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "Query"], "the list");
    other.get("/federated/unlink?partner=demo-bank").await;
    let request = other.pressing("/federated/unlink", &[]);
    let _ = operations(&env);
    other.send(request).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "Query", "TransactWriteItems"], "removing");
}

#[tokio::test]
async fn verifying_calls_as_often_as_the_map_says() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let _ = operations(&env);
    browser.get("/factors").await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem"], "the list");
    browser.get("/factors/add").await;
    let request = browser.pressing("/factors/add", &[]);
    let _ = operations(&env);
    browser.send(request).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "PutItem"], "an app is begun");
    browser.get("/factors/confirm").await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "GetItem"], "the code to scan");
    let phone = Phone::scanning(&browser);
    let request = browser.pressing("/factors/confirm", &[("name", "Phone"), ("code", &phone.code())]);
    browser.send(request).await;
    let calls = ["BatchGetItem", "GetItem", "GetItem", "TransactWriteItems"];
    assert_eq!(operations(&env), calls, "an app is set up");
    wait(330);
    browser.get("/mfa?next=/services").await;
    let _ = operations(&env);
    browser.get("/mfa?next=/services&factor=email").await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem"], "the page");
    let request = browser.pressing("/mfa/send", &[]);
    browser.send(request).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "TransactWriteItems"], "a code is sent");
    browser.get("/mfa?next=/services").await;
    for (code, what) in [(phone.wrong(), "a wrong one"), (phone.code(), "a right one")] {
        let request = browser.pressing("/mfa", &[("code", &code)]);
        let _ = operations(&env);
        browser.send(request).await;
        let calls = ["BatchGetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"];
        assert_eq!(operations(&env), calls, "{what}");
    }
    let page = browser.get("/factors").await;
    browser.get(&page.html.href("/factors/remove")).await;
    let request = browser.pressing("/factors/remove", &[]);
    let _ = operations(&env);
    browser.send(request).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "TransactWriteItems"], "an app is removed");
    browser.get("/factors/recovery-codes").await;
    let request = browser.pressing("/factors/recovery-codes", &[]);
    let _ = operations(&env);
    let page = browser.follow(request).await;
    assert_eq!(
        operations(&env),
        ["BatchGetItem", "GetItem", "TransactWriteItems"],
        "recovery codes are made"
    );
    let code = shown_codes(&page.html).swap_remove(0);
    wait(330);
    browser.get("/mfa?next=/factors&factor=recovery").await;
    let request = browser.pressing("/mfa", &[("code", &code)]);
    let _ = operations(&env);
    browser.send(request).await;
    let calls = ["BatchGetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"];
    assert_eq!(operations(&env), calls, "one is used");
    browser.get("/factors/recovery-codes/remove").await;
    let request = browser.pressing("/factors/recovery-codes/remove", &[]);
    let _ = operations(&env);
    browser.send(request).await;
    assert_eq!(operations(&env), ["BatchGetItem", "GetItem", "TransactWriteItems"], "they are removed");
}
