//! The library at the desk: its documents, and the releases that are made of
//! them.
//!
//! Edits become changes of documents at once; nothing of them goes anywhere
//! before a release is built, signed and published. A release is never changed;
//! going back to older words is a new release.

mod build;
mod outgoing;
pub(super) mod proposals;
mod recordings;
mod rows;
mod staff;
mod write;

use loive_documents::WriteError;
use loive_documents::library::MergeError;
use loive_protocol::{PackError, ReleaseError};

use super::error::DeskError;

pub use build::{Built, ReleaseRow};
pub use outgoing::Shelf;
pub use proposals::{Decision, ProposalPage, ProposalRow, Proposals, Said, Taken};
pub use staff::{ItemChange, ItemPage, Unpublished, fingerprint};
pub use write::{ItemRow, Written};

/// Why something was not done with the library. What stood before stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// The store.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// There is nothing that the last release does not say.
    #[error("nothing has changed since release {0}; there is nothing to build")]
    Unchanged(u32),
    /// No such item or release.
    #[error("the library has no {0}")]
    NotFound(String),
    /// Somebody wrote at the same place since the page was drawn.
    #[error("somebody has written here meanwhile; look at it first")]
    Stale,
    /// There is none of that kind to go on with.
    #[error("there is no release to {0}; build one first")]
    NoRelease(&'static str),
    /// The latest release is not signed yet.
    #[error("release {0} is not signed yet: run `hotline library sign` first")]
    Unsigned(u32),
    /// A text is too long for a document, or the document is full.
    #[error("{item} cannot be written: {error}")]
    Write {
        /// The item.
        item: String,
        /// Why not.
        error: WriteError,
    },
    /// A document that is stored here cannot be read.
    #[error("{item} cannot be read from desk.db ({error}); restore a backup")]
    Read {
        /// The item.
        item: String,
        /// Why not.
        error: MergeError,
    },
    /// A fact without a source would be published.
    #[error("block {block} of {item} is a fact without a source; a release would publish it")]
    NoSource {
        /// The item.
        item: String,
        /// The block.
        block: String,
    },
    /// A recording would be published that is not here.
    #[error(
        "the recording of block {block} of {item} is not in desk.db; take it away, or accept it again"
    )]
    NoRecording {
        /// The item.
        item: String,
        /// The block.
        block: String,
    },
    /// The proposal was decided before, and otherwise.
    #[error("this proposal has been decided already")]
    Decided,
    /// Whoever proposed it has taken it back.
    #[error("whoever proposed this has taken it back")]
    Withdrawn,
    /// Nobody who speaks the language has signed it off, or somebody else than
    /// they would mend it.
    #[error("somebody who speaks the language has to sign this off first")]
    NeedsSpeaker,
    /// More than a release may hold.
    #[error("{0}")]
    Pack(#[from] PackError),
    /// The key and its certificate.
    #[error("phones would refuse the release: {0}")]
    Release(#[from] ReleaseError),
}

impl From<rusqlite::Error> for LibraryError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Desk(error.into())
    }
}
