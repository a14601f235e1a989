//! Signing keys rotate without a failing token (RULES 9.5), and so do the keys of services (RULES 9.8).

use std::sync::{Arc, Mutex};

use domain::service::{AuthMethod, ClientRegistration, SigningAlgorithm};
use local::Incoming;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{
    env::{ANA, PASSWORD, TestEnv, wait},
    services::{Service, claims, fresh_key, public},
};

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn rule_9_5_a_service_that_keeps_our_keys_for_a_day_verifies_every_token() {
    let env = TestEnv::begin().await;
    let algorithm = |r: &mut ClientRegistration| r.id_token_signed_response_alg = SigningAlgorithm::Rs256;
    let services = [env.service("health").await, env.service_with("roads", algorithm).await];
    let mut browser = env.activated(ANA).await;
    let mut kept: Option<(i64, Value)> = None;
    let mut ids = std::collections::BTreeSet::new();
    // Half a day at a time, with more rotations than the schedule has.
    for half_day in 0..10 {
        browser.sign_in(ANA, PASSWORD).await;
        for service in &services {
            let code = env.code(&mut browser, service, &[]).await;
            let tokens = env.tokens(service, &code).await;
            let now = env.now().as_second();
            if kept.as_ref().is_none_or(|(at, _)| now - at >= DAY) {
                kept = Some((now, env.call(Incoming::get("/.well-known/jwks.json")).await.1));
            }
            let id_token = tokens["id_token"].as_str().unwrap();
            let verified = claims(id_token, &kept.as_ref().unwrap().1, &service.id);
            assert!(verified.is_some(), "half a day {half_day}, {}", service.id);
            ids.insert(jsonwebtoken::decode_header(id_token).unwrap().kid.unwrap());
        }
        wait(DAY / 2);
        env.stack.secrets.rotate().await.unwrap();
        wait(300);
    }
    assert!(ids.len() >= 6, "the keys changed: {ids:?}");
}

#[tokio::test]
async fn rule_9_5_an_id_token_is_a_hint_after_its_key_was_replaced() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let kid = jsonwebtoken::decode_header(hint).unwrap().kid.unwrap();
    for rotation in 1..=4 {
        wait(26 * 3600);
        env.stack.secrets.rotate().await.unwrap();
        wait(300);
        let (_, published) = env.call(Incoming::get("/.well-known/jwks.json")).await;
        assert_eq!(published.to_string().contains(&kid), rotation < 2, "{rotation}");
        browser.sign_in(ANA, PASSWORD).await;
        let asks = service.asks(&[("prompt", "none"), ("id_token_hint", hint)]);
        assert!(browser.get(&asks).await.with.contains_key("code"), "{rotation}");
        let mut bob = env.activated(&format!("bob{rotation}@exemple.ca")).await;
        assert_eq!(bob.get(&asks).await.with["error"], "login_required", "it still says who is meant");
        let uri = "post_logout_redirect_uri=https%3A%2F%2Fhealth.example%2Fbye";
        let page = browser.get(&format!("/logout?id_token_hint={hint}&{uri}")).await;
        assert_eq!(page.left_for.as_deref(), Some("https://health.example/bye"), "{rotation}");
    }
}

#[tokio::test]
async fn rule_9_5_keys_that_were_had_serve_while_the_secret_store_is_away() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    env.tokens(&service, &code).await;
    env.stack.secrets.fail_with(Some(500));
    wait(600);
    let code = env.code(&mut browser, &service, &[]).await;
    env.tokens(&service, &code).await;
    env.stack.secrets.fail_with(None);

    let fresh = TestEnv::begin().await;
    fresh.stack.secrets.fail_with(Some(500));
    let (reply, body) = fresh.call(Incoming::get("/.well-known/jwks.json")).await;
    assert_eq!((reply.status, &body["error"]), (503, &json!("temporarily_unavailable")));
    fresh.stack.secrets.fail_with(None);
    assert_eq!(fresh.call(Incoming::get("/.well-known/jwks.json")).await.0.status, 200);
}

