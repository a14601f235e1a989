//! `scripts/bench sign-in`: sign-ins (page and form) per second, with the flows and the embedded database, as a share of
//! bare password hashes per second. The share shows the cost of a sign-in besides hashing.
//!
//! Both rates are per second of processor time. Wall-clock time would include idle time while a sign-in moves between
//! threads, and the load of other programs.

use std::{
    error::Error,
    io::{Write, stdout},
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use domain::password::Password;
use futures_util::future::try_join_all;
use local::{Options, Stack};

use crate::{
    processor::{Elapsed, Snapshot},
    resident::{PASSWORD, Resident},
};

/// The duration of one turn. The measurements alternate, so that other load affects both.
const TURN: Duration = Duration::from_secs(1);
const TURNS: u32 = 12;

const GOAL: f64 = 0.90;
const LIMIT: f64 = 0.70;

/// A number of operations and their processor time.
#[derive(Default)]
struct Measure {
    count: u32,
    all: Duration,
    database: Duration,
}

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let (mut bare, mut sign_ins) = (Measure::default(), Measure::default());
    for _ in 0..TURNS {
        // Each turn has a new database: unlike DynamoDB, the embedded one scans its whole stream at each write.
        let stack = Stack::start(Options::default()).await?;
        let mut residents = Vec::new();
        for number in 0..thread::available_parallelism()?.get() {
            residents.push(Resident::registered(&stack, number).await?);
        }
        // Warm-up: the first hashes of a process are slower because of page faults.
        hash(&stack, residents.len(), Duration::ZERO).await?;
        let snapshot = Snapshot::now()?;
        bare.add(hash(&stack, residents.len(), TURN).await?, &snapshot.elapsed()?);
        let snapshot = Snapshot::now()?;
        sign_ins.add(sign_in(residents).await?, &snapshot.elapsed()?);
    }
    let (bare, database) = (bare.per_second(Duration::ZERO), sign_ins.database);
    let (with, without) = (sign_ins.per_second(Duration::ZERO), sign_ins.per_second(database));
    let share = with / bare;
    let verdict = match share {
        share if share >= GOAL => "met",
        share if share >= LIMIT => "missed within the error of the measurement",
        _ => "missed",
    };
    let mut out = stdout();
    writeln!(out, "{bare:.1} hashes and {with:.1} sign-ins per second of processor time: {share:.2}")?;
    writeln!(out, "{without:.1} without the embedded database: {:.2}", without / bare)?;
    writeln!(out, "The goal, {GOAL:.2}, is {verdict}.")?;
    Ok(if share < LIMIT { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Measure {
    fn add(&mut self, count: u32, elapsed: &Elapsed) {
        self.count += count;
        self.all += elapsed.all;
        self.database += elapsed.database;
    }

    /// The rate per second of processor time, without a part of that time.
    fn per_second(&self, without: Duration) -> f64 {
        f64::from(self.count) / self.all.saturating_sub(without).as_secs_f64()
    }
}

/// Hashes and compares on several threads; returns the number of operations.
#[expect(clippy::disallowed_methods, reason = "measures real time")]
async fn hash(stack: &Arc<Stack>, threads: usize, duration: Duration) -> Result<u32, Box<dyn Error>> {
    let start = Instant::now();
    let threads = (0..threads).map(|_| {
        let hasher = stack.app.config.hasher.clone();
        tokio::task::spawn_blocking(move || {
            let password = Password::new(PASSWORD);
            let hash = hasher.hash(&password, app::random());
            let mut count = 1_u32;
            while start.elapsed() < duration {
                std::hint::black_box(hasher.compare(password.clone(), &hash));
                count += 1;
            }
            count
        })
    });
    Ok(try_join_all(threads).await?.iter().sum())
}

/// Signs in all residents concurrently and repeatedly; returns the number of sign-ins.
async fn sign_in(residents: Vec<Resident>) -> Result<u32, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "measures real time")]
    let start = Instant::now();
    let tasks = residents.into_iter().map(|mut resident| {
        tokio::spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < TURN {
                resident.sign_in().await?;
                count += 1;
            }
            Ok::<_, String>(count)
        })
    });
    try_join_all(tasks).await?.into_iter().try_fold(0, |sum, count| Ok(sum + count?))
}
