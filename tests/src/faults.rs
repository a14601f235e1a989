//! The table fails, throttles, conflicts, or loses its answer, at every call of every flow.
//!
//! A tale is told once without faults; then once with each fault at each of its calls, and has to end the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{
    SignedDuration,
    account::Account,
    service::{AuthMethod, ClientRegistration},
};
use futures_util::{StreamExt, stream};
use local::Listen;
use serde_json::Value;

use crate::{
    bank::At,
    phone::{Phone, code_of},
    relying::Service,
    story::{ANA, Browser, Message, Page, Story, between, links, permissions, wait},
    tales::{
        Step::{
            self, AppCode, Bank, EmailedCode, Exchange, Follow, Forget, Link, Open, Press, Scan, Send, Wait,
        },
        TALES, Tale,
    },
    watch::{Call, Fault, Watch},
};

/// Faults that the SDK gets over by trying again. A time-out is a call that was made or not, without an answer.
const PASSING: [Fault; 6] = [
    Fault::Refused("ProvisionedThroughputExceededException"),
    Fault::Refused("ThrottlingException"),
    Fault::Refused("InternalServerError"),
    Fault::Refused("TransactionConflictException"),
    Fault::Refused("TransactionCanceledException"),
    Fault::AnswerLost("InternalServerError"),
];

/// Faults that last until the resident tries again.
const LASTING: [Fault; 2] = [Fault::Refused("InternalServerError"), Fault::AnswerLost("InternalServerError")];

/// Whether AWS can answer this operation so.
fn fits(fault: &Fault, operation: &str) -> bool {
    match fault {
        Fault::Refused("TransactionConflictException") => operation == "UpdateItem",
        Fault::Refused("TransactionCanceledException") => operation == "TransactWriteItems",
        _ => true,
    }
}

/// The signing keys of the first telling that needed some: making them takes longer than telling.
static KEYS: OnceLock<Value> = OnceLock::new();

/// A tale as it is told, with its browser and links.
struct Telling {
    tale: &'static Tale,
    story: Story,
    browser: Browser,
    links: Vec<String>,
    /// How many emails have come.
    seen: usize,
    /// The service that asks, and the code that it was sent last.
    service: Service,
    code: String,
}

impl Telling {
    async fn begin(tale: &'static Tale) -> Self {
        let keys = KEYS.get().cloned().unwrap_or_default();
        let at_the_bank = tale.2.iter().any(|step| matches!(step, Bank(_)));
        let listen = if at_the_bank { Listen::BankAlone } else { Listen::No };
        let story = Story::with_keys((listen, keys), vec![("EMAIL_LIMITS", "100/24h".into())]).await;
        let (browser, links) = (tale.1)(&story).await;
        let seen = story.emails().await.len();
        let by_assertion = |registration: &mut ClientRegistration| {
            registration.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        };
        let service = story.service_with("health", by_assertion).await;
        Self { tale, story, browser, links, seen, service, code: String::new() }
    }

    async fn take(&mut self, step: Step) -> Page {
        let mailed = self.mailed(step).await;
        self.take_with(step, mailed.as_deref()).await
    }

    /// Takes a step, with what an email brought for it.
    async fn take_with(&mut self, step: Step, mailed: Option<&str>) -> Page {
        let page = self.lead(step, mailed).await;
        if let Some(code) = page.with.get("code") {
            self.code.clone_from(code);
        }
        page
    }

    async fn lead(&mut self, step: Step, mailed: Option<&str>) -> Page {
        match step {
            Open(path) => self.browser.get(path).await,
            Send(path, fields) => self.browser.post(path, fields).await,
            Press(path, fields) => self.browser.press(path, fields).await,
            EmailedCode(path) => self.browser.press(path, &[("code", mailed.unwrap())]).await,
            Bank(start) => {
                let page = self.browser.get(start).await;
                if page.left_for.is_none() {
                    return page;
                }
                let back = self.story.answer_of_bank(page, (At::SignIn(0), None)).await;
                self.browser.get(&back).await
            }
            Scan => {
                self.links = vec![Phone::scanning(&self.browser).secret];
                self.browser.get("/factors/confirm").await
            }
            AppCode(path, fields) => {
                // The next step's, which is accepted too: the app may have been set up in this one.
                let next = app::clock::now().as_second() + 30;
                let code = Phone { secret: self.links[0].clone() }.code_at(next);
                let fields = [fields, &[("code", code.as_str())]].concat();
                self.browser.press(path, &fields).await
            }
            Link(path) => {
                let rest = between(&self.browser.html, &format!("href=\"{path}?"), "\"").unwrap();
                self.browser.get(&format!("{path}?{}", rest.replace("&#38;", "&"))).await
            }
            Exchange => self.exchange().await,
            Follow(_) => self.browser.get(mailed.unwrap()).await,
            Forget => {
                self.browser.jar.remove("__Host-session");
                self.browser.get("/login").await
            }
            Wait => {
                wait(60);
                // A page that reads nothing and is no visit.
                self.browser.get("/nowhere").await
            }
        }
    }

