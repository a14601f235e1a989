//! Codes are exchanged once, by the client they were issued to, under any concurrency (RULES 6.1).

use domain::service::{AuthMethod, SigningAlgorithm};
use futures_util::future::join_all;
use local::Incoming;
use serde_json::{Value, json};

use crate::support::{
    env::{ANA, OTHER, TestEnv, wait},
    services::{Changes, Service, VERIFIER},
};

pub(crate) const OFFLINE: Changes<'static> = &[("scope", "openid email offline_access")];

pub(crate) async fn error(env: &TestEnv, request: Incoming) -> (u16, String) {
    let (reply, body) = env.call(request).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.set_cookies().count(), 0);
    assert_eq!(body.get("access_token"), None);
    (reply.status, body["error"].as_str().unwrap_or_default().to_owned())
}

pub(crate) fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}")).to_owned()
}

#[tokio::test]
async fn rule_6_1_a_code_is_exchanged_against_all_that_it_was_given_for() {
    let env = TestEnv::begin().await;
    let (health, roads) = (env.service("health").await, env.service("roads").await);
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, &[]).await;
    let mut by_roads = roads.clone();
    by_roads.redirect_uri.clone_from(&health.redirect_uri);
    for request in [
        by_roads.exchanges(&code, &[]),
        health.exchanges(&code, &[("redirect_uri", "https://health.example/")]),
        health.exchanges(&code, &[("code_verifier", "")]),
        health.exchanges(&code, &[("code_verifier", &VERIFIER.replace('d', "e"))]),
        health.exchanges("unknown", &[]),
        health.exchanges(&format!("{code}A"), &[]),
    ] {
        assert_eq!(error(&env, request).await, (400, "invalid_grant".into()));
    }
    for (changes, expected) in [
        (&[("code", "")][..], "invalid_request"),
        (&[("redirect_uri", "")], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
    ] {
        assert_eq!(error(&env, health.exchanges(&code, changes)).await, (400, expected.into()));
    }
    env.tokens(&health, &code).await;
}

#[tokio::test]
async fn rule_6_1_a_code_that_comes_again_takes_back_what_it_gave() {
    let env = TestEnv::begin().await;
    let (health, roads) = (env.service("health").await, env.service("roads").await);
    let mut browser = env.activated(ANA).await;
    for later in [0, 31] {
        let code = env.code(&mut browser, &health, OFFLINE).await;
        let tokens = env.tokens(&health, &code).await;
        // What another service shows says nothing about a theft, and ends nothing.
        assert_eq!(error(&env, roads.exchanges(&code, &[])).await, (400, "invalid_grant".into()));
        assert_eq!(env.userinfo(&text(&tokens, "access_token")).await.0, 200);
        let tokens = env.call(health.refreshes(&text(&tokens, "refresh_token"))).await.1;
        assert_eq!(env.userinfo(&text(&tokens, "access_token")).await.0, 200);
        wait(later);
        assert_eq!(error(&env, health.exchanges(&code, &[])).await, (400, "invalid_grant".into()));
        let (status, body) = env.userinfo(&text(&tokens, "access_token")).await;
        assert_eq!((status, &body["error"]), (401, &json!("invalid_token")), "the access token");
        let refresh = health.refreshes(&text(&tokens, "refresh_token"));
        assert_eq!(error(&env, refresh).await, (400, "invalid_grant".into()), "the refresh token");
    }
}

#[tokio::test]
async fn rule_6_1_a_code_runs_out_after_a_minute() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, &[]).await;
    wait(50);
    env.tokens(&health, &code).await;
    let code = env.code(&mut browser, &health, &[]).await;
    wait(60);
    assert_eq!(error(&env, health.exchanges(&code, &[])).await, (400, "invalid_grant".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_1_of_sixty_four_exchanges_of_a_code_one_gives_tokens_at_most() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let all = join_all((0..64).map(|_| env.call(health.exchanges(&code, &[])))).await;
    let given: Vec<_> = all.iter().filter(|(reply, _)| reply.status == 200).collect();
    assert!(given.len() <= 1, "{}", given.len());
    assert!(all.iter().all(|(reply, body)| reply.status == 200 || body["error"] == "invalid_grant"));
    // The other exchanges reused the code, which revokes all tokens.
    for (_, tokens) in given {
        assert_eq!(env.userinfo(&text(tokens, "access_token")).await.0, 401);
        let refresh = health.refreshes(&text(tokens, "refresh_token"));
        assert_eq!(error(&env, refresh).await.1, "invalid_grant");
    }
}

#[tokio::test]
async fn rule_6_1_a_code_that_a_reset_overtakes_gives_nothing() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    wait(31);
    browser.get("/reset").await;
    browser.post("/reset", &[("email", ANA)]).await;
    let link = env.last_link().await;
    let code = env.code(&mut browser, &health, &[]).await;
    let mut other = env.browser();
    other.get(&link).await;
    assert_eq!(other.post("/reset/link", &[("password", OTHER)]).await.path, "/reset/done");
    assert_eq!(error(&env, health.exchanges(&code, &[])).await, (400, "invalid_grant".into()));
}

