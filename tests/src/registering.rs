//! Registration and activation (RULES 2).

use domain::SignedDuration;

use crate::support::{
    browser::{Browser, CONFIRMED},
    env::{ANA, OTHER, PASSWORD, TestEnv, links, wait},
};

#[tokio::test]
async fn rule_2_1_a_resident_registers_activates_and_is_signed_in() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, ANA, PASSWORD).await;
    assert_eq!(
        (page.status, page.path.as_str(), page.heading()),
        (200, "/register/sent", "Check your email")
    );
    assert!(page.html.contains("We have sent an activation link"), "{}", page.html);

    let emails = env.emails().await;
    assert_eq!((emails.len(), emails[0].to.as_str()), (1, ANA));
    let page = browser.get(&links(&emails[0])[0]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/activate"));
    assert!(page.html.contains(ANA) && !page.html.contains("token"), "the clean page names the address");

    let page = browser.post("/activate", &[]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/services", "My connected services"));
    assert!(
        !browser.jar.keys().any(|name| name.starts_with("__Host-link"))
            && !browser.jar.contains_key("__Host-registering")
    );
}

#[tokio::test]
async fn rule_2_1_a_taken_email_is_refused_only_when_the_rest_is_valid() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, " ANA@Exemple.ca", "weak").await;
    assert!(page.status == 422 && !page.html.contains("already an account with this email address"));
    let page = env.register(&mut browser, " ANA@Exemple.ca", OTHER).await;
    assert!(page.status == 422 && page.html.contains("already an account with this email address"));
    assert_eq!(env.emails().await.len(), 1);
}

#[tokio::test]
async fn rule_2_3_the_page_says_which_rules_are_not_met_and_keeps_the_email() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, "Ana@exemple.ca", "lowercase").await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("value=\"Ana@exemple.ca\"") && !page.html.contains("value=\"lowercase\""));
    assert!(
        page.html.matches("site-rules__unmet").count() >= 3
            && page.html.matches("site-rules__met").count() >= 3
    );
    assert!(page.html.contains("<title>Error: "));
}

#[tokio::test]
async fn rule_2_3_the_policy_is_a_parameter() {
    let env = TestEnv::begin_with(vec![("PASSWORD_POLICY", "standards".to_owned())]).await;
    let mut browser = env.browser();
    assert_eq!(env.register(&mut browser, ANA, PASSWORD).await.status, 422, "fourteen characters");
    assert_eq!(env.register(&mut browser, ANA, "onze pommes et un vélo").await.status, 200);
}

#[tokio::test]
async fn rule_2_4_the_link_lasts_thirty_minutes_and_another_can_be_asked_for() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    let first = env.last_link().await;
    wait(30 * 60);
    assert_eq!(browser.get(&first).await.heading(), "This link has expired");

    send_again(&mut browser, ANA).await;
    let second = env.last_link().await;
    assert_eq!(browser.get(&first).await.heading(), "This link has expired");
    assert_eq!(browser.get(&second).await.heading(), "Activate your account");
    assert_eq!(browser.post("/activate", &[]).await.path, "/services");
    assert_eq!(browser.get(&second).await.heading(), "Your account is active");
}

