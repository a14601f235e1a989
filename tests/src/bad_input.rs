//! Malformed input gets an error page in the resident's language and writes nothing (RULES 10).

use local::Incoming;

use crate::support::{
    browser::Browser,
    env::{ANA, PASSWORD, TestEnv},
};

const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];

fn writes(env: &TestEnv) -> usize {
    env.watch.take_calls().iter().filter(|call| WRITES.contains(&call.operation.as_str())).count()
}

/// Posts a body to a page whose form was opened before; everything else is valid.
async fn post(browser: &mut Browser, target: &str, (content_type, body): (&str, Vec<u8>)) -> (u16, String) {
    let request = Incoming::post(target)
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://localhost:4000");
    let reply = browser.send(request.body(content_type, body)).await;
    (reply.status, reply.text().into_owned())
}

const FORM: &str = "application/x-www-form-urlencoded";
const FORMS: [&str; 16] = [
    "/register",
    "/register/again",
    "/login",
    "/activate",
    "/unlock",
    "/unlock/link",
    "/reset",
    "/reset/link",
    "/dispute",
    "/settings/sessions",
    "/settings/stay",
    "/settings/password",
    "/settings/language",
    "/settings/activity/report",
    "/settings/data",
    "/contact",
];

#[tokio::test]
async fn what_is_no_form_of_ours_gets_a_page_that_says_so() {
    let env = TestEnv::begin().await;
    for (language, too_large, malformed, stale) in [
        ("en", "The form is too large", "We could not read the form", "This page has expired"),
        (
            "fr-CA",
            "Le formulaire est trop volumineux",
            "Nous n’avons pas pu lire le formulaire",
            "Cette page a expiré",
        ),
    ] {
        for target in FORMS {
            let mut browser = env.browser();
            browser.language = language;
            browser.get("/login").await;
            let csrf = browser.html.value("csrf").unwrap();
            let _ = env.watch.take_calls();
            let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
                (FORM, vec![b'a'; 1_000_000], 413, too_large),
                ("application/json", b"{\"email\":\"a@b.ca\"}".to_vec(), 400, malformed),
                ("multipart/form-data; boundary=x", b"--x".to_vec(), 400, malformed),
                ("", b"email=a%40b.ca".to_vec(), 400, malformed),
                (FORM, [b"email=\xff\xfe&csrf=".as_slice(), csrf.as_bytes()].concat(), 400, malformed),
                (FORM, [b"email=%FF%FE&csrf=".as_slice(), csrf.as_bytes()].concat(), 400, malformed),
                (
                    FORM,
                    [b"email=a%00b&email=c&password=x&password=y&csrf=".as_slice(), csrf.as_bytes()].concat(),
                    400,
                    malformed,
                ),
                (FORM, b"email=a%40b.ca&password=x".to_vec(), 403, stale),
                (FORM, format!("email=a%40b.ca&csrf={csrf}&csrf={csrf}").into_bytes(), 403, stale),
                (FORM, b"email=a%40b.ca&csrf=1.AAAA".to_vec(), 403, stale),
                (FORM, Vec::new(), 403, stale),
            ];
            for (number, (content_type, body, status, heading)) in cases.into_iter().enumerate() {
                // `/activate` ignores the email field; the repeated password makes the form malformed there.
                let answer = post(&mut browser, target, (content_type, body)).await;
                assert_eq!(answer.0, status, "{target} {number}: {}", answer.1);
                assert!(
                    answer.1.contains(heading) && answer.1.contains("ontario-button--primary"),
                    "{target} {number}"
                );
            }
            assert_eq!(writes(&env), 0, "{target}");
        }
    }
}

