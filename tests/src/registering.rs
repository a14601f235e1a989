//! Registering and activating (RULES 2).

use domain::SignedDuration;

use crate::story::{ANA, Browser, OTHER, PASSWORD, Story, links, wait};

#[tokio::test]
async fn rule_2_1_a_resident_registers_activates_and_is_signed_in() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    let page = story.register(&mut browser, ANA, PASSWORD).await;
    assert_eq!(
        (page.status, page.path.as_str(), page.heading()),
        (200, "/register/sent", "Check your email")
    );

    let emails = story.emails().await;
    assert_eq!((emails.len(), emails[0].to.as_str()), (1, ANA));
    let page = browser.get(&links(&emails[0])[0]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/activate"));
    assert!(page.html.contains(ANA) && !page.html.contains("token"), "the clean page names the address");

    let page = browser.post("/activate", &[]).await;
    assert_eq!((page.path.as_str(), page.heading()), ("/services", "My connected services"));
    assert!(
        !browser.jar.contains_key("__Host-activation") && !browser.jar.contains_key("__Host-registering")
    );
}

#[tokio::test]
async fn rule_2_1_a_taken_email_is_refused_only_when_the_rest_is_valid() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    let mut browser = story.browser();
    let page = story.register(&mut browser, " ANA@Exemple.ca", "weak").await;
    assert!(page.status == 422 && !page.html.contains("already has an account"));
    let page = story.register(&mut browser, " ANA@Exemple.ca", OTHER).await;
    assert!(page.status == 422 && page.html.contains("already has an account"));
    assert_eq!(story.emails().await.len(), 1);
}

#[tokio::test]
async fn rule_2_3_the_page_says_which_rules_are_not_met_and_keeps_the_email() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    let page = story.register(&mut browser, "Ana@exemple.ca", "lowercase").await;
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
    let story = Story::begin_with(vec![("PASSWORD_POLICY", "standards".to_owned())]).await;
    let mut browser = story.browser();
    assert_eq!(story.register(&mut browser, ANA, PASSWORD).await.status, 422, "fourteen characters");
    assert_eq!(story.register(&mut browser, ANA, "onze pommes et un vélo").await.status, 200);
}

#[tokio::test]
async fn rule_2_4_the_link_lasts_thirty_minutes_and_another_can_be_asked_for() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    story.register(&mut browser, ANA, PASSWORD).await;
    let first = story.last_link().await;
    wait(30 * 60);
    assert_eq!(browser.get(&first).await.heading(), "This link has expired");

    send_again(&mut browser, ANA).await;
    let second = story.last_link().await;
    assert_eq!(browser.get(&first).await.heading(), "A newer link was sent");
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
    let story = Story::begin().await;
    story.activated(ANA).await;
    let before = story.emails().await.len();
    wait(30);
    let mut pages = Vec::new();
    for email in [ANA, "nobody@exemple.ca"] {
        let mut browser = story.browser();
        browser.get("/register/again").await;
        pages.push(browser.post("/register/again", &[("email", email)]).await.words());
    }
    assert_eq!(pages[0], pages[1]);
    let emails = story.emails().await;
    assert_eq!(emails.len(), before + 1, "nobody is written to without a registration or an account");
    assert!(emails[before].subject.contains("active and not locked"), "{}", emails[before].subject);
}

#[tokio::test]
async fn rule_2_5_elsewhere_one_email_brings_a_link_for_each_live_registration() {
    let story = Story::begin().await;
    let (mut first, mut second, mut elsewhere) = (story.browser(), story.browser(), story.browser());
    story.register(&mut first, ANA, PASSWORD).await;
    assert_eq!(story.emails().await.len(), 1);
    wait(30);
    story.register(&mut second, ANA, OTHER).await;
    assert_eq!(story.emails().await.len(), 2);
    wait(30);
    send_again(&mut elsewhere, ANA).await;
    let emails = story.emails().await;
    assert_eq!(emails.len(), 3);
    let both = links(&emails[2]);
    assert_eq!(both.len(), 2);
    assert!(emails[2].text.contains("Firefox, Windows"), "{}", emails[2].text);

    // The newest comes first: it is the second browser's.
    assert_eq!(second.get(&both[0]).await.heading(), "Activate your account");
    assert!(!second.html.contains("type=\"password\""));

    // In a browser that registered, its own is renewed alone.
    wait(30);
    send_again(&mut first, ANA).await;
    let emails = story.emails().await;
    assert_eq!(links(&emails[3]).len(), 1);
    assert_eq!(first.get(&both[1]).await.heading(), "A newer link was sent");
    assert_eq!(second.get(&both[0]).await.heading(), "Activate your account", "the other's link still works");
}