async fn send_again(browser: &mut Browser, email: &str) {
    browser.get("/register/again").await;
    let page = browser.post("/register/again", &[("email", email)]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/register/sent"));
}

#[tokio::test]
async fn rule_2_4_send_again_answers_alike_for_every_email_and_the_email_says_what_differs() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    let before = env.emails().await.len();
    wait(30);
    let mut pages = Vec::new();
    for email in [ANA, "nobody@exemple.ca"] {
        let mut browser = env.browser();
        browser.get("/register/again").await;
        let page = browser.post("/register/again", &[("email", email)]).await;
        assert!(page.html.contains(email), "the page shows the address");
        pages.push(page.words().replace(email, ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("If there is a registration with this address"), "{}", pages[0]);
    let emails = env.emails().await;
    assert_eq!(emails.len(), before + 1, "nobody is written to without a registration or an account");
    assert!(emails[before].subject.contains("You can sign in"), "{}", emails[before].subject);
}

#[tokio::test]
async fn rule_2_5_elsewhere_one_email_brings_a_link_for_each_live_registration() {
    let env = TestEnv::begin().await;
    let (mut first, mut second, mut elsewhere) = (env.browser(), env.browser(), env.browser());
    env.register(&mut first, ANA, PASSWORD).await;
    assert_eq!(env.emails().await.len(), 1);
    wait(30);
    env.register(&mut second, ANA, OTHER).await;
    assert_eq!(env.emails().await.len(), 2);
    wait(30);
    send_again(&mut elsewhere, ANA).await;
    let emails = env.emails().await;
    assert_eq!(emails.len(), 3);
    let both = links(&emails[2]);
    assert_eq!(both.len(), 2);
    assert!(emails[2].text.contains("Firefox, Windows"), "{}", emails[2].text);

    // The newest registration comes first: it is the second browser's.
    assert_eq!(second.get(&both[0]).await.heading(), "Activate your account");
    assert!(!second.html.contains("type=\"password\""));

    // A browser that registered renews its own registration alone.
    wait(30);
    send_again(&mut first, ANA).await;
    let emails = env.emails().await;
    assert_eq!(links(&emails[3]).len(), 1);
    assert_eq!(first.get(&both[1]).await.heading(), "Activate your account", "the older link still works");
    assert_eq!(second.get(&both[0]).await.heading(), "Activate your account", "the other's link still works");
}

#[tokio::test]
async fn rule_2_5_the_first_that_is_activated_becomes_the_account_and_the_others_die() {
    let env = TestEnv::begin().await;
    let (mut first, mut second) = (env.browser(), env.browser());
    env.register(&mut first, ANA, PASSWORD).await;
    let link_of_first = env.last_link().await;
    wait(30);
    env.register(&mut second, ANA, OTHER).await;
    let link_of_second = env.last_link().await;
    first.get(&link_of_first).await;
    second.get(&link_of_second).await;
    assert_eq!(second.post("/activate", &[]).await.path, "/services");
    assert_eq!(first.post("/activate", &[]).await.heading(), "Your account is active");
    assert_eq!(first.sign_in(ANA, PASSWORD).await.status, 422);
    assert_eq!(first.sign_in(ANA, OTHER).await.path, "/services");
    env.stack.settle().await.unwrap();
    let left = env.stack.app.table.registrations(&ANA.parse().unwrap(), env.now()).await.unwrap();
    assert_eq!(left.len(), 0, "what is left of the others is removed");
}

#[tokio::test]
async fn rule_2_6_an_attackers_registration_of_a_victims_email_gives_the_attacker_nothing() {
    let env = TestEnv::begin().await;
    let (mut attacker, mut victim) = (env.browser(), env.browser());
    env.register(&mut attacker, ANA, OTHER).await;
    let link = env.last_link().await;
    // The victim opens the link in their own browser, twice.
    let page = victim.get(&link).await;
    assert!(page.html.contains("type=\"password\""), "the password is asked for");
    assert_eq!(victim.post("/activate", &[]).await.status, 422);
    assert_eq!(victim.post("/activate", &[("password", PASSWORD)]).await.status, 422);
    assert!(env.seen(ANA).await.account.is_none());
    assert_eq!(attacker.sign_in(ANA, OTHER).await.status, 422);

    victim.get("/activate").await;
    let page = victim.post("/activate/refuse", CONFIRMED).await;
    assert_eq!(page.heading(), "Registration cancelled");
    assert_eq!(attacker.get(&link).await.heading(), "This registration is no longer valid");
}

#[tokio::test]
async fn rule_2_6_in_another_browser_the_password_is_tried_five_times() {
    let env = TestEnv::begin().await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    env.register(&mut browser, ANA, PASSWORD).await;
    let link = env.last_link().await;
    elsewhere.get(&link).await;
    for left in (1..=4).rev() {
        let page = elsewhere.post("/activate", &[("password", OTHER)]).await;
        let says = page.html.contains(&format!("Attempts left: {left}."));
        assert!(page.status == 422 && says, "{}", page.html);
    }
    let page = elsewhere.post("/activate", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.heading()), (410, "This registration is no longer valid"));
    assert_eq!(browser.get(&link).await.heading(), "This registration is no longer valid");
}

#[tokio::test]
async fn rule_2_6_in_another_browser_the_right_password_activates() {
    let env = TestEnv::begin().await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    env.register(&mut browser, ANA, PASSWORD).await;
    elsewhere.get(&env.last_link().await).await;
    assert_eq!(elsewhere.post("/activate", &[("password", PASSWORD)]).await.path, "/services");
}

#[tokio::test]
async fn rule_2_7_following_a_link_consumes_nothing() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    let link = env.last_link().await;
    for _ in 0..3 {
        let mut scanner = env.browser();
        assert_eq!(scanner.get(&link).await.status, 200);
        assert_eq!(scanner.get("/activate").await.status, 200);
    }
    assert!(env.seen(ANA).await.account.is_none());
    let page = browser.get(&link).await;
    assert_eq!(page.heading(), "Activate your account");
    assert_eq!(browser.post("/activate", &[]).await.path, "/services");
}