#[tokio::test]
async fn rule_8_2_missing_fields_are_asked_for_and_unknown_ones_passed_over() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let page = browser.post("/login", &[("surprise", "x")]).await;
    assert!(
        page.status == 422
            && page.html.contains("Enter your email address.")
            && page.html.contains("Enter your password.")
    );
    assert!(
        page.html.contains("href=\"#email\"") && page.html.contains("href=\"#password\""),
        "summed up, with links"
    );
    assert!(
        page.html.contains("aria-invalid=\"true\"") && page.html.contains("email-error"),
        "tied to the field"
    );
    browser.get("/register").await;
    assert_eq!(browser.post("/register", &[]).await.status, 422);
    let page = browser.post("/register", &[("email", ANA), ("password", PASSWORD), ("surprise", "x")]).await;
    assert_eq!(page.path, "/register/sent");
}

#[tokio::test]
async fn rule_8_4_another_sites_form_and_a_browser_without_cookies_are_told_so() {
    let env = TestEnv::begin().await;
    for target in FORMS {
        let mut browser = env.browser();
        browser.get("/login").await;
        let _ = env.watch.take_calls();
        for (site, origin) in [
            ("cross-site", "https://evil.example"),
            ("same-site", "http://localhost:4001"),
            ("same-origin", "https://evil.example"),
        ] {
            let csrf = browser.html.value("csrf").unwrap();
            let request = Incoming::post(target).header("sec-fetch-site", site).header("origin", origin);
            let reply =
                browser.send(request.form(&[("email", ANA), ("password", PASSWORD), ("csrf", &csrf)])).await;
            assert_eq!(reply.status, 403, "{target} {site}");
            assert!(reply.text().contains("We did not accept this form"));
        }
        browser.jar.clear();
        let page = browser.post(target, &[("email", ANA), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.heading()), (403, "Turn on cookies to continue"), "{target}");
        assert_eq!(writes(&env), 0, "{target}");
    }
}

#[tokio::test]
async fn rule_8_4_a_replayed_form_of_another_visit_is_stale() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    browser.get("/login").await;
    let mut before = env.browser();
    before.get("/login").await;
    let old_form = before.html.clone();
    browser.html = old_form;
    let page = browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!((page.status, page.heading()), (403, "This page has expired"));
}