#[tokio::test]
async fn rule_2_5_the_first_that_is_activated_becomes_the_account_and_the_others_die() {
    let story = Story::begin().await;
    let (mut first, mut second) = (story.browser(), story.browser());
    story.register(&mut first, ANA, PASSWORD).await;
    let link_of_first = story.last_link().await;
    wait(30);
    story.register(&mut second, ANA, OTHER).await;
    let link_of_second = story.last_link().await;
    first.get(&link_of_first).await;
    second.get(&link_of_second).await;
    assert_eq!(second.post("/activate", &[]).await.path, "/services");
    assert_eq!(first.post("/activate", &[]).await.heading(), "Your account is active");
    assert_eq!(first.sign_in(ANA, PASSWORD).await.status, 422);
    assert_eq!(first.sign_in(ANA, OTHER).await.path, "/services");
    story.stack.settle().await.unwrap();
    let left = story.stack.app.table.registrations(&ANA.parse().unwrap(), story.now()).await.unwrap();
    assert_eq!(left.len(), 0, "what is left of the others is removed");
}

#[tokio::test]
async fn rule_2_6_an_attackers_registration_of_a_victims_email_gives_the_attacker_nothing() {
    let story = Story::begin().await;
    let (mut attacker, mut victim) = (story.browser(), story.browser());
    story.register(&mut attacker, ANA, OTHER).await;
    let link = story.last_link().await;
    // The victim clicks the link in their own browser, and clicks again.
    let page = victim.get(&link).await;
    assert!(page.html.contains("type=\"password\""), "the password is asked for");
    assert_eq!(victim.post("/activate", &[]).await.status, 422);
    assert_eq!(victim.post("/activate", &[("password", PASSWORD)]).await.status, 422);
    assert!(story.seen(ANA).await.account.is_none());
    assert_eq!(attacker.sign_in(ANA, OTHER).await.status, 422);

    victim.get("/activate").await;
    let page = victim.post("/activate/refuse", &[]).await;
    assert_eq!(page.heading(), "The registration was deleted");
    assert_eq!(attacker.get(&link).await.heading(), "This registration is gone");
}

#[tokio::test]
async fn rule_2_6_in_another_browser_the_password_is_tried_five_times() {
    let story = Story::begin().await;
    let (mut browser, mut elsewhere) = (story.browser(), story.browser());
    story.register(&mut browser, ANA, PASSWORD).await;
    let link = story.last_link().await;
    elsewhere.get(&link).await;
    for _ in 0..4 {
        assert_eq!(elsewhere.post("/activate", &[("password", OTHER)]).await.status, 422);
    }
    let page = elsewhere.post("/activate", &[("password", OTHER)]).await;
    assert_eq!((page.status, page.heading()), (410, "This registration is gone"));
    assert_eq!(browser.get(&link).await.heading(), "This registration is gone");
}

#[tokio::test]
async fn rule_2_6_in_another_browser_the_right_password_activates() {
    let story = Story::begin().await;
    let (mut browser, mut elsewhere) = (story.browser(), story.browser());
    story.register(&mut browser, ANA, PASSWORD).await;
    elsewhere.get(&story.last_link().await).await;
    assert_eq!(elsewhere.post("/activate", &[("password", PASSWORD)]).await.path, "/services");
}

#[tokio::test]
async fn rule_2_7_following_a_link_consumes_nothing() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    story.register(&mut browser, ANA, PASSWORD).await;
    let link = story.last_link().await;
    for _ in 0..3 {
        let mut scanner = story.browser();
        assert_eq!(scanner.get(&link).await.status, 200);
        assert_eq!(scanner.get("/activate").await.status, 200);
    }
    assert!(story.seen(ANA).await.account.is_none());
    let page = browser.get(&link).await;
    assert_eq!(page.heading(), "Activate your account");
    assert_eq!(browser.post("/activate", &[]).await.path, "/services");
}

