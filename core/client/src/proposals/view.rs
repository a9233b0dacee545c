//! What an app hands in for a proposal, and what screens show of it.
//! `Debug` shows no word of either.

use std::fmt;

use loive_protocol::ReportId;

use crate::view::{Delivery, Line, Times, Trouble, Withdrawal};

/// What somebody would write in an item of the library.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NewProposal {
    /// The item.
    pub item: String,
    /// The words.
    pub texts: Vec<ProposedText>,
    /// A block that was read aloud.
    pub recording: Option<NewRecording>,
    /// Why, for the hotline; at most
    /// [`NOTE_MAX_CHARS`](loive_documents::library::NOTE_MAX_CHARS) characters.
    pub note: Option<String>,
}

impl fmt::Debug for NewProposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewProposal")
            .field("texts", &self.texts.len())
            .field("has_recording", &self.recording.is_some())
            .finish_non_exhaustive()
    }
}

/// Which words of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// Its title.
    Title,
    /// Its summary.
    Summary,
    /// A block, by its id.
    Block(String),
}

/// Words for one part of an item, in one language.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposedText {
    /// The part.
    pub part: Part,
    /// The code of the language.
    pub lang: String,
    /// The words, in the library's markup.
    pub text: String,
}

impl fmt::Debug for ProposedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProposedText").finish_non_exhaustive()
    }
}

/// A block that was read aloud, as the phone recorded it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// The block, by its id.
    pub block: String,
    /// The code of the language.
    pub lang: String,
    /// An Ogg file with Opus. What is in it beside the sound is left behind.
    pub ogg: Vec<u8>,
}

impl fmt::Debug for NewRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecording")
            .field("bytes", &self.ogg.len())
            .finish_non_exhaustive()
    }
}

/// What the hotline says to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet.
    Waiting,
    /// It is taken into the library.
    Accepted {
        /// When, by the hotline's clock, in Unix seconds.
        at: u64,
    },
    /// It is not taken. A message may say why.
    Declined {
        /// When, by the hotline's clock, in Unix seconds.
        at: u64,
    },
}

/// A proposal in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposalSummary {
    /// Which proposal. Messages, withdrawing and erasing take it as they take a
    /// report's.
    pub id: ReportId,
    /// The item that it is for.
    pub item: String,
    /// The item's title; `None` if the library does not have it any more.
    pub title: Option<String>,
    /// When it was proposed, in Unix seconds.
    pub proposed_at: u64,
    /// How far it has come.
    pub delivery: Delivery,
    /// What the hotline says to it.
    pub decision: Decision,
    /// When it was taken back, in Unix seconds.
    pub withdrawn_at: Option<u64>,
    /// How many messages the hotline wrote.
    pub messages_of_hotline: usize,
}

impl fmt::Debug for ProposalSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProposalSummary")
            .field("id", &self.id)
            .field("delivery", &self.delivery)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

/// Words that were proposed, beside what the library says today.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposedWords {
    /// The part.
    pub part: Part,
    /// The code of the language.
    pub lang: String,
    /// What was proposed.
    pub proposed: String,
    /// What stands there today.
    pub today: Option<String>,
    /// Something else was written there since.
    pub has_moved_on: bool,
}

impl fmt::Debug for ProposedWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProposedWords")
            .field("has_moved_on", &self.has_moved_on)
            .finish_non_exhaustive()
    }
}

/// The recording of a proposal. Its sound: [`Phone::proposed_recording`].
///
/// [`Phone::proposed_recording`]: crate::Phone::proposed_recording
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedRecording {
    /// The block that is read.
    pub block: String,
    /// The code of the language.
    pub lang: String,
    /// How long it plays.
    pub milliseconds: u32,
    /// Its length in bytes.
    pub bytes: u32,
}

/// A proposal as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposalPage {
    /// What a list shows of it.
    pub summary: ProposalSummary,
    /// When each step was acknowledged.
    pub times: Times,
    /// The words, in the order of their keys.
    pub texts: Vec<ProposedWords>,
    /// The recording.
    pub recording: Option<ProposedRecording>,
    /// Why it was proposed.
    pub note: Option<String>,
    /// What was written from both sides, oldest first.
    pub timeline: Vec<Line>,
    /// Whether it was taken back.
    pub withdrawal: Option<Withdrawal>,
    /// What is wrong with something that was sent, worst first.
    pub troubles: Vec<Trouble>,
}

impl fmt::Debug for ProposalPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProposalPage")
            .field("summary", &self.summary)
            .field("texts", &self.texts.len())
            .finish_non_exhaustive()
    }
}
