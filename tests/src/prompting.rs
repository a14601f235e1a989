//! `prompt`, `max_age` and `login_hint`: how services want residents to be asked (RULES 6.1).

use serde_json::json;

use crate::{
    authorizing::{answer, page_way},
    support::{
        env::{ANA, PASSWORD, TestEnv, wait},
        services::told,
    },
};

#[tokio::test]
async fn rule_6_1_prompts_and_ages_are_obeyed() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.activated(ANA).await;
    let asks = |changes: &[(&'static str, &'static str)]| {
        service.asks(&[&[("scope", "openid")][..], changes].concat())
    };
    let auth_time = async |code: &str| {
        let tokens = env.tokens(&service, code).await;
        env.verified(&tokens["id_token"], &service).await["auth_time"].as_i64().unwrap()
    };
    let first = auth_time(&browser.get(&asks(&[])).await.with["code"]).await;
    wait(2);
    let silent = browser.get(&asks(&[("prompt", "none")])).await;
    assert_eq!(auth_time(&silent.with["code"]).await, first, "the same sign-in");
    let young = browser.get(&asks(&[("max_age", "10000")])).await;
    assert_eq!(auth_time(&young.with["code"]).await, first);

    for changes in [&[("prompt", "login")], &[("max_age", "1")]] {
        let page = browser.get(&asks(changes)).await;
        assert_eq!(page.path, "/login", "{changes:?}");
        let way = page_way(&browser);
        // Resuming without a sign-in leads back to the form.
        let interaction = way.split_once("interaction=").unwrap().1;
        let page = browser.get(&format!("/authorize/continue?interaction={interaction}")).await;
        assert_eq!(page.path, "/login");
        wait(2);
        let page = browser.post(&way, &[("email", ANA), ("password", PASSWORD)]).await;
        let later = auth_time(&page.with["code"]).await;
        assert!(later > first && env.now().as_second() - later < 2, "{changes:?}");
        wait(2);
    }
    let page = browser.get(&asks(&[("prompt", "create")])).await;
    assert_eq!(page.path, "/register");
    let page = browser.get(&asks(&[("prompt", "consent")])).await;
    assert_eq!(page.heading(), "Share your information with health in English?");
    let page = answer(&mut browser, &[("answer", "no")]).await;
    assert_eq!(told(&page.with), ("access_denied", Some("a state")));
}

#[tokio::test]
async fn rule_6_1_prompt_select_account_lets_the_resident_choose() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    env.activated("bob@exemple.ca").await;
    let mut browser = env.activated(ANA).await;
    let asks = service.asks(&[("prompt", "select_account")]);
    let page = browser.get(&asks).await;
    assert_eq!(page.heading(), "Choose an account");
    assert!(page.html.contains(ANA));
    let chosen = answer(&mut browser, &[("answer", "account")]).await;
    assert_eq!(chosen.heading(), "Share your information with health in English?");
    let selected = browser.html.value("selected").unwrap();
    let page = answer(&mut browser, &[("answer", "yes"), ("selected", &selected)]).await;
    assert!(page.with.contains_key("code"));

    wait(1);
    browser.get(&asks).await;
    let other = browser.html.href("/login");
    let page = browser.get(&other).await;
    assert_eq!(page.path, "/login", "signed in or not, the form is shown");
    let way = page_way(&browser);
    let page = browser.post(&way, &[("email", "bob@exemple.ca"), ("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Share your information with health in English?");
    assert!(page.html.contains("bob@exemple.ca"));
}

#[tokio::test]
async fn rule_6_1_somebody_else_than_the_service_means_is_refused() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut ana = env.activated(ANA).await;
    let mut bob = env.activated("bob@exemple.ca").await;
    let code = env.code(&mut ana, &service, &[]).await;
    let tokens = env.tokens(&service, &code).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let subject = env.verified(&tokens["id_token"], &service).await["sub"].as_str().unwrap().to_owned();
    let claims = json!({ "id_token": { "sub": { "value": subject } } }).to_string();
    wait(1);
    for meant in [("id_token_hint", hint), ("claims", &claims)] {
        let page = ana.get(&service.asks(&[("prompt", "none"), meant])).await;
        assert!(page.with.contains_key("code"), "{meant:?} {page:?}");
        let page = bob.get(&service.asks(&[("prompt", "none"), meant])).await;
        assert_eq!(told(&page.with), ("login_required", Some("a state")));
        let page = bob.get(&service.asks(&[meant])).await;
        assert_eq!(page.path, "/login");
        let way = page_way(&bob);
        wait(1);
        let page = bob.post(&way, &[("email", "bob@exemple.ca"), ("password", PASSWORD)]).await;
        assert_eq!(told(&page.with), ("login_required", Some("a state")), "{}", page.html);
    }
    let page = ana.get(&env.service("roads").await.asks(&[("id_token_hint", hint)])).await;
    assert_eq!(told(&page.with).0, "invalid_request", "another service's token is no hint");
}

#[tokio::test]
async fn rule_6_1_a_login_hint_is_typed_for_the_resident() {
    let env = TestEnv::begin().await;
    let service = env.service("health").await;
    let mut browser = env.browser();
    browser.get(&service.asks(&[("login_hint", "\"><b>@exemple.ca")])).await;
    assert!(browser.html.contains("value=\"&#34;&#62;&#60;b&#62;@exemple.ca\""), "{}", browser.html);
}
