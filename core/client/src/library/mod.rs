//! The library on the phone: taking releases in, and what screens show of them.
//!
//! Reading, searching and answering a quiz write nothing: a phone says nothing
//! about what somebody has read.

mod fetch;
mod file;
mod home;
mod install;
mod list;
mod page;
mod private;
mod search;
mod standing;
mod view;

pub(crate) use fetch::{AskedLibrary, Fetched};
pub use search::{Hit, Segment};
pub use standing::{LibraryStanding, Taken};
pub use view::{BlockView, Home, HomeDoor, ItemPage, LibraryLine, LibraryQuery, SourceLine};
