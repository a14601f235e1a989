//! *Contact us*: a message reaches the operators once, and so does their answer (RULES 8.5).

use futures_util::future::join_all;

use crate::support::{
    browser::Browser,
    env::{ANA, Message, OTHER, PASSWORD, TestEnv, wait},
    page::Page,
    watch::Fault,
};

const OPERATORS: &str = "support@localhost.example";
const ZOE: &str = "zoe@exemple.ca";
const HELLO: [(&str, &str); 3] = [("topic", "emails"), ("email", ZOE), ("message", "Where is my link?")];

/// The messages that the operators received.
async fn received(env: &TestEnv) -> Vec<Message> {
    env.emails().await.into_iter().filter(|email| email.to == OPERATORS).collect()
}

async fn write(browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
    browser.get("/contact").await;
    browser.press("/contact", fields).await
}

#[tokio::test]
async fn rule_8_5_a_message_reaches_the_operators_and_says_who_wrote() {
    let env = TestEnv::begin().await;
    for (language, sent, subject, spoken) in [
        ("en", "Your message was sent", "Contact us: Emails that do not arrive", "Language: English"),
        (
            "fr-CA",
            "Votre message a été envoyé",
            "Contactez-nous\u{a0}: Courriels qui n’arrivent pas",
            "Langue\u{a0}: français",
        ),
    ] {
        wait(31);
        let mut browser = env.browser();
        browser.language = language;
        let page = write(&mut browser, &HELLO).await;
        assert_eq!((page.status, page.path.as_str(), page.heading()), (200, "/contact/sent", sent));
        let email = received(&env).await.pop().unwrap();
        assert_eq!((email.subject.as_str(), email.reply_to.as_slice()), (subject, &[][..]));
        let when = env.now().to_string()[..4].to_owned();
        for part in [ZOE, spoken, "Firefox, Windows", &when, "> Where is my link?\n"] {
            assert!(email.text.contains(part), "{part}: {}", email.text);
        }
        assert!(!email.text.contains("/dispute") && !email.html.contains("href="), "{}", email.html);
    }
    assert_eq!(env.emails().await.len(), 2, "nobody else gets an email");
}

#[tokio::test]
async fn rule_8_5_the_operators_choose_where_replies_go() {
    for (choice, reply_to) in
        [("", None), ("sender", Some(ZOE)), ("tickets@exemple.ca", Some("tickets@exemple.ca"))]
    {
        let env = TestEnv::begin_with(vec![("CONTACT_REPLY_TO", choice.to_owned())]).await;
        env.register(&mut env.browser(), ANA, PASSWORD).await;
        assert_eq!(env.emails().await[0].reply_to, Vec::<String>::new(), "of other emails, nowhere");
        write(&mut env.browser(), &HELLO).await;
        let reply_to: Vec<_> = reply_to.into_iter().map(ToOwned::to_owned).collect();
        assert_eq!(received(&env).await[0].reply_to, reply_to, "{choice}");
    }
}

#[tokio::test]
async fn rule_8_2_each_mistake_is_tied_to_its_field_and_what_was_typed_is_kept() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    let page = write(&mut browser, &[]).await;
    assert_eq!(page.status, 422);
    for (field, words) in [
        ("topic", "Choose what your message is about."),
        ("email", "Enter your email address."),
        ("message", "Write your message."),
    ] {
        assert!(page.html.contains(&format!("<a href=\"#{field}\">{words}</a>")), "{}", page.html);
        assert!(page.html.contains(&format!("id=\"{field}-error\"")) && page.html.contains("aria-invalid"));
    }
    assert!(page.html.contains("<title>Error: Contact us"), "{}", page.html);

    let long = "é".repeat(2001);
    for (field, typed, words) in [
        ("topic", "anything", "Choose what your message is about."),
        ("email", "zoe@", "Enter an email address like name@example.com."),
        ("email", "zoe@exemple.ca\r\nBcc: all@exemple.ca", "Enter an email address like name@example.com."),
        ("message", " \r\n\t ", "Write your message."),
        ("message", long.as_str(), "Your message has 2001 characters. Shorten it to 2,000 or fewer."),
    ] {
        let mut fields = HELLO;
        fields.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = typed);
        let page = write(&mut browser, &fields).await;
        assert_eq!((page.status, page.html.count("main a[href^='#']")), (422, 1), "{field}: {typed}");
        assert!(page.html.contains(&format!("<a href=\"#{field}\">{words}</a>")), "{}", page.html);
        let kept: Vec<_> = HELLO.iter().filter(|(name, _)| *name != field).collect();
        assert!(kept.iter().all(|(name, value)| typed_in(&page, name) == *value), "{}", page.html);
    }
    assert_eq!(received(&env).await.len(), 0);
}

