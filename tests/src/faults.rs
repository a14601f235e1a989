//! The table fails, throttles, conflicts, or loses its answer, at every call of every flow.

use domain::{SignedDuration, account::Account};

use crate::{
    story::{ANA, Browser, PASSWORD, Page, Story},
    watch::Fault,
};

const PASSING: [Fault; 5] = [
    Fault::Refused("ProvisionedThroughputExceededException"),
    Fault::Refused("InternalServerError"),
    Fault::Refused("TransactionConflictException"),
    Fault::Refused("TransactionCanceledException"),
    Fault::AnswerLost("InternalServerError"),
];

/// Whether AWS can answer this operation so.
fn fits(fault: &Fault, operation: &str) -> bool {
    match fault {
        Fault::Refused("TransactionConflictException") => operation == "UpdateItem",
        Fault::Refused("TransactionCanceledException") => operation == "TransactWriteItems",
        _ => true,
    }
}

/// Walks from registering to signing in, with one fault at call number `at`. Says whether that call was reached.
async fn walk(story: &Story, fault: Fault, at: usize) -> (bool, Vec<Page>) {
    let reached = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (seen, mut number) = (reached.clone(), 0);
    story.watch.decide_by(move |call| {
        number += 1;
        if number == at + 1 && fits(&fault, &call.operation) {
            seen.store(true, std::sync::atomic::Ordering::SeqCst);
            return fault.clone();
        }
        if number > at {
            seen.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        Fault::None
    });
    let mut browser = story.browser();
    let mut pages = vec![story.register(&mut browser, ANA, PASSWORD).await];
    pages.push(browser.get(&link(story).await).await);
    pages.push(browser.post("/activate", &[]).await);
    browser.jar.remove("__Host-session");
    pages.push(browser.sign_in(ANA, PASSWORD).await);
    story.watch.recover();
    (reached.load(std::sync::atomic::Ordering::SeqCst), pages)
}

/// The link of the email, which the stream or the schedule brings.
async fn link(story: &Story) -> String {
    for _ in 0..5 {
        let _ = story.stack.settle().await;
        if let Some(email) = story.stack.ses.inbox().last() {
            return crate::story::links(email).remove(0);
        }
        let _ = story.stack.advance(SignedDuration::from_mins(2)).await;
    }
    panic!("no email came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_passing_fault_anywhere_is_noticed_by_nobody() {
    for fault in PASSING {
        for at in 0.. {
            let story = Story::begin().await;
            let (reached, pages) = walk(&story, fault.clone(), at).await;
            if !reached {
                assert!(at > 8, "the walk has more calls than {at}");
                break;
            }
            let ends: Vec<_> = pages.iter().map(|page| (page.status, page.path.as_str())).collect();
            let expected =
                [(200, "/register/sent"), (200, "/activate"), (200, "/services"), (200, "/services")];
            assert_eq!(ends, expected, "{fault:?} at call {at}");
            assert_eq!(story.emails().await.len(), 1, "{fault:?} at call {at}");
            let view = story.seen(ANA).await;
            assert_eq!((view.attempts.reserved(), view.attempts.failed()), (0, 0), "{fault:?} at call {at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_table_is_down_each_page_says_so_and_a_retry_finishes() {
    let story = Story::begin().await;
    let mut browser = story.browser();
    browser.get("/register").await;
    let form = browser.html.clone();
    let fields = [("email", ANA), ("password", PASSWORD)];
    down(&story);
    assert_says_so(&browser.post("/register", &fields).await);
    story.watch.recover();
    browser.html.clone_from(&form);
    assert_eq!(browser.post("/register", &fields).await.path, "/register/sent");
    let link = story.last_link().await;

    down(&story);
    assert_says_so(&browser.get(&link).await);
    story.watch.recover();
    browser.get("/activate").await;
    let form = browser.html.clone();
    // Every answer of the activation is lost, however often it is asked.
    story.watch.decide_by(|call| {
        if call.operation == "TransactWriteItems" {
            Fault::AnswerLost("InternalServerError")
        } else {
            Fault::None
        }
    });
    assert_says_so(&browser.post("/activate", &[]).await);
    story.watch.recover();
    browser.html = form;
    assert_eq!(browser.post("/activate", &[]).await.heading(), "Your account is active");
    let view = story.seen(ANA).await;
    assert!(matches!(view.account, Some(Account::Active(_))));

    down(&story);
    assert_says_so(&browser.get("/login?transaction=00000000-0000-4000-8000-000000000000").await);
    story.watch.recover();
    browser.get("/login").await;
    let form = browser.html.clone();
    down(&story);
    assert_says_so(&browser.post("/login", &fields).await);
    story.watch.recover();
    browser.html = form;
    assert_eq!(browser.post("/login", &fields).await.path, "/services");
    down(&story);
    assert_says_so(&browser.get("/services").await);
}

fn down(story: &Story) {
    story.watch.decide_by(|_| Fault::Refused("InternalServerError"));
}

fn assert_says_so(page: &Page) {
    assert_eq!((page.status, page.heading()), (503, "Something went wrong on our side"));
    assert!(
        page.html.contains("ontario-button--primary") && page.html.contains("reference local-"),
        "{}",
        page.html
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_failure_counts_once() {
    let story = Story::begin().await;
    story.activated(ANA).await;
    let mut browser: Browser = story.browser();
    let mut number = 0;
    story.watch.decide_by(move |_| {
        number += 1;
        if number % 2 == 1 { Fault::AnswerLost("InternalServerError") } else { Fault::None }
    });
    for n in 1..=5 {
        let page = browser.sign_in(ANA, "Wrong-9-password").await;
        assert_eq!(page.html.contains("Signing in is locked"), n == 5, "{n}");
    }
    story.watch.recover();
}
