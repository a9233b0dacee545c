//! `cargo xtask phone`: a phone in the terminal.

use std::process::ExitCode;

use clap::Parser as _;
use loive_terminal::Args;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    // Drawing and reading keys block; sync and slow jobs run on other threads.
    tokio::task::block_in_place(|| loive_terminal::run(&args))
}