/// The value of a field of the page.
fn typed_in(page: &Page, name: &str) -> String {
    let value = match name {
        "topic" => page.html.attribute("#page-form option[selected]", "value"),
        "message" => page.html.text("#page-form textarea"),
        _ => page.html.attribute("#page-form input[type='email']", "value"),
    };
    value.unwrap_or_else(|| panic!("no value of {name}: {}", page.html))
}

#[tokio::test]
async fn rule_8_1_the_toggle_keeps_what_was_typed_and_sends_nothing() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/contact?ui_locales=fr").await;
    let once = browser.html.value("once").unwrap();
    let message = "\r\nFirst line\r\n<b>second</b>";
    let typed = [("topic", "emails"), ("email", "zoe@"), ("message", message), ("switch_language", "en")];
    let page = browser.press("/contact", &typed).await;
    assert_eq!((page.status, page.heading()), (200, "Contact us"));
    assert_eq!((&*typed_in(&page, "topic"), &*typed_in(&page, "email")), ("emails", "zoe@"));
    assert_eq!(typed_in(&page, "message"), "\nFirst line\n<b>second</b>");
    assert!(page.html.contains(">Emails that do not arrive</option>"), "{}", page.html);
    assert_eq!(page.html.value("once"), Some(once));
    assert!(!page.html.contains("aria-invalid"), "nothing is wrong yet");
    assert_eq!(received(&env).await.len(), 0);
}

#[tokio::test]
async fn rule_8_5_the_answer_is_the_same_for_every_address() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    env.register(&mut env.browser(), "waits@exemple.ca", PASSWORD).await;
    let mut pages = Vec::new();
    wait(31);
    for email in [ANA, "waits@exemple.ca", "nobody@exemple.ca"] {
        let mut browser = env.browser();
        let page = write(&mut browser, &[("topic", "other"), ("email", email), ("message", "Hello")]).await;
        let again = write(&mut browser, &[("topic", "other"), ("email", email), ("message", "Again")]).await;
        pages.push((page.status, page.path.clone(), page.words(), again.status, again.words()));
    }
    assert_eq!((pages[0].0, pages[0].3), (200, 200));
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    assert_eq!(received(&env).await.len(), 6);
}

#[tokio::test]
async fn rule_3_11_whoever_gets_no_emails_can_write_however_often_they_asked_for_one() {
    let env = TestEnv::begin().await;
    env.activated(ANA).await;
    wait(31);
    let mut browser = env.browser();
    for status in [303, 429] {
        browser.get("/reset").await;
        let request = browser.posting("/reset", &[("email", ANA)]);
        assert_eq!(browser.send(request).await.status, status);
        wait(11);
    }
    let page =
        write(&mut browser, &[("topic", "emails"), ("email", ANA), ("message", "Nothing arrives")]).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/contact/sent"));
    assert_eq!(received(&env).await.len(), 1);
    browser.get("/unlock").await;
    wait(31);
    let page = browser.post("/unlock", &[("email", ANA)]).await;
    assert_eq!(page.status, 200, "and a message uses up no email");
}