#[tokio::test]
async fn rule_6_1_discovery_says_where_everything_is() {
    let env = TestEnv::begin().await;
    let (reply, metadata) = env.call(Incoming::get("/.well-known/openid-configuration")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=3600"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(metadata["issuer"], "http://localhost:4000");
    for name in
        ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
    {
        let path = metadata[name].as_str().unwrap().strip_prefix("http://localhost:4000").unwrap();
        let method = if name == "token_endpoint" { "POST" } else { "GET" };
        let reply = env.stack.call(&Incoming::new(method, path)).await;
        assert_ne!(reply.status, 404, "{name}");
    }
    let (_, keys) = env.call(Incoming::get("/.well-known/jwks.json")).await;
    let kids: std::collections::BTreeSet<_> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].to_string()).collect();
    assert_eq!(kids.len(), 4, "the current and the next, of each algorithm");
    let rsa = keys["keys"].as_array().unwrap().iter().find(|key| key["kty"] == "RSA").unwrap();
    assert_eq!(rsa["n"].as_str().unwrap().len(), 512, "3072 bits");
}

/// A service's own server, which publishes these keys and counts requests.
async fn keys_server(keys: Arc<Mutex<Value>>) -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            *count.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 4096]).await;
            let body = keys.lock().unwrap().to_string();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    (format!("http://localhost:{}/keys", address.port()), asked)
}

/// A service whose `jwks_uri` is on this host, the keys there, and the number of requests for them.
async fn with_a_keys_server(env: &TestEnv) -> (Service, Arc<Mutex<Value>>, Arc<Mutex<usize>>) {
    let shown = Arc::new(Mutex::new(json!({ "keys": [] })));
    let (uri, asked) = keys_server(shown.clone()).await;
    let register = |registration: &mut ClientRegistration| {
        registration.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        registration.jwks_uri = Some(uri);
    };
    (env.service_with("signing", register).await, shown, asked)
}

#[tokio::test]
async fn rule_9_8_a_services_keys_are_read_again_when_they_change_and_not_all_the_time() {
    let env = TestEnv::begin().await;
    let (service, shown, asked) = with_a_keys_server(&env).await;
    let mut other = public(&fresh_key());
    other.common.key_id = Some("older".into());
    *shown.lock().unwrap() = json!({ "keys": [other, service.public_key()] });
    let mut browser = env.activated(ANA).await;
    for _ in 0..3 {
        let code = env.code(&mut browser, &service, &[]).await;
        env.tokens(&service, &code).await;
    }
    assert_eq!(*asked.lock().unwrap(), 1);

    // The published keys have another algorithm now: they are fetched again, at most once in 30 seconds.
    *shown.lock().unwrap() = json!({ "keys": [] });
    wait(600);
    let code = env.code(&mut browser, &service, &[]).await;
    for _ in 0..3 {
        let (reply, body) = env.call(service.exchanges(&code, &[])).await;
        assert_eq!((reply.status, &body["error"]), (401, &json!("invalid_client")));
    }
    assert_eq!(*asked.lock().unwrap(), 2);
    *shown.lock().unwrap() = json!({ "keys": [service.public_key()] });
    wait(31);
    env.tokens(&service, &code).await;
    assert_eq!(*asked.lock().unwrap(), 3);

    // While the published keys are unreadable, the previous ones are used, and they are not fetched again.
    *shown.lock().unwrap() = json!("broken");
    wait(600);
    for _ in 0..3 {
        let code = env.code(&mut browser, &service, &[]).await;
        env.tokens(&service, &code).await;
    }
    assert_eq!(*asked.lock().unwrap(), 4);
}

#[tokio::test]
async fn rule_9_8_a_deployment_without_the_parameter_reaches_nothing_local() {
    let env = TestEnv::begin_with(vec![("OUTBOUND_LOOPBACK", String::new())]).await;
    let (service, shown, asked) = with_a_keys_server(&env).await;
    *shown.lock().unwrap() = json!({ "keys": [service.public_key()] });
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &service, &[]).await;
    let (reply, body) = env.call(service.exchanges(&code, &[])).await;
    assert_eq!((reply.status, &body["error"]), (401, &json!("invalid_client")));
    assert_eq!(*asked.lock().unwrap(), 0);
}
