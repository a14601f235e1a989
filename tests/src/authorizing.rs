//! Authorization requests: their errors, and what residents consent to (RULES 6.1 to 6.5).

use domain::service::SubjectType;
use local::Incoming;
use serde_json::{Value, json};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    services::told,
};

/// Posts the page's form to its action.
pub(crate) async fn answer(browser: &mut Browser, fields: &[(&str, &str)]) -> crate::support::page::Page {
    let action = browser.html.action("/authorize");
    browser.post(&action, fields).await
}

#[tokio::test]
async fn rule_6_1_a_resident_signs_in_for_a_service_and_comes_back_with_a_code() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let page = browser.get(&service.asks(&[])).await;
    assert_eq!(page.path, "/login");
    assert!(page.html.contains("health in English"), "the page names the service: {}", page.html);
    let way = page_way(&browser);
    let page = browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/authorize/continue");
    assert_eq!(page.heading(), "Share your information with health in English?");
    assert!(page.html.contains(ANA));
    let page = answer(&mut browser, &[("answer", "yes")]).await;
    assert_eq!(page.left_for.as_deref(), Some("https://health.example/return"));
    assert_eq!((&*page.with["state"], &*page.with["iss"]), ("a state", "http://localhost:4000"));

    let tokens = env.tokens(&service, &page.with["code"]).await;
    assert_eq!((&tokens["token_type"], &tokens["scope"]), (&json!("Bearer"), &json!("openid email")));
    assert_eq!((&tokens["expires_in"], tokens.get("refresh_token")), (&json!(600), None));
    let claims = env.verified(&tokens["id_token"], &service).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("http://localhost:4000"), &json!("health")));
    assert_eq!((&claims["nonce"], &claims["amr"]), (&json!("a nonce"), &json!(["pwd"])));
    assert_eq!(claims["acr"], "http://localhost:4000/assurance/password");
    let ago = env.now().as_second() - claims["auth_time"].as_i64().unwrap();
    assert!((0..5).contains(&ago), "{ago} seconds ago");
    assert_eq!(claims.get("email"), None, "it is told by userinfo");
    let (status, told) = env.userinfo(tokens["access_token"].as_str().unwrap()).await;
    let expected = json!({ "sub": claims["sub"], "email": ANA, "email_verified": true });
    assert_eq!((status, told), (200, expected));
}

/// The action of the page's form.
pub(crate) fn page_way(browser: &Browser) -> String {
    browser.html.attribute("main form[method='post']", "action").unwrap()
}

/// Redirect URIs that must not be followed.
const ASTRAY: [&str; 12] = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "https://health.example@evil.example/return",
    "https://health.example/return\r\nlocation: https://evil.example/",
    "https://health.example/return#@evil.example",
    "https://health.example/return/../../evil",
    "https://health.example.evil.example/return",
    "\u{0}",
    "%0d%0a",
];

#[tokio::test]
async fn rule_6_1_nothing_that_a_service_sends_leads_anywhere_but_to_what_it_registered() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let names = "client_id redirect_uri response_type response_mode scope state nonce prompt max_age claims \
        login_hint id_token_hint acr_values ui_locales display target_link_uri next interaction \
        post_logout_redirect_uri initiate_login_uri";
    for astray in ASTRAY {
        for name in names.split_whitespace() {
            for path in ["/authorize", "/authorize/continue", "/logout", "/login", "/register"] {
                let asks = service.asks(&[(name, astray)]).replacen("/authorize", path, 1);
                for request in [Incoming::get(&asks), posted(&asks)] {
                    let reply = browser.clone().send(request).await;
                    let Some(location) = reply.header("location") else { continue };
                    let is_own = location.starts_with('/') && !location.starts_with("//");
                    let is_registered = location.starts_with("https://health.example/return?");
                    assert!(is_own || is_registered, "{path} {name}={astray}: {location}");
                    assert!(!location.contains(['\\', '\r', '\n']), "{location}");
                }
            }
        }
    }
    assert_eq!(browser.get("/services").await.path, "/services", "nobody was signed out");
}