#[tokio::test]
async fn rule_3_11_messages_have_a_limit_of_their_own_for_each_source() {
    let limits = vec![("TRY_LIMIT", "1/15m".into()), ("CONTACT_LIMIT", "3/1h".into())];
    let env = TestEnv::begin_with(limits).await;
    let mut browser = env.browser();
    assert_eq!(browser.sign_in(ANA, OTHER).await.status, 422);
    let mut statuses = Vec::new();
    for n in 0..5 {
        let email = format!("zoe{n}@exemple.ca");
        let typed = [("topic", "other"), ("email", email.as_str()), ("message", "Hello")];
        statuses.push(write(&mut browser, &typed).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let page = write(&mut browser, &HELLO).await;
    assert_eq!((page.status, page.heading()), (429, "Too many messages"));
    assert_eq!(write(&mut env.browser(), &HELLO).await.status, 200, "from elsewhere");
    wait(3600);
    assert_eq!(write(&mut browser, &HELLO).await.status, 200, "after the window");
    assert_eq!(received(&env).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_3_11_of_16_parallel_messages_of_a_source_with_5_left_5_are_sent() {
    let env = TestEnv::begin_with(vec![("CONTACT_LIMIT", "5/1h".into())]).await;
    let mut browser = env.browser();
    browser.get("/contact").await;
    let tasks = vec![browser; 16].into_iter().enumerate().map(|(n, mut own)| {
        let message = format!("Message {n}");
        tokio::spawn(async move {
            own.press("/contact", &[("topic", "other"), ("email", ZOE), ("message", &message)]).await.status
        })
    });
    let statuses: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let sent = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!((sent, statuses.iter().filter(|status| **status == 429).count()), (5, 11), "{statuses:?}");
    assert_eq!(received(&env).await.len(), 5);
}

#[tokio::test]
async fn rule_3_11_the_page_of_a_limit_leads_back_to_what_was_typed() {
    let zero = ["EMAIL_LIMITS", "REGISTRATION_LIMIT", "TRY_LIMIT", "CONTACT_LIMIT"]
        .map(|name| (name, "0/1h".into()));
    let env = TestEnv::begin_with(zero.into()).await;
    let typed =
        [("topic", "emails"), ("email", ZOE), ("message", "Where is\r\nmy <link>?"), ("password", PASSWORD)];
    for (path, heading) in [
        ("/contact", "Contact us"),
        ("/login", "Sign in"),
        ("/register", "Create your My Ontario Account"),
        ("/register/again", ""),
        ("/reset", ""),
        ("/unlock", ""),
    ] {
        for (language, back) in [("en", "Go back to the form"), ("fr-CA", "Retourner au formulaire")] {
            let mut browser = env.browser();
            browser.language = language;
            let form = browser.get(path).await;
            let refused = browser.press(path, &typed).await;
            assert_eq!(
                (refused.status, refused.html.text("#page-form button")),
                (429, Some(back.to_owned())),
                "{path}"
            );
            assert!(!refused.html.contains(PASSWORD), "{path}: no secret is in the page");
            let again = browser.press(path, &[("switch_language", &language[..2])]).await;
            assert_eq!((again.status, again.heading()), (200, form.heading()), "{path}");
            assert!(language != "en" || again.heading().contains(heading), "{}", again.heading());
            assert_eq!(again.html.attribute("input[type='email']", "value").as_deref(), Some(ZOE), "{path}");
            if path == "/contact" {
                assert_eq!(typed_in(&again, "topic"), "emails");
                assert_eq!(typed_in(&again, "message"), "Where is\nmy <link>?");
            }
        }
    }
    assert_eq!(env.emails().await.len(), 0);
}

#[tokio::test]
async fn rule_8_5_a_double_click_sends_once_however_late_the_second_comes() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/contact").await;
    let form = browser.html.clone();
    for pause in [0, 1, 29, 31, 3600] {
        wait(pause);
        browser.html.clone_from(&form);
        let page = browser.press("/contact", &HELLO).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/contact/sent"), "{pause}");
        assert_eq!(received(&env).await.len(), 1, "{pause}: it has left the outbox by now");
    }
    // An edited message is another message and counts as one.
    for (status, sent) in [(200, 2), (200, 2)] {
        browser.html.clone_from(&form);
        let changed = [("topic", "emails"), ("email", ZOE), ("message", "Where is my other link?")];
        assert_eq!(browser.press("/contact", &changed).await.status, status);
        assert_eq!(received(&env).await.len(), sent);
    }
    browser.html = form;
    let again = [("topic", "other"), ("email", ZOE), ("message", "Where is my link?")];
    assert_eq!(browser.press("/contact", &again).await.status, 200, "about something else");
    assert_eq!(write(&mut browser, &HELLO).await.status, 200, "the same words on a fresh form");
    assert_eq!(received(&env).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rule_8_5_of_16_parallel_clicks_one_message_is_sent() {
    let env = TestEnv::begin().await;
    env.stack.ses.fail_with(503);
    let mut browser = env.browser();
    browser.get("/contact").await;
    let tasks = vec![browser; 16].into_iter();
    let tasks = tasks.map(|mut own| tokio::spawn(async move { own.press("/contact", &HELLO).await }));
    let pages: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert!(pages.iter().all(|page| page.path == "/contact/sent"), "{:?}", pages.last());
    env.stack.ses.recover();
    env.stack.advance(domain::SignedDuration::from_mins(2)).await.unwrap();
    assert_eq!(received(&env).await.len(), 1);
}

#[tokio::test]
async fn rule_8_5_a_form_that_waits_to_be_sent_is_not_sent_again_after_another_one() {
    let env = TestEnv::begin().await;
    env.stack.ses.fail_with(503);
    let mut browser = env.browser();
    browser.get("/contact").await;
    let mut first = browser.clone();
    assert_eq!(browser.press("/contact", &HELLO).await.path, "/contact/sent");
    wait(31);
    let other = [("topic", "other"), ("email", ZOE), ("message", "Something else")];
    assert_eq!(write(&mut browser, &other).await.path, "/contact/sent");
    wait(31);
    assert_eq!(first.press("/contact", &HELLO).await.path, "/contact/sent");
    env.stack.ses.recover();
    for _ in 0..3 {
        env.stack.advance(domain::SignedDuration::from_mins(15)).await.unwrap();
    }
    assert_eq!(received(&env).await.len(), 2);
}

#[tokio::test]
async fn rule_8_5_whoever_is_signed_in_finds_their_address_and_stays_signed_in() {
    let env = TestEnv::begin().await;
    let mut browser = env.activated(ANA).await;
    let page = browser.get("/contact").await;
    assert_eq!(typed_in(&page, "email"), ANA);
    assert!(
        page.html.contains("action=\"/logout\"") && page.html.contains(">Go to my connected services</a>")
    );
    wait(31);
    let page = browser.press("/contact", &HELLO).await;
    assert!(page.path == "/contact/sent" && page.html.contains("action=\"/logout\""), "{}", page.html);
    let text = &received(&env).await[0].text;
    assert!(text.contains(ZOE) && text.contains("the account with another address ("), "{text}");
    browser.get("/contact").await;
    browser.press("/contact", &[("topic", "other"), ("email", ANA), ("message", "Hello")]).await;
    let text = &received(&env).await[1].text;
    assert!(text.contains("The sender was signed in to the account with this address."), "{text}");
    assert_eq!(browser.get("/login").await.path, "/services", "the way back");

    let page = env.browser().get("/contact").await;
    assert_eq!(typed_in(&page, "email"), "");
    assert!(page.html.contains("href=\"/login\">Back to sign in</a>"), "{}", page.html);
}

#[tokio::test]
async fn rule_8_5_the_way_to_the_service_is_kept() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/login").await;
    let way = format!("interaction={}", env.interaction(&browser).await);
    let page = browser.get(&format!("/login?{way}&ui_locales=fr")).await;
    let contact = format!("/contact?{way}&ui_locales=fr");
    let footer = page.html.part("footer").unwrap();
    assert_eq!(footer.href("/contact"), contact);
    let page = browser.get(&contact).await;
    assert_eq!(page.heading(), "Contactez-nous");
    let request = browser.pressing("/contact", &HELLO);
    let reply = browser.send(request).await;
    assert_eq!(reply.header("location"), Some(format!("/contact/sent?{way}&ui_locales=fr").as_str()));
    let page = browser.get(reply.header("location").unwrap()).await;
    assert!(
        page.html.contains(&format!("/login?{way}&#38;ui_locales=fr\">Retour à l’ouverture de session</a>"))
    );
    let page = browser.get(&format!("/login?{way}")).await;
    assert!(page.html.contains("Health card") || page.html.contains("Carte Santé"), "{}", page.html);
}

#[tokio::test]
async fn rule_8_5_what_fails_is_neither_lost_nor_doubled() {
    let env = TestEnv::begin().await;
    let mut browser = env.browser();
    browser.get("/contact").await;
    let form = browser.html.clone();
    for fault in [Fault::Refused("InternalServerError"), Fault::AnswerLost("InternalServerError")] {
        env.watch.decide_by(move |call| match call.operation.as_str() {
            "TransactWriteItems" => fault.clone(),
            _ => Fault::None,
        });
        browser.html.clone_from(&form);
        assert_eq!(browser.press("/contact", &HELLO).await.status, 503);
    }
    env.watch.recover();
    browser.html = form;
    assert_eq!(browser.press("/contact", &HELLO).await.path, "/contact/sent");
    let received = received(&env).await;
    assert!(received.len() == 1 && received[0].text.contains("Where is my link?"));
}
