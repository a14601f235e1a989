//! Residents' stories in a real browser, told in `tests/browser`, on a stack that listens.

use std::{path::Path, time::Duration};

use local::{Listen, Options, Stack};
use tokio::{process::Command, time::sleep};

/// How often the stream is looked at, as in the run for development.
const DELIVER_EVERY: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_stories_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    assert!(
        folder.join("node_modules").exists(),
        "run scripts/test, which installs the browser tests' packages"
    );
    // The stories do not wait half a minute between two emails: the clock is all theirs together.
    let variables = vec![("EMAIL_LIMITS", "6/1h".to_owned())];
    let stack =
        Stack::start(Options { listen: Listen::AnyPorts, variables, ..Options::default() }).await.unwrap();
    // A story's newest email is its last one.
    stack.streams.deliver_one_by_one(true);
    let mut stories = Command::new("node")
        .args(["--test", "--test-reporter=spec", "story.mjs"])
        .current_dir(folder)
        .env("PRODUCT", &stack.origins.product)
        .env("SERVICE", &stack.origins.service)
        .env("OTHER_SERVICE", &stack.origins.other_service)
        .env("BANK", &stack.origins.bank)
        .kill_on_drop(true)
        .spawn()
        .expect("node starts");
    let told = tokio::select! {
        told = stories.wait() => told.unwrap(),
        () = deliver(&stack) => unreachable!("delivering never ends"),
    };
    assert!(told.success(), "a browser story failed: what it said is above");
}

/// Nothing delivers by itself what waits in the stream of a stack.
async fn deliver(stack: &Stack) {
    loop {
        stack.settle().await.unwrap();
        sleep(DELIVER_EVERY).await;
    }
}
