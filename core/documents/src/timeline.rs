//! The talk between reporter and hotline, joined from their two documents.

use core::fmt;

use crate::message::Message;
use crate::report::ReportView;
use crate::thread::ThreadView;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Who sent the report.
    Reporter,
    /// The hotline.
    Hotline,
}

/// One line of the talk. `Debug` shows no word of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who wrote it.
    pub side: Side,
    /// When, by the writer's clock, in seconds since 1970.
    pub at: u64,
    /// The words.
    pub text: String,
    /// Unique together with the side.
    pub id: String,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("side", &self.side)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// All messages of both sides, oldest first; of one second, the reporter's
/// first. The same everywhere.
pub fn timeline(report: &ReportView, thread: &ThreadView) -> Vec<Entry> {
    let reporter = entries(Side::Reporter, &report.messages);
    let mut all: Vec<Entry> = reporter
        .chain(entries(Side::Hotline, &thread.messages))
        .collect();
    all.sort_by(|a, b| (a.at, a.side, &a.id, &a.text).cmp(&(b.at, b.side, &b.id, &b.text)));
    all
}

fn entries(side: Side, messages: &[Message]) -> impl Iterator<Item = Entry> {
    messages.iter().map(move |message| Entry {
        side,
        at: message.written_at,
        text: message.text.clone(),
        id: message.id.clone(),
    })
}
