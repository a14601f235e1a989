//! Emails are sent as fast as SES takes them, the most urgent first (RULES 9.4).

use std::{
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{
    SignedDuration,
    device::{AddressBlock, Device},
    factors::OneTimeCode,
    language::Language,
    outbox::Priority,
};
use email::{ActivationLink, ActivationLinks, Email, EmailKind, SecurityEvent};
use futures_util::future::join;
use local::Outcome;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{address, begin};
use crate::support::env::{ANA, PASSWORD, TestEnv};

/// Queues an email of this priority to an address of its own.
async fn queue(env: &TestEnv, n: usize, priority: Priority) {
    let (app, now, device) = (&env.stack.app, env.now(), Device::default());
    let event = || SecurityEvent { at: now, device: Device::default(), dispute: app.new_id() };
    let kind: EmailKind = match priority {
        Priority::Code => {
            email::Code { code: OneTimeCode::draw(app::random), service: None, event: event() }.into()
        }
        Priority::Link => {
            let link = ActivationLink {
                link: app.new_id(),
                sent_at: now,
                expires_at: None,
                registered_at: now,
                device,
            };
            ActivationLinks { links: vec![link] }.into()
        }
        Priority::Notice => email::Unlocked { event: event() }.into(),
    };
    assert_eq!(kind.priority(), priority);
    let email = Email { to: address(n).parse().unwrap(), language: Language::English, kind };
    let message = account::emails::message(app.new_id(), &email, now);
    let source = AddressBlock::of(Ipv4Addr::from_bits(u32::try_from(n).unwrap()).into());
    let view = app.table.view_contact(message.id, source, now).await.unwrap();
    app.table.contact(&message, &view.rate_limit.take(app::random()).unwrap()).await.unwrap();
}

/// Makes SES accept `rate` emails per second by the test clock, and bursts of as many. Returns how many it would have
/// accepted so far.
fn throttle(env: &TestEnv, rate: u32) -> impl Fn() -> f64 {
    let began = app::clock::elapsed();
    let bucket = Mutex::new((f64::from(rate), began));
    env.stack.ses.decide_by(move |_| {
        let mut bucket = bucket.lock().unwrap();
        let now = app::clock::elapsed();
        let filled = bucket.0 + now.saturating_sub(bucket.1).as_secs_f64() * f64::from(rate);
        *bucket = (filled.min(f64::from(rate)), now);
        if bucket.0 < 1.0 {
            return Outcome::Rejected(429);
        }
        bucket.0 -= 1.0;
        Outcome::Sent
    });
    move || f64::from(rate) * (1.0 + app::clock::elapsed().saturating_sub(began).as_secs_f64())
}

#[tokio::test]
async fn rule_9_4_a_throttled_sender_sends_what_ses_takes_and_codes_and_links_first() {
    let env = begin().await;
    env.stack.streams.hold_back(true);
    for n in 0..16 {
        queue(&env, n, Priority::Notice).await;
    }
    for n in 16..32 {
        queue(&env, n, Priority::Link).await;
    }
    let would_take = throttle(&env, 4);
    env.stack.streams.hold_back(false);
    let began = app::clock::elapsed();
    let stream = env.stack.settle();
    let schedule = outbox::handle(&env.stack.app, outbox::Event::Schedule(json!({})));
    let codes = async {
        while app::clock::elapsed() < began + Duration::from_secs(3) {
            tokio::task::yield_now().await;
        }
        let sent = env.stack.ses.inbox().len();
        for n in 32..36 {
            queue(&env, n, Priority::Code).await;
        }
        sent
    };
    let (sent_before, (settled, swept)) = join(codes, join(stream, schedule)).await;
    settled.unwrap();
    swept.unwrap();
    let (emails, would_take) = (env.stack.ses.inbox(), would_take());

    assert_eq!(emails.len(), 36, "nothing is postponed by throttling; {would_take}");
    let refused = env.stack.ses.calls().len() - 36;
    // The share is above nine tenths where the processor is free: see `domain::outbox`.
    assert!(would_take * 0.2 <= 36.0, "SES would have taken {would_take:.0}, and refused {refused}");
    assert!(refused <= 36, "and it was not asked in vain: {refused}");
    let positions = |subject: &str| {
        let matching = emails.iter().enumerate().filter(|(_, email)| email.subject.contains(subject));
        matching.map(|(n, _)| n).collect::<Vec<_>>()
    };
    let (codes, links, notices) = (positions("one-time code"), positions("Activate"), positions("unlocked"));
    assert_eq!((codes.len(), links.len(), notices.len()), (4, 16, 16));
    // What was begun before is finished first, by eight workers of each sender.
    assert!(*codes.last().unwrap() < sent_before + 4 + 16, "{sent_before}: {codes:?}");
    let early = notices.iter().filter(|n| **n < *links.last().unwrap()).count();
    assert!(early <= 10, "notices were sent before links: {notices:?}");
}

#[tokio::test]
async fn rule_9_4_a_sender_passes_no_more_emails_to_ses_than_the_deployments_rate() {
    let env = TestEnv::begin_with(vec![("SES_RATE", "5".to_owned())]).await;
    env.stack.streams.hold_back(true);
    for n in 0..12 {
        queue(&env, n, if n < 8 { Priority::Notice } else { Priority::Code }).await;
    }
    let began = app::clock::elapsed();
    outbox::handle(&env.stack.app, outbox::Event::Schedule(json!({}))).await.unwrap();
    let took = app::clock::elapsed().saturating_sub(began);
    let inbox = env.stack.ses.inbox();
    assert_eq!(inbox.len(), 12);
    // Eleven pauses of 200 ms.
    assert!(took >= Duration::from_secs(2), "{took:?}");
    let codes = inbox[..4].iter().filter(|email| email.subject.contains("code"));
    assert_eq!(codes.count(), 4, "{:?}", inbox.iter().map(|email| &email.subject).collect::<Vec<_>>());
}

#[tokio::test]
async fn rule_9_4_a_throttle_is_neither_a_rejection_nor_a_reason_to_wait() {
    app::clock::move_by_pauses();
    let env = begin().await;
    env.stack.ses.fail_with(429);
    env.register(&mut env.browser(), ANA, PASSWORD).await;
    let throttled_for = Duration::from_secs(90);
    let began = app::clock::elapsed();
    while app::clock::elapsed() < began + throttled_for {
        env.stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    }
    let refused = env.stack.ses.calls().len();
    assert!((20..=400).contains(&refused), "it is tried, at a slow pace: {refused}");
    env.stack.ses.recover();
    outbox::handle(&env.stack.app, outbox::Event::Schedule(json!({}))).await.unwrap();
    assert_eq!(env.stack.ses.inbox().len(), 1, "and sent as soon as SES takes it");
}

/// In front of SES, a proxy whose connections carry one email each, then are dead: a second one is read, and never
/// answered. Also ends the next `broken` connections before anything is answered.
async fn dying_connections(
    listener: TcpListener,
    ses: Arc<OnceLock<String>>,
    broken: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let (ses, broken, ended) = (ses.clone(), broken.clone(), ended.clone());
        tokio::spawn(async move {
            let mut server = TcpStream::connect(ses.get().unwrap()).await.unwrap();
            let (mut request, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
            let mut is_answered = false;
            loop {
                tokio::select! {
                    read = client.read(&mut request) => {
                        let read = read.unwrap_or(0);
                        let take = |left: usize| left.checked_sub(1);
                        let breaks = || broken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok();
                        if read > 0 && (is_answered || breaks()) {
                            ended.fetch_add(1, Ordering::SeqCst);
                            return;
                        }
                        if read == 0 || server.write_all(&request[..read]).await.is_err() {
                            return;
                        }
                    }
                    read = server.read(&mut answer) => {
                        let read = read.unwrap_or(0);
                        is_answered = true;
                        if read == 0 || client.write_all(&answer[..read]).await.is_err() {
                            return;
                        }
                    }
                }
            }
        });
    }
}

#[tokio::test]
async fn rule_9_4_a_connection_that_ends_before_an_answer_delays_no_email() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let (ses, broken, ended) = (Arc::default(), Arc::default(), Arc::<AtomicUsize>::default());
    let variables = vec![("AWS_ENDPOINT_URL_SESV2", proxy)];
    tokio::spawn(dying_connections(listener, Arc::clone(&ses), Arc::clone(&broken), ended.clone()));
    let env = TestEnv::begin_with(variables).await;
    let endpoint = &env.stack.environment()["AWS_ENDPOINT_URL_SECRETS_MANAGER"];
    ses.set(endpoint.trim_start_matches("http://").to_owned()).unwrap();
    for n in 0..4 {
        // The first attempt and what is sent again at once.
        broken.store(if n == 2 { 2 } else { 0 }, Ordering::SeqCst);
        env.register(&mut env.browser(), &address(n), PASSWORD).await;
        assert_eq!(
            env.emails().await.len(),
            n + 1,
            "after {} ended connections",
            ended.load(Ordering::SeqCst)
        );
    }
    assert_eq!(ended.load(Ordering::SeqCst), 2, "an email has a connection of its own");
}