#[tokio::test]
async fn rule_2_7_a_link_that_opens_nothing_says_why_and_what_next() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    for link in ["/activate?token=nonsense", "/activate?token=", "/activate"] {
        let page = browser.get(link).await;
        assert_eq!((page.status, page.heading()), (404, "We do not know this link"), "{link}");
        assert!(page.html.contains("href=\"/register/again\""));
    }
}

#[tokio::test]
async fn rule_2_8_activation_goes_on_to_the_service_and_elsewhere_to_its_start() {
    let story = Story::begin().await;
    let (mut browser, mut elsewhere) = (story.browser(), story.browser());
    for (email, same) in [(ANA, true), ("bob@exemple.ca", false)] {
        browser.get("/login").await;
        let interaction = story.interaction(&browser).await;
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
        let link = story.last_link().await;
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
    let story = Story::begin().await;
    let (mut browser, mut elsewhere) = (story.browser(), story.browser());
    browser.get("/login").await;
    let way = story.interaction(&browser).await;
    browser.get(&format!("/register?interaction={way}")).await;
    let fields = [("email", ANA), ("password", PASSWORD)];
    browser.post(&format!("/register?interaction={way}"), &fields).await;
    let link = story.last_link().await;
    wait(30 * 60);
    let page = browser.get(&link).await;
    assert!(page.html.contains(&format!("href=\"/register/again?interaction={way}\"")), "{}", page.html);
    send_again(&mut browser, ANA).await;
    let newer = story.last_link().await;
    elsewhere.get(&newer).await;
    elsewhere.post("/activate", &[("password", PASSWORD)]).await;
    let page = browser.get(&newer).await;
    assert_eq!(page.heading(), "Your account is active");
    assert!(page.html.contains(&format!("href=\"/login?interaction={way}\"")), "{}", page.html);
}

#[tokio::test]
async fn rule_8_4_the_back_button_can_show_the_answer_to_a_form() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    browser.get("/login").await;
    let request = browser.posting("/login", &[("email", ANA), ("password", PASSWORD)]);
    assert_eq!(browser.send(request).await.header("cache-control"), Some("private, no-cache"));
    let page = browser.send(local::Incoming::get("/login")).await;
    assert_eq!(page.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn rule_2_9_at_24_hours_and_a_second_a_registration_is_gone_for_every_purpose() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    story.register(&mut browser, ANA, PASSWORD).await;
    // On its way before the next one is asked for: the two are sent side by side otherwise, in any order.
    assert_eq!(story.emails().await.len(), 1);
    wait(24 * 3600 - 60);
    send_again(&mut browser, ANA).await;
    let link = story.last_link().await;
    wait(61);

    assert_eq!(browser.get(&link).await.heading(), "This registration is gone");
    assert_eq!(browser.post("/activate", &[]).await.status, 403, "there is no form to post");
    browser.get("/register/again").await;
    browser.post("/register/again", &[("email", ANA)]).await;
    assert_eq!(story.emails().await.len(), 2, "nothing is sent again");
    assert_eq!(browser.sign_in(ANA, PASSWORD).await.status, 422);
    assert!(
        story.stack.app.table.registrations(&ANA.parse().unwrap(), story.now()).await.unwrap().is_empty()
    );

    // Once swept, what hung on it is gone too, and the email is free.
    story.stack.advance(SignedDuration::from_secs(60)).await.unwrap();
    assert_eq!(story.register(&mut browser, ANA, OTHER).await.path, "/register/sent");
}

#[tokio::test]
async fn rule_2_10_the_page_says_what_to_do_when_no_email_comes() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    let page = story.register(&mut browser, ANA, PASSWORD).await;
    for words in ["junk", "spelled correctly", "Wait a few minutes", "/register/again", "write to"] {
        assert!(page.html.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_double_click_registers_once_and_a_corrected_password_counts() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    browser.get("/register").await;
    let form = browser.html.clone();
    for (pause, password, status) in
        [(1, PASSWORD, 200), (1, PASSWORD, 200), (1, OTHER, 429), (30, OTHER, 200)]
    {
        browser.html.clone_from(&form);
        wait(pause);
        let page = browser.post("/register", &[("email", ANA), ("password", password)]).await;
        assert_eq!(page.status, status, "a second email to the address waits half a minute (RULES 3.11)");
        story.emails().await;
    }
    assert_eq!(story.emails().await.len(), 2);
    browser.get(&story.last_link().await).await;
    browser.post("/activate", &[]).await;
    assert_eq!(story.browser().sign_in(ANA, OTHER).await.path, "/services");
}
