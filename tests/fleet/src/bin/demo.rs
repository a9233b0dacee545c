//! `cargo xtask demo`: a hotline and a fleet of phones on this machine.

use std::process::ExitCode;

use clap::Parser;
use loive_fleet::demo::{self, Options};

/// Runs the main job: phones write reports without signal, a link that goes up
/// and down carries them, the hotline opens and answers them.
#[derive(Parser)]
#[command(name = "loive-demo")]
struct Args {
    /// How many reports are written.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reports: u32,
    /// How many phones write them.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
    phones: u32,
    /// Decides what is written and when the link is down.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End with the summary instead of keeping the console up.
    #[arg(long)]
    once: bool,
    /// Where hotline and phones keep their data.
    #[arg(long, default_value = "demo-data")]
    data: std::path::PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let options = Options {
        reports: args.reports,
        phones: args.phones.min(args.reports),
        seed: args.seed,
        once: args.once,
        data: args.data,
    };
    demo::run(options).await
}
