//! Many worlds: a process for each job, so that nothing is shared, and what they
//! say put together.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Kit, KitError, Plan, Tally, run, shrink};

/// Failing worlds that are shrunk.
const SHRUNK_MAX_COUNT: usize = 3;
/// How often progress is said.
const PROGRESS_EVERY: Duration = Duration::from_secs(30);

/// Which worlds to run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many.
    pub seeds: u64,
    /// The first.
    pub from: u64,
    /// Processes at the same time.
    pub jobs: u64,
}

/// What a worker says of one world.
enum Said {
    Passed(Tally),
    Failed(u64, String, Tally),
    /// A worker ended. How many worlds it had run.
    Ended(u64),
}

/// Runs one world and tells what happens in it; if it fails, shrinks it.
pub fn tell(seed: u64) -> ExitCode {
    let kit = match Kit::new("tell") {
        Ok(kit) => kit,
        Err(error) => return not_run(&error),
    };
    let plan = Plan::of(seed);
    let outcome = run(&kit, &plan);
    for line in &outcome.trace {
        say(line);
    }
    say("");
    match &outcome.violation {
        None => say(&format!("seed {seed} passes")),
        Some(violation) => {
            say(&format!("seed {seed} fails: {violation}"));
            tell_shrunk(&kit, seed);
        }
    }
    say("");
    say(&outcome.tally.to_table());
    let failed = u32::from(outcome.violation.is_some());
    say(&format!("{} passed, {failed} failed", 1 - failed));
    exit_code(failed == 0)
}

fn tell_shrunk(kit: &Kit, seed: u64) {
    let plan = Plan::of(seed);
    let Some(violation) = run(kit, &plan).violation else {
        say(&format!("seed {seed} passes when it runs alone"));
        return;
    };
    let shrunk = shrink(kit, &plan, &violation);
    say(&format!(
        "seed {seed}, the smallest that still fails, after {} tries:",
        shrunk.tries
    ));
    for line in &shrunk.acts {
        say(&format!("  {line}"));
    }
    say(&format!("  => {}", shrunk.violation));
    say(&format!("  again: cargo xtask simulate --seed {seed}"));
}

/// Runs every `stride`-th world and says what came of each, for the manager.
pub fn work(options: &Options, stride: u64) -> ExitCode {
    let kit = match Kit::new(&format!("work-{}", options.from)) {
        Ok(kit) => kit,
        Err(error) => return not_run(&error),
    };
    let last = options.from.saturating_add(options.seeds);
    let stride = usize::try_from(stride).unwrap_or(1);
    let mut passed = true;
    for seed in (options.from..last).step_by(stride) {
        let outcome = run(&kit, &Plan::of(seed));
        let tally = outcome.tally.to_line();
        let line = match outcome.violation {
            None => format!("passed\t{seed}\t{tally}\t"),
            Some(violation) => {
                passed = false;
                let text = violation.to_string().replace(['\t', '\n'], " ");
                format!("failed\t{seed}\t{tally}\t{text}")
            }
        };
        if write(&line).is_err() {
            // The manager is gone.
            break;
        }
    }
    exit_code(passed)
}

/// Starts the workers, gathers what they say, and says it.
pub fn manage(options: &Options) -> ExitCode {
    let began = Instant::now();
    let (sender, heard) = mpsc::channel();
    let mut workers = Vec::new();
    for job in 0..options.jobs.min(options.seeds) {
        match start(options, job, &sender) {
            Ok(worker) => workers.push(worker),
            Err(error) => return not_run(&error.into()),
        }
    }
    drop(sender);
    let (mut passed, mut tally) = (0_u64, Tally::default());
    let (mut failed, mut finished) = (Vec::new(), 0);
    let mut told = began;
    for said in heard {
        match said {
            Said::Passed(more) => {
                passed += 1;
                tally.merge(&more);
            }
            Said::Failed(seed, text, more) => {
                say(&format!("seed {seed} fails: {text}"));
                tally.merge(&more);
                failed.push((seed, text));
            }
            Said::Ended(count) => finished += count,
        }
        if told.elapsed() >= PROGRESS_EVERY {
            told = Instant::now();
            let done = passed + failed.len() as u64;
            let seconds = began.elapsed().as_secs();
            say(&format!(
                "{done} of {} worlds, {} failed, {seconds} s",
                options.seeds,
                failed.len()
            ));
        }
    }
    for mut worker in workers {
        // Its end was heard already.
        let _ = worker.wait();
    }
    let missing = options.seeds.saturating_sub(finished);
    if missing > 0 {
        say(&format!(
            "{missing} worlds were not run: a worker died; run them one by one"
        ));
    }
    say("\nwhat happened in these worlds");
    say(&tally.to_table());
    shrink_some(&failed);
    let seconds = began.elapsed().as_secs_f64();
    say(&format!(
        "\n{} worlds in {seconds:.1} s, {} jobs",
        options.seeds, options.jobs
    ));
    let failed = failed.len() as u64 + missing;
    say(&format!("{passed} passed, {failed} failed"));
    exit_code(failed == 0)
}

/// The first failing world of each kind.
fn shrink_some(failed: &[(u64, String)]) {
    let Ok(kit) = Kit::new("shrink") else { return };
    let mut kinds = BTreeSet::new();
    for (seed, text) in failed {
        let rule = text.split(':').next().unwrap_or_default();
        if kinds.len() < SHRUNK_MAX_COUNT && kinds.insert(rule) {
            say("");
            tell_shrunk(&kit, *seed);
        }
    }
}

fn start(options: &Options, job: u64, sender: &mpsc::Sender<Said>) -> io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    let from = options.from.saturating_add(job);
    let seeds = options.seeds.saturating_sub(job);
    command.args(["--from", &from.to_string(), "--seeds", &seeds.to_string()]);
    command.args(["--stride", &options.jobs.to_string()]);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take();
    let sender = sender.clone();
    thread::spawn(move || {
        let mut count = 0;
        for line in output
            .into_iter()
            .flat_map(|output| BufReader::new(output).lines())
        {
            let Some(said) = line.ok().and_then(|line| understand(&line)) else {
                continue;
            };
            count += 1;
            if sender.send(said).is_err() {
                return;
            }
        }
        // Nobody listens any more only when the manager is gone.
        let _ = sender.send(Said::Ended(count));
    });
    Ok(child)
}

fn understand(line: &str) -> Option<Said> {
    let mut parts = line.splitn(4, '\t');
    let how = parts.next()?;
    let seed = parts.next()?.parse().ok()?;
    let tally = Tally::from_line(parts.next()?);
    match how {
        "passed" => Some(Said::Passed(tally)),
        "failed" => Some(Said::Failed(seed, parts.next()?.to_owned(), tally)),
        _ => None,
    }
}

fn not_run(error: &KitError) -> ExitCode {
    say(&format!("the simulation does not run: {error}"));
    say("0 passed, 1 failed");
    ExitCode::FAILURE
}

fn exit_code(passed: bool) -> ExitCode {
    if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A closed pipe ends the output and not the program.
fn say(line: &str) {
    let _ = write(line);
}

fn write(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
