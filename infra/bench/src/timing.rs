//! `scripts/bench timing`: whether response times reveal if an address has an account or a registration (RULES 3.3, 3.6).
//!
//! Requests with both kinds of address alternate. Their times are compared by Cliff's delta: the probability that a time
//! of the first kind is longer, minus the probability that it is shorter. Up to 0.147 is negligible (Romano et al., 2006).

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

/// The largest negligible effect.
const NEGLIGIBLE: f64 = 0.147;

/// The number of addresses of each kind, and of requests with each: 480 times per kind.
const ADDRESSES: usize = 24;
const ROUNDS: usize = 20;

/// The number of rounds between days: a fifth failure would lock the account, and rate limits would apply.
const ROUNDS_A_DAY: usize = 4;

/// The pages, and whether the known addresses have a registration instead of an account.
const PAGES: [(&str, bool); 4] =
    [("/login", false), ("/reset", false), ("/unlock", false), ("/register/again", true)];

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let mut is_revealing = false;
    for (path, is_registration) in PAGES {
        let (known, unknown) = times(path, is_registration).await?;
        let effect = cliffs_delta(&known, &unknown);
        // The 95% interval of the effect between two samples of the same kind.
        let chance = 1.96 * error(known.len(), unknown.len());
        let difference = median(&known) - median(&unknown);
        writeln!(
            stdout(),
            "{path:16} effect {effect:+.3} (by chance ±{chance:.3}), medians {:.0} µs and {difference:+.0} µs",
            median(&unknown)
        )?;
        is_revealing |= effect.abs() - chance > NEGLIGIBLE;
    }
    let verdict = if is_revealing { "more than negligible" } else { "negligible" };
    writeln!(stdout(), "The difference is {verdict} (an effect of up to {NEGLIGIBLE}).")?;
    Ok(if is_revealing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The response times of a page for known and unknown addresses, in microseconds.
async fn times(path: &str, is_registration: bool) -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
    // The cheapest allowed hash hides differences the least.
    let variables = vec![
        ("ARGON2_MEMORY_KIB", "7168".to_owned()),
        ("ARGON2_PASSES", "5".to_owned()),
        ("EMAIL_LIMITS", "100/24h".to_owned()),
        ("TRY_LIMIT", "100000/15m".to_owned()),
        ("REGISTRATION_LIMIT", "100000/1h".to_owned()),
        ("EMAIL_REQUEST_LIMIT", "100000/1h".to_owned()),
    ];
    let stack = Stack::start(Options { variables, ..Options::default() }).await?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..ADDRESSES {
        known.push(if is_registration {
            Resident::unactivated(&stack, number).await?
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
    let (mut known_times, mut unknown_times) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (with, without) in known.iter_mut().zip(&mut unknown) {
            // The order alternates, so that caches favour neither kind.
            if round % 2 == 0 {
                known_times.push(with.time(path).await?);
                unknown_times.push(without.time(path).await?);
            } else {
                unknown_times.push(without.time(path).await?);
                known_times.push(with.time(path).await?);
            }
        }
        // A registration expires after a day, so the clock stays.
        let is_registration = path == "/register/again";
        if round % ROUNDS_A_DAY == ROUNDS_A_DAY - 1 && !is_registration {
            app::clock::advance(SignedDuration::from_hours(24));
        }
        stack.settle().await?;
    }
    let micros = |times: Vec<Duration>| times.into_iter().map(|time| time.as_secs_f64() * 1e6).collect();
    Ok((micros(known_times), micros(unknown_times)))
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn cliffs_delta(first: &[f64], second: &[f64]) -> f64 {
    let above = |a: f64| {
        second.iter().map(move |b| (a - b).partial_cmp(&0.0).map_or(0.0, |order| f64::from(order as i8)))
    };
    first.iter().copied().flat_map(above).sum::<f64>() / (first.len() * second.len()) as f64
}

/// The standard error of the effect when there is none.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn error(first: usize, second: usize) -> f64 {
    ((first + second + 1) as f64 / (3 * first * second) as f64).sqrt()
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
