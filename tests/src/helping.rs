//! Help: every question has an answer in both languages, whose links lead somewhere, and reading it loses nothing
//! (RULES 8.5).

use std::{collections::BTreeSet, fs, path::Path};

use http_kernel::Route;
use local::{DEFAULT_ROUTE, FLOWS};

use crate::support::{
    browser::Browser,
    env::{ANA, TestEnv},
    html::Html,
    page::Page,
    partner::{At, START},
};

const LANGUAGES: [&str; 2] = ["en", "fr-CA"];

/// The pages besides the answers, with their headings.
const PAGES: [(&str, [&str; 2]); 4] = [
    ("/help", ["Help", "Aide"]),
    ("/accessibility", ["Accessibility", "Accessibilité"]),
    ("/privacy", ["Privacy", "Protection de la vie privée"]),
    ("/terms", ["Terms of use", "Conditions d’utilisation"]),
];

/// Names in answers that are not ours: of authenticator apps, and of the service that residents used before.
const NOT_OURS: [&str; 4] = [
    "time-based",
    "fondée sur l’heure",
    "Verify with something else",
    "Vérification à l’aide d’une autre méthode",
];

fn browser(env: &TestEnv, language: &'static str) -> Browser {
    let mut browser = env.browser();
    browser.language = language;
    browser
}

/// The addresses of the links in the page's content.
fn links(html: &Html) -> Vec<String> {
    html.attributes("main a", "href")
}

/// The addresses of the answers in the contents list.
fn questions(contents: &Page) -> Vec<String> {
    links(&contents.html).into_iter().filter(|href| href.starts_with("/help/")).collect()
}

/// The paths of all pages.
fn paths() -> BTreeSet<&'static str> {
    let routes = FLOWS.iter().flat_map(|(_, flow)| flow.routes());
    routes.map(Route::path).filter(|path| *path != DEFAULT_ROUTE).collect()
}

#[tokio::test]
async fn rule_8_5_every_question_has_an_answer_in_both_languages_whose_links_lead_somewhere() {
    let env = TestEnv::begin().await;
    let mut answers = Vec::new();
    for language in LANGUAGES {
        let mut browser = browser(&env, language);
        let contents = browser.get("/help").await;
        let asked = questions(&contents);
        let listed: BTreeSet<_> = asked.iter().cloned().collect();
        assert!(asked.len() >= 60 && asked.len() == listed.len(), "{asked:?}");
        for path in &asked {
            let page = browser.get(path).await;
            assert_eq!((page.status, &page.path), (200, path), "{language}");
            assert_eq!(
                contents.html.href_of(page.heading()),
                *path,
                "{language}: the question is the heading"
            );
            let text = page.html.text("main").unwrap();
            assert!(text.len() > 250 && !text.contains(['{', '$']), "{path}: {text}");
            for href in links(&page.html) {
                let target = href.split(['?', '#']).next().unwrap();
                let is_there = listed.contains(target) || paths().contains(target);
                assert!(is_there, "{path} leads to {href}");
                assert_ne!(target, path, "an answer does not lead to itself");
            }
        }
        answers.push(asked);
    }
    assert_eq!(answers[0], answers[1], "the addresses are the same in both languages");
}

#[tokio::test]
async fn rule_8_5_the_contents_list_leads_to_each_group_and_each_answer_back_to_its_own() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let contents = browser.get("/help").await;
    let headings = contents.html.attributes("main h2[id]", "id");
    let anchors = contents.html.attributes("main nav a", "href");
    assert_eq!(anchors, headings.iter().map(|id| format!("#{id}")).collect::<Vec<_>>());
    for path in questions(&contents) {
        let page = browser.get(&path).await;
        assert_eq!(page.html.attribute("main a", "href").unwrap(), "/help");
        let back = page.html.href_of("All questions: ");
        let group = back.strip_prefix("/help#").expect("it leads to the group in the contents list");
        let list = contents.html.attributes(&format!("main h2#{group} + ul a"), "href");
        assert!(list.contains(&path), "{path} is not in {group}");
    }
}

#[tokio::test]
async fn rule_8_5_an_unknown_question_is_not_found_and_leads_to_all_others() {
    let env = TestEnv::begin().await;
    for (language, heading) in LANGUAGES
        .into_iter()
        .zip(["We could not find this help page", "Nous n’avons pas trouvé cette page d’aide"])
    {
        let mut browser = browser(&env, language);
        let asked = questions(&browser.get("/help").await);
        for path in ["/help/no-such-question", "/help/ACTIVATION-LINK", "/help/%00"] {
            let page = browser.get(path).await;
            assert_eq!((page.status, page.heading()), (404, heading), "{path}");
            assert_eq!(questions(&page), asked);
        }
    }
}

