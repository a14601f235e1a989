//! `scripts/bench sign-in`: sign-ins a second, page and form, through the flows and the embedded database, as a share of
//! bare password hashes a second. What hashing leaves of a processor is what sign-ins may cost beside it.
//!
//! Both are counted by the second of processor time. By the clock, a processor that is idle while a sign-in goes from
//! thread to thread would count as a cost of it, and so would all that other programs take.

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
    processor::{Since, Taken},
    resident::{PASSWORD, Resident},
};

/// How long each measure runs; they take turns, so that a busy moment hits both.
const TURN: Duration = Duration::from_secs(1);
const TURNS: u32 = 12;

const GOAL: f64 = 0.90;
const LIMIT: f64 = 0.70;

/// How often something was done, and what it took.
#[derive(Default)]
struct Measure {
    count: u32,
    all: Duration,
    database: Duration,
}

pub(crate) async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let (mut bare, mut sign_ins) = (Measure::default(), Measure::default());
    for _ in 0..TURNS {
        // The embedded database looks through its whole stream at each write (DynamoDB does not): a new one each turn.
        let stack = Stack::start(Options::default()).await?;
        let mut residents = Vec::new();
        for number in 0..thread::available_parallelism()?.get() {
            residents.push(Resident::registered(&stack, number).await?);
        }
        // The first hashes of a process are slower: the system gives them their memory page by page.
        hash(&stack, residents.len(), Duration::ZERO).await?;
        let taken = Taken::now()?;
        bare.add(hash(&stack, residents.len(), TURN).await?, &taken.since()?);
        let taken = Taken::now()?;
        sign_ins.add(sign_in(residents).await?, &taken.since()?);
    }
    let (bare, database) = (bare.a_second(Duration::ZERO), sign_ins.database);
    let (with, without) = (sign_ins.a_second(Duration::ZERO), sign_ins.a_second(database));
    let share = with / bare;
    let verdict = match share {
        share if share >= GOAL => "met",
        share if share >= LIMIT => "within what this measure is off",
        _ => "missed",
    };
    let mut out = stdout();
    writeln!(out, "{bare:.1} hashes, {with:.1} sign-ins a second of a processor: {share:.2}")?;
    writeln!(out, "{without:.1} without what the embedded database takes: {:.2}", without / bare)?;
    writeln!(out, "The goal, {GOAL:.2}, is {verdict}.")?;
    Ok(if share < LIMIT { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Measure {
    fn add(&mut self, count: u32, taken: &Since) {
        self.count += count;
        self.all += taken.all;
        self.database += taken.database;
    }

    /// How often a second, when a part of what it took is left out.
    fn a_second(&self, without: Duration) -> f64 {
        f64::from(self.count) / self.all.saturating_sub(without).as_secs_f64()
    }
}

/// Threads that hash and compare, and do nothing else; how often they did.
async fn hash(stack: &Arc<Stack>, threads: usize, lasting: Duration) -> Result<u32, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "measures real time")]
    let began = Instant::now();
    let threads = (0..threads).map(|_| {
        let hasher = stack.app.config.hasher.clone();
        tokio::task::spawn_blocking(move || {
            let password = Password::new(PASSWORD);
            let hash = hasher.hash(&password, app::random());
            let mut count = 1_u32;
            while began.elapsed() < lasting {
                std::hint::black_box(hasher.compare(&password, &hash));
                count += 1;
            }
            count
        })
    });
    Ok(try_join_all(threads).await?.iter().sum())
}

/// All residents sign in again and again, side by side; how often they did.
async fn sign_in(residents: Vec<Resident>) -> Result<u32, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "measures real time")]
    let began = Instant::now();
    let tasks = residents.into_iter().map(|mut resident| {
        tokio::spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < TURN {
                resident.sign_in().await?;
                count += 1;
            }
            Ok::<_, String>(count)
        })
    });
    try_join_all(tasks).await?.into_iter().try_fold(0, |sum, count| Ok(sum + count?))
}
