//! The run for development: everything on its usual port, what waits is delivered, and what outlives it is saved.

use std::{io::Write, path::PathBuf, time::Duration};

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
    failure::{Failure, While},
    origins::Listen,
    stack::{Options, Stack},
};

/// How often the stream is looked at.
const DELIVER_EVERY: Duration = Duration::from_millis(200);

/// How often what falls due by the clock is looked for, and what outlives the run saved.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Runs until it is interrupted. A fresh run starts empty. `origin` is the product's public one, when a proxy in front of it
/// has another one.
///
/// # Errors
/// [`Failure`] when it can't start, or can't save at its end.
pub async fn run(is_fresh: bool, origin: Option<String>) -> Result<(), Failure> {
    log();
    let saved_in = Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.local")));
    let stack = Stack::start(Options {
        listen: Listen::UsualPorts,
        saved_in,
        is_fresh,
        origin,
        ..Options::default()
    })
    .await?;
    stack.write_environment()?;
    announce(&stack).while_("saying that it runs")?;

    let mut terminated = signal(SignalKind::terminate()).while_("waiting for signals")?;
    let interrupted = tokio::signal::ctrl_c();
    tokio::select! {
        () = keep_up(&stack) => {}
        _ = terminated.recv() => {}
        waited = interrupted => waited.while_("waiting for signals")?,
    }
    stack.save().await
}

/// For people, on standard error. Each condition that the database refuses is an error to it, not to us.
fn log() {
    let lines = fmt::layer().compact().with_writer(std::io::stderr).with_target(false).without_time();
    let ours = Targets::new().with_default(LevelFilter::INFO).with_target("dynoxide", LevelFilter::OFF);
    tracing_subscriber::registry().with(lines).with(ours).init();
}

fn announce(stack: &Stack) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "It runs; Ctrl-C stops it.")?;
    writeln!(out, "  The product       {}", stack.origins.product)?;
    writeln!(out, "  Demo services     {}, {}", stack.origins.service, stack.origins.other_service)?;
    writeln!(out, "  Demo bank         {}", stack.origins.bank)?;
    writeln!(out, "  Emails, clock     {}/_local/inbox", stack.origins.product)?;
    out.flush()
}

async fn keep_up(stack: &Stack) {
    let (mut deliver, mut save) = (interval(DELIVER_EVERY), interval(SAVE_EVERY));
    deliver.set_missed_tick_behavior(MissedTickBehavior::Delay);
    save.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let done = tokio::select! {
            _ = deliver.tick() => stack.settle().await.map(drop),
            _ = save.tick() => catch_up_and_save(stack).await,
        };
        if let Err(failure) = done {
            tracing::warn!(%failure, "could not keep up");
        }
    }
}

async fn catch_up_and_save(stack: &Stack) -> Result<(), Failure> {
    stack.fall_due().await?;
    stack.save().await
}
