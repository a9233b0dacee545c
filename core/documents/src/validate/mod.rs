//! Bytes from a stranger meet this parser before Automerge sees them.
//!
//! 104 bytes of legal Automerge can become a million operations, 2,000 nested
//! maps overflow the stack, and a counter near 2³² makes the next local write
//! panic. So only uncompressed chunks of puts and deletes at the root are
//! taken, every count is capped over its run lengths, and there is one form for
//! every number and every change. The rule is a pure function of the bytes: phone and
//! desk judge alike.

mod chunk;
mod column;
pub mod limits;
mod readable;
mod reader;
mod rules;

use core::fmt;

use loive_protocol::Refusal;

pub(crate) use chunk::{
    ACTION_DELETE, ACTION_PUT, CHANGE_CHUNK, Chunk, MAGIC, Operation, OperationId, Scalar, spec,
};
pub use chunk::{Actor, ChangeHash};
pub use readable::{Readable, readable, readable_texts};
pub use rules::Rules;
pub(crate) use rules::{is_visit, is_visitors_key};

/// What a change is, without interpreting it. `Debug` shows no text.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangeSummary {
    /// SHA-256 as Automerge computes it.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: Actor,
    /// The number of the change among its actor's, from 1.
    pub seq: u64,
    /// Counter of its first operation, from 1.
    pub start_op: u64,
    /// Number of operations.
    pub ops: usize,
    /// Changes that it depends on directly.
    pub deps: Vec<ChangeHash>,
    /// When its author says that it was written, in seconds since 1970; 0 in a
    /// first change.
    pub time: u64,
    /// Length in bytes.
    pub len: usize,
    /// Texts that it writes, with their keys, in its order.
    pub texts: Vec<Readable>,
}

impl fmt::Debug for ChangeSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeSummary")
            .field("seq", &self.seq)
            .field("start_op", &self.start_op)
            .field("ops", &self.ops)
            .field("deps", &self.deps.len())
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// Judges one change, without a document.
///
/// # Errors
/// The reason for which the change must not be merged.
pub fn check_change(raw: &[u8], rules: &Rules) -> Result<ChangeSummary, Refusal> {
    let chunk = checked(raw, rules)?;
    Ok(ChangeSummary {
        hash: chunk.hash,
        actor: chunk.actor,
        seq: chunk.sequence,
        start_op: chunk.start,
        ops: chunk.operations.len(),
        time: chunk.time,
        len: raw.len(),
        texts: readable::of_chunk(&chunk),
        deps: chunk.dependencies,
    })
}

/// Parses and applies the rules.
pub(crate) fn checked<'a>(raw: &'a [u8], rules: &Rules) -> Result<Chunk<'a>, Refusal> {
    let chunk = Chunk::parse(raw)?;
    rules.check(&chunk)?;
    Ok(chunk)
}