#[tokio::test]
async fn rule_8_5_whoever_reads_help_during_a_sign_in_continues_it() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = format!("interaction={}", env.interaction(&browser).await);
    for (path, _) in PAGES {
        let page = browser.get(&format!("{path}?{way}")).await;
        assert_eq!(page.html.href_of("Continue signing in"), format!("/authorize/continue?{way}"), "{path}");
    }
    // Through several answers, and the other language.
    browser.get(&format!("/help?{way}")).await;
    let answer = browser.html.href("/help/locked-account");
    browser.get(&answer).await;
    let related = browser.html.href("/help/forgot-password");
    browser.get(&related).await;
    let toggle = browser.html.attribute(".ontario-language-toggler", "href").unwrap();
    let page = browser.get(&toggle).await;
    assert_eq!(page.heading(), "Que faire si j’ai oublié mon mot de passe?");
    assert!(page.html.href("/reset").contains(&way) && page.html.href("/contact").contains(&way));
    let next = page.html.href_of("Poursuivre l’ouverture de session");
    let page = browser.get(&next).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/login"));
    assert!(page.html.contains("Carte Santé"), "{}", page.html);
}

#[tokio::test]
async fn rule_8_5_whoever_reads_help_beside_a_page_goes_back_to_it() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get("/help/remove-app?next=%2Ffactors").await;
    assert_eq!(page.html.href_of("Go back to where you were"), "/factors");
    let page = browser.get("/help/remove-app?next=https%3A%2F%2Fevil.example").await;
    assert!(!page.html.contains("evil.example") || !page.html.contains("Go back to where you were"));
}

#[tokio::test]
async fn rule_8_5_help_is_for_everybody_and_a_resident_stays_signed_in() {
    let env = TestEnv::begin().await;
    let mut resident = env.activated(ANA).await;
    let topics = questions(&env.browser().get("/help").await);
    let answers = topics.iter().map(|path| (path.as_str(), None));
    for (path, headings) in PAGES.into_iter().map(|(path, headings)| (path, Some(headings))).chain(answers) {
        let page = resident.get(path).await;
        assert!(page.status == 200 && page.html.contains("action=\"/logout\""), "{path}");
        for (language, number) in LANGUAGES.into_iter().zip([0, 1]) {
            let page = browser(&env, language).get(path).await;
            assert!(page.status == 200 && !page.html.contains("action=\"/logout\""), "{path}");
            assert!(headings.is_none_or(|headings| headings[number] == page.heading()), "{path}");
        }
    }
}

#[tokio::test]
async fn rule_8_5_answers_have_the_numbers_of_the_deployment() {
    let variables = [
        ("EMAIL_LIMITS", "1/47s,5/1h"),
        ("CODE_LIMITS", "1/53s"),
        ("AUDIT_DAYS", "411"),
        ("PASSWORD_POLICY", "standards"),
        ("SUPPORT_EMAIL", "aide@exemple.ca"),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned())).into();
    let env = TestEnv::begin_with(variables).await;
    for (path, english, french) in [
        ("/help/missing-emails", "47 seconds", "47\u{a0}secondes"),
        ("/help/missing-emails", "aide@exemple.ca", "aide@exemple.ca"),
        ("/help/email-codes", "53 seconds", "53\u{a0}secondes"),
        ("/help/choose-password", "15 to 128 characters", "de 15 à 128\u{a0}caractères"),
        ("/help/activation-link", "30 minutes", "30\u{a0}minutes"),
        ("/help/activation-expired", "24 hours", "24\u{a0}heures"),
        ("/help/locked-account", "5 failed attempts", "5\u{a0}tentatives"),
        ("/help/not-me", "10 days", "10\u{a0}jours"),
        ("/help/lost-device", "24 hours", "24\u{a0}heures"),
        ("/privacy", "411 days", "411\u{a0}jours"),
    ] {
        for (language, words) in LANGUAGES.into_iter().zip([english, french]) {
            let page = browser(&env, language).get(path).await;
            assert!(page.html.text("main").unwrap().contains(words), "{path}: {words}: {}", page.html);
        }
    }
}

#[tokio::test]
async fn rule_8_5_the_answer_about_partners_names_those_that_residents_can_use() {
    let page = TestEnv::begin().await.browser().get("/help/sign-in-partner").await;
    assert!(page.html.contains("No sign-in partner can be used at this time"), "{}", page.html);
    let env = TestEnv::at_the_bank().await;
    for (language, name) in LANGUAGES.into_iter().zip(["Demo bank", "Banque de démonstration"]) {
        let page = browser(&env, language).get("/help/sign-in-partner").await;
        assert!(page.html.text("main ul").unwrap().contains(name), "{}", page.html);
    }
    let page = browser(&env, "fr-CA").get("/help/partner-name").await;
    assert!(page.html.contains("Vérifiez.Moi"), "{}", page.html);
}

