//! What was exercised, so that nobody believes in a simulation that exercises
//! nothing.

use std::collections::BTreeMap;

use super::plan::What;

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(super) fn add(&mut self, what: What) {
        self.count(&format!("act: {what:?}"));
    }

    pub(super) fn count(&mut self, name: &str) {
        self.more(name, 1);
    }

    pub(super) fn more(&mut self, name: &str, count: u64) {
        if count > 0 {
            *self.0.entry(name.to_owned()).or_default() += count;
        }
    }

    pub(super) fn lost_writes(&mut self, lost: u64) {
        self.more("writes lost to power failures", lost);
    }

    /// Adds what happened elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            self.more(name, *count);
        }
    }

    /// One line, for another process.
    pub fn to_line(&self) -> String {
        let pairs = self.0.iter().map(|(name, count)| format!("{name}={count}"));
        pairs.collect::<Vec<_>>().join(";")
    }

    /// The way back; what is not understood is left out.
    pub fn from_line(line: &str) -> Self {
        let pairs = line.split(';').filter_map(|pair| {
            let (name, count) = pair.rsplit_once('=')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        Self(pairs.collect())
    }

    /// A table, in the order of the names.
    pub fn to_table(&self) -> String {
        let rows = self.0.iter();
        let rows = rows.map(|(name, count)| format!("  {name:<52} {count:>10}"));
        rows.collect::<Vec<_>>().join("\n")
    }
}
