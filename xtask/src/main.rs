#![doc = include_str!("../README.md")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the terminal speaks on the terminal"
)]

mod bench;
mod bindings;
mod needs;
mod options;
mod processor;
mod size;
mod steps;
mod suite;
mod tally;
mod tidy;
mod workspace;

use std::process::ExitCode;

use options::TestOptions;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  demo   [--reports N] [--phones N] [--seed N] [--once] [--data DIR]
         a hotline, and phones that report to it
  phone  [ARGUMENTS]
         one phone in the terminal
  test   [--list] [--only NAME]… [--waive NAME]… [--yes]
         every check there is
  simulate [--seeds N] [--jobs N] [--from S] [--seed S]
         phones, relay and desk in worlds where everything goes wrong
  bindings [--accept] [--mobile]
         the packages for Kotlin, Swift and Python
  bench  [ARGUMENTS]
         bytes, times and the size of the phone's library

See xtask/README.md.";

/// The package whose programs are the demo and the measures.
const FLEET: &str = "loive-fleet";
/// The package of the phone in the terminal.
const TERMINAL: &str = "loive-terminal";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    run(&arguments).unwrap_or_else(|problem| {
        eprintln!("xtask: {problem}");
        ExitCode::from(2)
    })
}

fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let Some((command, rest)) = arguments.split_first() else {
        println!("{HELP}");
        return Ok(ExitCode::from(2));
    };
    let workspace = Workspace::find()?;
    match command.as_str() {
        "demo" => workspace.become_program(FLEET, "loive-demo", rest),
        "phone" => workspace.become_program(TERMINAL, "loive-phone", rest),
        "bindings" => bindings::run(&workspace, rest),
        "bench" => Ok(bench::run(&workspace, rest)),
        "simulate" => Ok(steps::simulate::command(&workspace, rest)),
        "test" => suite::run(&workspace, &TestOptions::parse(rest)?),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(format!("there is no command {other:?}\n\n{HELP}")),
    }
}
