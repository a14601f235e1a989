//! Nothing personal reaches a log (RULES 9.6).

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use bank::RESIDENTS;
use tracing::Subscriber;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::{
    bank::{At, START},
    story::{ANA, Browser, OTHER, PASSWORD, Story, links, wait},
    watch::Fault,
};

/// What is logged, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Does this, and logs here what this thread logs meanwhile.
    pub(crate) async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        let _logs = tracing::subscriber::set_default(self.subscriber());
        work.await
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        tracing_subscriber::fmt().json().with_max_level(LevelFilter::INFO).with_writer(self.clone()).finish()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn rule_9_6_nothing_personal_is_logged_even_when_all_goes_wrong() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.subscriber()).unwrap();

    let story = Story::at_the_bank().await;
    let mut browser = story.browser();
    story.stack.ses.fail_with(400);
    story.register(&mut browser, ANA, PASSWORD).await;
    story.stack.settle().await.unwrap();
    story.stack.ses.recover();
    story.stack.advance(domain::SignedDuration::from_mins(2)).await.unwrap();
    let link = links(story.stack.ses.inbox().last().unwrap()).remove(0);
    let token = link.split("token=").nth(1).unwrap().to_owned();
    browser.get(&link).await;
    for fault in ["InternalServerError", "ValidationException"] {
        story.watch.decide_by(move |_| Fault::Refused(fault));
        browser.get(&format!("/activate?token={token}&email={ANA}")).await;
        browser.get("/activate").await;
        browser.sign_in(ANA, OTHER).await;
    }
    story.watch.recover();
    browser.get("/activate").await;
    browser.post("/activate", &[]).await;
    write_to_the_operators(&story, &mut browser).await;
    let phone = story.add_app(&mut browser, "Ana's telephone").await;
    wait(330);
    browser.get("/mfa?next=/services&factor=email").await;
    browser.press("/mfa/send", &[]).await;
    let code = story.emailed_code().await;
    let typed = browser.clone();
    for fault in ["InternalServerError", "ValidationException"] {
        story.watch.decide_by(move |_| Fault::Refused(fault));
        for code in [code.clone(), phone.code()] {
            typed.clone().press("/mfa", &[("code", &code)]).await;
        }
        browser.get("/factors").await;
    }
    story.watch.recover();
    let of_bank = come_by_the_bank(&story).await;

    let text = log.text();
    assert!(text.contains("a request failed") && text.contains("request_id"), "something was logged: {text}");
    let cookies: Vec<_> = browser.jar.values().map(String::as_str).collect();
    for personal in
        ["ana@", "exemple.ca", PASSWORD, OTHER, &token, &code, &phone.code(), &phone.secret, "telephone"]
            .into_iter()
            .chain(cookies)
            .chain(["trouble"])
            .chain(of_bank.iter().map(String::as_str))
    {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

/// Comes by the bank, whatever goes wrong there; what must not be in a log.
async fn come_by_the_bank(story: &Story) -> Vec<String> {
    let mut personal = vec![RESIDENTS[0].subject.to_owned(), RESIDENTS[0].name.to_owned()];
    let mut browser = story.browser();
    for fault in [None, Some(bank::Fault::WrongNonce), Some(bank::Fault::TokenError)] {
        let left = browser.get(START).await;
        personal.extend([left.with["state"].clone(), left.with["nonce"].clone()]);
        let back = story.answer_of_bank(left, (At::SignIn(0), fault)).await;
        let query = back.split_once('?').unwrap().1.as_bytes();
        let pairs = url::form_urlencoded::parse(query).into_owned();
        personal.extend(pairs.filter(|(name, _)| name == "code").map(|(_, code)| code));
        for refused in ["InternalServerError", "ValidationException"] {
            story.watch.decide_by(move |_| Fault::Refused(refused));
            browser.get(&back).await;
            story.watch.recover();
        }
        browser.get(&back).await;
    }
    story.by_bank(&mut browser, START, At::SignIn(0)).await;
    browser.press("/federated/first", &[("email", "zoe@exemple.ca")]).await;
    personal.push(story.emailed_code().await);
    let typed = browser.clone();
    story.watch.decide_by(move |_| Fault::Refused("InternalServerError"));
    typed.clone().press("/federated/code", &[("code", personal.last().unwrap())]).await;
    story.watch.recover();
    personal.extend(browser.jar.into_values());
    personal
}

async fn write_to_the_operators(story: &Story, browser: &mut Browser) {
    let typed = [("topic", "emails"), ("email", "zoe@exemple.ca"), ("message", "My secret trouble")];
    for fault in [Some("InternalServerError"), Some("ValidationException"), None] {
        browser.get("/contact").await;
        story.watch.decide_by(move |_| fault.map_or(Fault::None, Fault::Refused));
        browser.press("/contact", &typed).await;
        story.watch.recover();
    }
    assert!(story.emails().await.iter().any(|email| email.text.contains("My secret trouble")));
}