/// The same request by POST (OpenID Connect Core section 3.1.2.1).
pub(crate) fn posted(asks: &str) -> Incoming {
    let (path, query) = asks.split_once('?').unwrap();
    Incoming::post(path).body("application/x-www-form-urlencoded", query.to_owned())
}

#[tokio::test]
async fn rule_6_1_what_may_not_be_redirected_is_a_page_with_the_services_support() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    for (changes, heading, support) in [
        (&[("client_id", "nobody")][..], "We cannot connect you to this service", false),
        (&[("client_id", "")], "We cannot connect you to this service", false),
        (&[("redirect_uri", "")], "We cannot send you back to health in English", true),
        (&[("redirect_uri", "https://evil.example/")], "We cannot send you back to health in English", true),
        (
            &[("redirect_uri", "https://health.example/return/x")],
            "We cannot send you back to health in English",
            true,
        ),
        (
            &[("request", "a.b.c"), ("redirect_uri", "https://evil.example/")],
            "We cannot send you back to health in English",
            true,
        ),
    ] {
        for method in ["GET", "POST"] {
            let asks = service.asks(changes);
            let request = if method == "GET" { Incoming::get(&asks) } else { posted(&asks) };
            let reply = browser.send(request).await;
            assert_eq!((reply.status, reply.header("location")), (400, None), "{changes:?}");
            assert!(reply.text().contains(&format!("<h1>{heading}</h1>")), "{changes:?} {}", reply.text());
            assert_eq!(reply.text().contains("mailto:help@health.example"), support);
        }
    }
    env.switch("health", false).await;
    let page = browser.get(&service.asks(&[])).await;
    assert_eq!((page.status, page.heading()), (403, "health in English is not available right now"));
    assert!(page.html.contains("mailto:help@health.example"));
    browser.language = "fr";
    browser.jar.remove("__Host-session");
    let page = browser.get(&service.asks(&[])).await;
    assert!(page.heading().starts_with("«\u{a0}health en français\u{a0}»"), "{}", page.heading());
    env.switch("health", true).await;
    assert_eq!(browser.get(&service.asks(&[])).await.path, "/login");
}

#[tokio::test]
async fn rule_6_1_a_request_by_post_from_another_site_goes_on_with_the_browsers_own_cookies() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let own = browser.jar.clone();
    let long = "s".repeat(2048);
    for state in ["short", &long] {
        let query =
            service.asks(&[("state", state), ("scope", "openid")]).split_once('?').unwrap().1.to_owned();
        let post = || {
            Incoming::post("/authorize")
                .header("sec-fetch-site", "cross-site")
                .header("origin", "https://health.example")
                .body("application/x-www-form-urlencoded", query.clone())
        };
        // A cross-site POST carries no `SameSite=Lax` cookies.
        let mut without = env.browser();
        let reply = without.send(post()).await;
        assert_eq!(
            (reply.status, reply.set_cookies().count()),
            (303, 0),
            "the browser keeps the cookies it has"
        );
        let location = reply.header("location").unwrap().to_owned();
        let page = browser.get(&location).await;
        assert_eq!(page.left_for.as_deref(), Some("https://health.example/return"), "{}", page.html);
        assert_eq!(page.with["state"], *state);
        assert!(own.iter().all(|(name, value)| browser.jar.get(name) == Some(value)));
        let elsewhere = env.browser().get(&location).await;
        assert_eq!(
            elsewhere.left_for.as_deref(),
            Some("https://health.example/start"),
            "it is one browser's alone"
        );
        assert!(!elsewhere.with.contains_key("code"));
    }
}

#[tokio::test]
async fn rule_6_1_identifiers_are_one_for_a_sector_and_join_nobody_up() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let sector =
        |r: &mut domain::service::ClientRegistration| r.sector_identifier = Some("ontario.example".into());
    let public = |r: &mut domain::service::ClientRegistration| r.subject_type = SubjectType::Public;
    let services = [
        env.service("health").await,
        env.service_with("one", sector).await,
        env.service_with("two", sector).await,
        env.service_with("open", public).await,
        env.service_with("wide", public).await,
    ];
    let mut subjects = Vec::new();
    for service in &services {
        let code = env.code(&mut browser, service, &[]).await;
        let tokens = env.tokens(service, &code).await;
        subjects.push(env.verified(&tokens["id_token"], service).await["sub"].clone());
    }
    assert_eq!((&subjects[1], &subjects[3]), (&subjects[2], &subjects[4]));
    let different: std::collections::BTreeSet<String> = subjects.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), 3);
}

