//! `cargo xtask simulate`: many worlds, each decided by its seed.

use std::process::ExitCode;

use clap::Parser;
use loive_fleet::sim::cli::{self, Options};

/// Runs simulated worlds with real phones, a real relay and a real desk, in which
/// everything goes wrong that can, and checks that nothing is lost and nothing
/// is false.
#[derive(Parser)]
#[command(name = "loive-simulate")]
struct Args {
    /// How many worlds.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run this world alone and tell what happens in it.
    #[arg(long, conflicts_with_all = ["seeds", "from", "jobs"])]
    seed: Option<u64>,
    /// How many processes run worlds at the same time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    jobs: u64,
    /// Run every so-many-th seed, for another process.
    #[arg(long, hide = true)]
    stride: Option<u64>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(seed) = args.seed {
        return cli::tell(seed);
    }
    let options = Options {
        seeds: args.seeds,
        from: args.from,
        jobs: args.jobs,
    };
    match args.stride {
        Some(stride) => cli::work(&options, stride),
        None => cli::manage(&options),
    }
}
