//! `scripts/bench sign-in`: sign-ins a second, page and form, through the flows and the embedded database, as a share of
//! bare password hashes a second. What hashing leaves of a processor is what sign-ins may cost beside it.

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

mod resident;

use resident::{PASSWORD, Resident};

/// How long each measure runs; they take turns, so that a busy moment hits both.
const TURN: Duration = Duration::from_secs(1);
const TURNS: u32 = 12;

const GOAL: f64 = 0.90;
const LIMIT: f64 = 0.70;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let stack = Stack::start(Options::default()).await?;
    let processors = thread::available_parallelism()?.get();
    let mut residents = Vec::new();
    for number in 0..processors {
        residents.push(Resident::registered(&stack, number).await?);
    }

    let (mut bare, mut sign_ins) = (0.0, 0.0);
    for _ in 0..TURNS {
        bare += hashes_a_second(&stack, processors).await? / f64::from(TURNS);
        sign_ins += sign_ins_a_second(&mut residents).await? / f64::from(TURNS);
    }
    let share = sign_ins / bare;
    let verdict = match share {
        share if share >= GOAL => "met",
        share if share >= LIMIT => "within what this measure is off",
        _ => "missed",
    };
    writeln!(stdout(), "{bare:.1} hashes a second, {sign_ins:.1} sign-ins a second: {share:.2}")?;
    writeln!(stdout(), "The goal, {GOAL:.2}, is {verdict}.")?;
    Ok(if share < LIMIT { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// One thread a processor compares, and does nothing else.
async fn hashes_a_second(stack: &Arc<Stack>, processors: usize) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    let threads = (0..processors).map(|_| {
        let hasher = stack.app.config.hasher.clone();
        tokio::task::spawn_blocking(move || {
            let password = Password::new(PASSWORD);
            let hash = hasher.hash(&password, app::random());
            let mut count = 0_u32;
            while began.elapsed() < TURN {
                std::hint::black_box(hasher.compare(&password, &hash));
                count += 1;
            }
            count
        })
    });
    let counts = try_join_all(threads).await?;
    Ok(f64::from(counts.iter().sum::<u32>()) / began.elapsed().as_secs_f64())
}

/// All residents sign in again and again, side by side.
async fn sign_ins_a_second(residents: &mut Vec<Resident>) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    let tasks = residents.drain(..).map(|mut resident| {
        tokio::spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < TURN {
                resident.sign_in().await?;
                count += 1;
            }
            Ok::<_, String>((resident, count))
        })
    });
    let mut count = 0;
    for done in try_join_all(tasks).await? {
        let (resident, own) = done?;
        residents.push(resident);
        count += own;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
