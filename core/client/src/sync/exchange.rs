//! One request and what was asked in it, and whether a response answers it.

use std::fmt;

use loive_protocol::{Address, Lane, LogId, MailboxCursor, SyncResponse, Wire as _};

use crate::library::AskedLibrary;

/// A request that is ready to be sent.
pub struct Outgoing {
    /// The lane.
    pub lane: Lane,
    /// The body.
    pub bytes: Vec<u8>,
    pub(crate) asked: Asked,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("lane", &self.lane)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What a request asked, so that its response can be put where it belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub(crate) log: Option<LogId>,
    /// Rows of the outbox, in the order of the push.
    pub(crate) pushed: Vec<i64>,
    pub(crate) mailboxes: Vec<MailboxCursor>,
    /// Rows of the lockers to put.
    pub(crate) locker_puts: Vec<i64>,
    pub(crate) locker_gets: Vec<Address>,
    pub(crate) locker_erasures: Vec<Address>,
    pub(crate) library: Option<AskedLibrary>,
}

/// Why nothing came back from the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// It was not reached, or too slow.
    #[error("the relay was not reached")]
    Offline,
    /// The answer broke off.
    #[error("the relay's answer broke off")]
    Interrupted,
    /// The other side could not show that it is the relay.
    #[error("the other side is not the hotline's relay")]
    Untrusted,
    /// The answer is larger than any answer may be.
    #[error("the relay's answer is too large")]
    TooLarge,
    /// An HTTP status other than 200.
    #[error("the relay answered with status {0}")]
    Status(u16),
}

impl TransportError {
    /// Whether the relay asked for patience.
    pub(crate) const fn is_busy(self) -> bool {
        matches!(self, Self::Status(429 | 503))
    }
}

/// A response that does not answer its request. Nothing of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotUnderstood;

/// Reads a response and checks that it answers what was asked, thing by thing.
pub(crate) fn understand(asked: &Asked, bytes: &[u8]) -> Result<SyncResponse, NotUnderstood> {
    let response = SyncResponse::from_bytes(bytes).map_err(|_| NotUnderstood)?;
    let same_counts = response.acks.len() == asked.pushed.len()
        && response.locker_acks.len() == asked.locker_puts.len()
        && response.lockers.len() == asked.locker_gets.len()
        && response.locker_erased.len() == asked.locker_erasures.len()
        && (response.library.is_none() || asked.library.is_some());
    if !same_counts || !pages_fit(asked, &response) {
        return Err(NotUnderstood);
    }
    Ok(response)
}

/// Where a shard was asked from, on the log of the response.
pub(crate) fn asked_after(asked: &Asked, log: LogId, shard: u8) -> Option<u64> {
    let cursor = asked
        .mailboxes
        .iter()
        .find(|cursor| cursor.shard == shard)?;
    Some(if asked.log == Some(log) {
        cursor.after
    } else {
        0
    })
}

fn pages_fit(asked: &Asked, response: &SyncResponse) -> bool {
    let each_once = response.pages.iter().enumerate().all(|(index, page)| {
        response
            .pages
            .iter()
            .skip(index + 1)
            .all(|other| other.shard != page.shard)
    });
    let each_fits = response.pages.iter().all(|page| {
        let Some(after) = asked_after(asked, response.log, page.shard) else {
            return false;
        };
        let is_behind = page.envelopes.first().is_none_or(|first| first.seq > after);
        // A page that says "more" must move on, or a relay could keep a phone
        // asking for ever; one for which the response had no room is empty and
        // stands still. A cursor beyond what a row can hold is nonsense.
        let moves_on = !page.more || page.next > after || page.envelopes.is_empty();
        is_behind && moves_on && page.next >= after && i64::try_from(page.next).is_ok()
    });
    each_once && each_fits
}