#[tokio::test]
async fn rule_6_1_a_service_proves_to_be_itself_by_the_way_that_is_registered() {
    let env = TestEnv::begin().await;
    let post = |r: &mut domain::service::ClientRegistration| {
        r.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
    };
    let (basic, posting) = (env.service("basic").await, env.service_with("posting", post).await);
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &basic, &[]).await;
    let form =
        [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", &*basic.redirect_uri)];
    let wrong = "A".repeat(43);
    let secret = [("client_id", "basic"), ("client_secret", &*basic.secret)];
    let refused = [
        Incoming::post("/token").form(&form),
        Incoming::post("/token").form(&[&form[..], &secret].concat()),
        Incoming::post("/token")
            .form(&[&form[..], &[("client_id", "posting"), ("client_secret", &wrong)]].concat()),
        Incoming::post("/token")
            .form(&[&form[..], &[("client_id", "nobody"), ("client_secret", &wrong)]].concat()),
        Incoming::post("/token").header("authorization", &posting.basic()).form(&form),
        Incoming::post("/token").header("authorization", "Basic !").form(&form),
        Incoming::post("/token").header("authorization", "Bearer x").form(&form),
    ];
    for request in refused {
        let (reply, body) = env.call(request).await;
        assert_eq!((reply.status, &body["error"]), (401, &json!("invalid_client")));
        assert!(reply.header("www-authenticate").unwrap().starts_with("Basic"));
    }
    let twice =
        Incoming::post("/token").header("authorization", &basic.basic()).form(&[&form[..], &secret].concat());
    assert_eq!(error(&env, twice).await, (400, "invalid_request".into()));
    assert_eq!(error(&env, Incoming::post("/token").body("application/json", "{}")).await.0, 400);
    assert_eq!(error(&env, Incoming::post("/token").form(&vec![("a", "b"); 70])).await.0, 400);
    let large = "x".repeat(40_000);
    let (reply, body) = env.call(Incoming::post("/token").form(&[("a", &*large)])).await;
    assert_eq!((reply.status, &body["error"]), (413, &json!("invalid_request")));
    env.tokens(&basic, &code).await;
    let code = env.code(&mut browser, &posting, &[]).await;
    env.tokens(&posting, &code).await;
}

#[tokio::test]
async fn rule_6_1_an_assertion_is_good_once() {
    let env = TestEnv::begin().await;
    let jwt = |r: &mut domain::service::ClientRegistration| {
        r.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
    };
    let service = env.service_with("signing", jwt).await;
    let mut browser = env.activated(ANA).await;
    let by = |assertion: &str, code: &str, service: &Service| {
        Incoming::post("/token").form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &service.redirect_uri),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", oidc::client_assertion::ASSERTION_TYPE),
            ("client_assertion", assertion),
        ])
    };
    let once = service.assertion(&json!({}));
    let code = env.code(&mut browser, &service, &[]).await;
    assert_eq!(env.call(by(&once, &code, &service)).await.0.status, 200);
    let code = env.code(&mut browser, &service, &[]).await;
    assert_eq!(error(&env, by(&once, &code, &service)).await, (401, "invalid_client".into()), "replayed");
    // An assertion that came with an invalid code is spent too.
    let spent = service.assertion(&json!({ "aud": "http://localhost:4000" }));
    assert_eq!(error(&env, by(&spent, "worthless", &service)).await, (400, "invalid_grant".into()));
    assert_eq!(error(&env, by(&spent, &code, &service)).await, (401, "invalid_client".into()));
    for changes in [
        json!({ "aud": "https://evil.example" }),
        json!({ "aud": "http://localhost:4000/token" }),
        json!({ "aud": ["http://localhost:4000"] }),
        json!({ "aud": ["http://localhost:4000", "https://evil.example"] }),
        json!({ "exp": 1 }),
        json!({ "sub": "health" }),
    ] {
        let wrong = service.assertion(&changes);
        assert_eq!(
            error(&env, by(&wrong, &code, &service)).await,
            (401, "invalid_client".into()),
            "{changes}"
        );
    }
    assert_eq!(
        env.call(by(&service.assertion(&json!({})), &code, &service)).await.0.status,
        200,
        "the code was not touched"
    );

    let code = env.code(&mut browser, &service, OFFLINE).await;
    let raced = service.assertion(&json!({}));
    let all = join_all((0..16).map(|_| env.call(by(&raced, &code, &service)))).await;
    assert!(all.iter().filter(|(reply, _)| reply.status == 200).count() <= 1);
}

