//! What stable builds have of fuzzing: the whole corpus, everything that was
//! ever found, and some seconds of the same damage in every run.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use loive_fuzz::corpus::{self, FILE_MAX_BYTES, FILES_MAX_COUNT, TARGET_MAX_BYTES};
use loive_fuzz::mutate::{Dice, mutate};
use loive_fuzz::{TARGETS, Target, seeds};

/// The same start for every target and every run.
const START: u64 = 0x9e37_79b9_7f4a_7c15;
/// Damaged inputs tried of each target at least, however slow the machine.
const ROUNDS_MIN_COUNT: usize = 50;
/// And at most, however fast.
const ROUNDS_MAX_COUNT: usize = 20_000;
/// How long one target may go on beyond the least.
const TARGET_MAX: Duration = Duration::from_secs(1);
/// The longest that one input may take, on a busy machine and unoptimised.
const INPUT_MAX: Duration = Duration::from_secs(10);

/// Runs one input; a broken promise says which bytes broke it.
fn hold(target: Target, what: &str, bytes: &[u8]) {
    let (name, run) = target;
    let started = Instant::now();
    let held = catch_unwind(AssertUnwindSafe(|| run(bytes)));
    assert!(held.is_ok(), "{name} breaks on {what}: {}", hex(bytes));
    let took = started.elapsed();
    assert!(took < INPUT_MAX, "{name} takes {took:?} on {what}");
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let names: BTreeSet<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), TARGETS.len(), "a name stands twice");
    let corpus = corpus::corpus().unwrap();
    let folders: BTreeSet<&str> = corpus.keys().map(String::as_str).collect();
    assert_eq!(folders, names);
    for (name, inputs) in &corpus {
        assert!(!inputs.is_empty(), "{name} has no seeds");
        assert!(inputs.len() <= FILES_MAX_COUNT, "{name}: too many files");
        let sizes = inputs.iter().map(|input| input.bytes.len());
        assert!(sizes.clone().all(|size| size <= FILE_MAX_BYTES), "{name}");
        assert!(sizes.sum::<usize>() <= TARGET_MAX_BYTES, "{name} is large");
    }
    for name in corpus::regressions().unwrap().keys() {
        assert!(names.contains(name.as_str()), "{name} is no target");
    }
}

#[test]
fn every_target_has_a_program_for_the_fuzzer() {
    let manifest = include_str!("../fuzz/Cargo.toml");
    let programs: BTreeSet<String> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/"))
        .filter_map(|rest| rest.strip_suffix(".rs\""))
        .map(str::to_owned)
        .collect();
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(programs, names);
    for name in names {
        let path = format!("{}/fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("targets::{name}(bytes)")), "{name}");
    }
}

#[test]
fn the_seeds_are_those_that_the_generator_makes() {
    let corpus = corpus::corpus().unwrap();
    for seed in seeds::all() {
        let inputs = corpus.get(seed.target).unwrap();
        let found = inputs
            .iter()
            .find(|input| input.path.file_name().unwrap() == seed.name.as_str());
        let same = found.is_some_and(|input| input.bytes == seed.bytes);
        let (target, name) = (seed.target, seed.name);
        assert!(
            same,
            "{target}/{name}: run `cargo run -p loive-fuzz --example make_corpus`"
        );
    }
}

#[test]
fn the_corpus_and_all_that_was_found_is_replayed() {
    let corpus = corpus::corpus().unwrap();
    let regressions = corpus::regressions().unwrap();
    for target in TARGETS {
        let inputs = [&corpus, &regressions]
            .into_iter()
            .filter_map(|by_target| by_target.get(target.0))
            .flatten();
        for input in inputs {
            hold(*target, &input.path.display().to_string(), &input.bytes);
        }
        hold(*target, "nothing", b"");
    }
}

#[test]
fn the_same_damage_is_done_to_every_corpus_and_nothing_breaks() {
    let corpus = corpus::corpus().unwrap();
    for target in TARGETS {
        let inputs = corpus.get(target.0).unwrap();
        let mut dice = Dice::new(START);
        let started = Instant::now();
        for round in 0..ROUNDS_MAX_COUNT {
            if round >= ROUNDS_MIN_COUNT && started.elapsed() > TARGET_MAX {
                break;
            }
            let one = inputs.get(dice.roll(inputs.len())).unwrap();
            let other = inputs.get(dice.roll(inputs.len())).unwrap();
            let damaged = mutate(&one.bytes, &other.bytes, &mut dice);
            hold(*target, "damaged bytes", &damaged);
        }
    }
}
