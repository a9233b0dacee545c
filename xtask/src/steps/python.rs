//! The wheel for partners' scripts, and the stories told to it.

use super::Context;
use crate::tally::Tally;

/// Builds the wheel.
const BUILD: &str = "bindings/python/build.py";
/// Installs it somewhere new and tells it the stories.
const STORIES: &str = "tests/bindings/python/run.py";

/// Every story of the list, and what the package promises besides.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let python = context.tools.python.as_ref().ok_or("Python is missing")?;
    let mut stories = context.workspace.command(python);
    stories.arg(context.workspace.require(STORIES)?);
    context.for_stories(tally, &mut stories)?;
    let mut build = context.workspace.command(python);
    build.arg(context.workspace.require(BUILD)?);
    build.env("LOIVE_BINDINGS", crate::bindings::folder(context.workspace));
    tally.watch(build)?;
    let before = tally.passed;
    tally.watch(stories)?;
    if tally.passed == before {
        return Err("no story was told".to_owned());
    }
    Ok(())
}
