//! `cargo xtask bench`: what a report costs on the wire, HTTP headers included.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    loive_fleet::measure::run().await
}
