//! Refresh tokens are exchanged, and returned again when a response was lost (RULES 6.1).

use futures_util::future::join_all;

use crate::{
    exchanging::{OFFLINE, error, text},
    support::env::{ANA, OTHER, TestEnv, wait},
};

#[tokio::test]
async fn rule_6_1_refresh_tokens_rotate_and_a_lost_answer_is_given_again() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let first = env.tokens(&health, &code).await;
    wait(20);
    let (reply, second) = env.call(health.refreshes(&text(&first, "refresh_token"))).await;
    assert_eq!(reply.status, 200, "{second}");
    let [before, after] =
        [env.verified(&first["id_token"], &health).await, env.verified(&second["id_token"], &health).await];
    for name in ["iss", "sub", "aud", "auth_time", "acr"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert!(after["iat"].as_i64() > before["iat"].as_i64() && after.get("nonce").is_none());
    assert_eq!(env.userinfo(&text(&second, "access_token")).await.0, 200);

    // The response was lost: the service repeats the same token, and then uses the one that it got.
    wait(25);
    let (reply, again) = env.call(health.refreshes(&text(&first, "refresh_token"))).await;
    assert_eq!((reply.status, text(&again, "refresh_token")), (200, text(&second, "refresh_token")));
    let (reply, third) = env.call(health.refreshes(&text(&second, "refresh_token"))).await;
    assert_eq!(reply.status, 200);
    // Later, somebody uses a copy, which revokes the family.
    wait(30);
    for token in [&second, &third] {
        let refresh = health.refreshes(&text(token, "refresh_token"));
        assert_eq!(error(&env, refresh).await, (400, "invalid_grant".into()));
    }
    assert_eq!(env.userinfo(&text(&third, "access_token")).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_1_a_refresh_token_raced_by_sixty_four_leaves_one_family_alive_or_none() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let first = env.tokens(&health, &code).await;
    let token = text(&first, "refresh_token");
    let all = join_all((0..64).map(|_| env.call(health.refreshes(&token)))).await;
    let newer: std::collections::BTreeSet<String> = all
        .iter()
        .filter(|(reply, _)| reply.status == 200)
        .map(|(_, tokens)| text(tokens, "refresh_token"))
        .collect();
    assert!(newer.len() <= 1, "{newer:?}");
    assert!(!newer.is_empty(), "within the grace they are one answer, given again");
    let (reply, third) = env.call(health.refreshes(newer.first().unwrap())).await;
    assert_eq!(reply.status, 200, "{third}");
    wait(30);
    // The first token is two generations old: using it revokes the family.
    assert_eq!(error(&env, health.refreshes(&token)).await.1, "invalid_grant");
    assert_eq!(error(&env, health.refreshes(&text(&third, "refresh_token"))).await.1, "invalid_grant");
}

#[tokio::test]
async fn rule_6_1_a_refresh_token_is_its_own_services_and_gives_no_more_than_was_granted() {
    let env = TestEnv::begin().await;
    let (health, roads) = (env.service("health").await, env.service("roads").await);
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let tokens = env.tokens(&health, &code).await;
    let token = text(&tokens, "refresh_token");
    assert_eq!(error(&env, roads.refreshes(&token)).await, (400, "invalid_grant".into()));
    for other in [&code, &text(&tokens, "access_token"), "x", &text(&tokens, "id_token")] {
        assert_eq!(error(&env, health.refreshes(other)).await, (400, "invalid_grant".into()));
    }
    let refresh = |scope: &str| {
        health.posts(&[("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", scope)])
    };
    assert_eq!(error(&env, refresh("openid profile")).await, (400, "invalid_scope".into()));
    let (_, narrow) = env.call(refresh("openid")).await;
    assert_eq!(narrow["scope"], "openid");
    let (_, told) = env.userinfo(&text(&narrow, "access_token")).await;
    assert_eq!(told.as_object().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn rule_6_1_refresh_tokens_outlive_the_session_and_no_reset() {
    let env = TestEnv::begin().await;
    let health = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let code = env.code(&mut browser, &health, OFFLINE).await;
    let tokens = env.tokens(&health, &code).await;
    browser.get("/logout").await;
    browser.post("/logout", &[]).await;
    wait(29 * 24 * 3600);
    let (reply, newer) = env.call(health.refreshes(&text(&tokens, "refresh_token"))).await;
    assert_eq!(reply.status, 200, "{newer}");
    assert_eq!(env.userinfo(&text(&tokens, "access_token")).await.0, 401, "ten minutes were long over");

    let code = {
        let mut other = env.browser();
        other.get("/reset").await;
        other.post("/reset", &[("email", ANA)]).await;
        let link = env.last_link().await;
        other.get(&link).await;
        other.post("/reset/link", &[("password", OTHER)]).await;
        text(&newer, "refresh_token")
    };
    assert_eq!(error(&env, health.refreshes(&code)).await, (400, "invalid_grant".into()));
    assert_eq!(env.userinfo(&text(&newer, "access_token")).await.0, 401);
}
