//! The deterministic simulation: many phones, a relay and a desk, all of them
//! real, in one process, with everything that can go wrong between two of them
//! or under one of them, and an adversary. One seed decides everything.
//!
//! `docs/simulation.md` says what is simulated and what is not.

mod bomb;
pub mod cli;
mod desk_looks;
mod handset;
mod heal;
mod house;
mod intruder;
mod kit;
mod liar;
mod looks;
mod people;
mod plan;
mod run;
mod shrink;
mod site;
mod tally;
#[cfg(test)]
mod tests;
mod trouble;
mod truth;
mod violation;
mod wires;
mod world;

pub use kit::{Kit, KitError};
pub use plan::Plan;
pub use run::{Outcome, run};
pub use shrink::{Shrunk, shrink};
pub use tally::Tally;
pub use violation::{Rule, Violation};
