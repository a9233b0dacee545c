//! What people do on an ordinary day.
#![expect(clippy::indexing_slicing, reason = "tests may panic")]

mod answering;
mod guests;
mod library;
mod limits;
mod proposing;
mod receipts;
mod refused;
mod withdrawing;
mod writing;