#[tokio::test]
async fn rule_2_7_a_link_that_opens_nothing_says_why_and_what_next() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    for link in ["/activate?token=nonsense", "/activate?token=", "/activate"] {
        let page = browser.get(link).await;
        assert_eq!((page.status, page.heading()), (404, "This link does not work"), "{link}");
        assert!(page.html.contains("href=\"/register/again\""));
    }
}

#[tokio::test]
async fn rule_2_8_activation_goes_on_to_the_service_and_elsewhere_to_its_start() {
    let env = TestEnv::begin().await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    for (email, same) in [(ANA, true), ("bob@exemple.ca", false)] {
        browser.get("/login").await;
        let interaction = env.interaction(&browser).await;
        let page = browser.get(&format!("/login?interaction={interaction}")).await;
        assert!(page.html.contains("Health card"));
        browser.get(&format!("/register?interaction={interaction}")).await;
        let page = browser
            .post(
                &format!("/register?interaction={interaction}"),
                &[("email", email), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(page.path, "/register/sent");
        let link = env.last_link().await;
        let who = if same { &mut browser } else { &mut elsewhere };
        who.get(&link).await;
        let page = who.post("/activate", &[("password", PASSWORD)]).await;
        let expected = if same { "https://service.example/return" } else { "https://service.example/start" };
        assert_eq!(page.left_for.as_deref(), Some(expected));
        if !same {
            let page = browser.get(&format!("/login?interaction={interaction}")).await;
            assert!(page.html.contains("Health card"), "the first browser can go on too");
            let page = browser
                .post(
                    &format!("/login?interaction={interaction}"),
                    &[("email", email), ("password", PASSWORD)],
                )
                .await;
            assert_eq!(page.left_for.as_deref(), Some("https://service.example/return"));
        }
        let _ = browser.jar.remove("__Host-session");
    }
}

#[tokio::test]
async fn rule_2_8_the_page_of_a_link_that_opens_nothing_keeps_the_way_to_the_service() {
    let env = TestEnv::begin().await;
    let (mut browser, mut elsewhere) = (env.browser(), env.browser());
    browser.get("/login").await;
    let way = env.interaction(&browser).await;
    browser.get(&format!("/register?interaction={way}")).await;
    let fields = [("email", ANA), ("password", PASSWORD)];
    browser.post(&format!("/register?interaction={way}"), &fields).await;
    let link = env.last_link().await;
    wait(30 * 60);
    let page = browser.get(&link).await;
    assert!(page.html.contains(&format!("href=\"/register/again?interaction={way}\"")), "{}", page.html);
    send_again(&mut browser, ANA).await;
    let newer = env.last_link().await;
    elsewhere.get(&newer).await;
    elsewhere.post("/activate", &[("password", PASSWORD)]).await;
    let page = browser.get(&newer).await;
    assert_eq!(page.heading(), "Your account is active");
    assert!(page.html.contains(&format!("href=\"/login?interaction={way}\"")), "{}", page.html);
}

#[tokio::test]
async fn rule_8_4_the_back_button_can_show_the_answer_to_a_form() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.header("cache-control"), Some("private, no-cache"));
    let page = browser.send(local::Incoming::get("/login")).await;
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn rule_2_9_at_24_hours_and_a_second_a_registration_is_gone_for_every_purpose() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    env.register(&mut browser, ANA, PASSWORD).await;
    // Sent before the next one is requested: otherwise both are sent concurrently, in any order.
    assert_eq!(env.emails().await.len(), 1);
    wait(24 * 3600 - 60);
    send_again(&mut browser, ANA).await;
    let link = env.last_link().await;
    wait(61);

    assert_eq!(browser.get(&link).await.heading(), "This registration is no longer valid");
    assert_eq!(browser.post("/activate", &[]).await.status, 403, "there is no form to post");
    browser.get("/register/again").await;
    browser.post("/register/again", &[("email", ANA)]).await;
    assert_eq!(env.emails().await.len(), 2, "nothing is sent again");
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.status, 422);
    assert!(env.stack.app.table.registrations(&ANA.parse().unwrap(), env.now()).await.unwrap().is_empty());

    // Once the registration is swept, so are its dependent items, and the address is free.
    env.stack.advance(SignedDuration::from_secs(60)).await.unwrap();
    assert_eq!(env.register(&mut env.browser(), ANA, OTHER).await.path, "/register/sent");
}

