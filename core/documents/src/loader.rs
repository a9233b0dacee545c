//! Puts stored rows into an order in which each comes after what it depends
//! on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::validate::{ChangeHash, Chunk};

/// A row that is well formed.
pub(crate) struct Row<'a> {
    /// Its place among the rows.
    pub(crate) index: usize,
    pub(crate) raw: &'a [u8],
    pub(crate) chunk: Chunk<'a>,
}

/// Rows that are not in the document yet.
#[derive(Default)]
pub(crate) struct Loader<'a> {
    seen: BTreeSet<ChangeHash>,
    ready: VecDeque<Row<'a>>,
    blocked: BTreeMap<usize, (usize, Row<'a>)>,
    dependents: BTreeMap<ChangeHash, Vec<usize>>,
}

impl<'a> Loader<'a> {
    /// Adds a row; one that was added before is left out.
    pub(crate) fn add(&mut self, index: usize, raw: &'a [u8], chunk: Chunk<'a>) {
        if !self.seen.insert(chunk.hash) {
            return;
        }
        let missing = chunk.dependencies.len();
        for dependency in &chunk.dependencies {
            self.dependents.entry(*dependency).or_default().push(index);
        }
        let row = Row { index, raw, chunk };
        if missing == 0 {
            self.ready.push_back(row);
        } else {
            self.blocked.insert(index, (missing, row));
        }
    }

    /// The next row of which everything that it depends on has arrived.
    pub(crate) fn next_ready(&mut self) -> Option<Row<'a>> {
        self.ready.pop_front()
    }

    /// Frees what waited for `hash` alone.
    pub(crate) fn arrived(&mut self, hash: &ChangeHash) {
        for index in self.dependents.remove(hash).unwrap_or_default() {
            let Some((missing, _)) = self.blocked.get_mut(&index) else {
                continue;
            };
            *missing -= 1;
            if *missing == 0
                && let Some((_, row)) = self.blocked.remove(&index)
            {
                self.ready.push_back(row);
            }
        }
    }

    /// What cannot be applied yet.
    pub(crate) fn into_rest(self) -> impl Iterator<Item = Row<'a>> {
        self.blocked.into_values().map(|(_, row)| row)
    }
}
