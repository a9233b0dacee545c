//! What must not cost a word.
#![expect(clippy::indexing_slicing, reason = "tests may panic")]

mod apart;
mod clocks;
mod disks;
mod keys;
mod killed;
mod lines;
mod lost;
mod tls;
