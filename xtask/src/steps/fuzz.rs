//! Some seconds of fuzzing for every decoder of a stranger's bytes, where this
//! machine can fuzz. The corpus is replayed by the step `tests` in any case.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Output, Stdio};

use super::Context;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The crate with a program for each target.
pub(super) const CRATE: &str = "tests/fuzz/fuzz";
/// What fuzzing begins with, and what it once found.
const CORPUS: &str = "tests/fuzz/corpus";
const REGRESSIONS: &str = "tests/fuzz/regressions";
/// How many seconds each target gets: more for a long run.
const SECONDS: &str = "LOIVE_FUZZ_SECONDS";
const DEFAULT_SECONDS: u32 = 5;
/// What one target may use, in MB.
const MEMORY_MAX_MEGABYTES: u32 = 2_048;
/// How long one input may take, in seconds.
const INPUT_MAX_SECONDS: u32 = 10;
/// Lines shown of a fuzzer that found something.
const LINES_MAX_COUNT: usize = 60;

/// Fuzzes every target, or says why not.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let workspace = context.workspace;
    let targets = targets(workspace)?;
    if let Some(lacking) = lacking(workspace) {
        println!("not fuzzed here: no {lacking}; the corpus was replayed by the step `tests`");
        return Ok(());
    }
    let seconds = seconds(env::var(SECONDS).ok().as_deref())?;
    let mut build = fuzzer(workspace, "build");
    build.args(["--fuzz-dir", CRATE]);
    add_build_options(&mut build, workspace);
    tally.watch(build)?;
    for target in targets {
        match fuzz(workspace, &target, seconds) {
            Ok(line) => {
                println!("fuzzed {target:<20} {line}");
                tally.passed += 1;
            }
            Err(why) => {
                println!("fuzzed {target:<20} {why}");
                tally.failed += 1;
            }
        }
    }
    Ok(())
}

/// The targets, which are the programs of the crate.
fn targets(workspace: &Workspace) -> Result<Vec<String>, String> {
    let manifest = format!("{CRATE}/Cargo.toml");
    let text = workspace
        .read(&manifest)
        .ok_or_else(|| format!("{manifest} is missing from the repository"))?;
    let targets = programs(&text);
    if targets.is_empty() {
        return Err(format!("{manifest} names no program"));
    }
    Ok(targets)
}

/// The name behind each `[[bin]]`.
fn programs(manifest: &str) -> Vec<String> {
    let mut in_program = false;
    let mut programs = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_program = line == "[[bin]]";
        } else if let Some(name) = line.strip_prefix("name = ")
            && in_program
        {
            programs.push(name.trim_matches('"').to_owned());
        }
    }
    programs
}

/// What is not here that fuzzing needs.
fn lacking(workspace: &Workspace) -> Option<&'static str> {
    let mut nightly = workspace.command("rustup");
    nightly.args(["run", "nightly", "rustc", "--version"]);
    if !succeeds(&mut nightly) {
        return Some("nightly toolchain");
    }
    let mut cargo_fuzz = workspace.command("rustup");
    cargo_fuzz.args(["run", "nightly", "cargo", "fuzz", "--version"]);
    (!succeeds(&mut cargo_fuzz)).then_some("cargo-fuzz")
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn seconds(named: Option<&str>) -> Result<u32, String> {
    match named {
        None => Ok(DEFAULT_SECONDS),
        Some(text) => match text.trim().parse() {
            Ok(0) | Err(_) => Err(format!("{SECONDS} is a number of seconds, not {text:?}")),
            Ok(seconds) => Ok(seconds),
        },
    }
}

fn fuzzer(workspace: &Workspace, verb: &str) -> Command {
    let mut command = workspace.command("rustup");
    command.args(["run", "nightly", "cargo", "fuzz", verb]);
    command
}

/// The same for building and for running, so that running builds nothing. All
/// of ours that is fuzzed is safe Rust: the address sanitizer would only look at
/// what others tested, at twice the time.
fn add_build_options(command: &mut Command, workspace: &Workspace) {
    command.args(["--release", "--sanitizer", "none", "--target-dir"]);
    command.arg(workspace.target.join("fuzz"));
}

/// Fuzzes one target, and says in one line what it did.
fn fuzz(workspace: &Workspace, target: &str, seconds: u32) -> Result<String, String> {
    // What is found goes where what is built goes, not into the repository.
    let finds = workspace.target.join("fuzz/corpus").join(target);
    let broken = workspace.target.join("fuzz/artifacts").join(target);
    for folder in [&finds, &broken] {
        fs::create_dir_all(folder).map_err(|problem| problem.to_string())?;
    }
    let mut command = fuzzer(workspace, "run");
    command.args(["--fuzz-dir", CRATE]);
    add_build_options(&mut command, workspace);
    command.arg(target).arg(&finds);
    for folder in [CORPUS, REGRESSIONS] {
        let folder = workspace.root.join(folder).join(target);
        if folder.is_dir() {
            command.arg(folder);
        }
    }
    command.arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MAX_MEGABYTES}"));
    command.arg(format!("-timeout={INPUT_MAX_SECONDS}"));
    let mut prefix = OsStr::new("-artifact_prefix=").to_owned();
    prefix.push(broken.join(""));
    command.arg(prefix);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|problem| format!("cannot start the fuzzer: {problem}"))?;
    read(&output)
}

/// What a fuzzer said at its end.
fn read(output: &Output) -> Result<String, String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let executions = said.lines().rev().find_map(executions);
    match (output.status.success(), executions) {
        (true, Some(line)) => Ok(line),
        (true, None) => Err("ended without saying how much it ran".to_owned()),
        (false, _) => {
            let lines: Vec<&str> = said.lines().collect();
            let last = lines.len().saturating_sub(LINES_MAX_COUNT);
            println!("{}", lines.get(last..).unwrap_or_default().join("\n"));
            Err("BROKE: the bytes are named above; see tests/fuzz/README.md".to_owned())
        }
    }
}

/// `Done N runs in M second(s)`, the fuzzer's last words.
fn executions(line: &str) -> Option<String> {
    let rest = line.strip_prefix("Done ")?;
    let (runs, rest) = rest.split_once(" runs in ")?;
    let seconds = rest.split_once(' ')?.0;
    let runs: u64 = runs.parse().ok()?;
    (runs > 0).then(|| format!("{runs:>9} executions in {seconds} s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_by_their_heading() {
        let manifest = "[package]\nname = \"a\"\n[[bin]]\nname = \"b\"\npath = \"b.rs\"\n\n[[bin]]\nname = \"c\"\n";
        assert_eq!(programs(manifest), ["b", "c"]);
        let workspace = Workspace::find().expect("this test runs inside the workspace");
        assert!(targets(&workspace).is_ok_and(|targets| targets.len() > 20));
    }

    #[test]
    fn the_last_words_of_a_fuzzer_are_read() {
        let line = executions("Done 123456 runs in 6 second(s)");
        assert_eq!(line.as_deref(), Some("   123456 executions in 6 s"));
        assert_eq!(executions("Done 0 runs in 6 second(s)"), None);
        assert_eq!(executions("#4096 pulse cov: 12"), None);
    }

    #[test]
    fn seconds_are_a_number_above_nothing() {
        assert_eq!(seconds(None), Ok(DEFAULT_SECONDS));
        assert_eq!(seconds(Some("600")), Ok(600));
        assert!(seconds(Some("0")).is_err() && seconds(Some("a few")).is_err());
    }
}
