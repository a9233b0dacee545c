//! Every rule refuses what it is for, and lets pass what looks like it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod directory;
mod facts;
mod form;
mod library;
mod links;
mod quizzes;
mod strange;
mod wording;

use std::collections::BTreeSet;

use library::{Library, accepted};
use loive_content::{PLAN_POINTS, Rule, Source, check, coverage};

#[test]
fn a_library_without_a_fault_may_be_published() {
    accepted(&[&[]]);
    let dir = Library::good().on_disk();
    let source = Source::read(dir.path()).unwrap();
    assert!(check(&source).is_empty());
    assert_eq!(source.items.len(), 56 + 15 + 9 + 1);
    let covered = coverage(&source);
    assert_eq!(covered.len(), PLAN_POINTS.len());
    assert!(covered.values().all(|articles| articles.len() == 56));
}

/// A rule that no test breaks may have stopped to work.
#[test]
fn every_rule_is_broken_by_some_case() {
    let cases = [
        directory::CASES,
        facts::CASES,
        form::CASES,
        links::CASES,
        quizzes::CASES,
        wording::CASES,
    ];
    let broken: BTreeSet<Rule> = cases.into_iter().flatten().map(|(rule, _)| *rule).collect();
    let never: Vec<&Rule> = Rule::ALL
        .iter()
        .filter(|rule| !broken.contains(rule))
        .collect();
    assert!(never.is_empty(), "no case breaks {never:?}");
}

#[test]
fn an_empty_folder_is_no_library() {
    let dir = tempfile::tempdir().unwrap();
    let findings = Source::read(dir.path()).unwrap_err();
    assert!(findings.iter().all(|finding| finding.rule == Rule::Form));
    assert_eq!(findings.len(), 5, "{findings:?}");
}
