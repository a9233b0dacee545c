//! What could not be merged, as far as it can be shown.

use super::labels::Labels;
use super::time::Moment;
use crate::desk::view::QuarantineRow;

/// One quarantined envelope, ready to be shown.
pub(super) struct QuarantinedView {
    /// Number of the row.
    pub(super) id: u64,
    /// The page of its report, if it could be told.
    pub(super) href: Option<String>,
    /// When the relay received it.
    pub(super) received: Moment,
    /// Why, in words.
    pub(super) reason: &'static str,
    /// What text can be read in it.
    pub(super) readable: Vec<String>,
    /// Whether it may be a P0.
    pub(super) urgent: bool,
    /// Length in bytes.
    pub(super) bytes: u64,
    /// Somebody has looked at it.
    pub(super) seen: bool,
}

impl QuarantinedView {
    pub(super) fn of(row: &QuarantineRow, labels: &Labels) -> Self {
        let words = labels.words;
        let known = words.find(&format!("refusal.{}", row.reason));
        Self {
            id: row.id,
            href: row.report.map(|report| format!("/report/{report}")),
            received: Moment::at(row.received_at, words),
            reason: known.unwrap_or_else(|| words.get("refusal.other")),
            readable: row.readable.clone(),
            urgent: row.urgent,
            bytes: row.bytes,
            seen: row.seen,
        }
    }
}

/// The rows in the order in which they should be looked at: what may be a P0
/// first, then what nobody has seen, then the longest waiting.
pub(super) fn sorted(mut rows: Vec<QuarantineRow>, labels: &Labels) -> Vec<QuarantinedView> {
    rows.sort_by_key(|row| (row.seen, !row.urgent, row.received_at, row.id));
    rows.iter()
        .map(|row| QuarantinedView::of(row, labels))
        .collect()
}
