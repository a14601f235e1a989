//! Authorization requests: their errors, and what residents consent to (RULES 6.1 to 6.5).

use std::collections::BTreeMap;

use domain::service::{Scope, Scopes, SubjectType};
use local::{GatewayResponse, Incoming};
use serde_json::{Value, json};

use crate::support::{
    browser::Browser,
    env::{ANA, OTHER, PASSWORD, TestEnv, wait},
    html::Html,
    services::{Changes, VERIFIER, told},
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
    assert_eq!(page.heading(), "Share with health in English?");
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
    browser.html.attribute("form[method='post']", "action").unwrap()
}

/// A change to a valid request, and the error that it gets.
const ERRORS: &[(Changes<'static>, &str)] = &[
    (&[("response_type", "")], "invalid_request"),
    (&[("response_type", "token")], "unsupported_response_type"),
    (&[("state", "s"), ("state", "t")], "invalid_request"),
    (&[("resource", "https://a.example/"), ("resource", "https://b.example/")], "invalid_target"),
    (&[("request", "a.b.c"), ("nonce", ""), ("code_challenge", "")], "request_not_supported"),
    (&[("request_uri", "urn:x")], "request_uri_not_supported"),
    (&[("registration", "{}")], "registration_not_supported"),
    (&[("scope", "profile")], "invalid_scope"),
    (&[("scope", "openid email")], "invalid_scope"),
    (&[("code_challenge", "")], "invalid_request"),
    (&[("prompt", "none login")], "invalid_request"),
    (&[("max_age", "soon")], "invalid_request"),
    (&[("claims", "no")], "invalid_request"),
    (
        &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#)],
        "unmet_authentication_requirements",
    ),
    (&[("acr_values", "phishing-resistant")], "unmet_authentication_requirements"),
    (&[("prompt", "none"), ("max_age", "0")], "login_required"),
    (&[("prompt", "none"), ("acr_values", "two-step")], "interaction_required"),
];

#[tokio::test]
async fn rule_6_1_each_error_goes_back_to_the_service_with_its_state() {
    let env = TestEnv::begin().await;
    let service = env.service_with("health", |r| r.scopes = Scopes::from([Scope::OpenId])).await;
    let mut browser = env.activated(ANA).await;
    let long: String = "x".repeat(123) + "-._~9";
    for (changes, error) in ERRORS {
        wait(1);
        for (state, mode) in [(&*long, "query"), ("", "query"), (&*long, "form_post"), ("", "form_post")] {
            let usual = [("state", state), ("response_mode", mode), ("scope", "openid")];
            let is_kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(changed, _)| changed == name);
            let usual: Vec<_> = usual.iter().filter(is_kept).copied().collect();
            let asks = service.asks(&[&usual, *changes].concat());
            let has_state = !state.is_empty() && usual.iter().any(|(name, _)| *name == "state");
            for request in [Incoming::get(&asks), posted(&asks)] {
                let with = sent_back(&mut browser, request, mode).await;
                assert_eq!(told(&with), (*error, Some(state).filter(|_| has_state)), "{changes:?}");
                assert!(with["iss"] == "http://localhost:4000" && !with.contains_key("code"));
                let is_legal = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
                assert!(with["error_description"].bytes().all(is_legal), "{with:?}");
            }
        }
    }
}

/// The parameters that a request sends the browser back to the service with, by redirect or by a page that posts them.
async fn sent_back(browser: &mut Browser, request: Incoming, mode: &str) -> BTreeMap<String, String> {
    let mut reply = browser.send(request).await;
    // A valid POST redirects to the GET that decides it.
    if let Some(own) = reply.header("location").filter(|location| location.starts_with('/')) {
        reply = browser.send(Incoming::get(own)).await;
    }
    if mode == "query" {
        let location = reply.header("location").unwrap_or_else(|| panic!("{reply:?}"));
        assert!(!location.contains('+'), "{location}");
        return url::Url::parse(location).unwrap().query_pairs().into_owned().collect();
    }
    posted_back(&reply)
}

/// The parameters that the page of a `form_post` response posts to the service.
fn posted_back(reply: &GatewayResponse) -> BTreeMap<String, String> {
    assert_eq!((reply.status, reply.header("location")), (200, None), "{}", reply.text());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://health.example https:;"), "{policy}");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let html = Html::from(reply.text().into_owned());
    assert_eq!(html.attribute("#form-post", "method").unwrap(), "post");
    assert_eq!(html.attribute("#form-post", "action").unwrap(), "https://health.example/return");
    html.form("https://health.example/return").hidden.into_iter().collect()
}