#[tokio::test]
async fn rule_6_1_a_code_takes_two_calls_of_the_table() {
    let env = TestEnv::begin().await;
    let jwt = |r: &mut domain::service::ClientRegistration| {
        r.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
    };
    let services = [env.service("health").await, env.service_with("signing", jwt).await];
    let mut browser = env.activated(ANA).await;
    for service in &services {
        let code = env.code(&mut browser, service, OFFLINE).await;
        let _ = env.watch.take_calls();
        env.tokens(service, &code).await;
        let calls: Vec<_> = env.watch.take_calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["GetItem", "TransactWriteItems"], "{}", service.id);
    }
}

#[tokio::test]
async fn rule_6_1_id_tokens_are_signed_as_the_service_is_registered() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    for (algorithm, name) in [(SigningAlgorithm::Es256, "ES256"), (SigningAlgorithm::Rs256, "RS256")] {
        let id = name.to_lowercase();
        let service = env.service_with(&id, |r| r.id_token_signed_response_alg = algorithm).await;
        let code = env.code(&mut browser, &service, &[]).await;
        let tokens = env.tokens(&service, &code).await;
        env.verified(&tokens["id_token"], &service).await;
        let header = jsonwebtoken::decode_header(text(&tokens, "id_token")).unwrap();
        assert_eq!((format!("{:?}", header.alg).as_str(), header.typ.as_deref()), (name, Some("JWT")));
    }
}

#[tokio::test]
async fn rule_6_1_pkce_and_nonce_are_left_out_where_the_registration_says_so() {
    let env = TestEnv::begin().await;
    let service = env.service_with("plain", |r| r.require_pkce = false).await;
    let mut browser = env.activated(ANA).await;
    let without = [("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "")];
    let code = env.code(&mut browser, &service, &without).await;
    let (_, body) = env.call(service.exchanges(&code, &[])).await;
    assert_eq!(body["error"], "invalid_grant", "a verifier where there was no challenge");
    let (reply, tokens) = env.call(service.exchanges(&code, &[("code_verifier", "")])).await;
    assert_eq!(reply.status, 200, "{tokens}");
    assert_eq!(env.verified(&tokens["id_token"], &service).await.get("nonce"), None);
}

#[tokio::test]
async fn rule_6_1_userinfo_takes_the_token_in_the_header_or_the_form() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    let token = text(&tokens, "access_token");
    let header = format!("Bearer {token}");
    for request in [
        Incoming::get("/userinfo").header("authorization", &header),
        Incoming::get("/userinfo").header("authorization", &header.replacen("Bearer", "bearer", 1)),
        Incoming::post("/userinfo").header("authorization", &header),
        Incoming::post("/userinfo").header("authorization", &header).form(&[]),
        Incoming::post("/userinfo").form(&[("access_token", &token)]),
    ] {
        let (reply, body) = env.call(request).await;
        assert_eq!((reply.status, &body["email"]), (200, &json!(ANA)));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.set_cookies().count(), 0);
    }
    let (reply, body) = env.call(Incoming::get("/userinfo")).await;
    assert_eq!((reply.status, reply.header("www-authenticate"), body), (401, Some("Bearer"), json!({})));
    for (request, status, error) in [
        (Incoming::get("/userinfo").header("authorization", "Bearer x"), 401, "invalid_token"),
        (Incoming::get("/userinfo").header("authorization", &format!("Bearer {code}")), 401, "invalid_token"),
        (Incoming::get("/userinfo").header("authorization", "Basic x"), 400, "invalid_request"),
        (
            Incoming::post("/userinfo").header("authorization", &header).form(&[("access_token", &token)]),
            400,
            "invalid_request",
        ),
    ] {
        let (reply, body) = env.call(request).await;
        assert_eq!((reply.status, &body["error"]), (status, &json!(error)));
        assert!(reply.header("www-authenticate").unwrap().contains(error));
    }
    wait(600);
    assert_eq!(env.userinfo(&token).await.0, 401, "ten minutes later");
}

#[tokio::test]
async fn rule_6_3_a_service_that_is_switched_off_gets_nothing() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, OFFLINE).await;
    let tokens = env.tokens(&service, &code).await;
    env.switch("health", false).await;
    let refresh = || service.refreshes(&text(&tokens, "refresh_token"));
    assert_eq!(error(&env, refresh()).await, (400, "unauthorized_client".into()));
    assert_eq!(env.userinfo(&text(&tokens, "access_token")).await.0, 401);
    env.switch("health", true).await;
    assert_eq!(env.call(refresh()).await.0.status, 200);
}
