//! What people on phones propose for the library: how it comes in, how it is
//! shown, and how it is decided.
//!
//! A proposal is never merged. It lies beside the library until somebody has
//! decided, and what is taken, this desk writes.

mod arrive;
mod decide;
mod page;

use loive_documents::{Decided, ThreadView, library::Proposal};
use rusqlite::Connection;

use crate::desk::DeskError;
use crate::desk::case_file::Number;
use crate::desk::store::int;

pub(in crate::desk) use arrive::{Branch, is_full, take};
pub use decide::Taken;
pub use page::{ProposalPage, ProposalRow, Proposals, Said};

/// What was decided about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It was taken into the library.
    Accepted,
    /// It is not taken.
    Declined,
}

impl Decision {
    const fn code(self) -> i64 {
        match self {
            Self::Accepted => 1,
            Self::Declined => 2,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Accepted,
            _ => Self::Declined,
        }
    }

    /// What a thread says.
    fn of(thread: &ThreadView) -> Option<(Self, u64)> {
        let decided = Decided::of(thread.accepted, thread.declined)?;
        Some(match decided {
            Decided::Accepted(at) => (Self::Accepted, at),
            Decided::Declined(at) => (Self::Declined, at),
        })
    }
}

/// Notes what the thread of a proposal says of a decision.
pub(in crate::desk) fn note_decision(
    connection: &Connection,
    number: Number,
    thread: &ThreadView,
) -> Result<(), DeskError> {
    let Some((decision, at)) = Decision::of(thread) else {
        return Ok(());
    };
    let sql = "UPDATE proposals SET decision = ?2, decided_at = ?3 WHERE report = ?1";
    connection
        .prepare_cached(sql)?
        .execute((number, decision.code(), int(at)))?;
    Ok(())
}

/// The stored change as a proposal. It was read before it was stored.
fn read(raw: &[u8]) -> Result<Proposal, DeskError> {
    Proposal::read(raw).map_err(|_| DeskError::Internal { code: 0 })
}
