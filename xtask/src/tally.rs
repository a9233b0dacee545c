//! Counting what passed: reads the output of a step while it is shown.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::workspace::name_of;

/// What the tests of one step said of themselves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Names of tests that were skipped by `#[ignore]`.
    pub(crate) ignored: BTreeSet<String>,
}

impl Tally {
    /// Whether the step counted any test at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    /// Runs a program to its end, showing its output and counting what it says
    /// of itself in a bare line `N passed, N failed`.
    ///
    /// Fails when the program cannot start or ends with another code than 0.
    pub(crate) fn watch(&mut self, command: Command) -> Result<(), String> {
        show_each_line(command, |line| self.read_plain(line))
    }

    /// The same for `cargo test`, which has its own way of saying it. What a
    /// test prints is not counted.
    pub(crate) fn watch_rust_tests(&mut self, command: Command) -> Result<(), String> {
        show_each_line(command, |line| self.read_rust(line))
    }

    /// The same for Maven, whose tests say `Tests run: N, Failures: N, …` once for
    /// each class and once for all. What was skipped counts as failed.
    pub(crate) fn watch_maven_tests(&mut self, command: Command) -> Result<(), String> {
        show_each_line(command, |line| self.add(maven_counts(line)))
    }

    /// The same for Swift's `XCTest`, which says `Test Case 'A.b' passed (0.1 seconds)`.
    /// What was skipped counts as failed.
    pub(crate) fn watch_swift_tests(&mut self, command: Command) -> Result<(), String> {
        show_each_line(command, |line| self.add(swift_result(line)))
    }

    fn read_plain(&mut self, line: &str) {
        self.add(counts(line, ','));
    }

    fn read_rust(&mut self, line: &str) {
        if let Some(name) = ignored_test(line) {
            self.ignored.insert(name.to_owned());
        } else if let Some((_, result)) = line
            .strip_prefix("test result:")
            .and_then(|rest| rest.split_once(". "))
        {
            self.add(counts(result, ';'));
        }
    }

    fn add(&mut self, counts: Option<(u64, u64)>) {
        let (passed, failed) = counts.unwrap_or_default();
        self.passed += passed;
        self.failed += failed;
    }
}

/// Runs a program to its end and looks at each line while it is shown.
fn show_each_line(mut command: Command, mut look: impl FnMut(&str)) -> Result<(), String> {
    let name = name_of(&command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|problem| format!("cannot start {name}: {problem}"))?;
    if let Some(output) = child.stdout.take() {
        let mut reader = BufReader::new(output);
        let mut bytes = Vec::new();
        while reader
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|count| count > 0)
        {
            let line = String::from_utf8_lossy(&bytes);
            print!("{line}");
            look(line.trim());
            bytes.clear();
        }
    }
    let status = child
        .wait()
        .map_err(|problem| format!("lost {name}: {problem}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} ended with {status}"))
    }
}

/// The numbers in `N passed, N failed` or `N passed; N failed; …`.
fn counts(line: &str, separator: char) -> Option<(u64, u64)> {
    let mut parts = line.split(separator);
    let passed = number_before(parts.next()?, "passed")?;
    let failed = number_before(parts.next()?, "failed")?;
    Some((passed, failed))
}

/// Passed and failed of `[INFO] Tests run: 9, Failures: 1, Errors: 0, Skipped: 0`;
/// nothing of the line of a class, which goes on with a time.
fn maven_counts(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.split_once("] Tests run: ")?;
    let (run, counts) = counts.split_once(", Failures: ")?;
    let (failures, counts) = counts.split_once(", Errors: ")?;
    let (errors, skipped) = counts.split_once(", Skipped: ")?;
    let number = |text: &str| text.parse::<u64>().ok();
    let failed = number(failures)? + number(errors)? + number(skipped)?;
    Some((number(run)?.checked_sub(failed)?, failed))
}

/// One passed or one failed of a test's last line.
fn swift_result(line: &str) -> Option<(u64, u64)> {
    let (_, result) = line.strip_prefix("Test Case '")?.split_once("' ")?;
    match result.split_once(" (")?.0 {
        "passed" => Some((1, 0)),
        "failed" | "skipped" => Some((0, 1)),
        _ => None,
    }
}

/// The name in `test NAME ... ignored`, with or without a reason behind it.
fn ignored_test(line: &str) -> Option<&str> {
    let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    result.starts_with("ignored").then_some(name)
}

fn number_before(part: &str, word: &str) -> Option<u64> {
    part.trim().strip_suffix(word)?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_several_test_programs_add_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 1 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out",
            "7 passed, 1 failed",
        ] {
            tally.read_rust(line);
        }
        assert_eq!((tally.passed, tally.failed), (4, 2));
    }

    #[test]
    fn other_programs_end_with_a_bare_line() {
        let mut tally = Tally::default();
        for line in [
            "12 passed, 1 failed",
            "two days passed, 1 failed",
            "3 passed",
            "passed, failed",
            "test result: ok. 3 passed; 0 failed; 0 ignored",
        ] {
            tally.read_plain(line);
        }
        assert_eq!((tally.passed, tally.failed), (12, 1));
    }

    #[test]
    fn maven_is_counted_once_and_what_it_skipped_failed() {
        let class = "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s";
        assert_eq!(maven_counts(class), None);
        let all = "[WARNING] Tests run: 23, Failures: 1, Errors: 2, Skipped: 3";
        assert_eq!(maven_counts(all), Some((17, 6)));
        assert_eq!(maven_counts("[INFO] Tests run: 1, Failures: x"), None);
        assert_eq!(maven_counts("Tests run: 1"), None);
    }

    #[test]
    fn swift_is_counted_test_by_test() {
        let mut tally = Tally::default();
        for line in [
            "Test Suite 'All tests' passed at 2026-11-27 23:30:18.643",
            "Test Case 'A.testB' started at 2026-11-27 23:30:18.640",
            "Test Case 'A.testB' passed (0.002 seconds)",
            "Test Case 'A.testC' failed (1.2 seconds)",
            "Test Case 'A.testD' skipped (0.0 seconds)",
            "\t Executed 3 tests, with 1 failure (0 unexpected) in 1.2 (1.2) seconds",
        ] {
            tally.add(swift_result(line));
        }
        assert_eq!((tally.passed, tally.failed), (1, 2));
    }

    #[test]
    fn an_ignored_test_is_kept_by_name() {
        let mut tally = Tally::default();
        tally.read_rust("test relay::slow ... ignored");
        tally.read_rust("test src/lib.rs - Seed (line 3) ... ignored, wants a network");
        assert!(tally.is_empty());
        let names: Vec<&str> = tally.ignored.iter().map(String::as_str).collect();
        assert_eq!(names, ["relay::slow", "src/lib.rs - Seed (line 3)"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_an_error_and_still_counted() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 4 passed, 1 failed; exit 3"]);
        let mut tally = Tally::default();
        let problem = tally.watch(command).expect_err("it exits with 3");
        assert!(problem.contains('3'), "{problem}");
        assert_eq!((tally.passed, tally.failed), (4, 1));
    }
}
