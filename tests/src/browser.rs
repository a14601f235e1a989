//! Runs the stories of `tests/browser/stories` in Chromium: one test per story and language, each on a stack of its own.
//!
//! The list comes from the stories' files, so a story that is added there is a test.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use libtest_mimic::{Arguments, Failed, Trial};
use local::{Handled, Listen, Log, Options, Stack};
use tokio::{process::Command, time::sleep};

/// How often the stream is delivered, as in the local run.
const DELIVER_EVERY: Duration = Duration::from_millis(100);

const LANGUAGES: [&str; 2] = ["en", "fr"];

/// The file whose stories run in every setting, which takes more than a minute: it has a test for each width too.
const LONGEST: &str = "main";
const WIDTHS: [&str; 2] = ["320", "1280"];

fn main() -> Result<ExitCode, std::io::Error> {
    let mut trials = Vec::new();
    for (file, story) in stories()? {
        for language in LANGUAGES {
            let name = format!("{file}::{}::{language}", snake_case(&story));
            if file == LONGEST {
                trials.extend(WIDTHS.map(|width| {
                    trial(
                        format!("{name}_{width}"),
                        vec![file.clone(), story.clone(), language.into(), width.into()],
                    )
                }));
            } else {
                trials.push(trial(name, vec![file.clone(), story.clone(), language.into()]));
            }
        }
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

/// A test that runs `story.mjs` with these arguments.
fn trial(name: String, arguments: Vec<String>) -> Trial {
    Trial::test(name, move || run(&arguments))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// Each story's file and function: what the files export.
fn stories() -> Result<Vec<(String, String)>, std::io::Error> {
    let mut stories = Vec::new();
    for entry in fs::read_dir(folder().join("stories"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let names = text.split("\nexport async function ").skip(1).filter_map(|rest| rest.split('(').next());
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        stories.extend(names.map(|name| (file.clone().into_owned(), name.to_owned())));
    }
    stories.sort();
    Ok(stories)
}

fn snake_case(name: &str) -> String {
    let letters = name.chars().flat_map(|letter| {
        let separator = letter.is_ascii_uppercase().then_some('_');
        separator.into_iter().chain([letter.to_ascii_lowercase()])
    });
    letters.collect()
}

fn run(arguments: &[String]) -> Result<(), Failed> {
    if !folder().join("node_modules").exists() {
        return Err("run scripts/test, which installs the browser tests' packages".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let has_passed = runtime.block_on(async {
        // The stories do not wait half a minute between two emails, and six from one visitor are half of those.
        // A browser beside the stack makes it slow.
        let variables = vec![("EMAIL_LIMITS", "12/1h".to_owned()), ("REQUEST_BUDGET_MS", "30000".to_owned())];
        let (handled, log) = (Handled::default(), Log::of_process());
        let observer = Some(handled.observer());
        let options = Options { listen: Listen::AnyPorts, variables, observer, ..Options::default() };
        let keys = folder().join("../../target/tests/signing-keys.json");
        let stack = Stack::start(options.with_keys_in(&keys)?).await?;
        // Emails of one batch are sent concurrently; one at a time, the newest email is the last.
        stack.streams.deliver_one_by_one(true);
        let mut program = Command::new("node");
        program
            .args(["--test-reporter=spec", "story.mjs"])
            .args(arguments)
            .current_dir(folder())
            .env("PRODUCT", &stack.origins.product)
            .env("SERVICE", &stack.origins.service)
            .env("OTHER_SERVICE", &stack.origins.other_service)
            .env("BANK", &stack.origins.bank)
            .kill_on_drop(true);
        if let Ok(run) = env::var("NEXTEST_RUN_ID") {
            program.env("CHECKED", folder().join("../../target/browser/checked").join(run));
        }
        let has_passed = tokio::select! {
            status = program.status() => status?.success(),
            failure = deliver(&stack) => return Err(Failed::from(failure)),
        };
        // Tests of one process may run side by side, each on a stack of its own: what one handled is in nobody's log.
        for email in stack.ses.inbox() {
            handled.keep_email(&email);
        }
        match handled.found_in(&log.text()).as_slice() {
            [] => Ok(has_passed),
            personal => Err(Failed::from(format!("{personal:?}"))),
        }
    })?;
    if has_passed { Ok(()) } else { Err("the story failed; its output is above".into()) }
}

/// Delivers the stream until that fails: a stack does not do so by itself.
async fn deliver(stack: &Stack) -> local::Failure {
    loop {
        if let Err(failure) = stack.settle().await {
            return failure;
        }
        sleep(DELIVER_EVERY).await;
    }
}
