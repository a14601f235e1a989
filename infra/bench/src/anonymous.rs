//! `scripts/bench anonymous`: what requests of strangers cost, in processor time and in bytes written (RULES 3.11, Cost).
//!
//! Each request is sent to two stacks:
//!
//! - All limits of the first are zero, so whatever a request costs, it costs before a limit applies. That has to be within
//!   the budget. Nothing is left out: no password is hashed or estimated there, because a slot comes before.
//! - The limits of the second are never reached. What a request costs more there, it costs after its slot was taken: hashing a
//!   password and estimating its strength, and what a registration or a sign-in stores.
//!
//! The time is that of all threads but the embedded database's, with the making of the event.

use std::{
    error::Error,
    io::{Write, stdout},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use bench::{HostileRequest, Meter, Target};
use local::{Options, Stack};

use crate::processor::Snapshot;

/// How often each request is sent, each time from another source. The median counts.
const RUNS: u32 = 3;

/// How many requests are printed.
const PRINTED: usize = 10;

const PROCESSOR_BUDGET: Duration = Duration::from_millis(50);
const WRITE_BUDGET: usize = 4096;

/// What a request costs.
struct Cost {
    name: String,
    processor: Duration,
    written: usize,
}

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let before = costs(0).await?;
    print("before a limit applies", before.iter().collect())?;
    print("with a slot", costs(1_000_000).await?.iter().collect())?;
    let is_over = |cost: &&Cost| cost.processor > PROCESSOR_BUDGET || cost.written > WRITE_BUDGET;
    let over: Vec<_> = before.iter().filter(is_over).collect();
    let mut out = stdout();
    writeln!(
        out,
        "{} of {} requests cost more than 50 ms or 4 kB before a limit applies.",
        over.len(),
        before.len()
    )?;
    for cost in &over {
        writeln!(out, "  {:6.1} ms {:6} bytes  {}", milliseconds(cost.processor), cost.written, cost.name)?;
    }
    Ok(if over.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The cost of every request, with so many times for each limit.
async fn costs(times: u32) -> Result<Vec<Cost>, Box<dyn Error>> {
    let meter = Meter::default();
    let stack = Stack::start(Options {
        variables: bench::limits(times),
        interceptor: Some(meter.interceptor()),
        ..Options::default()
    })
    .await?;
    let target = registered(&stack).await?;
    // The first requests of a process make the signing keys and the dictionaries.
    let requests = bench::requests(&stack, &target).await;
    for HostileRequest { request, .. } in requests.iter().take(300) {
        stack.call(request).await;
    }
    let mut costs = Vec::new();
    let mut source = 0_u128;
    for HostileRequest { name, request } in requests {
        let (mut times, mut written) = (Vec::new(), 0);
        for _ in 0..RUNS {
            source += 1;
            // Each source has a network of its own.
            let address = std::net::Ipv6Addr::from_bits((0x2001_0db8 << 96) | (source << 80));
            let request = request.clone().from_address(address.into());
            let _ = meter.take();
            let snapshot = Snapshot::now()?;
            stack.call(&request).await;
            let elapsed = snapshot.elapsed()?;
            times.push(elapsed.all.saturating_sub(elapsed.database));
            written = written.max(meter.take());
        }
        times.sort_unstable();
        costs.push(Cost { name, processor: times[times.len() / 2], written });
    }
    Ok(costs)
}

/// Registers the first demo service.
async fn registered(stack: &Arc<Stack>) -> Result<Target, Box<dyn Error>> {
    let registration = ops::parse(include_str!("../../services/demo-1.yaml"), true)
        .map_err(|mistakes| mistakes.join("; "))?;
    ops::apply(
        &stack.app,
        std::slice::from_ref(&registration),
        &"arn:aws:iam::000000000000:user/local".parse()?,
    )
    .await?;
    let redirect_uri = registration.redirect_uris.first().cloned().unwrap_or_default();
    Ok(Target { client_id: registration.client_id.to_string(), redirect_uri })
}

/// Prints the costliest requests.
fn print(when: &str, mut costs: Vec<&Cost>) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    writeln!(out, "The most processor time {when}:")?;
    costs.sort_unstable_by_key(|cost| std::cmp::Reverse(cost.processor));
    for cost in costs.iter().take(PRINTED) {
        writeln!(out, "  {:6.1} ms  {}", milliseconds(cost.processor), cost.name)?;
    }
    writeln!(out, "The most bytes written {when}:")?;
    costs.sort_unstable_by_key(|cost| std::cmp::Reverse(cost.written));
    for cost in costs.iter().take(PRINTED) {
        writeln!(out, "  {:6}  {}", cost.written, cost.name)?;
    }
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    1_000.0 * time.as_secs_f64()
}
