//! The core's tests on the processors of phones, 64 and 32 bits wide.

use super::Context;
use crate::processor::Processor;
use crate::tally::Tally;

/// What a phone runs.
const CORE: [&str; 4] = [
    "loive-protocol",
    "loive-documents",
    "loive-cipher",
    "loive-client",
];

/// Those whose tests do most of their work in our own code.
const SLOW: [&str; 3] = ["loive-protocol", "loive-documents", "loive-client"];

/// Builds the tests for a processor, and runs them in an emulator.
pub(super) fn run(
    context: &Context<'_>,
    tally: &mut Tally,
    processor: &Processor,
) -> Result<(), String> {
    let mut command = context.cargo(["test", "--no-fail-fast", "--target-dir"]);
    // One folder for both: what runs while building is built once.
    command.arg(context.workspace.target.join("arm"));
    for package in CORE {
        command.args(["--package", package]);
    }
    // An emulator takes ten times as long for each instruction, and code that is
    // a little optimised has far fewer. Overflows are checked all the same.
    for package in SLOW {
        command.arg("--config");
        command.arg(format!("profile.dev.package.{package}.opt-level = 1"));
    }
    // Tests that try every bit of something try one of every byte.
    command.env("LOIVE_EMULATED", "1");
    processor.build(&mut command);
    processor.run(&mut command)?;
    tally.watch_rust_tests(command)
}
