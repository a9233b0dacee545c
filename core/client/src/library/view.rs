//! What screens show of the library.

use loive_documents::library::{Class, Kind};

/// The code of a language: `vi`, `en`, `hnj`. The library may have any.
pub(super) type Lang = str;

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryLine {
    /// The item.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// One or two sentences on it.
    pub summary: String,
    /// The language of title and summary.
    pub lang: String,
    /// It was asked for in another language, in which it does not exist yet: say
    /// so.
    pub is_fallback: bool,
    /// Topics that it is about.
    pub topics: Vec<String>,
    /// The name of its drawing.
    pub picture: Option<String>,
}

/// Which items are listed: those that fit everything that is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LibraryQuery {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// About this topic.
    pub topic: Option<String>,
    /// For this audience.
    pub audience: Option<String>,
}

/// The first screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// Warnings for the province and for everywhere, the latest first.
    pub alerts: Vec<LibraryLine>,
    /// Ways in, by who one is.
    pub doors: Vec<HomeDoor>,
    /// What the person marked.
    pub favourites: Vec<LibraryLine>,
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeDoor {
    /// Its id.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What is behind it, the most important first.
    pub lines: Vec<LibraryLine>,
}

/// An item to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPage {
    /// Its line.
    pub line: LibraryLine,
    /// Its blocks, in order.
    pub blocks: Vec<BlockView>,
    /// What its facts stand on.
    pub sources: Vec<SourceLine>,
    /// When they were last compared with their sources: `2026-11-23`.
    pub checked_on: Option<String>,
    /// The hotline has reviewed it. If not, its advice is to be marked so.
    pub is_reviewed: bool,
    /// What to read next to it.
    pub related: Vec<LibraryLine>,
    /// The one before it among its kind.
    pub previous: Option<LibraryLine>,
    /// The one after it.
    pub next: Option<LibraryLine>,
    /// Languages in which there is something of it, by code.
    pub languages: Vec<String>,
    /// The person marked it.
    pub is_favourite: bool,
}

/// A block to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockView {
    /// Its id.
    pub id: String,
    /// How far one may rely on it.
    pub class: Class,
    /// The first word of what it is: `fact`, `advice`, `question`, …
    pub role: String,
    /// Its words, in the library's markup.
    pub text: String,
    /// The language of its words.
    pub lang: String,
    /// It was asked for in another language: say so.
    pub is_fallback: bool,
    /// Ids of its sources.
    pub sources: Vec<String>,
    /// Somebody reads it aloud.
    pub recording: Option<RecordingView>,
}

/// A recording of a block. Its sound: [`Phone::recording`](crate::Phone::recording).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingView {
    /// The language that is spoken.
    pub lang: String,
    /// How long it plays.
    pub milliseconds: u32,
    /// Its length in bytes.
    pub bytes: u32,
    /// All of it is on this phone: see
    /// [`Phone::set_listening`](crate::Phone::set_listening).
    pub is_here: bool,
    /// It was asked for in another language: say so.
    pub is_fallback: bool,
}

/// A source of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Its id: `S13`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is found; several are separated by spaces.
    pub urls: String,
}
