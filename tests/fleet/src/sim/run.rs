//! Running one world.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::kit::Kit;
use super::plan::Plan;
use super::tally::Tally;
use super::violation::{Rule, Violation};
use super::world::World;

/// What came of a world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What did not hold, if anything.
    pub violation: Option<Violation>,
    /// What happened in it.
    pub tally: Tally,
    /// Line by line, in order.
    pub trace: Vec<String>,
}

/// Runs a world to its end, or to the first thing that does not hold. The same
/// plan gives the same outcome.
pub fn run(kit: &Kit, plan: &Plan) -> Outcome {
    let mut world = match World::new(kit, plan) {
        Ok(world) => world,
        Err(violation) => {
            return Outcome {
                violation: Some(violation),
                tally: Tally::default(),
                trace: Vec::new(),
            };
        }
    };
    let done = catch_unwind(AssertUnwindSafe(|| world.run()));
    let violation = match done {
        Ok(Ok(())) => None,
        Ok(Err(violation)) => Some(violation),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            let text = format!("a panic: {}", words.unwrap_or("without words"));
            Some(Violation::new(Rule::NoSurprise, text))
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| world.end()));
    let violation = violation.or_else(|| {
        let text = "a panic at the end";
        ended
            .is_err()
            .then(|| Violation::new(Rule::NoSurprise, text))
    });
    Outcome {
        violation,
        tally: std::mem::take(&mut world.tally),
        trace: std::mem::take(&mut world.trace),
    }
}
