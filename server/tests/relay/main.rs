//! The relay from outside: its log, its port, its store, its program.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod budgets;
mod conformance;
mod http;
mod library;
mod log;
mod program;
mod recordings;
mod restore;
mod support;
