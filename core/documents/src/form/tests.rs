#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod answering;
mod broken;
mod plan;
mod values;