    /// What the service's own calls were answered, as a page.
    async fn exchange(&self) -> Page {
        let (story, service) = (&self.story, &self.service);
        let (_, tokens) = story.call(service.exchanges(&self.code, &[])).await;
        let text = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
        let (status, told) = story.userinfo(&text("access_token")).await;
        let (reply, _) = story.call(service.refreshes(&text("refresh_token"))).await;
        let (again, _) = story.call(service.exchanges(&self.code, &[])).await;
        let path = format!("{status} {} {} {}", told["email"], reply.status, again.status);
        Page { status, path, html: "<h1></h1><a href=\"\">".to_owned(), ..Page::default() }
    }

    /// What an email brings for a step: the link that it follows, or the code that it types.
    async fn mailed(&mut self, step: Step) -> Option<String> {
        match step {
            Follow(number) => Some(match self.links.get(number) {
                Some(link) => link.clone(),
                None => self.newest(|email| links(email).into_iter().next()).await,
            }),
            EmailedCode(_) => Some(self.newest(code_of).await),
            _ => None,
        }
    }

    /// What the newest email brings that brings it, by the stream or the schedule.
    async fn newest(&mut self, brought_by: impl Fn(&Message) -> Option<String>) -> String {
        for _ in 0..5 {
            let _ = self.story.stack.settle().await;
            let inbox = self.story.stack.ses.inbox();
            let unseen = inbox[self.seen..].iter();
            self.seen = inbox.len();
            if let Some(brought) = unseen.rev().find_map(&brought_by) {
                return brought;
            }
            let _ = self.story.stack.advance(SignedDuration::from_mins(2)).await;
        }
        panic!("no email came");
    }

    /// How it ended.
    async fn end(mut self, pages: &[Page]) -> End {
        self.story.watch.recover();
        if self.tale.2.iter().any(|step| matches!(step, Exchange)) {
            let _ = KEYS.set(self.story.stack.secrets.signing_keys());
        }
        let mut emails: Vec<_> = self.story.emails().await.into_iter().map(|email| email.subject).collect();
        emails.sort();
        self.seen = emails.len();
        let view = self.story.seen(ANA).await;
        let account = match &view.account {
            None => "none",
            Some(Account::Locked(_)) => "locked",
            Some(Account::Active(active)) if active.0.password.is_some() => "active",
            Some(Account::Active(_)) => "active, without a password",
        };
        let table = &self.story.stack.app.table;
        let registrations = table.registrations(&ANA.parse().unwrap(), self.story.now()).await.unwrap().len();
        let mut events = Vec::new();
        let mut sessions = 0;
        if let Some(account) = &view.account {
            let id = account.details().id;
            let trail = table.audit_trail(id, self.story.now()).await.unwrap();
            events.extend(trail.iter().map(|entry| format!("{:?}", entry.event)));
            events.sort();
            sessions = table.sessions(id, self.story.now()).await.unwrap().len();
        }
        let page = |page: &Page| {
            let end = page.left_for.clone().unwrap_or_else(|| page.path.clone());
            (page.status, end, page.heading().to_owned())
        };
        End {
            pages: pages.iter().map(page).collect(),
            emails,
            account: account.to_owned(),
            attempts: (view.attempts.reserved(), view.attempts.failed()),
            registrations,
            sessions,
            events,
        }
    }
}

/// How a tale ends: its pages, and what is in the table and the inbox then.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    pages: Vec<(u16, String, String)>,
    emails: Vec<String>,
    account: String,
    attempts: (usize, usize),
    registrations: usize,
    sessions: usize,
    events: Vec<String>,
}

/// Tells a tale from its first step to its last.
async fn tell(mut telling: Telling) -> End {
    let mut pages = Vec::new();
    for step in telling.tale.2 {
        pages.push(telling.take(*step).await);
    }
    telling.end(&pages).await
}

/// From now on the call of this number, if the fault fits it, fails once. Counts the calls.
fn fail_once(watch: &Watch, at: usize, fault: Option<Fault>) -> Arc<AtomicUsize> {
    let (calls, counter) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = calls.clone();
    watch.decide_by(move |call: &Call| {
        let number = counter.fetch_add(1, Ordering::SeqCst);
        seen.store(number + 1, Ordering::SeqCst);
        match &fault {
            Some(fault) if number == at && fits(fault, &call.operation) => fault.clone(),
            _ => Fault::None,
        }
    });
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_passing_fault_anywhere_is_noticed_by_nobody() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for tale in TALES {
        let telling = Telling::begin(tale).await;
        let watch = telling.story.watch.clone();
        let calls = fail_once(&telling.story.watch, usize::MAX, None);
        let expected = tell(telling).await;
        assert!(expected.pages.iter().all(|page| page.0 != 503), "{}: {expected:?}", tale.0);
        for (function, uses) in watch.uses() {
            used.entry(function).or_default().extend(uses);
        }
        let all = (0..calls.load(Ordering::SeqCst)).flat_map(|at| PASSING.map(|fault| (at, fault)));
        let told = stream::iter(all).map(|(at, fault)| {
            let expected = &expected;
            async move {
                let telling = Telling::begin(tale).await;
                fail_once(&telling.story.watch, at, Some(fault.clone()));
                assert_eq!(tell(telling).await, *expected, "{}: {fault:?} at call {at}", tale.0);
            }
        });
        told.buffer_unordered(side_by_side(tale)).collect::<Vec<_>>().await;
    }
    least_privilege(used);
}

