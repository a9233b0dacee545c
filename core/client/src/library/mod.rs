//! The library on the phone: taking releases in, and what screens show of them.
//!
//! Reading, searching and answering a quiz write nothing: a phone says nothing
//! about what somebody has read.

mod directory;
mod fetch;
mod file;
mod home;
mod install;
mod languages;
mod list;
mod listen;
mod page;
mod private;
mod screen;
mod search;
mod standing;
mod view;

pub(crate) use directory::numbers_of;
pub use directory::{DirectoryQuery, Entry, EntryNumber, EntryStanding};
pub(crate) use fetch::{AskedLibrary, Fetched};
pub use languages::LanguageView;
pub(crate) use list::FIRST_LANG;
pub use screen::{OfferOutcome, QuizOutcome};
pub use search::{Hit, Segment};
pub use standing::{LibraryStanding, Taken};
pub use view::{
    BlockView, Home, HomeDoor, ItemPage, LibraryLine, LibraryQuery, RecordingView, SourceLine,
};