/// The words in quotation marks: names of buttons, links and pages.
fn quoted(text: &str) -> Vec<String> {
    let between = |open: &str, close: &str| -> Vec<String> {
        let parts = text.split(open).skip(1);
        parts.filter_map(|part| Some(part.split_once(close)?.0.to_owned())).collect()
    };
    [between("“", "”"), between("«\u{a0}", "\u{a0}»")].concat()
}

/// The messages of the functions in one language, without those of the help pages, and those of the help pages.
fn messages(language: &str) -> (String, String) {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("functions");
    let help = functions.join("help");
    let (mut others, mut own, mut open) = (String::new(), String::new(), vec![functions]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with(format!("{language}.ftl")) {
                let is_own = path.starts_with(&help);
                let text = fs::read_to_string(path).unwrap();
                if is_own { own.push_str(&text) } else { others.push_str(&text) }
            }
        }
    }
    (others, own)
}

#[test]
fn rule_8_5_answers_name_buttons_and_pages_as_they_are() {
    for language in ["en", "fr"] {
        let (others, own) = messages(language);
        let names: BTreeSet<&str> = others
            .lines()
            .chain(own.lines())
            .filter_map(|line| line.split_once(" = "))
            .map(|(_, text)| text)
            .collect();
        // What browsers and devices name is not ours.
        let is_ours = |line: &&str| !line.starts_with("text-size-");
        let quoted: BTreeSet<_> = own.lines().filter(is_ours).flat_map(quoted).collect();
        assert!(quoted.len() > 8, "{quoted:?}");
        let unknown: Vec<_> = quoted
            .iter()
            .filter(|name| !names.contains(name.as_str()) && !NOT_OURS.contains(&name.as_str()))
            .collect();
        assert!(unknown.is_empty(), "{language}: no message is {unknown:?}");
    }
}

#[tokio::test]
async fn rule_8_5_a_page_leads_to_the_answer_that_its_question_has_and_back() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = format!("interaction={}", env.interaction(&browser).await);
    for (path, slug) in [
        ("/login", "signing-in"),
        ("/register", "choose-password"),
        ("/register/again", "activation-link"),
        ("/register/sent", "missing-emails"),
        ("/reset", "forgot-password"),
        ("/unlock", "locked-account"),
        ("/federated/remove", "partner-remove"),
    ] {
        let page = browser.get(&format!("{path}?{way}&ui_locales=fr")).await;
        assert_eq!(page.html.count("main a.site-help"), 1, "{path}");
        let help = page.html.attribute("main a.site-help", "href").unwrap();
        assert!(help.starts_with(&format!("/help/{slug}?")), "{path}: {help}");
        let answer = browser.get(&help).await;
        assert_eq!(answer.status, 200, "{path}");
        let back = answer.html.href_of("Poursuivre l’ouverture de session");
        assert_eq!(back, format!("{path}?{way}&ui_locales=fr"));
    }
    for _ in 0..5 {
        browser.get("/login").await;
        browser.press("/login", &[("email", ANA), ("password", "Wrong-password-7")]).await;
    }
    assert!(browser.html.attribute("main a.site-help", "href").unwrap().starts_with("/help/locked-account"));
}

#[tokio::test]
async fn rule_8_5_each_link_to_an_answer_has_one() {
    let listed = questions(&TestEnv::begin().await.browser().get("/help").await);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = fs::read_to_string(source.join("functions/shared/pages/src/help.rs")).unwrap();
    let slugs = source.split("\"/help/").skip(1).filter_map(|rest| rest.split('"').next());
    let slugs: Vec<_> = slugs.collect();
    assert!(slugs.len() > 20, "{slugs:?}");
    for slug in slugs {
        assert!(listed.contains(&format!("/help/{slug}")), "there is no answer {slug}");
    }
}

#[tokio::test]
async fn rule_8_5_a_form_that_collects_leads_to_the_notice_of_collection() {
    let env = TestEnv::at_the_bank().await;
    let mut browser = env.browser();
    for path in ["/register", "/contact"] {
        let page = browser.get(path).await;
        assert_eq!(page.html.attribute("main form a", "href").unwrap(), format!("/privacy?next={path}"));
    }
    let page = env.by_bank(&mut browser, START, At::SignIn(0)).await;
    assert_eq!(page.path, "/federated/first");
    let notice = page.html.attribute("main form a", "href").unwrap();
    assert!(notice.starts_with("/privacy?"), "{notice}");
    let page = browser.get(&notice).await;
    assert!(page.html.contains("Notice of collection"), "{}", page.html);
}

#[tokio::test]
async fn rule_8_5_whoever_registers_reads_the_terms_before_and_goes_back() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let path = format!("/register?interaction={}", env.interaction(&browser).await);
    let page = browser.get(&path).await;
    let page = browser.get(&page.html.href_of("Read the terms of use")).await;
    assert_eq!(page.heading(), "Terms of use");
    assert_eq!(page.html.href_of("Continue signing in"), path);
}
