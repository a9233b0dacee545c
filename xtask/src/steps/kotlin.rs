//! The state of the Android app, and the stories told through it.

use super::Context;
use crate::tally::Tally;

/// What Maven builds: the bindings and the state.
const POM: &str = "android-demo/pom.xml";

/// Every story of the list, and what the screens rely on besides. What was fetched
/// once is not looked for again: every version is pinned.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let maven = context.tools.maven.as_ref().ok_or("Maven is missing")?;
    let mut command = context.workspace.command(maven);
    command.args([
        "--batch-mode",
        "--no-transfer-progress",
        "-Dstyle.color=never",
    ]);
    command.args(["test", "--file"]);
    command.arg(context.workspace.require(POM)?);
    context.for_stories(tally, &mut command)?;
    let before = tally.passed + tally.failed;
    tally.watch_maven_tests(command)?;
    if tally.passed + tally.failed == before {
        return Err("no story was told".to_owned());
    }
    Ok(())
}
