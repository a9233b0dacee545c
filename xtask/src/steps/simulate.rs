//! The simulation: as a step with a few hundred worlds, as a command with as many
//! as one likes.

use std::process::{Command, ExitCode};

use super::Context;
use crate::FLEET;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Worlds of the step: enough for every act to happen some hundred times.
const WORLDS_COUNT: &str = "300";
/// Processes of the step.
const JOBS_COUNT: &str = "2";

/// Some hundred worlds, in the profile that is built anyway.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut command = simulator(context.workspace, &[]);
    command.args(["--seeds", WORLDS_COUNT, "--jobs", JOBS_COUNT]);
    tally.watch(command)
}

/// As many worlds as were asked for, in an optimised build.
pub(crate) fn command(workspace: &Workspace, arguments: &[String]) -> ExitCode {
    let mut command = simulator(workspace, &["--release"]);
    command.args(arguments);
    match Tally::default().watch(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn simulator(workspace: &Workspace, profile: &[&str]) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--package", FLEET, "--features", "simulate"]);
    command
        .args(profile)
        .args(["--bin", "loive-simulate", "--"]);
    command
}
