//! What may not be published.

mod complete;
mod directory;
mod facts;
mod languages;
mod links;
mod numbers;
mod quizzes;
mod results;
mod wording;

use std::path::Path;

use crate::finding::Finding;
use crate::passage::passages;
use crate::source::{REGISTERS, Source};

pub use complete::{PLAN_POINTS, coverage};
pub use numbers::RUN_SHEET;
pub use wording::SUMMARY_MAX_CHARS;

/// Everything that keeps a library from being published, by file and line.
pub fn check(source: &Source) -> Vec<Finding> {
    let passages = passages(source);
    let families = [
        complete::check(source),
        languages::check(source),
        facts::check(source),
        numbers::check(&passages),
        links::check(source, &passages),
        wording::check(source, &passages),
        directory::check(source),
        quizzes::check(source),
        results::check(&passages),
    ];
    let mut findings: Vec<Finding> = families.into_iter().flatten().collect();
    findings.sort();
    findings.dedup();
    findings
}

/// Reads a library and checks what could be read of it: all that its authors
/// have to mend, in one go.
pub fn examine(dir: &Path) -> Vec<Finding> {
    let (source, mut findings) = Source::read_what_can_be(dir);
    // Without a register everything that it names would be found as well.
    if !findings
        .iter()
        .any(|it| REGISTERS.contains(&it.file.as_str()))
    {
        findings.extend(check(&source));
    }
    findings.sort();
    findings
}
