//! Tests of the pages in both languages.

use serde_json::json;

use super::{Browser, ISSUER, Page, begin_sign_in, sign_in, start};

/// What holds on every page.
fn check(page: &Page, language: &str, name: &str) {
    let text = &page.text;
    assert_eq!(page.attribute("html", "lang"), language, "{text}");
    let [heading] = page.all("h1").try_into().unwrap();
    assert_eq!(page.all("title"), [format!("{heading} – {name}")]);
    assert_eq!(
        page.all("header strong")[0],
        if language == "en" { "Demonstration." } else { "Démonstration." }
    );
    let toggle = page.attribute(".ontario-language-toggler", "lang");
    assert_ne!(toggle, language);
    assert_eq!(page.attribute("a.site-skip", "href"), "#main-content");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    assert!(!text.contains("<script") && !text.contains("style="), "{text}");
}

/// Checks a page and the page that its toggle leads to.
async fn check_in_both(ana: &mut Browser, page: &Page) -> Page {
    let languages = [("en", "Fish & game"), ("fr", "Pêche et chasse")];
    let shown = usize::from(page.attribute("html", "lang") == "fr");
    check(page, languages[shown].0, languages[shown].1);
    let other = ana.get(&page.attribute(".ontario-language-toggler", "href")).await;
    check(&other, languages[1 - shown].0, languages[1 - shown].1);
    assert_ne!(page.all("h1"), other.all("h1"));
    other
}

#[tokio::test]
async fn each_page_is_the_same_in_the_other_language() {
    let (provider, mut ana) = start().await;
    let page = ana.get("/?scope=openid").await;
    let french = check_in_both(&mut ana, &page).await;
    assert_eq!(french.all("h1"), ["Renouveler votre carte Santé"]);
    let href = french.attribute("main a[href^='/sign-in']", "href");
    assert_eq!(href, "/sign-in?scope=openid&ui_locales=fr", "the toggle keeps the parameters");

    let page = sign_in(&provider, &mut ana).await;
    let english = check_in_both(&mut ana, &page).await;
    assert_eq!((english.claims(), english.all("h1")), (page.claims(), vec!["Your file".to_owned()]));
    let account = format!("{ISSUER}/settings?ui_locales=en");
    assert_eq!(english.attribute("main a[href*='/settings']", "href"), account);

    let (_, query) = ana.post("/sign-out", None).await.location();
    let page = ana.get(&format!("/signed-out?state={}", query["state"])).await;
    let french = check_in_both(&mut ana, &page).await;
    assert_eq!((french.status.as_u16(), french.all("h1")[0].as_str()), (200, "Vous avez fermé la session"));

    let page = ana.get("/signed-out?state=unknown").await;
    check(&page, "fr", "Pêche et chasse");
}

#[tokio::test]
async fn the_chosen_language_is_remembered_and_sent_to_the_provider() {
    let (_provider, mut ana) = start().await;
    ana.languages = "fr-CA, en;q=0.5";
    assert_eq!(ana.get("/").await.attribute("html", "lang"), "fr");
    let (_, query) = ana.get("/sign-in").await.location();
    assert!(!query.contains_key("ui_locales"), "the provider knows better than a browser's default");

    ana.get("/?lang=en").await;
    assert_eq!(ana.get("/").await.attribute("html", "lang"), "en");
    let (_, query) = ana.get("/sign-in").await.location();
    assert_eq!(query["ui_locales"], "en");
    let (_, query) = ana.get("/sign-in?ui_locales=fr-CA").await.location();
    assert_eq!(query["ui_locales"], "fr-CA");
    assert_eq!(ana.get("/?lang=de").await.attribute("html", "lang"), "en");
}

#[tokio::test]
async fn an_error_tells_a_resident_what_happened_and_how_to_continue() {
    let (provider, mut ana) = start().await;
    let errors = [
        ("access_denied", "You did not sign in"),
        ("login_required", "You need to sign in"),
        ("temporarily_unavailable", "You can’t sign in right now"),
        ("unmet_authentication_requirements", "A second step is needed"),
        ("invalid_scope", "We could not sign you in"),
    ];
    for (error, title) in errors {
        let back = begin_sign_in(&provider, &mut ana).await;
        let page = ana.get(&format!("{back}&error={error}")).await;
        assert_eq!(page.all("h1"), [title], "{error}");
        assert_eq!(page.attribute("main a[href^='/sign-in']", "href"), "/sign-in?ui_locales=en");
        assert_eq!(page.attribute("main a[href='/']", "href"), "/");
        assert_eq!(page.attribute("main a[href^='mailto:']", "href"), "mailto:help@fish.example");
        check_in_both(&mut ana, &page).await;
        ana.get("/?lang=en").await;
    }
    let page = ana.get("/return?state=a&state=b").await;
    check_in_both(&mut ana, &page).await;
}

#[tokio::test]
async fn a_resident_who_cancels_a_second_step_stays_signed_in() {
    let (provider, mut ana) = start().await;
    sign_in(&provider, &mut ana).await;
    let back = begin_sign_in(&provider, &mut ana).await;
    let page = ana.get(&format!("{back}&error=access_denied")).await;
    assert_eq!(page.all("h1"), ["You cancelled"]);
    assert_eq!(page.all("main a[href='/return']"), ["Continue to your file"]);
    assert_eq!(page.all("header form button"), ["Sign out"]);
    check_in_both(&mut ana, &page).await;
    assert_eq!(ana.get("/return").await.claims()["sub"], "pairwise");
}

#[tokio::test]
async fn an_action_requires_more_than_a_password() {
    let (provider, mut ana) = start().await;
    let step_up = "main a[href='/sign-in?acr_values=two-step&ui_locales=en']";
    for (acr, is_asked) in [(json!("password"), true), (json!("two-step"), false), (json!(null), true)] {
        provider.set_claim("acr", acr.clone());
        let page = sign_in(&provider, &mut ana).await;
        assert_eq!(page.all(step_up).len(), usize::from(is_asked), "{acr}: {}", page.text);
    }
}

#[tokio::test]
async fn what_was_not_shared_is_not_shown() {
    let (provider, mut ana) = start().await;
    let shared = sign_in(&provider, &mut ana).await;
    assert_eq!(shared.all("header .site-signed-in strong"), ["ana@exemple.ca"]);
    *provider.userinfo.lock().unwrap() = json!({"sub": "pairwise"});
    let page = sign_in(&provider, &mut ana).await;
    assert!(page.text.contains("You did not share it with this service"), "{}", page.text);
    assert!(page.all("header .site-signed-in strong").is_empty());
    assert!(ana.get("/").await.all("main a[href='/return']").len() == 1, "the way back to the records");
}
