//! From a world that fails to the smallest list of acts that fails the same way
//! (delta debugging, Zeller and Hildebrandt 2002).

use super::kit::Kit;
use super::plan::{Act, Plan};
use super::run::run;
use super::violation::Violation;

/// Worlds that are tried at most.
const TRIES_MAX_COUNT: usize = 600;

/// The smallest failing world that was found.
pub struct Shrunk {
    /// Its acts, one a line.
    pub acts: Vec<String>,
    /// What does not hold in it.
    pub violation: Violation,
    /// Worlds that were tried.
    pub tries: usize,
}

/// Shrinks a plan that fails with this violation: the same invariant must speak.
pub fn shrink(kit: &Kit, plan: &Plan, found: &Violation) -> Shrunk {
    let mut acts = plan.acts.clone();
    let mut violation = found.clone();
    let mut tries = 0;
    let mut parts = 2;
    while acts.len() > 1 && tries < TRIES_MAX_COUNT {
        let size = acts.len().div_ceil(parts);
        let mut smaller = None;
        for start in (0..acts.len()).step_by(size) {
            let rest: Vec<Act> = without(&acts, start, size);
            tries += 1;
            let outcome = run(kit, &plan.with(rest.clone()));
            if let Some(same) = outcome
                .violation
                .filter(|other| other.rule == violation.rule)
            {
                smaller = Some((rest, same));
                break;
            }
        }
        match smaller {
            Some((rest, same)) => {
                acts = rest;
                violation = same;
                parts = parts.saturating_sub(1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(acts.len()),
        }
    }
    let outcome = run(kit, &plan.with(acts));
    Shrunk {
        acts: outcome.trace,
        violation: outcome.violation.unwrap_or(violation),
        tries,
    }
}

fn without(acts: &[Act], start: usize, size: usize) -> Vec<Act> {
    let end = start.saturating_add(size);
    let places = acts.iter().enumerate();
    places
        .filter(|(at, _)| *at < start || *at >= end)
        .map(|(_, act)| *act)
        .collect()
}
