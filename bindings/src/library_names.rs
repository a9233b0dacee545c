//! Types of the library that are the same on both sides. UniFFI reads their
//! shape here; the compiler compares it with the original.

use loive_client::{
    BlockView, DirectoryQuery, Entry, EntryNumber, EntryStanding, Hit, Home, HomeDoor, ItemPage,
    LibraryLine, LibraryQuery, LibraryStanding, RecordingView, Segment, SourceLine, Taken,
};
use loive_documents::library::{Class as BlockClass, Kind as LibraryKind};
use loive_documents::screening::Offer;

/// Where the library stands.
#[uniffi::remote(Record)]
pub struct LibraryStanding {
    /// The number of the release that is shown; `None`: there is none yet.
    pub release: Option<u32>,
    /// When it was published, in Unix seconds by the hotline's clock.
    pub released_at: Option<u64>,
    /// Days since then, by the time that this phone goes by. Shown, never a
    /// reason to refuse.
    pub age_days: Option<u64>,
    /// Documents in it.
    pub items: u32,
    /// Languages in it, by code.
    pub languages: Vec<String>,
    /// A later release of so many bytes waits for leave, because this is mobile
    /// data: see [`Phone::allow_library`].
    pub waiting_bytes: Option<u32>,
    /// Recordings of so many bytes wait for leave, because this is mobile data: see
    /// [`Phone::allow_library`]. A release that waits goes first.
    pub waiting_recording_bytes: Option<u64>,
    /// The latest release that was fetched was not what it says. The one before
    /// is shown.
    pub is_refused: bool,
    /// Bytes fetched for the library since the store was made.
    pub bytes_fetched: u64,
    /// Releases up to this size are fetched over mobile data without asking, in
    /// bytes.
    pub unasked_bytes: u32,
}

/// What became of a release in a file.
#[uniffi::remote(Enum)]
pub enum Taken {
    /// It is shown from now on.
    Shown {
        /// Its number.
        release: u32,
    },
    /// This phone has it, or a later one.
    Known {
        /// Its number.
        release: u32,
    },
}

/// An item in a list.
#[uniffi::remote(Record)]
pub struct LibraryLine {
    /// The item.
    pub id: String,
    /// What it is.
    pub kind: LibraryKind,
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
#[uniffi::remote(Record)]
pub struct LibraryQuery {
    /// Of this kind.
    pub kind: Option<LibraryKind>,
    /// About this topic.
    pub topic: Option<String>,
    /// For this audience.
    pub audience: Option<String>,
}

/// The first screen.
#[uniffi::remote(Record)]
pub struct Home {
    /// Warnings for the province and for everywhere, the latest first.
    pub alerts: Vec<LibraryLine>,
    /// Ways in, by who one is.
    pub doors: Vec<HomeDoor>,
    /// What the person marked.
    pub favourites: Vec<LibraryLine>,
}

/// A way in.
#[uniffi::remote(Record)]
pub struct HomeDoor {
    /// Its id.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What is behind it, the most important first.
    pub lines: Vec<LibraryLine>,
}

/// An item to read.
#[uniffi::remote(Record)]
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
#[uniffi::remote(Record)]
pub struct BlockView {
    /// Its id.
    pub id: String,
    /// How far one may rely on it.
    pub class: BlockClass,
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

/// A recording of a block. Its sound: `Phone.recording`.
#[uniffi::remote(Record)]
pub struct RecordingView {
    /// The language that is spoken.
    pub lang: String,
    /// How long it plays.
    pub milliseconds: u32,
    /// Its length in bytes.
    pub bytes: u32,
    /// All of it is on this phone.
    pub is_here: bool,
    /// It was asked for in another language: say so.
    pub is_fallback: bool,
}

/// A source of facts.
#[uniffi::remote(Record)]
pub struct SourceLine {
    /// Its id: `S13`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is found; several are separated by spaces.
    pub urls: String,
}

/// Something that a search found.
#[uniffi::remote(Record)]
pub struct Hit {
    /// The item.
    pub line: LibraryLine,
    /// Its title, cut where words match.
    pub title: Vec<Segment>,
    /// The place in it that matches best, cut in the same way.
    pub snippet: Vec<Segment>,
    /// It was found by today's word for what was typed: `huyện` is `xã`.
    pub instead: Option<String>,
}

/// A piece of text.
#[uniffi::remote(Record)]
pub struct Segment {
    /// The text.
    pub text: String,
    /// Whether it is what was searched for.
    pub is_match: bool,
}

/// Whom the list is for: everybody who fits what is named.
#[uniffi::remote(Record)]
pub struct DirectoryQuery {
    /// Who helps with this: `danger`, `legal`, `shelter`, …
    pub need: Option<String>,
    /// In this province (two digits).
    pub province: Option<String>,
    /// In this country, ISO 3166-1, for somebody abroad.
    pub country: Option<String>,
}

/// Somebody who helps.
#[uniffi::remote(Record)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its name, with the province where it has one in each.
    pub name: String,
    /// Its numbers. None for an entry that is still being looked up: show
    /// "call 111" then.
    pub numbers: Vec<EntryNumber>,
    /// When it answers, where that is known.
    pub hours: Option<String>,
    /// Calls cost nothing.
    pub is_free: bool,
    /// Calls are recorded: say so before somebody calls.
    pub is_recorded: bool,
    /// Whether its numbers can be relied on.
    pub standing: EntryStanding,
    /// When it was checked: `2026-11-23`.
    pub checked_on: Option<String>,
    /// What it helps with.
    pub needs: Vec<String>,
    /// Its address on the web.
    pub web: Option<String>,
    /// Its address for mail.
    pub email: Option<String>,
}

/// A number to call.
#[uniffi::remote(Record)]
pub struct EntryNumber {
    /// As one dials it.
    pub dial: String,
    /// As one reads it.
    pub shown: String,
}

/// How far an entry can be relied on.
#[uniffi::remote(Enum)]
pub enum EntryStanding {
    /// It has a source and was checked lately.
    Verified,
    /// It has a source, and asks to be checked again.
    ToBeChecked,
    /// It is being looked up and has no number.
    LookedUp,
}

/// What an item is.
#[uniffi::remote(Enum)]
pub enum LibraryKind {
    /// A warning of a new trick.
    Alert,
    /// Something to read.
    Article,
    /// About one destination.
    Guide,
    /// The ten checks before leaving.
    Checks,
    /// Questions with a result.
    Quiz,
    /// The signs of the checklist.
    Flags,
    /// Somebody who helps.
    Entry,
    /// For whoever leads a session.
    Kit,
    /// The doors of the home screen.
    Doors,
    /// Topics and audiences.
    Topics,
    /// The register of sources.
    Sources,
    /// Words and what they mean.
    Terms,
    /// What people type, and the words of today.
    Aliases,
    /// Languages and their names.
    Languages,
}

/// How far one may rely on a block.
#[uniffi::remote(Enum)]
pub enum BlockClass {
    /// Has a source.
    Fact,
    /// Has no number, deadline or legal claim. Marked as not yet reviewed until
    /// the hotline has done so.
    Advice,
    /// Anything else, such as a question of a quiz.
    Part,
}

/// What was offered.
#[uniffi::remote(Enum)]
pub enum Offer {
    /// Work, at home or abroad.
    Job,
    /// A marriage or a relationship that leads away.
    Marriage,
}