#[tokio::test]
async fn rule_2_10_the_page_says_what_to_do_when_no_email_comes() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let page = env.register(&mut browser, ANA, PASSWORD).await;
    for words in [
        "junk",
        "Check that the address is correct",
        "Wait a few minutes",
        "/register/again",
        "use our contact form",
    ] {
        assert!(page.html.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_double_click_registers_once_and_a_corrected_password_counts() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/register").await;
    let form = browser.html.clone();
    for (pause, password, status) in
        [(1, PASSWORD, 200), (1, PASSWORD, 200), (1, OTHER, 429), (30, OTHER, 200)]
    {
        browser.html.clone_from(&form);
        wait(pause);
        let page = browser.post("/register", &[("email", ANA), ("password", password)]).await;
        assert_eq!(page.status, status, "a second email to the address waits half a minute (RULES 3.11)");
        env.emails().await;
    }
    assert_eq!(env.emails().await.len(), 2);
    browser.get(&env.last_link().await).await;
    browser.post("/activate", &[]).await;
    assert_eq!(env.browser().sign_in(ANA, OTHER).await.path, "/services");
}

#[tokio::test]
async fn rule_2_6_who_registered_before_in_a_shared_browser_has_no_part_in_a_registration() {
    let env = TestEnv::begin().await;
    let mut shared = env.browser();
    env.register(&mut shared, ANA, OTHER).await;
    let others = env.last_link().await;
    wait(31);
    env.register(&mut shared, ANA, PASSWORD).await;
    wait(31);
    shared.get("/register/again").await;
    shared.post("/register/again", &[("email", ANA)]).await;
    let again = env.emails().await.pop().unwrap();
    let activating = links(&again).into_iter().filter(|link| link.contains("/activate?"));
    assert_eq!(activating.count(), 1, "the resident's own: {}", again.text);
    shared.get(&others).await;
    let page = shared.get("/activate").await;
    assert_eq!(page.html.count("input[name='password']"), 1, "{page:?}");
    shared.get(&env.last_link().await).await;
    let page = shared.press("/activate", &[]).await;
    assert_eq!(page.path, "/services", "{page:?}");
    assert_eq!(env.browser().sign_in(ANA, PASSWORD).await.path, "/services");
}