#[tokio::test]
async fn rule_6_1_a_response_is_posted_where_the_service_wants() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let state = "%&#\"<> é-._~+'";
    let asks = service.asks(&[("response_mode", "form_post"), ("state", state)]);
    browser.get(&asks).await;
    assert_eq!(browser.html.text("h1").unwrap(), "Share with health in English?");
    let action = browser.html.action("/authorize");
    let no = browser.posting(&action, &[("answer", "no")]);
    let refused = posted_back(&browser.send(no).await);
    assert_eq!(told(&refused), ("access_denied", Some(state)));
    let yes = browser.posting(&action, &[("answer", "yes")]);
    let with = posted_back(&browser.send(yes).await);
    assert_eq!((&*with["state"], &*with["iss"]), (state, "http://localhost:4000"));
    env.tokens(&service, &with["code"]).await;

    let page = browser.get(&format!("{asks}&ui_locales=fr_CA")).await;
    assert_eq!(page.heading(), "Continuer vers «\u{a0}health en français\u{a0}»");
    let silent = Incoming::get(&format!("{asks}&prompt=none"));
    assert_eq!(told(&posted_back(&env.browser().send(silent).await)), ("login_required", Some(state)));
    let unknown = browser.get(&service.asks(&[("response_mode", "fragment")])).await;
    assert_eq!(
        told(&unknown.with),
        ("invalid_request", Some("a state")),
        "an unknown mode is told by redirect"
    );
}

#[tokio::test]
async fn rule_6_1_what_is_not_known_ends_no_request() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let (api, openid) = (("resource", "https://api.example/"), ("scope", "openid"));
    for unknown in [
        &[("acr_values", "urn:unknown 1")][..],
        &[("id_token_hint", "a.b.c")],
        &[("id_token_hint", "a.b.c"), ("prompt", "none")],
        &[("utm_source", "a"), ("utm_source", "b")],
        &[api, api],
        &[("ui_locales", "se")],
    ] {
        for request in [Incoming::get, |asks: &str| posted(asks)] {
            let asks = service.asks(&[&[openid][..], unknown].concat());
            let with = sent_back(&mut browser, request(&asks), "query").await;
            let code = with.get("code").unwrap_or_else(|| panic!("{unknown:?} {with:?}"));
            let twice = Incoming::post("/token").header("authorization", &service.basic());
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &service.redirect_uri),
                ("code_verifier", VERIFIER),
                api,
                api,
                ("utm_source", "a"),
                ("utm_source", "b"),
            ];
            assert_eq!(env.call(twice.form(&fields)).await.0.status, 200, "{unknown:?}");
        }
    }
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
fn posted(asks: &str) -> Incoming {
    let (path, query) = asks.split_once('?').unwrap();
    Incoming::post(path).body("application/x-www-form-urlencoded", query.to_owned())
}

#[tokio::test]
async fn rule_6_1_what_may_not_be_redirected_is_a_page_with_the_services_support() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    for (changes, heading, support) in [
        (&[("client_id", "nobody")][..], "We do not know the service that sent you here", false),
        (&[("client_id", "")], "We do not know the service that sent you here", false),
        (&[("redirect_uri", "")], "health in English sent you here with a wrong return address", true),
        (
            &[("redirect_uri", "https://evil.example/")],
            "health in English sent you here with a wrong return address",
            true,
        ),
        (
            &[("redirect_uri", "https://health.example/return/x")],
            "health in English sent you here with a wrong return address",
            true,
        ),
        (
            &[("request", "a.b.c"), ("redirect_uri", "https://evil.example/")],
            "health in English sent you here with a wrong return address",
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
    assert_eq!(
        (page.status, page.heading()),
        (403, "health in English is not available through your account right now")
    );
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
    let long = "s".repeat(10_000);
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
        assert_eq!(browser.jar, own);
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
    assert_eq!(page.heading(), "Share with health in English?");
    let silent = browser.get(&service.asks(&[("prompt", "none")])).await;
    assert_eq!(told(&silent.with).0, "consent_required");
    browser.get(&service.asks(&[])).await;
    let page = answer(&mut browser, &[("answer", "no")]).await;
    assert_eq!(told(&page.with), ("access_denied", Some("a state")));
    let page = browser.get(&service.asks(&[])).await;
    assert_eq!(page.heading(), "Share with health in English?", "no is not remembered");
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
    assert_eq!(browser.get(&service.asks(&changes)).await.heading(), "Share with health in English?");
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
    assert_eq!((page.status, page.heading()), (410, "Your way to the service has ended"));
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
    assert!(browser.html.contains("Share with health in English?"), "{}", browser.html);
}