#[tokio::test]
async fn junk_in_headers_cookies_and_queries_is_passed_over() {
    let env = TestEnv::begin().await;
    for (name, value) in [
        ("cookie", "__Host-pre=nonsense; __Host-session=%%%; __Host-activation=x; ;=;a"),
        ("cookie", "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; __Host-session=b"),
        ("accept-language", ";q=;;q=nonsense,,,~"),
        ("user-agent", "\u{1F600}<script>"),
        ("x-forwarded-for", "not an address"),
        ("content-length", "-1"),
        ("host", "["),
        ("host", "evil.example:99999"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-proto", "://"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "proto=[;host=]"),
    ] {
        let mut browser = env.browser();
        let reply = browser.send(Incoming::get("/login").header(name, value)).await;
        assert_eq!(reply.status, 200, "{name}: {value}");
        assert!(!reply.text().contains("<script>"));
    }
    for query in [
        "interaction=nonsense",
        "interaction=&interaction=",
        "next=//evil",
        "ui_locales=%FF",
        "%%%",
        "next=/services \"<>",
        "a=\u{e9}[]|^`{}\\",
        "switch_language=de",
        "a=b&".repeat(80).as_str(),
    ] {
        let mut browser = env.browser();
        assert_eq!(browser.get(&format!("/login?{query}")).await.status, 200, "{query}");
    }
}

/// A sibling host sets cookies for the whole domain, and programs on a computer add to headers.
#[tokio::test]
async fn rule_8_4_unusual_cookies_and_headers_are_as_good_as_absent() {
    let env = TestEnv::begin().await;
    let many: Vec<_> = (0..120).map(|number| format!("c{number}=v")).collect();
    let many = many.join("; ");
    for unusual in ["théme=é", "emoji=\u{1F600}", "a=\u{feff}", "=; ;;x", "b=\"", &many] {
        let mut browser = env.browser();
        browser.get("/login").await;
        let before = browser.jar.clone();
        let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
        let request = request
            .header("cookie", unusual)
            .header("accept-language", "fr-CA, \u{e9}")
            .header("user-agent", "T\u{e9}l\u{e9}phone \u{1F600}");
        let reply = browser.send(request).await;
        assert_eq!(reply.status, 422, "{unusual}: {}", reply.text());
        let reply = browser.send(Incoming::get("/login").header("cookie", unusual)).await;
        assert_eq!(reply.status, 200, "{unusual}");
        assert_eq!(
            browser.jar.get("__Host-pre"),
            before.get("__Host-pre"),
            "{unusual}: the browser is known"
        );
    }
}

/// The browser says nothing of the origin when it restores a tab or hides it; behind a proxy the scheme differs.
#[tokio::test]
async fn rule_8_4_where_headers_do_not_say_the_token_decides() {
    let env = TestEnv::begin().await;
    for headers in [
        [("sec-fetch-site", "none"), ("origin", "http://localhost:4000")],
        [("sec-fetch-site", "same-origin"), ("origin", "null")],
        [("sec-fetch-site", "none"), ("origin", "null")],
        [("sec-fetch-site", "same-origin"), ("origin", "https://localhost:4000")],
    ] {
        let mut browser = env.browser();
        browser.get("/login").await;
        let csrf = browser.html.value("csrf").unwrap();
        for (token, status) in [(csrf.as_str(), 422), ("1.AAAA", 403)] {
            let fields = [("email", ANA), ("password", PASSWORD), ("csrf", token)];
            let request = Incoming::post("/login").form(&fields);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            assert_eq!(browser.send(request).await.status, status, "{headers:?} {token}");
        }
    }
}

/// A service may open the sign-in in a pop-up, and learns of its end by the pop-up's opener.
#[tokio::test]
async fn rule_3_2_a_sign_in_in_a_pop_up_keeps_its_opener() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    let interaction = env.interaction(&browser).await;
    let asks = service.asks(&[]);
    for (target, policy) in [
        (&*asks, "unsafe-none"),
        ("/federated/start?partner=bank", "unsafe-none"),
        ("/federated/callback/bank?state=x", "unsafe-none"),
        (&*format!("/login?interaction={interaction}"), "unsafe-none"),
        (&*format!("/mfa?interaction={interaction}"), "unsafe-none"),
        (&*format!("/authorize/continue?interaction={interaction}"), "unsafe-none"),
        ("/login", "same-origin"),
        ("/services", "same-origin"),
        ("/nothing", "same-origin"),
    ] {
        let reply = browser.send(Incoming::get(target)).await;
        assert_eq!(reply.header("cross-origin-opener-policy"), Some(policy), "{target}");
    }
}

#[tokio::test]
async fn rule_8_4_a_browser_whose_cookie_is_broken_gets_another() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.jar.insert("__Host-pre".into(), "nonsense".into());
    browser.get("/login").await;
    let page = browser.post("/login", &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.status, 422, "{}", page.html);
}

#[tokio::test]
async fn there_is_a_page_for_addresses_that_do_not_exist() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for target in ["/nothing", "/register/", "/.env", "/login/../etc"] {
        let page = browser.get(target).await;
        assert_eq!((page.status, page.heading()), (404, "Page not found"), "{target}");
    }
}

#[tokio::test]
async fn what_was_typed_is_never_markup() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let page = browser.post("/login", &[("email", "\"><script>alert(1)</script>"), ("password", "x")]).await;
    assert!(!page.html.contains("<script>") && page.html.contains("alert(1)"));
}

#[tokio::test]
async fn rule_8_3_every_answer_carries_the_headers_that_protect_it() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = format!("/login?interaction={}", env.interaction(&browser).await);
    for target in ["/login", "/nothing", &way] {
        let reply = browser.send(Incoming::get(target)).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && policy.contains("form-action 'self';"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"));
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{target}");
        }
        assert!(reply.header("strict-transport-security").is_some());
        let html = reply.text();
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"").count(), "{target}: an inline script");
        assert!(!html.contains(" style="), "{target}");
    }
}
