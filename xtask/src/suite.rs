//! `cargo xtask test`: runs the steps, and accounts for every one of them.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::needs::{self, Need, Tools};
use crate::options::TestOptions;
use crate::steps::{Context, STEPS, Step};
use crate::tally::Tally;
use crate::workspace::Workspace;

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Passed,
    Failed(String),
    NotRun(String),
    Waived,
}

/// A step and how it ended.
struct Line {
    name: &'static str,
    end: End,
    tally: Tally,
    took: Duration,
}

/// Runs what was asked for; the exit code is 0 only when nothing failed and
/// nothing was left out without a waiver.
pub(crate) fn run(workspace: &Workspace, options: &TestOptions) -> Result<ExitCode, String> {
    if options.list {
        list();
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = choose(options)?;
    let needs: BTreeSet<Need> = chosen
        .iter()
        .filter(|step| !options.waived.contains(step.name))
        .flat_map(|step| step.needs.iter().copied())
        .collect();
    let tools = needs::obtain(workspace, &needs, options.yes);
    let context = Context {
        workspace,
        tools: &tools,
    };
    let mut lines = Vec::with_capacity(chosen.len());
    for (at, step) in chosen.iter().enumerate() {
        println!(
            "\n━━ {}/{} {}: {}",
            at + 1,
            chosen.len(),
            step.name,
            step.about
        );
        let line = run_step(step, &context, options);
        match &line.end {
            End::Passed => {}
            End::Waived => println!("waived"),
            End::Failed(why) | End::NotRun(why) => println!("{}: {why}", step.name),
        }
        lines.push(line);
    }
    println!("\n{}", table(&lines));
    let account = Account::of(&lines, &options.waived);
    for note in &account.notes {
        println!("{note}");
    }
    println!("{} passed, {} failed", account.passed, account.failed);
    Ok(if account.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The steps that were asked for.
fn choose(options: &TestOptions) -> Result<Vec<&'static Step>, String> {
    let names: BTreeSet<&str> = STEPS.iter().map(|step| step.name).collect();
    if let Some(unknown) = options
        .only
        .iter()
        .find(|name| !names.contains(name.as_str()))
    {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!(
            "there is no step {unknown:?}; the steps are {}",
            known.join(", ")
        ));
    }
    Ok(STEPS
        .iter()
        .filter(|step| options.only.is_empty() || options.only.contains(step.name))
        .collect())
}

fn list() {
    for step in STEPS {
        println!("{:<13} {}", step.name, step.about);
        for need in step.needs {
            println!("{:<13}   needs {}", "", need.describe());
        }
    }
}

fn run_step(step: &'static Step, context: &Context<'_>, options: &TestOptions) -> Line {
    let mut tally = Tally::default();
    let started = Instant::now();
    let lacking = missing(context.tools, step);
    let end = if options.waived.contains(step.name) {
        End::Waived
    } else if let Some(lacking) = lacking {
        End::NotRun(lacking)
    } else {
        match (step.run)(context, &mut tally) {
            Ok(()) if tally.failed > 0 => End::Failed("tests failed".to_owned()),
            Ok(()) => End::Passed,
            Err(why) => End::Failed(why),
        }
    };
    Line {
        name: step.name,
        end,
        tally,
        took: started.elapsed(),
    }
}

/// What a step lacks, in words.
fn missing(tools: &Tools, step: &Step) -> Option<String> {
    let lacking: Vec<&str> = tools
        .lacking(step.needs.iter().copied())
        .into_iter()
        .map(Need::describe)
        .collect();
    (!lacking.is_empty()).then(|| format!("missing: {}", lacking.join("; ")))
}

fn table(lines: &[Line]) -> String {
    let mut text = format!(
        "{:<13} {:<8} {:>12} {:>8}\n",
        "step", "result", "tests", "time"
    );
    for line in lines {
        let result = match line.end {
            End::Passed => "passed",
            End::Failed(_) => "FAILED",
            End::NotRun(_) => "NOT RUN",
            End::Waived => "waived",
        };
        let tests = match (line.tally.passed, line.tally.failed) {
            (0, 0) => String::new(),
            (passed, 0) => passed.to_string(),
            (passed, failed) => format!("{passed} + {failed} bad"),
        };
        let seconds = line.took.as_secs();
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        let row = format!("{:<13} {result:<8} {tests:>12} {time:>8}", line.name);
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// What is said at the end.
#[derive(Debug, Default)]
struct Account {
    passed: u64,
    failed: u64,
    notes: Vec<String>,
}

impl Account {
    /// A step that counts its own tests stands for these, any other for one.
    /// Whatever did not run, a whole step or one ignored test, counts as
    /// failed, unless it was waived by name.
    fn of(lines: &[Line], waived: &BTreeSet<String>) -> Self {
        let mut account = Self::default();
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for line in lines {
            account.passed += line.tally.passed;
            account.failed += line.tally.failed;
            match &line.end {
                End::Passed => account.passed += u64::from(line.tally.is_empty()),
                End::Failed(why) => {
                    account.failed += u64::from(line.tally.failed == 0);
                    account.notes.push(format!("failed: {}: {why}", line.name));
                }
                End::NotRun(why) => {
                    account.failed += 1;
                    account.notes.push(format!("not run: {}: {why}", line.name));
                }
                End::Waived => {
                    used.insert(line.name);
                    account
                        .notes
                        .push(format!("not run, waived: {}", line.name));
                }
            }
            for test in &line.tally.ignored {
                let note = if waived.contains(test) {
                    used.insert(test);
                    format!("ignored, waived: {test}")
                } else {
                    account.failed += 1;
                    format!("ignored: {}: {test}", line.name)
                };
                account.notes.push(note);
            }
        }
        for waiver in waived {
            if !used.contains(waiver.as_str()) {
                account
                    .notes
                    .push(format!("a waiver for nothing: {waiver}"));
            }
        }
        account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &'static str, end: End, passed: u64, failed: u64) -> Line {
        Line {
            name,
            end,
            tally: Tally {
                passed,
                failed,
                ignored: BTreeSet::new(),
            },
            took: Duration::from_secs(65),
        }
    }

    fn waivers<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    #[test]
    fn steps_with_tests_count_their_tests_and_others_count_once() {
        let lines = [
            line("fmt", End::Passed, 0, 0),
            line("tests", End::Passed, 250, 0),
        ];
        let account = Account::of(&lines, &waivers([]));
        assert_eq!((account.passed, account.failed), (251, 0));
        assert!(account.notes.is_empty());
    }

    #[test]
    fn a_step_that_could_not_compile_fails_though_no_test_did() {
        let lines = [
            line("tests", End::Failed("cargo ended".to_owned()), 0, 0),
            line("peers", End::Failed("cargo ended".to_owned()), 4, 2),
        ];
        let account = Account::of(&lines, &waivers([]));
        assert_eq!((account.passed, account.failed), (4, 3));
    }

    #[test]
    fn what_did_not_run_fails_unless_it_was_waived_by_name() {
        let lines = [
            line("browser", End::NotRun("missing: Chromium".to_owned()), 0, 0),
            line("peers", End::Waived, 0, 0),
        ];
        let account = Account::of(&lines, &waivers(["peers", "pers"]));
        assert_eq!((account.passed, account.failed), (0, 1));
        assert!(account.notes.iter().any(|note| note.contains("Chromium")));
        assert!(account.notes.contains(&"not run, waived: peers".to_owned()));
        assert!(
            account
                .notes
                .contains(&"a waiver for nothing: pers".to_owned())
        );
    }

    #[test]
    fn an_ignored_test_fails_the_run_unless_it_was_waived_by_name() {
        let mut tests = line("tests", End::Passed, 9, 0);
        tests.tally.ignored.insert("relay::slow".to_owned());
        let lines = [tests];
        assert_eq!(Account::of(&lines, &waivers([])).failed, 1);
        assert_eq!(Account::of(&lines, &waivers(["relay::slow"])).failed, 0);
    }

    #[test]
    fn a_step_that_lacks_something_says_what_and_is_not_run() {
        let tools = Tools::default();
        let browser = STEPS
            .iter()
            .find(|step| step.name == "browser")
            .expect("the step exists");
        assert!(missing(&tools, browser).is_some_and(|text| text.contains("Chromium")));
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let options = TestOptions {
            only: waivers(["clipy"]),
            ..TestOptions::default()
        };
        assert!(choose(&options).is_err_and(|text| text.contains("clippy")));
    }

    #[test]
    fn the_table_shows_result_count_and_time() {
        let text = table(&[line("tests", End::Failed(String::new()), 3, 1)]);
        assert!(
            text.contains("tests         FAILED      3 + 1 bad     1:05"),
            "{text}"
        );
    }
}
