//! The table throttles, conflicts, fails or loses its response, at every call of every scenario.
//!
//! Each test takes one scenario and one kind of fault. It prepares the scenario once and runs it without a fault; then, from
//! a copy of the same table, once with the fault at each call. Every run has to end like the first.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    scenarios::{
        Scenario,
        Step::ExchangeCode,
        for_each_scenario,
        run::{End, ReadyScenario},
    },
    support::watch::{
        Call,
        Fault::{self, Refused},
        Watch,
    },
};

/// Makes a module for each scenario, with a test for each kind of fault.
///
/// The SDK retries a passing fault; a lasting fault fails every attempt until the resident repeats the step. A time-out is
/// either kind: the call was made or not, and there is no response.
macro_rules! fault_tests {
    ($($scenario:ident)*) => {$(
        mod $scenario {
            fault_test!($scenario, one_refused_call_goes_unnoticed, refuse);
            fault_test!($scenario, one_conflict_goes_unnoticed, pass, Refused("TransactionConflictException"));
            fault_test!($scenario, one_canceled_transaction_goes_unnoticed, pass, Refused("TransactionCanceledException"));
            fault_test!($scenario, one_lost_response_goes_unnoticed, pass, AnswerLost("InternalServerError"));
            fault_test!($scenario, a_retry_finishes_after_lasting_errors, last, Refused("InternalServerError"));
            fault_test!($scenario, a_retry_finishes_after_lost_responses, last, AnswerLost("InternalServerError"));
        }
    )*};
}

macro_rules! fault_test {
    ($scenario:ident, $name:ident, $fault_does:ident $(, $kind:ident($error:literal))?) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let scenario = crate::scenarios::Scenario::named(stringify!($scenario));
            super::$fault_does(scenario $(, crate::support::watch::Fault::$kind($error))?).await;
        }
    };
}

for_each_scenario!(fault_tests);

/// Whether AWS can respond to this operation so.
fn fits(fault: &Fault, operation: &str) -> bool {
    match fault {
        Refused("TransactionConflictException") => operation == "UpdateItem",
        Refused("TransactionCanceledException") => operation == "TransactWriteItems",
        _ => true,
    }
}

/// How DynamoDB refuses a call that it may accept a moment later. The SDK retries each of them in the same way.
const REFUSALS: [&str; 3] =
    ["ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"];

/// Each call of a scenario is refused once, in turn for each of the reasons; with `FAULTS=all`, for all of them.
async fn refuse(scenario: &'static Scenario) {
    if std::env::var("FAULTS").is_ok_and(|value| value == "all") {
        for refusal in REFUSALS {
            pass(scenario, Refused(refusal)).await;
        }
    } else {
        pass_each(scenario, |at| Refused(REFUSALS[at % REFUSALS.len()])).await;
    }
}

/// The same fault at each call of a scenario.
async fn pass(scenario: &'static Scenario, fault: Fault) {
    pass_each(scenario, |_| fault.clone()).await;
}

/// A passing fault at any call changes nothing that the resident, the service or the operators see.
async fn pass_each(scenario: &'static Scenario, fault_at: impl Fn(usize) -> Fault) {
    let ready = ReadyScenario::new(scenario).await;
    let run = ready.start().await;
    let operations = record_operations(&run.env.watch);
    let expected = run.finish().await;
    assert!(expected.pages.iter().all(|page| page.0 != 503), "{expected:?}");
    let operations = operations.lock().unwrap().clone();
    for (at, operation) in operations.iter().enumerate() {
        let fault = fault_at(at);
        if !fits(&fault, operation) {
            continue;
        }
        let run = ready.start().await;
        fail_once(&run.env.watch, at, fault.clone());
        assert_eq!(run.finish().await, expected, "{fault:?} at call {at}");
    }
}

fn record_operations(watch: &Watch) -> Arc<Mutex<Vec<String>>> {
    let operations = Arc::new(Mutex::new(Vec::new()));
    let recorded = operations.clone();
    watch.decide_by(move |call: &Call| {
        recorded.lock().unwrap().push(call.operation.clone());
        Fault::None
    });
    operations
}

/// Fails the call of this number once.
fn fail_once(watch: &Watch, at: usize, fault: Fault) {
    let counter = AtomicUsize::new(0);
    watch.retry_at_once();
    watch.decide_by(move |call: &Call| {
        let is_it = counter.fetch_add(1, Ordering::SeqCst) == at && fits(&fault, &call.operation);
        if is_it { fault.clone() } else { Fault::None }
    });
}

