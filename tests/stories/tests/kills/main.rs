//! Programs that are killed (`kill -9`) at any instant, again and again, on the
//! same stores, and disks that are full or cannot be written. Whatever was said
//! to be kept is kept, once, and no state is ahead of the truth.
//!
//! `LOIVE_KILLS=600` kills as often; `LOIVE_KILLS_SEED` repeats the choices of
//! another run, though not its instants.
#![expect(clippy::indexing_slicing, reason = "tests may panic")]

mod disk;
mod disks;
mod hotline;
mod locked;
mod owner;
mod town;
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt as _;
use town::Town;

/// Kills without `LOIVE_KILLS`: what fits into every run of all tests.
const KILLS_DEFAULT: u64 = 60;
/// Rounds between two reckonings.
const ROUNDS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn programs_killed_again_and_again_on_the_same_stores_lose_nothing_and_double_nothing() {
    let kills = number("LOIVE_KILLS").unwrap_or(KILLS_DEFAULT);
    let mut town = Town::new(number("LOIVE_KILLS_SEED").unwrap_or(1), now()).await;
    while town.kills() < kills {
        for _ in 0..ROUNDS {
            match town.rng.random_range(0..13) {
                0..6 => town.kill_a_phone().await,
                6 | 7 => town.kill_the_hotline(true, false, false).await,
                8 | 9 => town.kill_the_hotline(false, true, false).await,
                10 => town.kill_a_newborn().await,
                11 => town.kill_the_hotline_at_its_start().await,
                _ => town.kill_the_hotline(true, true, true).await,
            }
        }
        town.reckon().await;
    }
    report("kills survived", &town.tally);
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("it is a number"))
}

#[expect(
    clippy::print_stdout,
    reason = "the numbers are what a long run is for"
)]
fn report(what: &str, tally: &BTreeMap<String, u64>) {
    for (name, count) in tally {
        println!("{count:6}  {name}");
    }
    println!("{:6}  {what}", tally.values().sum::<u64>());
}

#[expect(
    clippy::print_stdout,
    reason = "what was said is what a person would read"
)]
fn list(reasons: &BTreeSet<String>) {
    for reason in reasons {
        println!("        {reason}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the programs go by this machine's clock"
)]
fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
        .max(loive_client::BUILD_TIME_SECONDS)
}
