//! The rules of this repository that a machine can check.
//!
//! A rule reads the whole repository and answers with findings. Each has a
//! test that shows that it can fail.

mod code;
mod crates;
mod docs;
mod repository;
mod rust;
mod words;

use std::fmt;
use std::path::Path;

use repository::Repository;

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    /// Counted from 1; 0 where the whole file is meant.
    line: usize,
    text: String,
}

impl Finding {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.text),
            line => write!(formatter, "{}:{line}: {}", self.path, self.text),
        }
    }
}

/// One rule, by its name.
type Rule = (&'static str, fn(&Repository) -> Vec<Finding>);

const RULES: [Rule; 16] = [
    ("files are short", code::files_are_short),
    ("functions fit on a screen", code::functions_fit_on_a_screen),
    ("no unwrap outside tests", code::no_unwrap),
    ("unsafe only in the cipher", code::unsafe_in_one_place),
    ("nothing is left open", code::nothing_left_open),
    ("expect, not allow", code::expect_not_allow),
    (
        "the core is handed its clock and its bytes",
        code::core_is_sans_io,
    ),
    ("limits name their unit", code::limits_name_their_unit),
    ("crates have a front page", crates::front_pages),
    ("dependencies point downward", crates::point_downward),
    ("no word of a workplace", words::no_workplace),
    (
        "packages come from public registries",
        words::public_registries,
    ),
    ("Vietnamese is in composed form", words::composed_form),
    ("links lead somewhere", docs::links_lead_somewhere),
    ("decisions are numbered", docs::decisions_are_numbered),
    (
        "decisions have their parts",
        docs::decisions_have_their_parts,
    ),
];

/// What the rules found.
pub(crate) struct Report {
    /// In the order of the rules, each with the rule's name in front.
    pub(crate) findings: Vec<String>,
    /// Rules that hold.
    pub(crate) passed: u64,
    /// Rules that do not.
    pub(crate) failed: u64,
}

/// Reads the repository and applies every rule.
pub(crate) fn check(root: &Path) -> Result<Report, String> {
    let repository = Repository::read(root)?;
    let mut report = Report {
        findings: Vec::new(),
        passed: 0,
        failed: 0,
    };
    for (name, rule) in RULES {
        let mut findings = rule(&repository);
        findings.sort();
        if findings.is_empty() {
            report.passed += 1;
        } else {
            report.failed += 1;
        }
        let lines = findings.iter().map(|finding| format!("{name}: {finding}"));
        report.findings.extend(lines);
    }
    Ok(report)
}