/// Subjects of the emails that a resident requests.
const REQUESTED: [&str; 8] = [
    "Activate your My Ontario Account",
    "You can sign in to your My Ontario Account",
    "Unlock your My Ontario Account",
    "Choose a new password for your My Ontario Account",
    "Remove your sign-in partner",
    "Your one-time code",
    "Secure your My Ontario Account",
    "The data of your My Ontario Account was downloaded",
];

/// At how many calls of a step a lasting fault starts.
const CALLS: usize = 3;

/// When a lasting fault starts at any of the first calls of any step, repeating the step finishes the scenario and does
/// nothing twice.
async fn last(scenario: &'static Scenario, fault: Fault) {
    let ready = ReadyScenario::new(scenario).await;
    let undisturbed = ready.start().await.finish().await;
    let mut disturbed = 0;
    // A code whose response was lost is spent (RFC 6749 section 4.1.2), so that step can't be repeated.
    for (step, _) in scenario.steps.iter().enumerate().filter(|(_, step)| !matches!(step, ExchangeCode)) {
        for at in 0..CALLS {
            match disturb(&ready, step, at, &fault, undisturbed.clone()).await {
                Disturbance::None => break,
                Disturbance::Unnoticed => {}
                Disturbance::ErrorPage => disturbed += 1,
            }
        }
    }
    let name = scenario.name;
    assert!(disturbed > 1, "{name}: {disturbed} faults led to an error page; a scenario needs two at least");
}

/// What a resident sees of a lasting fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disturbance {
    /// The step makes fewer calls.
    None,
    /// The page that they asked for.
    Unnoticed,
    /// The page that says that the service failed, after which they repeat the step.
    ErrorPage,
}

/// Runs the scenario; in this step every call from the one of this number on fails.
async fn disturb(
    ready: &ReadyScenario,
    disturbed: usize,
    at: usize,
    fault: &Fault,
    mut undisturbed: End,
) -> Disturbance {
    let context = format!("{fault:?} from call {at} of step {disturbed}");
    let mut run = ready.start().await;
    run.env.watch.retry_at_once();
    let (mut pages, mut disturbance) = (Vec::new(), Disturbance::None);
    for (number, step) in ready.scenario.steps.iter().enumerate() {
        if number == disturbed {
            let emailed = run.emailed(*step).await;
            let before = run.browser.html.clone();
            let calls = Arc::new(AtomicUsize::new(0));
            let (counter, failing) = (calls.clone(), fault.clone());
            run.env.watch.decide_by(move |_| {
                if counter.fetch_add(1, Ordering::SeqCst) < at { Fault::None } else { failing.clone() }
            });
            let page = run.take_with(*step, emailed.as_deref()).await;
            run.env.watch.recover();
            if calls.load(Ordering::SeqCst) > at {
                disturbance = Disturbance::Unnoticed;
            }
            if page.status == 503 {
                disturbance = Disturbance::ErrorPage;
                // An email that was queued all the same is sent before the next one.
                run.env.emails().await;
                assert_eq!(page.heading(), "There is a problem on our side", "{context}");
                assert!(page.html.contains("ontario-button--primary"), "{context}: a button to continue");
                run.browser.html = before;
                pages.push(run.take_with(*step, emailed.as_deref()).await);
            } else {
                pages.push(page);
            }
        } else {
            pages.push(run.take(*step).await);
        }
        let page = pages.last().unwrap();
        let is_whole = page.html.contains("<h1") && page.html.contains("href=");
        let is_download = page.html.starts_with('{');
        assert!(is_whole || is_download || page.left_for.is_some(), "{context}: {page:?}");
    }
    let mut end = run.end(&pages).await;
    // A resident who asks for a link or a code twice is sent two, within the limits. Nothing else is sent twice.
    for emails in [&mut end.emails, &mut undisturbed.emails] {
        emails
            .dedup_by(|one, other| one == other && REQUESTED.iter().any(|subject| one.starts_with(subject)));
    }
    assert_eq!(end.account, undisturbed.account, "{context}");
    assert_eq!(end.registrations, undisturbed.registrations, "{context}");
    assert_eq!(end.emails, undisturbed.emails, "{context}");
    disturbance
}
