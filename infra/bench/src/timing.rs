//! `scripts/bench timing`: whether how long an answer takes tells an address with an account, or a registration, from one
//! without (RULES 3.3, 3.6).
//!
//! Both kinds of address are asked for in turn, and the times compared by Cliff's delta: how much more often one of them
//! takes longer than the other than the other way round, from -1 to 1. Up to 0.147 is called negligible (Romano and
//! others, 2006).

use std::{
    error::Error,
    io::{Write, stdout},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use domain::SignedDuration;
use local::{Options, Stack};

use crate::resident::Resident;

/// The greatest effect that is negligible.
const NEGLIGIBLE: f64 = 0.147;

/// How many addresses of each kind there are, and how often each is asked for: 480 times of each kind.
const ADDRESSES: usize = 24;
const ROUNDS: usize = 20;

/// After so many rounds a day passes: a fifth failure would lock, and limits would be reached.
const ROUNDS_A_DAY: usize = 4;

/// What is asked for: the page, and whether its address is a registration that waits rather than an account.
const ASKED: [(&str, bool); 4] =
    [("/login", false), ("/reset", false), ("/unlock", false), ("/register/again", true)];

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let mut is_told_apart = false;
    for (path, is_waiting) in ASKED {
        let (known, unknown) = times(path, is_waiting).await?;
        let effect = cliffs_delta(&known, &unknown);
        // Of two samples of the same kind, 95 of 100 times the effect lies within this.
        let chance = 1.96 * error(known.len(), unknown.len());
        let apart = median(&known) - median(&unknown);
        writeln!(
            stdout(),
            "{path:16} effect {effect:+.3} (chance alone ±{chance:.3}), medians {:.0} µs and {apart:+.0} µs",
            median(&unknown)
        )?;
        is_told_apart |= effect.abs() - chance > NEGLIGIBLE;
    }
    let verdict = if is_told_apart { "more than negligible" } else { "negligible" };
    writeln!(stdout(), "The difference is {verdict} (an effect of up to {NEGLIGIBLE}).")?;
    Ok(if is_told_apart { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The times of one page for addresses that have something, and for those that have nothing, in microseconds.
async fn times(path: &str, is_waiting: bool) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
    // The cheapest hash that is allowed hides the least.
    let variables = vec![
        ("ARGON2_MEMORY_KIB", "7168".to_owned()),
        ("ARGON2_PASSES", "5".to_owned()),
        ("EMAIL_LIMITS", "100/24h".to_owned()),
        ("TRY_LIMIT", "100000/15m".to_owned()),
        ("REGISTRATION_LIMIT", "100000/1h".to_owned()),
    ];
    let stack = Stack::start(Options { variables, ..Options::default() }).await?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..ADDRESSES {
        known.push(if is_waiting {
            Resident::waiting(&stack, number).await?
        } else {
            Resident::registered(&stack, number).await?
        });
        unknown.push(Resident::new(&stack, &format!("stranger-{number}@account.example")));
    }
    stack.settle().await?;
    for resident in known.iter_mut().chain(&mut unknown) {
        resident.open(path).await?;
    }
    measure(&stack, path, known, unknown).await
}

async fn measure(
    stack: &Arc<Stack>,
    path: &str,
    mut known: Vec<Resident>,
    mut unknown: Vec<Resident>,
) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (one, other) in known.iter_mut().zip(&mut unknown) {
            // Who comes first changes: nothing is warm for one kind alone.
            if round % 2 == 0 {
                of_known.push(one.time(path).await?);
                of_unknown.push(other.time(path).await?);
            } else {
                of_unknown.push(other.time(path).await?);
                of_known.push(one.time(path).await?);
            }
        }
        // Registrations last for a day: theirs is not over yet.
        let is_waiting = path == "/register/again";
        if round % ROUNDS_A_DAY == ROUNDS_A_DAY - 1 && !is_waiting {
            app::clock::advance(SignedDuration::from_hours(24));
        }
        stack.settle().await?;
    }
    let micros = |times: Vec<Duration>| times.into_iter().map(|time| time.as_secs_f64() * 1e6).collect();
    Ok((micros(of_known), micros(of_unknown)))
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn cliffs_delta(one: &[f64], other: &[f64]) -> f64 {
    let above = |a: f64| {
        other.iter().map(move |b| (a - b).partial_cmp(&0.0).map_or(0.0, |order| f64::from(order as i8)))
    };
    one.iter().copied().flat_map(above).sum::<f64>() / (one.len() * other.len()) as f64
}

/// The standard error of the effect when there is none.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn error(one: usize, other: usize) -> f64 {
    ((one + other + 1) as f64 / (3 * one * other) as f64).sqrt()
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
