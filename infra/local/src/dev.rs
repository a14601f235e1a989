//! The run for development: serves everything on fixed ports, delivers what is queued and saves its state.

use std::{io::Write, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval},
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    arguments::Arguments,
    failure::{Context, Failure},
    origins::Listen,
    root,
    stack::{Options, Stack},
};

/// The folder below the repository's root that holds the saved state.
const STATE_FOLDER: &str = ".local";

/// How often the table's stream is read.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(200);

/// How often schedules are checked and the state is saved.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);

/// Runs until it is interrupted.
///
/// # Errors
/// [`Failure`] when it can't start, or can't save its state at the end.
pub async fn run(arguments: &Arguments) -> Result<(), Failure> {
    init_log();
    let stack = Stack::start(options(arguments)?).await?;
    stack.write_environment()?;
    announce(&stack).context("writing the addresses")?;

    let mut terminated = signal(SignalKind::terminate()).context("waiting for signals")?;
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        () = work(&stack) => {}
        _ = terminated.recv() => {}
        result = interrupted => result.context("waiting for signals")?,
    }
    stack.save().await
}

/// The stack of a run; its state is saved in the repository that the arguments or the current folder name.
fn options(arguments: &Arguments) -> Result<Options, Failure> {
    let root = root::find(arguments.root.as_deref())?;
    Ok(Options {
        listen: Listen::Ports(arguments.port),
        saved_in: Some(root.join(STATE_FOLDER)),
        root: Some(root),
        is_fresh: arguments.fresh,
        origin: arguments.origin.clone(),
        ..Options::default()
    })
}

/// Logs to standard error. Dynoxide is silent: it logs each failed condition as an error.
fn init_log() {
    let lines = fmt::layer().compact().with_writer(std::io::stderr).with_target(false).without_time();
    let levels = Targets::new().with_default(LevelFilter::INFO).with_target("dynoxide", LevelFilter::OFF);
    tracing_subscriber::registry().with(lines).with(levels).init();
}

fn announce(stack: &Stack) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "The service is running; Ctrl-C stops it.")?;
    writeln!(out, "  Product           {}", stack.origins.product)?;
    writeln!(out, "  Demo services     {}, {}", stack.origins.service, stack.origins.other_service)?;
    writeln!(out, "  Demo bank         {}", stack.origins.bank)?;
    writeln!(out, "  Emails, clock     {}/_local/inbox", stack.origins.product)?;
    writeln!(out, "  Kinds of email    {}/_local/emails", stack.origins.product)?;
    out.flush()
}

async fn work(stack: &Stack) {
    let (mut deliver, mut save) = (interval(DELIVERY_INTERVAL), interval(SAVE_INTERVAL));
    deliver.set_missed_tick_behavior(MissedTickBehavior::Delay);
    save.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let result = tokio::select! {
            _ = deliver.tick() => deliver_all(stack).await,
            _ = save.tick() => run_due_and_save(stack).await,
        };
        if let Err(failure) = result {
            tracing::warn!(%failure, "background work failed");
        }
    }
}

async fn deliver_all(stack: &Stack) -> Result<(), Failure> {
    stack.settle().await?;
    stack.deliver_events().await;
    Ok(())
}

async fn run_due_and_save(stack: &Stack) -> Result<(), Failure> {
    stack.fall_due().await?;
    stack.save().await
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    use clap::Parser;

    use super::*;

    /// A copy of the repository, as far as a run reads it.
    fn copy(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("local-run-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::copy(root::find(None).unwrap().join(root::TEMPLATE), folder.join(root::TEMPLATE)).unwrap();
        folder
    }

    async fn start(root: &Path, flags: &[&str]) -> Result<std::sync::Arc<Stack>, Failure> {
        let root = root.to_str().unwrap();
        let arguments = Arguments::try_parse_from(["local", "--root", root].iter().chain(flags)).unwrap();
        Stack::start(Options { listen: Listen::No, ..options(&arguments).unwrap() }).await
    }

    #[test]
    fn the_options_follow_the_arguments() {
        let arguments = Arguments::try_parse_from(["local", "--port", "4100", "--fresh"]).unwrap();
        let options = options(&arguments).unwrap();
        assert_eq!(options.listen, Listen::Ports(4100));
        assert!(options.is_fresh);
        assert_eq!(options.saved_in, options.root.map(|root| root.join(".local")));
    }

    #[tokio::test]
    async fn runs_in_two_folders_keep_their_state_apart() {
        let [one, two] = ["one", "two"].map(copy);
        let (first, second) = (start(&one, &[]).await.unwrap(), start(&two, &[]).await.unwrap());
        first.dynamodb.put("ACCOUNT#1", "a", None);
        for stack in [&first, &second] {
            stack.write_environment().unwrap();
            stack.save().await.unwrap();
        }
        assert_ne!(
            fs::read_to_string(one.join(".local/environment")).unwrap(),
            fs::read_to_string(two.join(".local/environment")).unwrap()
        );
        let busy = start(&one, &[]).await.err().unwrap().to_string();
        assert!(busy.contains("another run uses"), "{busy}");
        let records = |stack: &Stack| stack.dynamodb.records(None, 10).unwrap().len();
        drop((first, second));

        let (first, second) = (start(&one, &[]).await.unwrap(), start(&two, &[]).await.unwrap());
        assert_eq!((records(&first), records(&second)), (1, 0));
        drop(first);
        assert_eq!(records(&start(&one, &["--fresh"]).await.unwrap()), 0);
        for folder in [one, two] {
            fs::remove_dir_all(folder).unwrap();
        }
    }
}