#[tokio::test]
async fn rule_6_5_sharing_is_asked_for_once_and_again_for_more() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get(&service.asks(&[("scope", "openid")])).await;
    assert!(page.with.contains_key("code"), "an identifier is not asked about");
    let page = browser.get(&service.asks(&[])).await;
    assert_eq!(page.heading(), "Share your information with health in English?");
    let silent = browser.get(&service.asks(&[("prompt", "none")])).await;
    assert_eq!(told(&silent.with).0, "consent_required");
    browser.get(&service.asks(&[])).await;
    let page = answer(&mut browser, &[("answer", "no")]).await;
    assert_eq!(told(&page.with), ("access_denied", Some("a state")));
    let page = browser.get(&service.asks(&[])).await;
    assert_eq!(page.heading(), "Share your information with health in English?", "no is not remembered");
    let page = answer(&mut browser, &[("answer", "yes")]).await;
    assert!(page.with.contains_key("code"));
    let page = browser.get(&service.asks(&[])).await;
    assert!(page.with.contains_key("code"), "yes is");
    let page = browser.get(&service.asks(&[("scope", "openid")])).await;
    assert!(page.with.contains_key("code"));
    let page = browser.get(&service.asks(&[("prompt", "none")])).await;
    assert!(page.with.contains_key("code"), "asking for less took nothing back");
}

#[tokio::test]
async fn rule_6_1_an_email_in_the_id_token_is_there_when_it_is_asked_for() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let claims = r#"{"id_token":{"email":null},"userinfo":{"name":{"essential":true}}}"#;
    let changes = [("scope", "openid"), ("claims", claims)];
    assert_eq!(
        browser.get(&service.asks(&changes)).await.heading(),
        "Share your information with health in English?"
    );
    let code = env.code(&mut browser, &service, &changes).await;
    let tokens = env.tokens(&service, &code).await;
    let told = env.verified(&tokens["id_token"], &service).await;
    assert_eq!((&told["email"], &told["email_verified"]), (&json!(ANA), &json!(true)));
    let (_, told) = env.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(told.as_object().unwrap().len(), 1, "userinfo was not asked: {told}");
}

#[tokio::test]
async fn rule_3_2_a_way_that_was_gone_leads_on_and_begins_afresh_later() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.get(&service.asks(&[("scope", "openid")])).await;
    let way = page_way(&browser);
    wait(1);
    let first = browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await.with;
    let again = browser.get(&way).await.with;
    assert_eq!(again["state"], first["state"]);
    assert_ne!(again["code"], first["code"], "a double click gets a code that works");
    env.tokens(&service, &again["code"]).await;
    wait(60);
    let later = browser.get(&way).await;
    assert_eq!(
        later.left_for.as_deref(),
        Some("https://health.example/start"),
        "the service took its answer long ago"
    );
    let page =
        env.browser().get("/authorize/continue?interaction=00000000-0000-4000-8000-000000000000").await;
    assert_eq!((page.status, page.heading()), (410, "Your sign-in request has expired"));
    assert_eq!(browser.get("/authorize/continue").await.path, "/services");
}

#[tokio::test]
async fn rule_8_1_the_services_language_lasts_on_the_way_until_it_is_toggled() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    browser.get(&service.asks(&[("ui_locales", "de fr_CA")])).await;
    assert!(browser.html.contains("<html lang=\"fr\""));
    let way = page_way(&browser);
    browser.post(&way, &[("email", ANA), ("password", OTHER)]).await;
    assert!(browser.html.contains("<html lang=\"fr\""), "a mistake keeps it");
    let way = page_way(&browser);
    browser.post(&way, &[("email", ANA), ("switch_language", "en")]).await;
    assert!(browser.html.contains("<html lang=\"en\""));
    let way = page_way(&browser);
    browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
    assert!(browser.html.contains("Share your information with health in English?"), "{}", browser.html);
}
