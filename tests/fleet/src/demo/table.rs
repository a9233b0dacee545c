//! The closing table.

use std::time::Duration;

use super::library::{self, Reading};
use super::say;
use crate::link::Traffic;

/// What became of the reports of this run.
pub(super) struct Outcome {
    pub(super) written: usize,
    pub(super) at_relay: usize,
    pub(super) opened: usize,
    pub(super) to_answer: usize,
    pub(super) answered: usize,
    /// Records at the desk of reports of this run, doubles counted.
    pub(super) records: usize,
    pub(super) offline_cuts: usize,
    pub(super) phones: usize,
    /// Phones that show the library's release.
    pub(super) readers: usize,
    pub(super) reading: Option<Reading>,
}

impl Outcome {
    /// Every report has exactly one record and one receipt, every answer has
    /// arrived, and every phone has the library.
    pub(super) const fn is_whole(&self) -> bool {
        self.opened == self.written
            && self.records == self.written
            && self.answered == self.to_answer
            && self.readers == self.phones
    }
}

pub(super) fn print(outcome: &Outcome, traffic: &Traffic, took: Duration) {
    let reports = outcome.written.max(1) as u64;
    let library = outcome.reading.as_ref().map_or(0, |it| it.fetched_by_all);
    let row = |name: &str, value: String| say(&format!("  {name:<34}{value:>12}"));
    say("");
    row("written without signal", outcome.written.to_string());
    row("at the relay", outcome.at_relay.to_string());
    row(
        "opened, signed receipt on phone",
        outcome.opened.to_string(),
    );
    row("records at the desk", outcome.records.to_string());
    row("answered by the hotline", outcome.to_answer.to_string());
    row("answers on their phones", outcome.answered.to_string());
    row("times the link was cut", outcome.offline_cuts.to_string());
    row(
        "requests per report",
        tenths(traffic.connections(), reports),
    );
    row(
        "bytes up per report",
        (traffic.up_bytes() / reports).to_string(),
    );
    row(
        "bytes down per report",
        (traffic.down_bytes().saturating_sub(library) / reports).to_string(),
    );
    if let Some(reading) = &outcome.reading {
        row(
            "phones that show the library",
            format!("{} of {}", reading.readers, outcome.phones),
        );
        row(
            "bytes of it fetched by one phone",
            reading.fetched.to_string(),
        );
        row("items to read", reading.items.to_string());
        row(
            &format!("a search for “{}”", library::searched()),
            format!("{:.1} ms", reading.took.as_secs_f64() * 1_000.0),
        );
        if let Some((title, others)) = &reading.found {
            say(&format!("    finds “{title}” and {others} others"));
        }
    }
    row("time", format!("{:.1} s", took.as_secs_f64()));
    say("");
    say(if outcome.is_whole() {
        "Every report has one record at the desk and one signed receipt on its phone; every \
         phone has the library."
    } else {
        "NOT WHOLE: a report is missing, doubled or without its answer, or a phone has no library."
    });
}

/// A quotient with one digit after the point.
fn tenths(numerator: u64, denominator: u64) -> String {
    let tenths = numerator * 10 / denominator;
    format!("{}.{}", tenths / 10, tenths % 10)
}