/// How many tellings go on at once. The clock is all of theirs: those that let time pass are told one by one.
fn side_by_side(tale: &Tale) -> usize {
    if tale.2.iter().any(|step| matches!(step, Wait)) { 1 } else { 12 }
}

/// What the template permits is what the tales use, and this, which no tale comes to.
const BESIDES: [(&str, &str); 3] = [
    // What was overtaken is read again.
    ("login", "dynamodb:GetItem"),
    // While a lookup key is replaced, an email is free when it is under neither.
    ("activate", "dynamodb:ConditionCheckItem"),
    // The schedule looks for what the stream missed.
    ("outbox", "dynamodb:Query/index/due"),
];

fn least_privilege(mut used: BTreeMap<String, BTreeSet<String>>) {
    for (function, action) in BESIDES {
        used.get_mut(function).unwrap().insert(action.to_owned());
    }
    for (function, permitted) in permissions() {
        let own = used.remove(&function).unwrap_or_default();
        let unused: Vec<_> = permitted.difference(&own).collect();
        assert!(unused.is_empty(), "{function} does not need {unused:?}");
    }
}

/// The table fails from some call of a step on, however often it is tried; then the resident tries again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_lasting_fault_at_any_call_a_retry_finishes_and_doubles_nothing() {
    let mut disturbed = 0;
    for tale in TALES {
        let undisturbed = tell(Telling::begin(tale).await).await;
        // No step makes more calls than three in a row; one that makes fewer is not disturbed then.
        let all = (0..tale.2.len()).flat_map(|step| (0..3).map(move |at| (step, at)));
        let all = all.flat_map(|(step, at)| LASTING.map(|fault| (step, at, fault)));
        let told = stream::iter(all).map(|place| disturb(tale, place, undisturbed.clone()));
        let was = told.buffer_unordered(side_by_side(tale)).collect::<Vec<_>>().await;
        disturbed += was.into_iter().filter(|was| *was).count();
    }
    assert!(disturbed > 60, "{disturbed} steps were disturbed");
}

/// Whether there was a call to disturb.
async fn disturb(
    tale: &'static Tale,
    (disturbed, at, fault): (usize, usize, Fault),
    undisturbed: End,
) -> bool {
    let told = format!("{}: {fault:?} from call {at} of step {disturbed}", tale.0);
    let mut telling = Telling::begin(tale).await;
    let (mut pages, mut was_disturbed) = (Vec::new(), false);
    for (number, step) in tale.2.iter().enumerate() {
        // A code whose answer was lost is spent: the specification says so. The resident's way brings another.
        if number == disturbed && !matches!(step, Exchange) {
            let mailed = telling.mailed(*step).await;
            let before = telling.browser.html.clone();
            let (counter, failing) = (AtomicUsize::new(0), fault.clone());
            telling.story.watch.decide_by(move |_| {
                if counter.fetch_add(1, Ordering::SeqCst) < at { Fault::None } else { failing.clone() }
            });
            let page = telling.take_with(*step, mailed.as_deref()).await;
            telling.story.watch.recover();
            if page.status == 503 {
                was_disturbed = true;
                // What was promised all the same is sent before the next one.
                telling.story.emails().await;
                assert_eq!(page.heading(), "Something went wrong on our side", "{told}");
                assert!(page.html.contains("ontario-button--primary"), "{told}: a way on");
                telling.browser.html = before;
                pages.push(telling.take_with(*step, mailed.as_deref()).await);
            } else {
                pages.push(page);
            }
        } else {
            pages.push(telling.take(*step).await);
        }
        let page = pages.last().unwrap();
        let is_whole = page.html.contains("<h1>") && page.html.contains("href=");
        assert!(is_whole || page.left_for.is_some(), "{told}: {}", page.status);
    }
    let (mut end, mut undisturbed) = (telling.end(&pages).await, undisturbed);
    // Who asks for a link twice is sent it twice, as far as the limits let them.
    end.emails.dedup();
    undisturbed.emails.dedup();
    assert_eq!(end.account, undisturbed.account, "{told}");
    assert_eq!(end.registrations, undisturbed.registrations, "{told}");
    assert_eq!(end.emails, undisturbed.emails, "{told}");
    was_disturbed
}
