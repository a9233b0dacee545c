//! The hotline's document beside a report: what it did with it, and what it
//! answered. Only the hotline writes it; the phone reads.

use core::fmt;

use loive_protocol::Refusal;

use crate::document::{Applied, DamagedRow, Document, LoadError, Released, WriteError};
use crate::keys;
use crate::message::{Message, messages};
use crate::validate::{Actor, ChangeHash, Rules};
use crate::value::Scalar;

/// What a thread says. Times are in seconds since 1970, by the desk's clock.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ThreadView {
    /// When the hotline's machine opened the report.
    pub opened: Option<u64>,
    /// When a person first read it.
    pub read: Option<u64>,
    /// When it was closed.
    pub closed: Option<u64>,
    /// When a person saw that it was withdrawn.
    pub withdrawn_seen: Option<u64>,
    /// When a proposal was taken into the library.
    pub accepted: Option<u64>,
    /// When it was decided that a proposal is not taken.
    pub declined: Option<u64>,
    /// What the hotline answered, oldest first.
    pub messages: Vec<Message>,
}

/// What became of a proposal, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It was taken into the library.
    Accepted(u64),
    /// It is not taken.
    Declined(u64),
}

impl Decided {
    /// From the two marks of a thread. A desk that lost its store may have decided
    /// again and otherwise: what the proposer was told first holds.
    pub fn of(accepted: Option<u64>, declined: Option<u64>) -> Option<Self> {
        match (accepted, declined) {
            (Some(accepted), Some(declined)) if declined < accepted => {
                Some(Self::Declined(declined))
            }
            (Some(accepted), _) => Some(Self::Accepted(accepted)),
            (None, Some(declined)) => Some(Self::Declined(declined)),
            (None, None) => None,
        }
    }
}

impl fmt::Debug for ThreadView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadView")
            .field("opened", &self.opened)
            .field("read", &self.read)
            .field("closed", &self.closed)
            .field("withdrawn_seen", &self.withdrawn_seen)
            .field("accepted", &self.accepted)
            .field("declined", &self.declined)
            .field("messages", &self.messages.len())
            .finish()
    }
}

/// A thread, as one Automerge document.
///
/// Marks are set once and never go back: a desk that was restored may set one
/// again under a fresh actor, and the earliest time counts.
pub struct Thread {
    document: Document,
}

impl Default for Thread {
    fn default() -> Self {
        Self::new()
    }
}

impl Thread {
    /// A thread in which nothing is written yet.
    pub fn new() -> Self {
        Self {
            document: Document::new(Rules::thread(), false),
        }
    }

    /// A thread from its stored changes, one row for each, in any order.
    ///
    /// # Errors
    /// There were rows, and none of them could be read.
    pub fn load<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, LoadError> {
        let document = Document::new(Rules::thread(), false).load(rows)?;
        Ok(Self { document })
    }

    /// Takes one change from outside. It is validated first; duplicates are
    /// harmless.
    ///
    /// # Errors
    /// Why it was refused; the document is as it was.
    pub fn apply(&mut self, raw: &[u8]) -> Result<Applied, Refusal> {
        self.document.apply(raw)
    }

    /// The hotline's machine has opened the report. `None` if that was noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_opened(&mut self, actor: Actor, time: u64) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::OPENED, actor, time)
    }

    /// A person has read the report. `None` if that was noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_read(&mut self, actor: Actor, time: u64) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::READ, actor, time)
    }

    /// The hotline has closed it. `None` if that was noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_closed(&mut self, actor: Actor, time: u64) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::CLOSED, actor, time)
    }

    /// A person has seen that the report was withdrawn. `None` if noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_withdrawn_seen(
        &mut self,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::WITHDRAWN_SEEN, actor, time)
    }

    /// A proposal was taken into the library. `None` if noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_accepted(
        &mut self,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::ACCEPTED, actor, time)
    }

    /// A proposal is not taken. `None` if noted.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn mark_declined(
        &mut self,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.mark(keys::DECLINED, actor, time)
    }

    fn mark(&mut self, key: &str, actor: Actor, time: u64) -> Result<Option<Vec<u8>>, WriteError> {
        if !self.document.seconds(key).is_empty() {
            return Ok(None);
        }
        let seconds = i64::try_from(time).map_err(|_| WriteError::BadValue)?;
        self.document
            .write(&[(key, Some(Scalar::Int(seconds)))], actor, time)
    }

    /// Adds a message to the reporter. `nonce` is random.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn add_message(
        &mut self,
        text: &str,
        actor: Actor,
        time: u64,
        nonce: [u8; 4],
    ) -> Result<Vec<u8>, WriteError> {
        self.document.write_message(text, actor, time, nonce)
    }

    /// What the thread says.
    pub fn view(&self) -> ThreadView {
        let earliest = |key| self.document.seconds(key).first().copied();
        ThreadView {
            opened: earliest(keys::OPENED),
            read: earliest(keys::READ),
            closed: earliest(keys::CLOSED),
            withdrawn_seen: earliest(keys::WITHDRAWN_SEEN),
            accepted: earliest(keys::ACCEPTED),
            declined: earliest(keys::DECLINED),
            messages: messages(&self.document, &self.document.keys()),
        }
    }

    /// Changes that no other depends on, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.document.heads()
    }

    /// True if the change is part of the document.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.document.contains(hash)
    }

    /// Every change of the document, each after what it depends on.
    pub fn changes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.document.changes()
    }

    /// Changes that wait for others. They are to be stored too.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.document.waiting()
    }

    /// What became of changes that had waited, since the last call.
    pub fn take_released(&mut self) -> Vec<Released> {
        self.document.take_released()
    }

    /// Rows that [`Self::load`] could not read.
    pub fn damaged_rows(&self) -> &[DamagedRow] {
        self.document.damaged()
    }
}
