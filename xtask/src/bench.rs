//! `cargo xtask bench`: the measures, and the size of the phone's library.

use std::process::ExitCode;

use crate::size;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Runs both measures; the exit code is 0 only when both could be taken.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> ExitCode {
    let mut measure = workspace.cargo();
    measure.args(["run", "--release", "--package", crate::FLEET]);
    measure
        .args(["--bin", "loive-measure", "--"])
        .args(arguments);
    let results = [Tally::default().watch(measure), size::print(workspace)];
    let mut code = ExitCode::SUCCESS;
    for problem in results.into_iter().filter_map(Result::err) {
        println!("not measured: {problem}");
        code = ExitCode::FAILURE;
    }
    code
}
